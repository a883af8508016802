"""What differs: between the languages, and between each of them and what the contract says of a probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segops_parity.canonical import difference
from segops_parity.cases import API_KEY
from segops_parity.contract import Contract
from segops_parity.probes.kinds import as_javascript
from segops_parity.probes.model import LANGUAGES, Probe
from segops_parity.probes.shell_invariants import violations
from segops_parity.verdicts import comparable
from segops_parity.wire import number_text
from segops_parity.wording import wording

__all__ = ["Difference", "compare"]

LOCKSTEP = "lockstep"
CONTRACT = "contract"
FAULT = "fault"


@dataclass(frozen=True)
class Difference:
    """One place where an observation is not as it has to be.

    Attributes:
        check: lockstep (Python and TypeScript differ), contract (one of them is not as the contract says) or fault.
        at: a JSON Pointer into the observation.
        found: by language what was seen there, None for nothing.
        wanted: what the contract says, for the check ``contract``.
    """

    check: str
    at: str
    found: Mapping[str, Any]
    wanted: Any = None

    @property
    def rank(self) -> tuple[int, int]:
        """What a reader is told first: faults, then the contract, then outcomes, requests, and last wording."""
        order = (
            "outcome",
            "kind",
            "ok",
            "items",
            "exit",
            "paths",
            "query",
            "body",
            "targets",
            "requests",
            "delays",
            "stdout",
        )
        name = self.at.split("/")[2] if self.at.count("/") > 1 else ""
        return (FAULT, CONTRACT, LOCKSTEP).index(self.check), order.index(name) if name in order else len(order)

    @property
    def sign(self) -> str:
        """The same for differences of the same kind: a place, and the kinds of what is found there."""
        place = re.sub(r"/\d+(?=/|$)", "/#", self.at)
        kinds = [f"{language} {_kind(value)}" for language, value in self.found.items()]
        wanted = [f"wanted {_kind(self.wanted)}"] if self.check == CONTRACT else []
        return f"{self.check} {place}: {', '.join([*kinds, *wanted])}"


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return (
            re.sub(r"'.*'|[\w./?=&%+:~-]*\d[\w./?=&%+:~-]*", "…", value, flags=re.DOTALL)[:90]
            .encode("utf-8", "backslashreplace")
            .decode()
        )
    return str(value) if value is None or isinstance(value, bool) else type(value).__name__


def compare(contract: Contract, probe: Probe, seen: Mapping[str, Mapping[str, Any]]) -> list[Difference]:
    """Everything that is not as it has to be."""
    broken = {language: each["fault"] for language, each in seen.items() if "fault" in each}
    if broken:
        return [Difference(FAULT, "", broken)]
    found = {language: whole(seen[language]) for language in LANGUAGES}
    differences = [*_against_contract(contract, probe, found), *_against_invariants(contract, probe, seen)]
    if not probe.limits:
        differences += [
            Difference(LOCKSTEP, line["at"], {"python": line.get("expected"), "typescript": line.get("found")})
            for line in difference(found["python"], found["typescript"])
        ]
    return sorted(differences, key=lambda each: each.rank)


def whole(observation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An observation with all that the languages have to agree on: texts and spellings too."""
    steps = []
    for step, kept in zip(observation["steps"], comparable(observation), strict=True):
        found = as_javascript({**kept, "targets": [_target(request["target"]) for request in step["requests"]]})
        for request in found["requests"]:
            request["target"] = _target(request["target"])
            # As long as the spelling of its numbers (limit.whole-floats): the body itself is compared.
            if "carries" in request:
                request["carries"] = {k: v for k, v in request["carries"].items() if k != "content-length"}
        error = step["outcome"].get("error")
        if error is not None:
            found["message"] = message(error["message"])
            found["outcome"]["error"].pop("message", None)
            told = error.get("headers", {})
            kept = {name: value for name, value in told.items() if name not in _TRANSPORT_HEADERS}
            found["headers"] = {name: _HERE.sub(r"\1:port", value) for name, value in kept.items()}
        if "streams" in step:
            printed = _AGENT.sub("segops-admin", _UUID.sub("UUID", step["streams"]["stdout"]))
            found["stdout"] = _IN_JSON.sub(lambda part: part[0] if part[1] is None else _number(part), printed)
            found["stderr"] = message(_LOGGED.sub("TIME", _TOOK.sub("N ms", step["streams"]["stderr"])))
            ended = found["outcome"]["ok"]
            found["outcome"] = {"exit": ended["exit"], "files": ended["files"]}
        steps.append(found)
    return steps


