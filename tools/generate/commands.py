"""The commands of both command lines: words, arguments, flags and help of every operation that sends a request.

A command has the words that the operation's `cli` says. What must be given are its arguments; what may be left out are
flags; a query argument takes any flag that is not known. Texts are those of the contract, in plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segops_parity.contract import Argument, Contract, Operation

__all__ = ["Command", "CommandArgument", "Flag", "Resource", "Tool", "flags_of", "resources", "tools"]

PROGRAM = "segops-admin"
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
    """

    name: str
    kind: str
    shown: str
    about: str
    choices: tuple[str, ...] = ()


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
    """One command, and the operation behind it."""

    verb: str
    operation: Operation
    summary: str
    details: tuple[str, ...]
    arguments: tuple[CommandArgument, ...]
    flags: tuple[Flag, ...]
    query: CommandArgument | None
    known: tuple[tuple[str, str], ...]
    walk: Operation | None
    example: str


@dataclass(frozen=True)
class Resource:
    """The commands of a namespace."""

    name: str
    namespace: str
    typescript: str
    summary: str
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Tool:
    """A command that is no method."""

    name: str
    summary: str
    details: tuple[str, ...]
    arguments: tuple[CommandArgument, ...]
    flags: tuple[Flag, ...]
    example: str


def resources(contract: Contract) -> list[Resource]:
    """Every resource by its name, with its commands in the order of the contract."""
    found = []
    for namespace in contract.namespaces.values():
        commands = [_command(contract, each) for each in namespace.operations.values() if each.request is not None]
        name = commands[0].operation.cli.resource
        summary = _plain(namespace.summary)
        found.append(Resource(name, namespace.name, namespace.typescript, summary, tuple(commands)))
    return sorted(found, key=lambda each: each.name)


def tools(contract: Contract) -> list[Tool]:
    """The commands that are no methods."""
    found = []
    for name, told in contract.shell["tools"].items():
        arguments = tuple(
            CommandArgument(argument, "value", argument, _sentence(each["about"]), tuple(each.get("values", ())))
            for argument, each in told.get("arguments", {}).items()
        )
        samples = contract.shell["samples"]
        example = " ".join([PROGRAM, name, *(samples[each.name] for each in arguments)])
        flags = flags_of(told.get("flags", {}))
        found.append(Tool(name, told["summary"], tuple(told.get("details", ())), arguments, flags, example))
    return found


def flags_of(told: dict[str, dict[str, object]]) -> tuple[Flag, ...]:
    """Flags as cli.yaml writes them."""
    return tuple(
        Flag(
            name,
            str(each.get("value", "")),
            str(each["about"]),
            file=bool(each.get("file")),
            many=bool(each.get("many")),
        )
        for name, each in told.items()
    )


def _command(contract: Contract, operation: Operation) -> Command:
    arguments = tuple(_argument(each) for each in operation.arguments if each.required)
    query = next((_argument(each) for each in operation.arguments if each.type == "query"), None)
    known = tuple(
        (name, schema["description"])
        for name, schema in operation.params.items()
        if name != "*" and not schema.get("deprecated")
    )
    walk = next((each for each in contract.operations.values() if each.walks == operation.id), None)
    flags = tuple(_flags(contract, operation, walk))
    return Command(
        operation.cli.verb,
        operation,
        _plain(operation.summary),
        tuple(_in_shell_words(text) for text in operation.details),
        arguments,
        flags,
        query,
        known,
        walk,
        _example(contract, operation, arguments, flags, [name for name, _ in known]),
    )


def _argument(argument: Argument) -> CommandArgument:
    kind = _KINDS.get(argument.type, "value")
    about = "" if kind in ("file", "out") else _sentence(_plain(argument.about))
    text = f"{_GENERAL.get(kind, '')} {about}".strip()
    return CommandArgument(argument.name, kind, _SHOWN.get(kind, argument.name), text)


def _flags(contract: Contract, operation: Operation, walk: Operation | None) -> Iterator[Flag]:
    for argument in operation.arguments:
        if not argument.required and argument.type != "query":
            value = "|".join(argument.values) or argument.name.upper()
            about = _plain(argument.about)
            yield Flag(argument.name.replace("_", "-"), value, about, argument.values, parameter=argument.name)
    common = {flag.name: flag for flag in flags_of(contract.shell["flags"])}
    if operation.mutates:
        yield _with_parameter(common["idempotency-key"], "idempotency_key")
    if walk is not None:
        yield common["all"]
        if any(argument.name == "prefetch" for argument in walk.arguments):
            yield common["prefetch"]
    if operation.job:
        yield common["wait"]
        yield common["wait-timeout"]
        yield common["interval"]
        if "download" in operation.job:
            yield common["output"]
        if "confirm" in operation.job:
            yield common["confirm"]


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
    words += [samples.get(each.name, f"{each.name}.json") for each in arguments]
    if known:
        name = known[-1] if operation.name == "list" else known[0]
        words.append(f"--{name.replace('_', '-')}={samples.get(name, '50')}")
    choice = next((flag for flag in flags if flag.choices), None)
    if choice is not None:
        words.append(f"--{choice.name}={choice.choices[0]}")
    if operation.job:
        words.append("--confirm='{}' --wait" if "confirm" in operation.job else "--wait")
    return " ".join(words)


def _plain(text: str) -> str:
    """A text for a terminal: ASCII, without backticks."""
    return text.replace("`", "").replace("\u2026", "...").encode("ascii", "backslashreplace").decode("ascii")


def _in_shell_words(text: str) -> str:
    """The same, with names of methods as the verbs that they are in the shell."""
    parts = text.split("`")
    parts[1::2] = [part.replace("_", "-") if part.isidentifier() else part for part in parts[1::2]]
    return _plain("".join(parts))


def _sentence(text: str) -> str:
    sentence = text[:1].upper() + text[1:]
    return sentence if not sentence or sentence.endswith(".") else f"{sentence}."
