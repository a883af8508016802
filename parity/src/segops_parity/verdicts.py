"""Three verdicts for each case: contract and Python, contract and TypeScript, Python and TypeScript.

The third compares the whole observation, so that behaviour which the contract does not mention is kept equal too. Lanes
of one language must agree with each other in the same way. Faults of drivers are kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segops_parity.canonical import canonical_path, canonical_query, difference
from segops_parity.cases import Case, held_to
from segops_parity.contract import Contract
from segops_parity.contract_checks import check_case
from segops_parity.lanes import Lane, LaneRun
from segops_parity.raising import differing_usage
from segops_parity.sayings import Sayings
from segops_parity.wording import AGENT, UUID, wording

__all__ = ["AGREEMENT", "LOCKSTEP", "CaseVerdict", "Looked", "Problem", "judge", "look_at"]

LOCKSTEP = "lockstep"
AGREEMENT = "lanes-agree"
_LANGUAGE = re.compile(r"segops-admin-(?:python|typescript)(?=/)")
_PLACE = re.compile(r"(?:(https?://[a-z0-9.]+):\d+|)/_[ce]/\d+")
_TRANSPORTS_OWN = ("content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "date")
_RUN = re.compile(r"(?<=(?:import|upsert)-[0-9a-f]{32}-)[0-9a-f]{8}(?=-)")  # the random part of keys


@dataclass
class Problem:
    """One check of one step that does not hold in one lane. `deviation` names the known deviation that allows it."""

    case: str
    lane: str
    step: str
    check: str
    differences: list[dict[str, Any]]
    deviation: str = ""


@dataclass
class CaseVerdict:
    """The outcome of a case: by lane the checks that were made, and for each pair pass or fail."""

    case: Case
    checks: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """What one lane's observation of a case says by itself, whatever the other lanes do.

    `wrong` is by step and check what the contract has against it, `steps` what is compared with other lanes.
    """

    wrong: Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]
    steps: list[dict[str, Any]]


def look_at(contract: Contract, cases: Sequence[Case], lane: Lane, run: LaneRun) -> dict[str, Looked]:
    """By case what one lane's run says by itself: it need not wait for the others."""
    sayings = Sayings(cases)
    # A third driver says what it is written in, and is held to what the contract asks of every language.
    spoken = run.hello.get("language", lane.language) if lane.partial else lane.language
    version = run.hello.get("version") or ""
    return {
        case.id: Looked(
            check_case(contract, held_to(case, lane.transport), observation, spoken, version, sayings),
            _as_decided(case, comparable(observation)),
        )
        for case in cases
        if (observation := run.observations.get(case.id)) is not None
    }


def judge(
    contract: Contract,
    cases: Sequence[Case],
    lanes: Sequence[Lane],
    runs: Mapping[str, LaneRun],
    looked: Mapping[str, Mapping[str, Looked]] | None = None,
) -> list[CaseVerdict]:
    """The verdict on each case that a lane was to run.

    Args:
        looked: by lane what `look_at` has found; done here where it is not given.
    """
    if looked is None:
        looked = {lane.name: look_at(contract, cases, lane, runs[lane.name]) for lane in lanes}
    found = []
    for case in cases:
        taking = [lane for lane in lanes if lane.takes(case) and not runs[lane.name].missing]
        if taking:
            verdict = _case(contract, case, taking, runs, looked)
            if verdict.checks or verdict.faults or not all(lane.partial for lane in taking):
                found.append(verdict)  # a third driver need not have every operation
    return found


