"""Cases of the command line: one for each operation, made from the contract, and those of shell.yaml."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from segops_parity._model import Operation
from segops_parity.cases import API_KEY, Case, Step
from segops_parity.cassettes import Cassette
from segops_parity.client_cases import asked_in_turn
from segops_parity.contract import Contract
from segops_parity.filling import filled
from segops_parity.observation import as_compared
from segops_parity.replies import Reply, Script
from segops_parity.scenarios import Scenarios
from segops_parity.wire import expected_request, query_text

__all__ = ["shell_cases"]

_KEY = {"SEGOPS_API_KEY": API_KEY}


def shell_cases(contract: Contract, scenarios: Scenarios, happy: Mapping[str, Cassette]) -> Iterator[Case]:
    """The cases of the lanes that drive the command line."""
    for operation in contract.operations.values():
        if operation.request is not None and operation.id in happy:
            yield _case(operation, contract, scenarios, happy[operation.id])
    yield from _help_cases(contract)
    anything = next(iter(contract.operations.values()))
    script = Script(anything, contract, None, None)
    for entry in scenarios.shell:
        yield _one(entry, script, contract)


def _case(operation: Operation, contract: Contract, scenarios: Scenarios, happy: Cassette) -> Case:
    given = scenarios.calls[operation.id].arguments
    argv, stdin = command_line(operation, given)
    request = expected_request(operation, given)
    if operation.multipart:  # a file read from standard input has no name of its own
        request["body"]["parts"][0]["filename"] = given["filename"]
    replies = Script(operation, contract, happy, happy).replies(["happy"], request)
    shown = _shown(replies[-1])
    raw = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    done = contract.behaviours["cli.exit-success"].figures["code"]
    printed = {"exit": done, "stdout": {"json": shown, "rows": raw.count("\n")}, "raw": as_compared(raw)}
    step = Step(
        name="command",
        op="cli",
        args=tuple(argv),
        named={"env": _KEY, "stdin": stdin},
        replies=replies,
        requests=(request,),
        delays=(),
        outcome={"ok": printed} if "downloads" not in operation.flags else {"ok": {"exit": done}},
        covers=("cli.every-operation", "cli.json-only", "cli.exit-success", *_own_rules(operation)),
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


def _own_rules(operation: Operation) -> tuple[str, ...]:
    printed = () if "downloads" in operation.flags else ("cli.compact",)
    return (*printed, "cli.never-prompts") if "delete" in operation.flags else printed


def _help_cases(contract: Contract) -> Iterator[Case]:
    """The help of every resource and every verb, and what a verb says that is given too little, or too much."""
    commands = {(each.cli.resource, each.cli.verb): each for each in contract.operations.values()}
    for resource in dict.fromkeys(resource for resource, _ in commands):
        yield _told(f"cli/{resource}/help", [resource, "--help"], 0, ["cli.help"], prints=[f"segops-admin {resource}"])
    for (resource, verb), operation in commands.items():
        words, name = [resource, verb], f"cli/{resource}-{verb}"
        yield _told(
            f"{name}/help", [*words, "--help"], 0, ["cli.help"], prints=[" ".join(["usage: segops-admin", *words])]
        )
        flag = [*words, *("1" for _ in operation.cli.positionals), "--compct"]
        if not any(argument.type == "query" for argument in operation.arguments):
            says = ["--compct", "--compact"]
            yield _told(f"{name}/unknown-flag", flag, 2, ["cli.exit-usage", "cli.suggestions"], says=says)
        if operation.cli.positionals:
            yield _told(f"{name}/too-little", words, 2, ["cli.exit-usage"], says=["needs <", "usage: segops-admin"])
        many = [*words, *("1" for _ in operation.cli.positionals), "surplus"]
        yield _told(f"{name}/too-much", many, 2, ["cli.exit-usage", "cli.surplus-refused"], says=["'surplus'"])


def _told(
    name: str, argv: list[str], exit_code: int, covers: list[str], *, prints: list[str] | None = None, says: Any = ()
) -> Case:
    expected: dict[str, Any] = {"exit": exit_code, "prints": prints or [], "says": says}
    step = Step(
        name=name.rpartition("/")[2],
        op="cli",
        args=tuple(argv),
        named={"env": _KEY, "stdin": ""},
        replies=(),
        requests=(),
        delays=(),
        outcome={"ok": expected},
        covers=tuple(covers),
    )
    return Case(name, "cli", step.name, "synthetic", (step,))


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
        elif argument.name in ("format", "filename") and value is not None:
            flags.append(f"--{argument.name}={value}")
    return [*words, *flags], stdin


def _decoded(value: Mapping[str, str]) -> str:
    return base64.b64decode(value["$bytes"]).decode("utf-8")


def _content(given: str | Mapping[str, Any]) -> str | bytes:
    if isinstance(given, str):
        return given
    return base64.b64decode(given["base64"]) if "base64" in given else filled(given["filled"])


def _exit_code(contract: Contract, entry: Mapping[str, Any]) -> int:
    """The contract's, where a case shows one."""
    named = ("cli.exit-success", "cli.exit-failure", "cli.exit-usage", "cli.exit-interrupt")
    codes = [contract.behaviours[name].figures["code"] for name in named if name in entry.get("covers", ())]
    return int(codes[0]) if codes else int(entry["exit"])


