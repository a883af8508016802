"""What is to blame for an error that should not come, or a usage line that two SDKs print differently."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from segops_parity.cases import Step
from segops_parity.contract import Contract
from segops_parity.sayings import Sayings

__all__ = ["differing_usage", "raised_by"]

_ASKS_TO_LOG = re.compile("--verbose|-[a-z]*v[a-z]*")
_LOGGED = re.compile(r"\bDEBUG [A-Z]+ /")
_DRAWN = re.compile(r"\r([^\r\n]*)(?=\r)")
_FLAG = re.compile(r"--[a-z][a-z-]*")
_RAISED_BY = {"SegOpsWaitTimeout": "wait.timeout", "SegOpsJobError": "wait.failed"}
"""Classes of errors that one behaviour raises, whatever they say."""
_USAGE = re.compile(r"^usage: .+(?:\n.+)*", re.MULTILINE)


def raised_by(contract: Contract, step: Step, seen: Mapping[str, Any], sayings: Sayings) -> list[str]:
    """The behaviours that raise an error where none should come: by the flag that is refused, or by what it says.

    What is logged unasked is a matter of the flag that asks for it, a bar that is drawn otherwise one of progress.
    """
    if _draws_otherwise(step, seen):
        return ["cli.progress"]
    if _logs_unasked(step, seen):
        return ["cli.verbose"]
    message = _unexpected(step, seen)
    if not message:
        return []
    if raised := _RAISED_BY.get(seen["outcome"].get("error", {}).get("kind")):
        return [raised]
    given = {str(word).partition("=")[0] for word in step.args} if step.op == "cli" else set()
    refused = [flag for flag in _FLAG.findall(message) if flag in given]
    if known := [name for flag in refused for name in _about_flag(contract, flag, [str(word) for word in step.args])]:
        return known
    about = sayings.about(message, by_command=step.op == "cli")
    if about == "cli.surplus-refused" and any(flag[2:] in contract.shell["flags"] for flag in refused):
        return _about_entry(contract, step.args)
    return [about] if about else []


def differing_usage(contract: Contract, words: Sequence[object], ours: object, theirs: object) -> list[str]:
    """The behaviours that tell of what two usage lines of one command differ in: its flags, or what it is called with.

    Args:
        words: the command line by which they were printed.
        ours: what was printed with the usage in it.
        theirs: what the other SDK printed.
    """
    one, other = (_USAGE.search(text) if isinstance(text, str) else None for text in (ours, theirs))
    if one is None or other is None or one[0] == other[0]:
        return []
    flags = set(_FLAG.findall(one[0])) ^ set(_FLAG.findall(other[0]))
    called = [str(word) for word in words if word != "help"]
    told = [
        name for flag in sorted(flags) for name in _about_flag(contract, flag, called) or _about_entry(contract, called)
    ]
    return list(dict.fromkeys(told)) if flags else ["cli.help"]


def _about_entry(contract: Contract, words: Sequence[object]) -> list[str]:
    """The behaviour that tells of a command: its entry lacks a flag that it has because of what its method is."""
    command = contract.command_of(words)
    return [command[1]] if command else []


def _about_flag(contract: Contract, flag: str, words: Sequence[str]) -> list[str]:
    """The behaviour that tells of a flag of this very command, or the one that is called after the flag."""
    rules = {name: each.rule for name, each in contract.behaviours.items() if name.startswith("cli.")}
    verbs = {word for word in words[:2] if "-" in word.strip("-")}
    told = [name for name, rule in rules.items() if flag in _FLAG.findall(rule) and verbs.intersection(rule.split())]
    return told[:1] or [name for name in (f"cli.{flag[2:]}",) if name in rules]


def _draws_otherwise(step: Step, seen: Mapping[str, Any]) -> bool:
    printed, due = (outcome.get("ok") for outcome in (seen["outcome"], step.outcome))
    if step.op != "cli" or not isinstance(printed, Mapping) or not isinstance(due, Mapping) or "stderr" not in due:
        return False
    drawn = _DRAWN.findall(str(printed.get("stderr", "")))
    return bool(drawn) and drawn != _DRAWN.findall(str(due["stderr"]))


def _logs_unasked(step: Step, seen: Mapping[str, Any]) -> bool:
    if step.op != "cli" or any(_ASKS_TO_LOG.fullmatch(str(word)) for word in step.args):
        return False
    return bool(_LOGGED.search(str(seen["outcome"].get("ok", {}).get("stderr", ""))))


def _unexpected(step: Step, seen: Mapping[str, Any]) -> str:
    """What an error says that is none of the server's, and not of the kind that is expected."""
    if step.op == "cli":
        printed = seen["outcome"].get("ok", {})
        fails = printed.get("exit") not in (0, step.outcome["ok"].get("exit")) and not seen["mismatches"]
        return str(printed.get("stderr", "")) if fails else ""
    error = seen["outcome"].get("error") or {}
    kind = error.get("kind")
    # What the server or the way to it says may come of another request than the one that is due.
    is_own = "retry_after" not in error and kind not in ("SegOpsConnectionError", "SegOpsTimeoutError")
    return str(error.get("message", "")) if is_own and kind != step.outcome.get("error", {}).get("kind") else ""
