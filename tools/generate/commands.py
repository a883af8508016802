"""The commands of both command lines: words, arguments, flags and help of every operation that sends a request.

A command has the words that the operation's `cli` says. What must be given are its arguments; what may be left out are
flags; a query argument takes any flag that is not known. Texts are those of the contract, in plain ASCII.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from segops_parity.contract import Argument, Contract, Operation, load
from segops_parity.scenarios import Call, load_scenarios

__all__ = ["Command", "CommandArgument", "Flag", "Resource", "Tool", "flags_of", "resources", "tools"]

PROGRAM = "segops-admin"
_INLINE = 52
_KINDS = {"object": "object", "array": "array", "file": "file", "sink": "out", "query": "query"}
_SHOWN = {"object": "BODY", "array": "BODY", "file": "CSV", "out": "OUT"}
_GENERAL = {
    "object": "A JSON object: a file, - for standard input, or the JSON itself.",
    "array": "A JSON array: a file, - for standard input, or the JSON itself.",
    "file": "A CSV file in UTF-8 with a header row; - is standard input.",
    "out": "The file to write; - is standard output.",
    "query": "Any other flag is a query parameter; may be repeated.",
}


@dataclass(frozen=True)
class CommandArgument:
    """What must be given, or, of kind ``query``, what other flags go to.

    Attributes:
        name: the method's parameter.
        kind: ``value``, ``object``, ``array``, ``file``, ``out`` or ``query``.
        shown: how help and messages name it: a file by what it holds.
        about: a sentence for help.
        choices: what it may be, if that is known.
        optional: whether it may be left out.
    """

    name: str
    kind: str
    shown: str
    about: str
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Flag:
    """A flag; `parameter` is the method's parameter that it sets, empty if it is none."""

    name: str
    value: str
    about: str
    choices: tuple[str, ...] = ()
    file: bool = False
    many: bool = False
    parameter: str = ""


@dataclass(frozen=True)
class Command:
    """One command, and the operation behind it.

    Attributes:
        known: the query parameters that help shows, each with what it is.
        silent: those that it does not show but takes without a word; `*` for all.
    """

    verb: str
    operation: Operation
    summary: str
    details: tuple[str, ...]
    arguments: tuple[CommandArgument, ...]
    flags: tuple[Flag, ...]
    query: CommandArgument | None
    known: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    iteration: Operation | None
    job: Mapping[str, str]
    example: str


@dataclass(frozen=True)
class Tool:
    """A command that is no method."""

    words: tuple[str, ...]
    summary: str
    details: tuple[str, ...]
    arguments: tuple[CommandArgument, ...]
    flags: tuple[Flag, ...]
    mutates: bool
    example: str


@dataclass(frozen=True)
class Resource:
    """The commands of a namespace, or, without one, of a group of tools."""

    name: str
    namespace: str
    typescript: str
    summary: str
    commands: tuple[Command, ...]
    tools: tuple[Tool, ...]


def resources(contract: Contract) -> list[Resource]:
    """Every resource by its name, with its commands in the order of the contract; then the groups of tools."""
    found = []
    for namespace in contract.namespaces.values():
        commands = [_command(contract, each) for each in namespace.operations.values() if each.request is not None]
        name = commands[0].operation.cli.resource
        summary = _plain(namespace.summary)
        further = _tools(contract, contract.shell.get("verbs", {}).get(name, {}), (name,))
        found.append(Resource(name, namespace.name, namespace.typescript, summary, tuple(commands), further))
    groups = [
        Resource(name, "", "", told["summary"], (), _tools(contract, told["verbs"], (name,)))
        for name, told in contract.shell.get("groups", {}).items()
    ]
    return [*sorted(found, key=lambda each: each.name), *groups]


def tools(contract: Contract) -> tuple[Tool, ...]:
    """The commands that are no methods and have one word."""
    return _tools(contract, contract.shell["tools"], ())


def _tools(contract: Contract, told: Mapping[str, Mapping[str, Any]], before: tuple[str, ...]) -> tuple[Tool, ...]:
    found = []
    for name, each in told.items():
        arguments = tuple(_tool_argument(argument, more) for argument, more in each.get("arguments", {}).items())
        samples = contract.shell["samples"]
        words = (*before, name)
        given = (samples.get(each.name, each.name) for each in arguments if not each.optional)
        example = each.get("example") or " ".join([PROGRAM, *words, *given])
        flags = flags_of(each.get("flags", {}))
        details = tuple(each.get("details", ()))
        mutates = bool(each.get("mutates"))
        found.append(Tool(words, each["summary"], details, arguments, flags, mutates, example))
    return tuple(found)