def _case(
    contract: Contract,
    case: Case,
    lanes: Sequence[Lane],
    runs: Mapping[str, LaneRun],
    looked: Mapping[str, Mapping[str, Looked]],
) -> CaseVerdict:
    verdict = CaseVerdict(case)
    seen: dict[str, list[tuple[str, Any]]] = {}
    for lane in lanes:
        run = runs[lane.name]
        found = looked[lane.name].get(case.id)
        if found is None:
            if case.id in run.faults or not lane.partial:
                verdict.faults[lane.name] = run.faults.get(case.id, "it was not run")
            continue
        _take_over(lane.name, found.wrong, verdict)
        seen.setdefault(lane.language, []).append((lane.name, found.steps))
    for language, observed in seen.items():
        for name, other in observed[1:]:
            _compare(case, name, AGREEMENT, observed[0], other, verdict)
        wrong = [each for each in verdict.problems if each.lane in dict(observed)]
        verdict.verdicts[f"contract-{language}"] = "fail" if wrong else "pass"
    if "python" in seen and "typescript" in seen:
        # The last lane of each: current Node, and the transport over real connections that comes with the SDK.
        python = next((each for each in seen["python"] if each[0] in ("python-http", "cli-python")), seen["python"][0])
        typescript = seen["typescript"][-1]
        differs = _compare(case, typescript[0], LOCKSTEP, python, typescript[1], verdict)
        if differs:
            _tell_usage(contract, verdict)
        verdict.verdicts["python-typescript"] = "fail" if differs else "pass"
    return verdict


