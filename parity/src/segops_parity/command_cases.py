"""Cases of each command: as it was recorded, and what its own entry in the command table says of it.

An entry is data, written once for each command, so that each can be wrong by itself: its columns, its flags and their
choices, the parameters that it knows, whether it changes something.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from segops_parity._model import Operation
from segops_parity.cases import API_KEY, Case, Step
from segops_parity.cassettes import Cassette
from segops_parity.contract import Contract
from segops_parity.observation import as_compared
from segops_parity.replies import JSON, Reply, Script
from segops_parity.scenarios import Scenarios
from segops_parity.wire import expected_request, query_text

__all__ = ["ENVIRONMENT", "command_cases"]

ENVIRONMENT = {"SEGOPS_API_KEY": API_KEY}


def command_cases(contract: Contract, scenarios: Scenarios, happy: Mapping[str, Cassette]) -> Iterator[Case]:
    """The cases of all commands."""
    for operation in contract.operations.values():
        if operation.request is not None and operation.id in happy:
            case = _recorded(operation, contract, scenarios, happy[operation.id])
            yield case
            if columns := contract.records.columns(operation.returns):
                yield _columns(case, columns)
            given = scenarios.calls[operation.id].arguments
            steps = (*_entry(case.steps[0], operation, given), *_not_found(case.steps[0], operation, given, contract))
            yield replace(case, id=f"{operation.id}/flags", family="flags", origin="synthetic", steps=steps)
        elif {"iterates", "page"} <= operation.flags:
            yield _listing(operation, contract)


def _recorded(operation: Operation, contract: Contract, scenarios: Scenarios, happy: Cassette) -> Case:
    given = scenarios.calls[operation.id].arguments
    argv, stdin = command_line(operation, given)
    request = expected_request(operation, given)
    if operation.multipart:  # a file read from standard input has no name of its own
        request["body"]["parts"][0]["filename"] = given["filename"]
    replies = Script(operation, contract, happy, happy).replies(["happy"], request)
    shown = _shown(replies[-1])
    done = contract.behaviours["cli.exit-success"].figures["code"]
    printed = {"exit": done, **_printed(shown)}
    step = Step(
        name="command",
        op="cli",
        args=tuple(argv),
        named={"env": ENVIRONMENT, "stdin": stdin},
        replies=replies,
        requests=(request,),
        delays=(),
        outcome={"ok": printed} if "downloads" not in operation.flags else {"ok": {"exit": done}},
        covers=("cli.every-operation", "cli.json-only", *_own_rules(operation, argv)),
        key="uuid" if operation.mutates else None,
    )
    return Case(
        id=f"{operation.id}/command",
        operation=operation.id,
        family="command",
        origin="recorded",
        steps=(step,),
        spec_hash=operation.hash,
        recorded_under=str(happy.metadata["spec_hash"]),
    )


def _own_rules(operation: Operation, argv: list[str]) -> Iterator[str]:
    if "downloads" not in operation.flags and "-" in argv:
        yield "cli.standard-input"
    if "delete" in operation.flags:
        yield "cli.never-prompts"
    if "page" in operation.flags and any(word.startswith("--") for word in argv):
        yield "cli.flags-are-query"


def _columns(case: Case, columns: Mapping[str, bool]) -> Case:
    """What a command prints of each column that the contract has: all asked for, a table, and a slip of each."""
    (plain,) = case.steps
    answer = plain.outcome["ok"]["stdout"]["json"]
    is_page = isinstance(answer, dict) and isinstance(answer.get("results"), list)
    rows = answer["results"] if is_page else answer if isinstance(answer, list) else [answer]
    picked = [{name: row.get(name) for name in columns} for row in rows]
    shown = picked if is_page or isinstance(answer, list) else picked[0]
    printed = {**plain.outcome["ok"], **_printed(shown)}
    steps = [
        replace(
            plain,
            name="columns",
            args=(*plain.args, f"--columns={','.join(columns)}"),
            outcome={"ok": printed},
            covers=("cli.columns", *plain.covers),
        ),
        replace(
            plain,
            name="table",
            args=(*plain.args, "--output=table"),
            outcome={"ok": {"exit": 0}},
            covers=("cli.table", "cli.every-operation"),
        ),
    ]
    for name in columns:
        if len(name) > 2:  # shorter ones are near to nothing
            usage = {"exit": 2, "stdout": {"lines": [], "rows": 0}, "says": [f"no column '{name}x'", f"mean {name}?"]}
            slip = replace(plain, name=f"a slip of {name}", args=(*plain.args, f"--columns={name}x"), key=None)
            steps.append(replace(slip, replies=(), requests=(), outcome={"ok": usage}, covers=("cli.columns",)))
    return replace(case, id=f"{case.operation}/columns", family="columns", origin="synthetic", steps=tuple(steps))


def _listing(operation: Operation, contract: Contract) -> Case:
    """A command that prints the items of all pages, as they come and from the second page on."""
    words = (operation.cli.resource, operation.cli.verb)
    single = next(
        each for each in contract.operations.values() if each.request and (each.cli.resource, each.cli.verb) == words
    )
    script = Script(operation, contract, None, None)

    def step(name: str, flags: tuple[str, ...], first: int) -> Step:
        numbers = (first, first + 1)
        requests = tuple(expected_request(single, {"params": {"page": number}}) for number in numbers)
        replies = script.replies(
            [{"page": [first], "next": first + 1, "count": 2}, {"page": [first + 1], "count": 2}], None
        )
        items = [{"id": number} for number in numbers]
        return Step(
            name=name,
            op="cli",
            args=(*words, "--all", *flags),
            named={"env": ENVIRONMENT, "stdin": ""},
            replies=tuple(replace(reply, request=request) for reply, request in zip(replies, requests, strict=True)),
            requests=requests,
            delays=(),
            outcome={"ok": {"exit": 0, "stdout": {"lines": items, "rows": 2}}},
            covers=("cli.all", "cli.every-operation"),
        )

    steps = (step("all pages", (), 1), step("from the second on, two at a time", ("--page=2", "--prefetch=2"), 2))
    return Case(f"{operation.id}/command", operation.id, "command", "synthetic", steps)


def _entry(plain: Step, operation: Operation, given: Mapping[str, Any]) -> Iterator[Step]:
    """A step for each thing that a command's entry says: `plain` is the command as it was recorded."""
    yield _read_only(plain)
    if plain.key is not None:
        covers = ("cli.idempotency-key",)
        yield replace(plain, name="a key", args=(*plain.args, "--idempotency-key=a-key"), covers=covers, key="a-key")
    query = next((each.name for each in operation.arguments if each.type == "query"), None)
    parameters = [name for name in operation.params if name != "*"]
    if query is not None and parameters:
        known = _asking(plain, operation, {**given, query: dict.fromkeys(parameters, "7")}, "all parameters")
        told = {"ok": {**plain.outcome["ok"], "stderr": ""}}
        yield replace(known, outcome=told, covers=("cli.undocumented-parameters",))
    if query is not None:
        asked = _asking(plain, operation, {**given, query: {**given.get(query, {}), "other_key": "7"}}, "by --query")
        words = (*(word for word in asked.args if word != "--other_key=7"), "--query=other_key=7")
        yield replace(asked, args=words, covers=("cli.query",))
    names = {each.name for each in operation.arguments}
    for flag in operation.cli.flags:
        if flag.name in names and "|" in (flag.value or ""):
            for choice in str(flag.value).split("|"):
                chosen = _asking(plain, operation, {**given, flag.name: choice}, f"{flag.name} {choice}")
                yield replace(chosen, covers=("cli.every-operation",))
        elif query is not None and flag.value is not None:
            name = "other_key" if flag.name == "KEY" else flag.name
            asked = _asking(plain, operation, {**given, query: {**given.get(query, {}), name: "7"}}, name)
            yield replace(asked, covers=("cli.flags-are-query",))