def _one(entry: Mapping[str, Any], script: Script, contract: Contract) -> Case:
    requests = asked_in_turn(entry)
    replies = script.replies(entry.get("replies", []), None)
    replies = tuple(replace(reply, request=request) for reply, request in zip(replies, requests, strict=True))
    env = {**({} if entry.get("without_key") else _KEY), **entry.get("env", {})}
    expected: dict[str, Any] = {"exit": _exit_code(contract, entry)}
    is_indented = "stdout" in entry and "rows" not in entry
    if "stdout" in entry:
        rows = entry.get("rows", json.dumps(entry["stdout"], indent=2).count("\n") + 1)
        expected["stdout"] = {"json": entry["stdout"], "rows": rows}
        if is_indented:
            expected["raw"] = (
                json.dumps(
                    entry["stdout"], indent=contract.behaviours["cli.compact"].figures["indent"], ensure_ascii=False
                )
                + "\n"
            )
    elif "lines" in entry:
        expected["stdout"] = {"lines": entry["lines"], "rows": len(entry["lines"])}
    elif entry["exit"] and "prints" not in entry:
        expected |= {"stdout": {"lines": [], "rows": 0}, "messages": True}
    expected |= {name: entry[name] for name in ("prints", "says") if name in entry}
    if "left" in entry:
        expected["files"] = entry["left"]
    if "left_modes" in entry:
        expected["modes"] = entry["left_modes"]
    if "raw" in entry:
        expected["raw"] = entry["raw"]
    if "said" in entry:
        expected["stderr"] = entry["said"]
    step = Step(
        name=entry["case"],
        op="cli",
        args=tuple(entry["argv"]),
        named={
            "env": env,
            "stdin": entry.get("stdin", ""),
            "files": {name: _content(each) for name, each in entry.get("files", {}).items()},
            "interrupt": entry.get("interrupt", False),
            "modes": entry.get("modes", {}),
            "terminal": entry.get("terminal"),
            "streams": entry.get("streams"),
            "slow": entry.get("slow"),
        },
        replies=replies,
        requests=tuple(requests),
        delays=(),
        outcome={"ok": expected},
        # An answer that is printed whole shows its indentation.
        covers=tuple(dict.fromkeys([*entry.get("covers", ()), *(["cli.compact"] if is_indented else [])])),
    )
    languages = tuple(entry.get("languages", ()))
    return Case(f"cli/{entry['case']}", "cli", entry["case"], "synthetic", (step,), languages=languages)