def _tool_argument(name: str, told: Mapping[str, Any]) -> CommandArgument:
    kind = "file" if told.get("file") else "value"
    choices = tuple(told.get("values", ()))
    return CommandArgument(name, kind, name, _sentence(told["about"], choices), choices, bool(told.get("optional")))


def flags_of(told: Mapping[str, Mapping[str, Any]]) -> tuple[Flag, ...]:
    """Flags as cli.yaml writes them."""
    return tuple(
        Flag(
            name,
            str(each.get("value", "")),
            str(each["about"]),
            tuple(each.get("values", ())),
            file=bool(each.get("file")),
            many=bool(each.get("many")),
        )
        for name, each in told.items()
    )


def _command(contract: Contract, operation: Operation) -> Command:
    arguments = tuple(_argument(each) for each in operation.arguments if each.required)
    query = next((_argument(each) for each in operation.arguments if each.type == "query"), None)
    known = tuple((name, schema["description"]) for name, schema in operation.params.items() if _is_shown(name, schema))
    silent = tuple(name for name, schema in operation.params.items() if _is_silent(name, schema))
    iteration = next((each for each in contract.operations.values() if each.iterates == operation.id), None)
    flags = tuple(_flags(contract, operation, iteration))
    return Command(
        operation.cli.verb,
        operation,
        _plain(operation.summary),
        tuple(_in_shell_words(text, contract) for text in operation.details),
        arguments,
        flags,
        query,
        known,
        silent,
        iteration,
        _job(contract, operation),
        _example(contract, operation, arguments, flags, [name for name, _ in known]),
    )


def _is_shown(name: str, schema: Mapping[str, Any]) -> bool:
    return name != "*" and not schema.get("deprecated")


def _is_silent(name: str, schema: Mapping[str, Any]) -> bool:
    """Whether a parameter is documented without being shown; `*` are all that have no name of their own."""
    return schema["x-source"] == "documented" if name == "*" else bool(schema.get("deprecated"))


def _argument(argument: Argument) -> CommandArgument:
    kind = _KINDS.get(argument.type, "value")
    about = "" if kind in ("file", "out") else _sentence(argument.about)
    text = f"{_GENERAL.get(kind, '')} {about}".strip()
    return CommandArgument(argument.name, kind, _SHOWN.get(kind, argument.name), text)


def _flags(contract: Contract, operation: Operation, iteration: Operation | None) -> Iterator[Flag]:
    for argument in operation.arguments:
        if not argument.required and argument.type != "query":
            value = "|".join(argument.values) or argument.name.upper()
            about = _plain(argument.about)
            yield Flag(argument.name.replace("_", "-"), value, about, argument.values, parameter=argument.name)
    common = {flag.name: flag for flag in flags_of(contract.shell["flags"])}
    if operation.mutates:
        yield _with_parameter(common["idempotency-key"], "idempotency_key")
    if iteration is not None:
        yield common["all"]
        if any(argument.name == "prefetch" for argument in iteration.arguments):
            yield common["prefetch"]
    if any(argument.type == "query" for argument in operation.arguments):
        yield common["query"]
    if job := _job(contract, operation):
        yield common["wait"]
        if "looks" in job:
            yield common["watch"]
        yield common["wait-timeout"]
        yield common["interval"]
        if "download" in operation.job:
            yield common["to"]
        if "confirm" in operation.job:
            yield common["confirm"]
    is_batched = f"{operation.cli.resource} {operation.cli.verb}" in contract.shell.get("batches", ())
    if "split" in operation.job:
        yield common["split"]
    if "split" in operation.job or is_batched:
        yield common["rows"]