def _as_decided(case: Case, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps without the outcome where more than one is right."""
    for step, seen in zip(case.steps, steps, strict=False):
        if step.alternatives or step.otherwise:
            seen |= {"outcome": {}, "log": []}
    return steps


def _take_over(lane: str, wrong: Mapping[str, Mapping[str, Sequence[dict[str, Any]]]], verdict: CaseVerdict) -> None:
    made = verdict.checks.setdefault(lane, set())
    for step, checks in wrong.items():
        for check, differences in checks.items():
            made.add(check)
            if differences:
                verdict.problems.append(Problem(verdict.case.id, lane, step, check, list(differences)))


def _compare(case: Case, lane: str, check: str, reference: tuple[str, Any], found: Any, verdict: CaseVerdict) -> bool:
    verdict.checks.setdefault(lane, set()).add(check)
    differs = False
    for expected, other in zip(reference[1], found, strict=False):
        pair = (expected, other) if check == LOCKSTEP else (_without_transport(expected), _without_transport(other))
        if lines := difference(*pair):
            differs = True
            verdict.problems.append(Problem(case.id, lane, expected["step"], check, lines))
    if len(reference[1]) != len(found):
        differs = True
        line = {"at": "/steps", "expected": len(reference[1]), "found": len(found)}
        verdict.problems.append(Problem(case.id, lane, "", check, [line]))
    return differs


def _tell_usage(contract: Contract, verdict: CaseVerdict) -> None:
    """Has two usage lines that differ say what they differ in."""
    called = {step.name: step.args for step in verdict.case.steps if step.op == "cli"}
    for problem in verdict.problems:
        if problem.check == LOCKSTEP and problem.step in called:
            for line in problem.differences:
                about = differing_usage(contract, called[problem.step], line.get("expected"), line.get("found"))
                if about:
                    line["raised_by"] = [f"{LOCKSTEP} in {name}" for name in about]


_NOT_HTTP = re.compile(r"(?<=is not HTTP): .*")
"""What a parser of HTTP says of a reply."""


def _without_transport(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """A step without what each transport tells of a connection's failure in its own way, as far as it knows of it."""
    step = {**step, "requests": [{**each, "carries": {}, "version": ""} for each in step["requests"]], "connections": 0}
    attempts = [{**each, "headers": {}} for each in step["outcome"].get("attempts", ())]
    step["outcome"] = {**step["outcome"], "attempts": attempts}
    error = step["outcome"].get("error")
    if error is None:
        return step
    left_out = ("headers", "message", "stale") if "SegOpsConnectionError" in error["classes"] else ("headers",)
    kept = {name: value for name, value in error.items() if name not in left_out}
    if "message" in kept:
        kept["message"] = _NOT_HTTP.sub("", kept["message"])
    return {**step, "outcome": {**step["outcome"], "error": kept}}


def comparable(observation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An observation without what must differ: the SDK's name and its wording, a transport's headers, random keys."""
    return [_step(step) for step in observation["steps"]]


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    keys: dict[str, str] = {}

    def named(key: Any) -> Any:
        if not isinstance(key, str):
            return key
        if not UUID.fullmatch(key):
            return _RUN.sub("run", key)
        return keys.setdefault(key, f"key {len(keys) + 1}")

    requests = []
    for request in step["requests"]:
        headers = {name: value for name, value in request["headers"].items() if name != "accept-encoding"}
        if "user-agent" in headers:
            headers["user-agent"] = _LANGUAGE.sub("segops-admin", headers["user-agent"])
        if request.get("elsewhere"):  # another origin: what must not reach it is the key; fetch adds what it likes
            headers = {name: value for name, value in headers.items() if name == "authorization"}
        if "idempotency-key" in headers:
            headers["idempotency-key"] = named(headers["idempotency-key"])
        kept = {name: request[name] for name in ("method", "path", "query", "body", "has-content-type")}
        target = "" if request.get("elsewhere") else request.get("target", "")
        kept["carries"] = _carried(request)
        kept["version"] = request.get("version", "")
        requests.append({**kept, "target": target, "compact": request.get("compact", True), "headers": headers})
    outcome = dict(step["outcome"])
    if "error" in outcome:
        error = dict(outcome["error"])
        if "headers" in error:
            error["headers"] = _of_interest(error["headers"])
        error["message"] = wording(error["message"])
        error["classes"] = [name for name in error.get("classes", ()) if name.startswith("SegOps")]
        error["idempotency_key"] = named(error.get("idempotency_key"))
        path, _, query = str(error.get("path") or "").partition("?")
        error["path"] = {"path": canonical_path(path), "query": canonical_query(query)}
        # What failed below, if that is an error of its own, each language has its way to say.
        outcome["error"] = {name: value for name, value in error.items() if value is not None and name != "caused"}
    if isinstance(outcome.get("ok"), dict) and "repr" in outcome["ok"]:
        outcome["ok"] = {name: value for name, value in outcome["ok"].items() if name != "repr"}
    if isinstance(outcome.get("ok"), dict) and "stdout" in outcome["ok"]:
        outcome["ok"] = {
            **outcome["ok"],
            "stdout": _shell_output(outcome["ok"]["stdout"], named),
            "raw": UUID.sub("a key", AGENT.sub("segops-admin", outcome["ok"]["raw"])),
            "stderr": wording(outcome["ok"]["stderr"]),
        }
    if "attempts" in outcome:
        outcome["attempts"] = [{**each, "headers": _of_interest(each["headers"])} for each in outcome["attempts"]]
    if "warned" in outcome:
        outcome["warned"] = [{**each, "message": wording(each["message"])} for each in outcome["warned"]]
    delays = [float(delay) for delay in step["delays"]]
    log = list(step.get("log", ()))
    found = {"step": step["step"], "requests": requests, "delays": delays, "outcome": outcome, "log": log}
    return {**found, "connections": step.get("connections", 0)}


def _of_interest(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers but for those that belong to a connection or to what has unzipped the body."""
    return {name: _PLACE.sub(r"\1/place", value) for name, value in headers.items() if name not in _TRANSPORTS_OWN}


def _carried(request: Mapping[str, Any]) -> dict[str, Any]:
    """The headers of a request, but for those that are compared by themselves, or differ by language."""
    if request.get("elsewhere"):
        return {}
    own = ("user-agent", "idempotency-key")
    carried = {name: values for name, values in request.get("carries", {}).items() if name not in own}
    if carried.get("connection") == ["keep-alive"]:  # which HTTP/1.1 does unasked, and Node's own client says
        del carried["connection"]
    return carried


def _shell_output(printed: Any, named: Any) -> Any:
    """What a command printed, without its wording, random keys and the SDK's name (a dry run prints the headers)."""
    if isinstance(printed, dict):
        return {key: bool(item) if key == "text" else _shell_output(item, named) for key, item in printed.items()}
    if isinstance(printed, list):
        return [_shell_output(item, named) for item in printed]
    return named(AGENT.sub("segops-admin", printed)) if isinstance(printed, str) else printed
