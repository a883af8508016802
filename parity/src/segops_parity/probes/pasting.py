"""A probe as a case of ``parity/scenarios``: its input, and its outcome in one of the languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from segops_parity.probes.kinds import is_held
from segops_parity.probes.model import LANGUAGES, Probe
from segops_parity.probes.searching import Finding
from segops_parity.replay import MISMATCH

__all__ = ["as_case", "write_down"]

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_RANDOM = re.compile(rf"{_UUID4.pattern}|segops-admin-(?:python|typescript)/|\b\d+ ms\b")
_LONGEST = 600
"""Characters of standard output that a case repeats to the byte; of more, its first line."""


def write_down(finding: Finding, seen: Mapping[str, Mapping[str, Any]]) -> None:
    """Have a finding tell its case, by the language that is as the contract says; Python where it does not decide."""
    blamed = {language for each in finding.differences if each.check == "contract" for language in each.found}
    observed = [language for language in LANGUAGES if "fault" not in seen[language]]
    for language in sorted(observed, key=lambda each: each in blamed)[:1]:
        finding.case, finding.holds_in = as_case(finding.smallest, seen[language], language), language


def as_case(probe: Probe, seen: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The entry of client.yaml or shell.yaml that holds where this was observed.

    Args:
        seen: what was observed in `language`, which is taken to be right.
    """
    entry = dict(probe.entry)
    if probe.is_shell:
        (step,) = seen["steps"]
        found = {**_exchange(entry, step), **_ended(step["outcome"]["ok"])}
        return found | ({"languages": [language]} if probe.limits else {})
    if probe.fresh:
        entry["faults"] = True
    steps = [_step(*pair, index) for index, pair in enumerate(zip(entry["steps"], seen["steps"], strict=False))]
    if probe.limits or not is_held(steps):  # what the other one cannot hold is no question of what is right
        entry["languages"] = [language]
    return {**entry, "steps": steps}


def _step(entry: Mapping[str, Any], seen: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A step with its requests, what was waited for, and its result."""
    found = {"name": f"step {index + 1}", **_exchange(entry, seen)}
    if seen["delays"]:
        found["delays"] = seen["delays"]
    keys = [request["headers"].get("idempotency-key") for request in seen["requests"]]
    if key := next((key for key in keys if key), None):
        found["key"] = "uuid" if _UUID4.fullmatch(key) else key
    return {**found, "result": _result(entry, seen["outcome"])}


def _result(entry: Mapping[str, Any], outcome: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "items" in outcome:
        found["values"] = outcome["items"]
    if error := outcome.get("error"):
        told = {name: error[name] for name in ("status", "attempts", "sent") if error.get(name) is not None}
        return {**found, "error": error["kind"], **told}
    if "items" in outcome:
        return {**found, "done": outcome["done"]}
    if "op" not in entry:  # an open: how a client prints itself is each language's own
        return {"value": {name: outcome["ok"][name] for name in ("base_url", "warnings")}}
    return {"value": outcome["ok"]}


def _exchange(entry: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with the requests that arrived and a reply for each: what is left of them is left out."""
    requests = seen["requests"]
    replies = [*entry.get("replies", ())][: len(requests)]
    replies += [{"status": MISMATCH}] * (len(requests) - len(replies))  # what the server says to whoever asks for more
    found = {name: value for name, value in entry.items() if name != "replies"}
    if not requests:
        return found
    found["requests"] = [f"{request['method']} {request['target']}" for request in requests]
    if any(request["body"] is not None for request in requests):
        found["sent"] = [_sent(request["body"]) for request in requests]
    return {**found, "replies": replies}


def _sent(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if "json" in body:
        return {"body": body["json"]}
    if "parts" in body:
        return {"form": {part["name"]: [part.get("filename"), part["content"]] for part in body["parts"]}}
    return dict(body)


def _ended(ended: Mapping[str, Any]) -> dict[str, Any]:
    """How a command ended, and what it printed to standard output, but for what is another each time."""
    printed = ended["raw"]
    if ended["exit"] and not printed:
        return {"exit": ended["exit"]}  # of a failure nothing else may be there
    if _RANDOM.search(printed):
        return {"exit": ended["exit"], "prints": []}
    if len(printed) > _LONGEST:
        return {"exit": ended["exit"], "prints": [printed.partition("\n")[0][:_LONGEST]]}
    return {"exit": ended["exit"], "raw": printed, **({"prints": []} if ended["exit"] else {})}