def _job(contract: Contract, operation: Operation) -> dict[str, str]:
    """How to follow a job that a command starts or polls; `resume` is the verb that polls it, if it is another."""
    waits = contract.shell.get("waits", {})
    own = waits.get(f"{operation.cli.resource} {operation.cli.verb}")
    if own is not None:
        return {**own, "looks": "yes"}
    if not operation.job:
        return {}
    same = [words for words, each in waits.items() if each["wait"] == operation.job["wait"]]
    resume = next((words for words in same if words.startswith(f"{operation.cli.resource} ")), None)
    return {**operation.job, **({"resume": resume} if resume else {})}


def _with_parameter(flag: Flag, parameter: str) -> Flag:
    return Flag(flag.name, flag.value, flag.about, flag.choices, flag.file, flag.many, parameter)


def _example(
    contract: Contract,
    operation: Operation,
    arguments: tuple[CommandArgument, ...],
    flags: tuple[Flag, ...],
    known: list[str],
) -> str:
    """A command line that works, for help."""
    samples = contract.shell["samples"]
    words = [PROGRAM, operation.cli.resource, operation.cli.verb]
    words += [_sample(contract, operation, each, samples) for each in arguments]
    if known:
        name = known[-1] if operation.name == "list" else known[0]
        sample = samples.get(f"{operation.cli.resource} {name}", samples.get(name, "50"))
        words.append(f"--{name.replace('_', '-')}={sample}")
    choice = next((flag for flag in flags if flag.choices), None)
    if choice is not None:
        words.append(f"--{choice.name}={choice.choices[0]}")
    if operation.job:
        words.append("--confirm='{}' --wait" if "confirm" in operation.job else "--wait")
    return " ".join(words)


def _sample(contract: Contract, operation: Operation, argument: CommandArgument, samples: Mapping[str, str]) -> str:
    """An example value of an argument: the JSON of the recorded call, which a server has accepted."""
    given = _recorded(contract, operation).get(argument.name)
    if argument.kind not in ("object", "array"):
        return samples.get(f"{operation.cli.resource} {argument.name}", samples.get(argument.name, argument.name))
    if given is None:
        return f"{argument.name}.json"
    return "'" + _laid_out(given, 4).replace("'", "'\\''") + "'"


def _laid_out(value: Any, margin: int) -> str:
    """JSON on one line where it is short, else an item a line: quotes hold the ends of lines as well."""
    text = _json(value)
    if margin + len(text) <= _INLINE or not isinstance(value, (dict, list)) or not value:
        return text
    if isinstance(value, dict):
        items = [f"{_json(key)}: {_laid_out(item, margin + 2)}" for key, item in value.items()]
    else:
        items = [_laid_out(item, margin + 2) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = ",\n".join(" " * margin + item for item in items)
    return f"{opening}\n{lines}\n{' ' * (margin - 2)}{closing}"


def _json(value: Any) -> str:
    """JSON in plain ASCII that reads well: letters without their accents, no signs."""
    text = unicodedata.normalize("NFKD", json.dumps(value, ensure_ascii=False)).replace("\u2013", "-")
    return re.sub(r" +(?=\"[,}\]])", "", text.encode("ascii", "ignore").decode("ascii")) if not text.isascii() else text


@cache
def _calls(spec: Path) -> Mapping[str, Call]:
    return load_scenarios(Path(__file__).resolve().parents[2] / "parity" / "scenarios", load(spec)).calls


def _recorded(contract: Contract, operation: Operation) -> Mapping[str, Any]:
    """The arguments of the call of an operation that is recorded."""
    call = _calls(contract.path).get(operation.id)
    return call.arguments if call is not None else {}


def _plain(text: str) -> str:
    """A text for a terminal: ASCII, without backticks."""
    return text.replace("`", "").replace("\u2026", "...").encode("ascii", "backslashreplace").decode("ascii")


def _in_shell_words(text: str, contract: Contract) -> str:
    """The same, with method names replaced by the verbs of the command line."""
    methods = {operation.name for operation in contract.operations.values()}
    parts = text.split("`")
    parts[1::2] = [part.replace("_", "-") if part in methods else part for part in parts[1::2]]
    return _plain("".join(parts))


def _sentence(text: str, values: Collection[str] = ()) -> str:
    """A text as a sentence; a name that it begins with keeps its case."""
    is_name = text.startswith("`") or text.split(",")[0] in values
    plain = _plain(text)
    sentence = plain if is_name else plain[:1].upper() + plain[1:]
    return sentence if not sentence or sentence.endswith(".") else f"{sentence}."