_TRANSPORT_HEADERS = ("content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "date")
_HERE = re.compile(r"\b(127\.0\.0\.1|localhost):\d+(?:/_[ce]/\d+)?")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_AGENT = re.compile(r"segops-admin-(?:python|typescript)/[\w.]+")
_LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}")
_TOOK = re.compile(r"\b\d+ ms\b")
_LIMITED = re.compile(r"(?<![\w.])-?(?:\d{16,}|\d+\.0|\d(?:\.\d+)?e(?:\+(?:1[6-9]|20)|-\d+))(?![\w.]*\w)")
"""A whole number that JavaScript may not hold, or a float of an answer (limit.large-integers, limit.whole-floats)."""


# A number outside of texts: the command line of TypeScript prints it as JavaScript has read it (limit.whole-floats).
_IN_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)')


def _number(found: re.Match[str]) -> str:
    try:
        return number_text(as_javascript(float(found[0]) if re.search(r"[.eE]", found[0]) else int(found[0])))
    except (ValueError, OverflowError):
        return found[0]


def message(text: str) -> str:
    """A message without what each language spells in its own way."""
    text = _LARGE.sub(lambda found: chr(int(found[1], 16)), text)  # what is printable depends on the Unicode version
    return _LIMITED.sub(_number, wording(_HERE.sub(r"\1:port", text)))


_LARGE = re.compile(r"\\U000([0-9a-f]{5})")


def _target(target: str) -> str:
    """A request target whose parameters are in one order; those of one name stay in theirs."""
    path, mark, query = target.partition("?")
    return path + mark + "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]))


def _against_contract(
    contract: Contract, probe: Probe, found: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Difference]:
    figures = contract.behaviours["error.classes"].figures["below"]
    classes = {"SegOpsError", *(name for names in figures.values() for name in names)}
    for language in LANGUAGES:
        for index, step in enumerate(found[language]):
            kind = step["outcome"].get("error", {}).get("kind")
            if kind is not None and kind not in classes:
                yield _wrong(language, f"/{index}/outcome/error/kind", kind, "a class of the SDK")
            if API_KEY in str({name: step.get(name) for name in ("outcome", "message", "headers")}):
                yield _wrong(language, f"/{index}", "the key", "no key")
        wanted = probe.wanted.get(language, {})
        last = facts(found[language][-1])
        for name, value in wanted.items():
            if as_javascript(value) != last.get(name):
                yield _wrong(language, f"/{len(found[language]) - 1}/{name}", last.get(name), value)


def _against_invariants(
    contract: Contract, probe: Probe, seen: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    if not probe.is_shell:
        return
    for language in LANGUAGES:
        for index, step in enumerate(seen[language]["steps"]):
            for name, value, wanted in violations(contract, probe.entry, step):
                yield _wrong(language, f"/{index}/{name}", value, wanted)


def _wrong(language: str, at: str, found: Any, wanted: Any) -> Difference:
    return Difference(CONTRACT, at, {language: found}, wanted)


def facts(step: Mapping[str, Any]) -> dict[str, Any]:
    """What a probe's `wanted` may speak of."""
    outcome, requests = step["outcome"], step["requests"]
    found = {
        "kind": outcome.get("error", {}).get("kind"),
        "targets": step["targets"],
        "paths": [target.partition("?")[0] for target in step["targets"]],
        "delays": step["delays"],
        "ok": outcome.get("ok"),
        "items": outcome.get("items"),
        "exit": outcome.get("exit"),
    }
    if requests:
        body = requests[-1]["body"]
        found["body"] = body["json"] if isinstance(body, dict) and "json" in body else body
        query = step["targets"][-1].partition("?")[2]
        found["query"] = query.split("&") if query else []
        found["token"] = requests[-1]["headers"].get("idempotency-key")
    return found
