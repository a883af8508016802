"""Cases of the command line: those of each command, its help, and those of shell.yaml."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from segops_parity.cases import EXIT_CODES, Case, Step
from segops_parity.cassettes import Cassette
from segops_parity.client_cases import asked_in_turn
from segops_parity.command_cases import ENVIRONMENT, command_cases
from segops_parity.contract import Contract
from segops_parity.filling import filled
from segops_parity.replies import Script
from segops_parity.scenarios import Scenarios

__all__ = ["shell_cases"]


def shell_cases(contract: Contract, scenarios: Scenarios, happy: Mapping[str, Cassette]) -> Iterator[Case]:
    """The cases of the lanes that drive the command line."""
    yield from command_cases(contract, scenarios, happy)
    yield from _help_cases(contract)
    yield from _completions(contract)
    yield from _flags_of_others(contract)
    yield from _slips(contract)
    anything = next(iter(contract.operations.values()))
    script = Script(anything, contract, None, None)
    for entry in scenarios.shell:
        yield _one(entry, script, contract)


def _help_cases(contract: Contract) -> Iterator[Case]:
    """The help of every resource and every verb, and what a verb says that is given too little, or too much."""
    for resource in contract.resources:
        yield _told(f"cli/{resource}/help", [resource, "--help"], 0, ["cli.help"], prints=[f"segops-admin {resource}"])
    for (resource, verb), operation in contract.commands.items():
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
        given, covers = [*words, *("1" for _ in operation.cli.positionals)], ["cli.exit-usage", "cli.surplus-refused"]
        many = (("too-much", [*given, "surplus"]), ("behind the flags", [*given, "--", "surplus"]))
        steps = tuple(_step(each, argv, 2, covers, says=["'surplus'"]) for each, argv in many)
        yield Case(f"{name}/too-much", "cli", "too-much", "synthetic", steps)
    for words in _no_methods(contract):
        usage = " ".join(["segops-admin", *words])
        yield _told(f"cli/{'-'.join(words)}/help", [*words, "--help"], 0, ["cli.help"], prints=[usage])


def _completions(contract: Contract) -> Iterator[Case]:
    """What is proposed behind the words of every verb: its flags, and each value of those that have a fixed set."""
    for (resource, verb), operation in contract.commands.items():
        words = ["__complete", resource, verb, *("1" for _ in operation.cli.positionals)]
        flags = {flag.name.replace("_", "-"): str(flag.value or "") for flag in operation.cli.flags}
        asked = {"--": [f"--{name}" for name in flags if name.islower()]}
        asked |= {f"--{name}=": value.split("|") for name, value in flags.items() if "|" in value}
        steps = tuple(
            _step(given, [*words, given], 0, ["cli.completion-words"], prints=prints) for given, prints in asked.items()
        )
        yield Case(f"cli/{resource}-{verb}/completion", "cli", "completion", "synthetic", steps)


def _flags_of_others(contract: Contract) -> Iterator[Case]:
    """What a command says of the flags of other commands: they are none of its own, and never query parameters."""
    for (resource, verb), operation in contract.commands.items():
        if operation.flags & {"reads", "iterates"}:
            argv = [resource, verb, *("1" for _ in operation.cli.positionals), "--idempotency-key=1"]
            covers = ["cli.exit-usage", "cli.surplus-refused"]
            yield _told(f"cli/{resource}-{verb}/no-key", argv, 2, covers, says=["unknown flag --idempotency-key."])
    listings = ((words, each) for words, each in contract.commands.items() if "iterates" not in each.flags)
    words = next(words for words, each in listings if any(argument.type == "query" for argument in each.arguments))
    for flag, entry in contract.shell["flags"].items():
        if flag != "query" and not entry.get("listed"):
            given = f"--{flag}=1" if "value" in entry else f"--{flag}"
            covers = ["cli.exit-usage", "cli.surplus-refused"]
            yield _told(f"cli/flags-of-others/{flag}", [*words, given], 2, covers, says=[f"unknown flag --{flag}."])


def _slips(contract: Contract) -> Iterator[Case]:
    """What a first word says that is mistyped: which one was meant."""
    for word in (*contract.resources, *contract.shell["tools"], *contract.shell["groups"], "help"):
        slip = word[:-2] + word[:-3:-1]
        says = [f"unknown command '{slip}'.", f"segops-admin {word}"]
        yield _told(f"cli/{word}/slip", [slip], 2, ["cli.exit-usage", "cli.suggestions"], says=says)


def _no_methods(contract: Contract) -> Iterator[list[str]]:
    """The words of the commands that are no methods, and of the groups that have some."""
    yield from ([tool] for tool in contract.shell["tools"])
    for group, entry in contract.shell["groups"].items():
        yield [group]
        yield from ([group, verb] for verb in entry["verbs"])
    for resource, verbs in contract.shell["verbs"].items():
        yield from ([resource, verb] for verb in verbs)


def _told(
    name: str, argv: list[str], exit_code: int, covers: list[str], *, prints: list[str] | None = None, says: Any = ()
) -> Case:
    step = _step(name.rpartition("/")[2], argv, exit_code, covers, prints=prints, says=says)
    return Case(name, "cli", step.name, "synthetic", (step,))


def _step(
    name: str, argv: list[str], exit_code: int, covers: list[str], *, prints: list[str] | None = None, says: Any = ()
) -> Step:
    expected: dict[str, Any] = {"exit": exit_code, "prints": prints or [], "says": says}
    return Step(
        name=name,
        op="cli",
        args=tuple(argv),
        named={"env": ENVIRONMENT, "stdin": ""},
        replies=(),
        requests=(),
        delays=(),
        outcome={"ok": expected},
        covers=tuple(covers),
    )


def _content(given: str | Mapping[str, Any]) -> str | bytes | Mapping[str, Any]:
    if isinstance(given, str) or "printed" in given:  # only the program knows what it prints
        return given
    return base64.b64decode(given["base64"]) if "base64" in given else filled(given["filled"])


def _exit_code(contract: Contract, entry: Mapping[str, Any]) -> int:
    """The contract's, where a case shows one."""
    codes = [contract.behaviours[name].figures["code"] for name in EXIT_CODES if name in entry.get("covers", ())]
    return int(codes[0]) if codes else int(entry["exit"])