def _not_found(plain: Step, operation: Operation, given: Mapping[str, Any], contract: Contract) -> Iterator[Step]:
    """What a command says that finds nothing: what it asked for may not be there."""
    names = operation.cli.positionals
    name = next((each for each in names if each in ("id", "event_type") or each.endswith("_id")), None)
    if name is None:
        return
    kind = "event_type" if name == "event_type" else "id"
    cause = next(each["says"] for each in contract.shell["causes"] if each["when"] == kind.replace("_", "-"))
    refused = replace(plain.replies[0], status=404, headers=(JSON,), body=b'{"detail":"Not found."}')
    told = {"exit": contract.behaviours["cli.exit-failure"].figures["code"], "stdout": {"lines": [], "rows": 0}}
    yield replace(
        plain,
        name="not found",
        requests=plain.requests[:1],
        replies=(refused,),
        outcome={"ok": {**told, "says": [cause.partition(" (")[0].format(**{kind: f"'{given[name]}'"})]}},
        covers=("cli.causes",),
    )


def _read_only(plain: Step) -> Step:
    """The command where nothing may be changed: it is sent, or refused."""
    named = {**plain.named, "env": {**ENVIRONMENT, "SEGOPS_READONLY": "1"}}
    step = replace(plain, name="read-only", named=named, covers=("cli.read-only", "cli.every-operation"))
    if plain.key is None:
        return step
    refused = {"exit": 2, "stdout": {"lines": [], "rows": 0}, "says": ["SEGOPS_READONLY"]}
    return replace(step, requests=(), replies=(), outcome={"ok": refused}, key=None, covers=("cli.read-only",))


def _asking(plain: Step, operation: Operation, given: Mapping[str, Any], name: str) -> Step:
    """The command with other arguments."""
    argv, stdin = command_line(operation, given)
    request = expected_request(operation, given)
    return replace(
        plain,
        name=name,
        args=tuple(argv),
        named={**plain.named, "stdin": stdin},
        requests=(request,),
        replies=tuple(replace(reply, request=request) for reply in plain.replies),
    )


def _printed(shown: Any) -> dict[str, Any]:
    """An answer on standard output, as it is and as it is laid out."""
    raw = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    return {"stdout": {"json": shown, "rows": raw.count("\n")}, "raw": as_compared(raw)}


def _shown(reply: Reply) -> Any:
    if not reply.body or reply.status == 204:
        return {"ok": True}
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def command_line(operation: Operation, given: Mapping[str, Any]) -> tuple[list[str], str]:
    """The words of a command, and what is on its standard input."""
    words, stdin = [operation.cli.resource, operation.cli.verb], ""
    files = [each.name for each in operation.arguments if each.type in ("object", "array", "file")]
    flags = []
    for name in operation.cli.positionals:
        if name in ("BODY", "CSV"):
            value = given[files.pop(0)]
            stdin = _decoded(value) if name == "CSV" else json.dumps(value, ensure_ascii=False)
            words.append("-")
        elif name == "OUT":
            words.append("-")
        else:
            words.append(str(given[name]))
    for argument in operation.arguments:
        value = given.get(argument.name)
        if argument.type == "query":
            flags += [f"--{key}={query_text(item)}" for key, item in (value or {}).items()]
        elif argument.name in ("format", "filename", "method") and value is not None:
            flags.append(f"--{argument.name}={value}")
    return [*words, *flags], stdin


def _decoded(value: Mapping[str, str]) -> str:
    return base64.b64decode(value["$bytes"]).decode("utf-8")