def _one(entry: Mapping[str, Any], script: Script, contract: Contract) -> Case:
    requests = asked_in_turn(entry)
    replies = script.replies(entry.get("replies", []), None)
    replies = tuple(replace(reply, request=request) for reply, request in zip(replies, requests, strict=True))
    env = {**({} if entry.get("without_key") else ENVIRONMENT), **entry.get("env", {})}
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
    if "deliveries" in entry:
        expected["answers"] = [each["answer"] for each in entry["deliveries"]]
    scheme = contract.behaviours["webhook.signature-forms"].figures["scheme"]
    step = Step(
        name=entry["case"],
        op="cli",
        args=tuple(entry["argv"]),
        named={
            "env": env,
            "stdin": entry.get("stdin", ""),
            "files": {name: _content(each) for name, each in entry.get("files", {}).items()},
            "interrupt": entry.get("interrupt", False),
            "interrupted_by": entry.get("interrupted_by", ""),
            "interrupts": entry.get("interrupts", ""),
            "deliveries": entry.get("deliveries", ()),
            "signed_in": f"{contract.webhooks.header}: {scheme}=",
            "modes": entry.get("modes", {}),
            "terminal": entry.get("terminal"),
            "streams": entry.get("streams"),
            "slow": entry.get("slow"),
        },
        replies=replies,
        requests=tuple(requests),
        delays=(),
        outcome={"ok": expected},
        covers=tuple(entry.get("covers", ())),
        heads=tuple(entry.get("heads", ())),
        targets=tuple(entry.get("targets", ())),
    )
    languages = tuple(entry.get("languages", ()))
    options = {"tls": entry["tls"]} if "tls" in entry else {}
    return Case(
        f"cli/{entry['case']}", "cli", entry["case"], "synthetic", (step,), options=options, languages=languages
    )
