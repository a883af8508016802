"""Checks of an observation against the contract: one for each behaviour that shows, named after it.

Checks of the wire apply to every request of every case; a step's own behaviours (``covers``) hold when its requests,
delays and result are all as written.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from segops_parity._model import Operation
from segops_parity.canonical import canonical_path, canonical_query, canonical_value, difference
from segops_parity.cases import API_KEY, EXIT_CODES, Case, Step
from segops_parity.contract import Contract
from segops_parity.raising import raised_by
from segops_parity.replies import Reply
from segops_parity.sayings import Sayings
from segops_parity.wording import is_exact, wording

__all__ = ["OUTCOME", "REQUESTS", "check_case"]

REQUESTS = "case.requests"
OUTCOME = "case.outcome"
_CHANGING_NOTHING = ("GET", "HEAD", "OPTIONS")
_PART_KEY = re.compile(r"import-[0-9a-f]{32}-[0-9a-f]{8}-[0-9]+(\.[0-9]+)?-(upload|confirm)")
_BATCH_KEY = re.compile(r"upsert-[0-9a-f]{32}-[0-9a-f]{8}-[0-9]+(\.[0-9]+)?")
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ASKED = re.compile(r"/error/(method|path|attempts|retry_after)\b")
_CALLED = re.compile(r"/requests/0/(method|path)")
_ASKS_TO_WAIT = re.compile(rb"(?im)^retry-after:")
_LOG = re.compile(r"DEBUG (\w+) (\S+) (\w+) \d+ ms attempt (\d+)")

Problems = list[dict[str, Any]]


def _problem(at: str, expected: Any, found: Any) -> dict[str, Any]:
    return {"at": at, "expected": expected, "found": found}


def check_case(
    contract: Contract,
    case: Case,
    observation: Mapping[str, Any],
    language: str,
    version: str = "",
    sayings: Sayings | None = None,
) -> dict[str, dict[str, Problems]]:
    """For each step and each behaviour that it shows: what is wrong, nothing if it holds.

    Args:
        language: what the SDK is written in.
        version: the SDK's own, if it has told it.
        sayings: what errors speak of, to say what raises one that should not come.
    """
    found: dict[str, dict[str, Problems]] = {}
    operation = contract.operations.get(case.operation)
    surplus = 0
    for step, seen in zip(case.steps, observation["steps"], strict=False):
        checks = found.setdefault(step.name, {})
        for name, problems in _step_checks(contract, case, step, operation, seen, language, version):
            known = checks.setdefault(name, [])  # a step may cover what is checked of every request, too
            known += [each for each in problems if each not in known]
        is_wrong = any(checks.values())
        if is_wrong and sayings is not None and (raised := raised_by(contract, step, seen, sayings)):
            for name, problems in checks.items():
                checks[name] = [{**each, "raised_by": raised} for each in problems]
        if step.connections is not None and seen.get("connections"):
            more = seen["connections"] - step.connections
            problems = [_problem("/connections", step.connections, seen["connections"])] if more != surplus else []
            name = "transport.keeps-connections"
            if step.client != "main":
                name = "client.with-options-shares-connections"
            for each in {name, *(label for label in step.covers if contract.behaviours[label].binds(language))}:
                checks[each] = [*checks.get(each, []), *problems]
            surplus = more  # those that an earlier step has opened are no fault of the next ones
    if "left" in observation and "client.leaves-nothing-open" in contract.behaviours:
        found[observation["steps"][-1]["step"]]["client.leaves-nothing-open"] = _left_open_problems(observation)
    if observation.keys() & {"traced", "untraced"} and "transport.instrumented" in contract.behaviours:
        found[observation["steps"][-1]["step"]]["transport.instrumented"] = _untraced_problems(observation)
    for step in case.steps[len(observation["steps"]) :]:
        found[step.name] = {OUTCOME: [_problem("", "the step to be run", "it was not")]}
    return found


def _step_checks(
    contract: Contract,
    case: Case,
    step: Step,
    operation: Operation | None,
    seen: Mapping[str, Any],
    language: str,
    version: str,
) -> Iterator[tuple[str, Problems]]:
    requests = _request_problems(step, seen)
    delays = _delay_problems(step, seen)
    result = _outcome_problems(step, seen)
    outcome = list(result)
    kind = [line for line in outcome if line["at"] == "/error/kind"]
    passed = sum(event.passes for event in step.meanwhile if event.passes)
    tried = seen["outcome"].get("attempts", ())
    if passed and tried and (took := sum(each["seconds"] for each in tried)) != passed:
        delays.append(_problem("/attempts/*/seconds", passed, took))
    if step.waits_at_most is not None and step.waits_at_most not in seen.get("timeouts", ()):
        delays.append(_problem("/timeouts", f"to hold {step.waits_at_most}", seen.get("timeouts")))
    if step.still_open is not None and "still-open" in seen and seen["still-open"] != step.still_open:
        outcome.append(_problem("/still-open", step.still_open, seen["still-open"]))
    if "unhandled" in seen:
        outcome.append(_problem("/unhandled", "no failure that nothing handles", seen["unhandled"]))
    if step.holds_at_most is not None:
        outcome += _memory_problems(step.holds_at_most, seen)
    if step.warns is not None:
        outcome += _warning_problems(step.warns, seen["outcome"].get("warned", ()))
    if step.compared is not None and step.compared != seen.get("compared"):
        outcome.append(_problem("/compared", step.compared, seen.get("compared")))
    if step.targets and list(step.targets) != [request["target"] for request in seen["requests"]]:
        requests.append(_problem("/requests/*/target", step.targets, [each["target"] for each in seen["requests"]]))
    heads = _head_problems(step, seen)
    requests += heads
    if "host" in {name.lower() for each in step.heads for name in each}:
        yield "request.head", [line for line in heads if line["at"].lower().endswith("/host")]
    yield REQUESTS, requests
    yield OUTCOME, outcome + delays
    made = contract.operations.get(step.op)
    if made is not None and made.polls and step.delays:
        is_cut = step.outcome.get("error", {}).get("kind") == "SegOpsWaitTimeout"
        yield "wait.until-done", _early_delays(delays) if is_cut else delays
    if made is not None and made.polls and "queues" not in made.flags and "progress" in step.outcome:
        yield "wait.progress", [line for line in result if line["at"].startswith("/progress")]
    if made is not None and made.splits:
        yield "import.parts", [line for line in result if line["at"].startswith("/ok/parts")]
    if made is not None and "downloads" in made.flags and "left" in step.outcome:
        yield "download.leaves-nothing", [line for line in result if line["at"].startswith("/left")]
    wire = list(_wire_checks(contract, case, step, operation, seen, result, language, version))
    # The key, which every request shows, may be another only by what the case shows.
    sent = [each for _, problems in wire for each in problems if each["at"].endswith("/headers/authorization")]
    for behaviour in step.covers:
        if contract.behaviours[behaviour].binds(language):
            yield behaviour, requests + [each for each in sent if each not in requests] + delays + outcome
    yield from wire
    if step.op == "cli":
        yield from _shell_checks(contract, step, seen, requests, outcome)
    if _tells(step):
        yield "error.wording", [line for line in outcome if line["at"] in ("/error/message", "/stderr")]
    error = seen["outcome"].get("error")
    if error is not None and error["kind"] != "system":
        yield "error.message", _message_problems(error)
        yield "error.classes", _ancestry_problems(contract, error, language, kind)
        if "retry_after" in error and operation is not None:
            wanted = contract.behaviours["error.api-attributes"].figures["attributes"]
            absent = [_problem(f"/error/{name}", "there", "absent") for name in wanted if name not in error]
            asked = [line for line in outcome if _ASKED.match(line["at"])]
            yield "error.api-attributes", absent + asked
        if "headers" in error and step.replies and "retry_after" in error:
            yield "error.headers", _kept_headers(step, error)
        if "sent" in step.outcome.get("error", ()):
            yield "error.may-have-executed", [line for line in outcome if line["at"] == "/error/sent"]
        if "caused" in step.outcome.get("error", ()):
            yield "error.cause-kept", [line for line in outcome if line["at"] == "/error/caused"]
        yield "error.hides-key", _key_problems(error)
        if "error.pickles" in contract.behaviours and contract.behaviours["error.pickles"].binds(language):
            yield "error.pickles", _lost_by_pickling(error)
        if error["kind"] == "SegOpsDecodeError":
            yield "error.decode", [line for line in outcome if line["at"] == "/error/status"]
        is_due = operation is not None and "status" in step.outcome.get("error", {})
        if is_due or (kind and not _is_of_its_status(contract, error)):
            yield "error.by-status", kind
    told = [_problem("/attempts", "without the key", "with it")] if API_KEY in str(tried) else []
    if "config.key-is-secret" in contract.behaviours and (step.op == "open" or error is not None or told):
        printed = _key_problems(seen["outcome"]) if step.op == "open" else []
        yield "config.key-is-secret", printed + told + _revealed(error or {})
    if told:
        yield "logging.observer", told
    if step.op == "open" and "warnings" in (seen["outcome"].get("ok") or {}):
        yield "config.plain-http-warns-once", [line for line in outcome if line["at"] == "/ok/warnings"]
    if step.iteration and "before-first-item" in seen:
        early = seen["before-first-item"]
        yield "pagination.lazy", [_problem("/requests", 0, early)] if early else []
    # An aborted call has no end of its own; one that the system ends was raised by what the reply was written to.
    # An attempt that its caller ends, or a mistake of the caller's own code in it, is no outcome to log.
    own = error is not None and (error["kind"] == "SegOpsArgumentError" or not error["kind"].startswith("SegOps"))
    if "log" in seen and step.requests and not own:
        yield "logging.one-line-per-attempt", _log_problems(step, seen)
        yield "logging.leaves-out-secrets", _log_secrets(case, seen)


def _warning_problems(wanted: Sequence[str], warned: Sequence[Mapping[str, Any]]) -> Problems:
    told = [each["message"] for each in warned]
    if len(told) == len(wanted) and all(text in message for text, message in zip(wanted, told, strict=True)):
        return []
    return [_problem("/warned", list(wanted), told)]


def _left_open_problems(observation: Mapping[str, Any]) -> Problems:
    left = observation["left"]
    return [_problem("/left-open", [], left)] if left else []


def _untraced_problems(observation: Mapping[str, Any]) -> Problems:
    """Of what arrived all has been traced, and what did not arrive may have been; without a tracer nothing has."""
    if "untraced" in observation:
        return [_problem("/untraced", 0, observation["untraced"])] if observation["untraced"] else []
    arrived = sum(request["method"] != "CONNECT" for step in observation["steps"] for request in step["requests"])
    return [] if observation["traced"] >= arrived else [_problem("/traced", arrived, observation["traced"])]


def _request_problems(step: Step, seen: Mapping[str, Any]) -> Problems:
    problems: Problems = []
    if len(seen["requests"]) != len(step.requests):
        problems.append(_problem("/requests", len(step.requests), len(seen["requests"])))
    if seen["unplayed"]:
        problems.append(_problem("/unplayed", 0, seen["unplayed"]))
    for missed in seen["mismatches"]:
        if isinstance(missed.get("expected"), str):  # requests that have to be under way at the same time
            problems.append(_problem("/requests/together", missed["expected"], "one after the other"))
    for index, (expected, found) in enumerate(zip(step.requests, seen["requests"], strict=False)):
        wanted = {**expected, "path": canonical_path(expected["path"])}
        got = {name: found[name] for name in ("method", "path", "query", "body")}
        problems += difference(wanted, got, f"/requests/{index}")
    return problems


def _memory_problems(share: float, seen: Mapping[str, Any]) -> Problems:
    """More held in memory than a share of the largest request."""
    sizes = [request["body"]["mebibytes"] for request in seen["requests"] if "mebibytes" in (request["body"] or {})]
    most, held = share * max(sizes, default=0), seen.get("held", 0) / 2**20
    return [] if held <= most else [_problem("/held", f"at most {most:.0f} MiB", f"{held:.0f} MiB")]


def _head_problems(step: Step, seen: Mapping[str, Any]) -> Problems:
    """Headers that the requests have to carry, or must not."""
    problems: Problems = []
    for index, (wanted, request) in enumerate(zip(step.heads, seen["requests"], strict=False)):
        for name, value in wanted.items():
            found = request.get("carries", {}).get(name.lower())
            if found != (None if value is None else [value]):
                problems.append(_problem(f"/requests/{index}/headers/{name}", value, found))
    return problems


def _delay_problems(step: Step, seen: Mapping[str, Any]) -> Problems:
    wanted = [round(delay, 3) for delay in step.delays]
    found = [float(delay) for delay in seen["delays"]]
    return [] if wanted == found else [_problem("/delays", wanted, found)]


def _early_delays(problems: Problems) -> Problems:
    """Delays that differ before the last one, which the end of a wait may cut."""
    found = []
    for line in problems:
        if line["at"] == "/delays":
            pairs = zip(line["expected"][:-1], line["found"], strict=False)
            found += [line] if any(one != other for one, other in pairs) else []
    return found


def _outcome_problems(step: Step, seen: Mapping[str, Any]) -> Problems:
    tried = [_problems_of(step, outcome, seen) for outcome in (step.outcome, *step.alternatives)]
    return next((problems for problems in tried if not problems), tried[0])


def _problems_of(step: Step, outcome: Mapping[str, Any], seen: Mapping[str, Any]) -> Problems:
    expected, found = dict(outcome), seen["outcome"]
    if "sink" in expected:
        expected["sink"] = base64.b64encode(expected["sink"]).decode("ascii")
    problems: Problems = []
    if "error" in expected:
        problems += _error_problems(expected.pop("error"), found, seen)
    elif "error" in found:
        return [_problem("/error", None, {name: found["error"].get(name) for name in ("kind", "message")})]
    if step.op == "open" and "ok" in expected:
        found = {"ok": {name: value for name, value in found["ok"].items() if name in expected["ok"]}}
    if step.op == "cli":
        problems += _printed_problems(expected["ok"], found["ok"])
        expected["ok"] = {name: value for name, value in expected["ok"].items() if name not in ("prints", "says")}
        found = {"ok": {name: value for name, value in found["ok"].items() if name in expected["ok"]}}
    for name, text in expected.pop("beside", {}).items():
        held = found.get("beside", {}).get(name) or ""
        problems += [] if text in held else [_problem(f"/beside/{name}", f"to hold {text!r}", held)]
    for name, value in expected.items():
        if name not in found:
            problems.append({"at": f"/{name}", "expected": value, "absent": "found"})
        elif difference(value, found[name]):  # nearly all are the same as they stand
            problems += difference(canonical_value(value), found[name], f"/{name}")
    return problems


def _printed_problems(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Problems:
    """The texts that standard output (`prints`) and standard error (`says`) must hold."""
    streams = (("prints", "raw"), ("says", "stderr"))
    return [
        _problem(f"/{name}", f"to hold {text!r}", found.get(name))
        for words, name in streams
        for text in expected.get(words, ())
        if text not in found.get(name, "")
    ]


def _error_problems(expected: Mapping[str, Any], found: Mapping[str, Any], seen: Mapping[str, Any]) -> Problems:
    error = found.get("error")
    if error is None:
        return [_problem("/error", expected.get("kind", "an error"), None)]
    problems: Problems = []
    for name, value in expected.items():
        if name == "message":
            problems += [
                _problem("/error/message", f"to say {text!r}", error["message"])
                for text in value
                if text not in error["message"]
                and (is_exact(text) or wording(text, causes=True) not in wording(error["message"], causes=True))
            ]
            continue
        if name == "path":
            path, _, query = str(error.get("path") or "").partition("?")
            problems += [] if canonical_path(path) == canonical_path(value) else [_problem("/error/path", value, path)]
            sent = seen["requests"][-1]["query"] if seen["requests"] else {}
            problems += difference(sent, canonical_query(query), "/error/path?")
            continue
        if value == "kept":  # the key that the request carried
            value = seen["requests"][-1]["headers"].get("idempotency-key") if seen["requests"] else "sent"
        if name == "body":
            value = _hidden(value)
        problems += difference(canonical_value(value), error.get(name), f"/error/{name}")
    return problems


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    return value.replace("{key}", "sk_***") if isinstance(value, str) else value


def _message_problems(error: Mapping[str, Any]) -> Problems:
    message = error["message"]
    wanted = [error.get("method"), str(error.get("path") or "").partition(" (")[0]]
    if "retry_after" in error:
        wanted.append(str(error.get("status")))
        wanted += [f"tried {error['attempts']} times"] if error.get("attempts", 1) > 1 else []
        wanted += [error["request_id"]] if error.get("request_id") else []
        detail = error["body"].get("detail") if isinstance(error.get("body"), dict) else None
        wanted += [detail.removesuffix(".")] if isinstance(detail, str) and len(detail) < 300 else []
    missing = [text for text in wanted if text and text not in message]
    short = [] if len(message) > 15 else [_problem("/error/message", "a sentence", message)]
    return short + ([_problem("/error/message", f"to name {missing}", message)] if missing else [])


def _ancestry_problems(contract: Contract, error: Mapping[str, Any], language: str, kind: Problems) -> Problems:
    """An error is one of its class, of every class above, and of what the language itself calls such an error.

    None is just one of the class above all others: `kind` is what is wrong with its kind.
    """
    figures = contract.behaviours["error.classes"].figures if "error.classes" in contract.behaviours else {}
    above = {kind: parent for parent, kinds in figures.get("below", {}).items() for kind in kinds}
    if error["kind"] in figures.get("below", {}) and error["kind"] not in above:
        return kind
    also = figures.get("python", {}) if language == "python" else {}
    if error["kind"] not in {*above, *figures.get("below", {})} or "classes" not in error:
        return []
    wanted = [error["kind"]]
    while wanted[-1] in above:
        wanted.append(above[wanted[-1]])
    wanted += [other for kind, other in also.items() if kind in wanted]
    missing = [name for name in wanted if name not in error["classes"]]
    return [_problem("/error/classes", wanted, error["classes"])] if missing else []


def _is_of_its_status(contract: Contract, error: Mapping[str, Any]) -> bool:
    """Whether an API error is of the class for the status that it tells itself; any other error is."""
    classes = contract.behaviours["error.by-status"].figures if "error.by-status" in contract.behaviours else {}
    if error["kind"] not in {"SegOpsApiError", *classes.values()} or not error.get("status"):
        return True
    status = str(error["status"])
    return bool(error["kind"] == classes.get(status, classes.get(f"{status[0]}xx", "SegOpsApiError")))


def _kept_headers(step: Step, error: Mapping[str, Any]) -> Problems:
    """Every header of the reply that the error stands for is on it."""
    skipped = ("content-length", "content-encoding", "transfer-encoding", "connection", "date", "keep-alive")
    problems: Problems = []
    for name, value in step.replies[-1].headers:
        if name.lower() in skipped or "{" in value.replace("{key}", ""):
            continue
        found = error["headers"].get(name.lower())
        if found is None or value.replace("{key}", "sk_***") not in found:
            problems.append(_problem(f"/error/headers/{name.lower()}", value, found))
    return problems


def _key_problems(error: Mapping[str, Any]) -> Problems:
    return [_problem("/error", "without the key", "with it")] if API_KEY in str(error) else []


def _revealed(error: Mapping[str, Any]) -> Problems:
    found = error.get("reveals")
    return [_problem("/error/reveals", "no key in its traceback and causes", found)] if found else []


def _lost_by_pickling(error: Mapping[str, Any]) -> Problems:
    found = error.get("unpickled")
    return [_problem("/error/unpickled", "a pickled copy with all that it carries", found)] if found else []


def _log_problems(step: Step, seen: Mapping[str, Any]) -> Problems:
    # An INFO line may tell of a wait beside them, where the server asks for one.
    lines = [_LOG.fullmatch(line) for line in seen["log"] if line.startswith("DEBUG ")]
    calls = 1 + len(seen["delays"]) if not step.iteration else len(seen["requests"])
    if len(lines) < min(calls, len(seen["requests"])) or not all(lines):
        return [_problem("/log", f"{calls} lines of method, path, status, ms and number", seen["log"])]
    asked = sum(bool(_ASKS_TO_WAIT.search(reply.raw or _heads_of(reply))) for reply in step.replies)
    if len(seen["log"]) - len(lines) > asked:
        return [_problem("/log", f"{asked} lines of waits that the server asks for", seen["log"])]
    return []


def _heads_of(reply: Reply) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in reply.headers).encode("utf-8", "replace")


def _log_secrets(case: Case, seen: Mapping[str, Any]) -> Problems:
    text = "\n".join(seen["log"])
    leaked = [line for line in seen["log"] if "?" in line]
    if API_KEY in text or leaked:
        return [_problem("/log", "no key and no query", leaked or "the key")]
    return []


def _tells(step: Step) -> bool:
    """Whether it is asserted what an error, or a command, says."""
    printed = step.outcome.get("ok")
    told = isinstance(printed, dict) and step.op == "cli" and ("stderr" in printed or bool(printed.get("says")))
    return told or bool(step.outcome.get("error", {}).get("message"))


def _shell_checks(
    contract: Contract, step: Step, seen: Mapping[str, Any], requests: Problems, outcome: Problems
) -> Iterator[tuple[str, Problems]]:
    """What every command shows: what it calls, its exit code, and what its switches ask for."""
    if step.requests and tuple(step.args[:2]) in contract.commands:
        yield "cli.every-operation", [line for line in requests if _CALLED.fullmatch(line["at"])]
    for name in EXIT_CODES:
        if step.outcome["ok"].get("exit") == contract.behaviours[name].figures["code"]:
            yield name, [line for line in outcome if line["at"] == "/ok/exit"]
    is_printed = {"raw", "stdout"} <= step.outcome["ok"].keys()
    if "--compact" in step.args or is_printed:
        yield "cli.compact", [line for line in outcome if line["at"] == "/ok/stdout/rows" or _differs_in_blanks(line)]
    if is_printed:
        yield "cli.no-escapes", [line for line in outcome if _differs_in_escapes(line)]
    if step.named.get("terminal") and "stdout" not in (step.named.get("streams") or {}):
        yield "cli.no-escapes", _control_characters(seen["outcome"].get("ok", {}).get("raw", ""))
    if step.outcome["ok"].get("stdout", {}).get("json") == {"ok": True}:
        yield "cli.empty-answer", [line for line in outcome if line["at"].startswith(("/ok/stdout", "/ok/raw"))]
    if "--json-errors" in step.args:
        yield "cli.json-errors", [line for line in outcome if line["at"] == "/stderr"]


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _control_characters(printed: str) -> Problems:
    """What a terminal would take for an order, or for another direction, as it is printed."""
    found = next((line for line in printed.split("\n") if _CONTROL.search(line)), None)
    return [_problem("/ok/raw", "no control characters", found)] if found is not None else []


def _differs_in_blanks(line: Mapping[str, Any]) -> bool:
    """Whether what was printed is only laid out in another way."""
    expected, found = _printed(line)
    return "".join(expected.split()) == "".join(found.split()) != ""


def _differs_in_escapes(line: Mapping[str, Any]) -> bool:
    """Whether the same JSON was printed with other escapes."""
    expected, found = _printed(line)
    if expected.count("\\u") == found.count("\\u"):
        return False
    try:
        return bool(json.loads(expected) == json.loads(found))
    except ValueError:
        return False


def _printed(line: Mapping[str, Any]) -> tuple[str, str]:
    """What is to be printed and what is, or nothing where it is about something else."""
    texts = line.get("expected"), line.get("found")
    is_text = line["at"] == "/ok/raw" and all(isinstance(text, str) for text in texts)
    return texts if is_text else ("", "")  # type: ignore[return-value]


def _wire_checks(
    contract: Contract,
    case: Case,
    step: Step,
    operation: Operation | None,
    seen: Mapping[str, Any],
    result: Problems,
    language: str,
    version: str,
) -> Iterator[tuple[str, Problems]]:
    """The behaviours that every request shows. `result` is what is wrong with the outcome."""
    step, seen = _without_forwarded(step, seen)
    sent = [pair for pair in enumerate(seen["requests"]) if pair[1]["method"] != "CONNECT"]
    if not sent or not step.requests:
        if step.requests:
            yield "request.line", _count(step, seen)
        return
    made = contract.operations.get(step.op)
    own = [pair for pair in sent if not pair[1].get("elsewhere")]
    expected = list(enumerate(step.requests))
    key = case.options.get("api_key", API_KEY)
    agents = contract.behaviours["request.user-agent"].figures
    agent = agents.get(language, f"segops-admin-{language}/<version>").replace("<version>", "")
    yield "request.line", _compare(step, seen, "method") + _compare(step, seen, "path") + _count(step, seen)
    yield "request.query-as-contracted", _compare(step, seen, "query")
    named = {
        name: contract.behaviours[f"request.{name}"].figures for name in ("authorization", "accept", "gzip-accepted")
    }
    sends_key, accepts, unzips = named.values()
    yield "request.authorization", _header(own, sends_key["header"].lower(), f"{sends_key['scheme']} {key}")
    yield "request.accept", _header(own, accepts["header"].lower(), accepts["value"])
    yield (
        "request.user-agent",
        _header(sent, "user-agent", agent + version) if version else _starts(sent, "user-agent", agent),
    )
    yield "request.gzip-accepted", _contains(sent, unzips["header"].lower(), unzips["value"])
    if any(request["body"] and "json" in request["body"] for _, request in expected):
        yield "request.body-as-contracted", _compare(step, seen, "body")
        filled = [pair for pair in sent if pair[1]["body"] is not None and "parts" not in pair[1]["body"]]
        yield "request.json-encoding", _encoding(filled, contract)
    if any(request["body"] and "parts" in request["body"] for _, request in expected):
        part = contract.behaviours["request.multipart-part"].figures["content_type"]
        wrong = _compare(step, seen, "body")
        sent_as = [each for each in wrong if not each["at"].endswith("/content")]
        # The caller of a raw request may name another content type.
        yield "request.multipart-part", sent_as + ([] if step.op == "http.request" else _part_types(own, part))
        if made is not None and made.splits:
            yield "import.parts", [each for each in wrong if each["at"].endswith(("/content", "/parts"))]
    bodyless = [(index, seen["requests"][index]) for index, request in expected[: len(sent)] if request["body"] is None]
    reads = [pair for pair in bodyless if step.requests[pair[0]]["method"] in ("GET", "DELETE")]
    actions = [pair for pair in bodyless if step.requests[pair[0]]["method"] == "POST"]
    if reads:
        yield "request.no-body-on-reads", _no_body(reads)
    if actions:
        yield "request.no-body-on-actions", _no_body(actions)
    yield from _keys(step, sent, operation, contract)
    away = [pair for pair in sent if pair[1].get("elsewhere")]
    if away:
        leaves = made is not None and "downloads" in made.flags
        name = "redirect.download-leaves-without-key" if leaves else "redirect.other-origin-refused"
        yield name, _header(away, "authorization", None)
    plain = not step.iteration and step.op != "cli"
    if operation is not None and plain and not operation.polls and "ok" in step.outcome:
        yield from _result_checks(operation, step, result)
    if step.op == "http.request" and "ok" in step.outcome:
        yield from _raw_result_checks(step, result)


def _without_forwarded(step: Step, seen: Mapping[str, Any]) -> tuple[Step, Mapping[str, Any]]:
    """A step without the deliveries that a command has passed on, in which nothing is the SDK's."""
    own = [not reply.forwarded for reply in step.replies]
    if all(own):
        return step, seen
    requests = [each for index, each in enumerate(seen["requests"]) if index >= len(own) or own[index]]
    kept = tuple(each for each, is_own in zip(step.requests, own, strict=True) if is_own)
    return replace(step, requests=kept), {**seen, "requests": requests}


def _result_checks(operation: Operation, step: Step, problems: Problems) -> Iterator[tuple[str, Problems]]:
    if "downloads" in operation.flags:
        yield "download.counts-bytes", problems
    elif step.outcome["ok"] is None:
        said = step.replies[-1].body.strip() if step.replies else b""
        yield "response.of-delete" if said not in (b"", b"null") else "response.empty", problems
    else:
        yield "response.json", problems
        if operation.paginates:
            yield "pagination.list-as-sent", problems


def _raw_result_checks(step: Step, problems: Problems) -> Iterator[tuple[str, Problems]]:
    last = step.replies[-1] if step.replies else None
    if last is None or last.raw is not None:
        return
    media_type = next((value for name, value in last.headers if name.lower() == "content-type"), "")
    if step.outcome["ok"] is None:
        yield "response.empty", problems
    elif media_type.startswith("application/json"):
        yield "response.json", problems


def _count(step: Step, seen: Mapping[str, Any]) -> Problems:
    found = len(seen["requests"])
    return [] if found == len(step.requests) else [_problem("/requests", len(step.requests), found)]


def _compare(step: Step, seen: Mapping[str, Any], part: str) -> Problems:
    problems: Problems = []
    for index, (expected, found) in enumerate(zip(step.requests, seen["requests"], strict=False)):
        wanted = canonical_path(expected[part]) if part == "path" else expected[part]
        problems += difference(wanted, found[part], f"/requests/{index}/{part}")
    return problems


Sent = list[tuple[int, Mapping[str, Any]]]


def _header(sent: Sent, name: str, wanted: str | None) -> Problems:
    return [
        _problem(f"/requests/{index}/headers/{name}", wanted, request["headers"].get(name))
        for index, request in sent
        if request["headers"].get(name) != wanted
    ]


def _starts(sent: Sent, name: str, wanted: str) -> Problems:
    return [
        _problem(f"/requests/{index}/headers/{name}", f"{wanted}…", request["headers"].get(name))
        for index, request in sent
        if not str(request["headers"].get(name, "")).startswith(wanted)
    ]


def _contains(sent: Sent, name: str, wanted: str) -> Problems:
    return [
        _problem(f"/requests/{index}/headers/{name}", wanted, request["headers"].get(name))
        for index, request in sent
        if wanted not in str(request["headers"].get(name, ""))
    ]


def _encoding(sent: Sent, contract: Contract) -> Problems:
    problems: Problems = []
    wanted = contract.behaviours["request.json-encoding"].figures["content_type"]
    for index, request in sent:
        if not request.get("compact", True) or "broken-json" in (request["body"] or {}):
            problems.append(_problem(f"/requests/{index}/body", "compact UTF-8, each key once", "something else"))
        if request["headers"].get("content-type") != wanted:
            found = request["headers"].get("content-type")
            problems.append(_problem(f"/requests/{index}/headers/content-type", wanted, found))
    return problems


def _part_types(sent: Sent, wanted: str) -> Problems:
    return [
        _problem(f"/requests/{index}/body/parts/content-type", wanted, part["content-type"])
        for index, request in sent
        for part in (request["body"] or {}).get("parts", ())
        if part["content-type"] != wanted
    ]


def _no_body(sent: Sent) -> Problems:
    return [
        _problem(f"/requests/{index}", "no body and no content type", request["body"] or "a content type")
        for index, request in sent
        if request["body"] is not None or request["has-content-type"]
    ]


def _keys(step: Step, sent: Sent, operation: Operation | None, contract: Contract) -> Iterator[tuple[str, Problems]]:
    if step.op == "segments.recompute_and_wait":
        sent = [pair for pair in sent if pair[1]["method"] == "POST"]  # the polls before and after it change nothing
    header = contract.behaviours["request.idempotency-key"].figures["header"].lower()
    found = [request["headers"].get(header) for _, request in sent]
    if step.op == "cli" and operation is None:
        verb, source = step.args[:2], step.args[2:3]
        if verb == ("products", "bulk-upsert") and any(str(word).endswith(".jsonl") for word in source):
            wrong = [
                _problem(f"/requests/{index}/headers/idempotency-key", "the key of a batch", key)
                for index, key in enumerate(found)
                if not _BATCH_KEY.fullmatch(key or "")
            ]
            yield "cli.json-lines-resumes", wrong + _shared_keys(sent, header)
        if reads := [pair for pair in sent if pair[1]["method"] in _CHANGING_NOTHING]:
            yield "request.idempotency-key-absent", _header(reads, header, None)
        return  # several operations: each is checked by its own case
    if step.key is None:
        yield "request.idempotency-key-absent", _header(sent, header, None)
        return
    if step.key == "parts":
        wrong = [
            _problem(f"/requests/{index}/headers/idempotency-key", "a key of a part, for what changes something", key)
            for (index, request), key in zip(sent, found, strict=True)
            if bool(_PART_KEY.fullmatch(key or "")) != (request["method"] != "GET")
        ]
        yield "import.parts-keys", wrong
        return
    if step.key == "uuid":
        wrong = [
            _problem(f"/requests/{index}/headers/idempotency-key", "a UUIDv4", key)
            for index, key in enumerate(found)
            if not _UUID4.fullmatch(key or "")
        ]
        yield "request.idempotency-key", wrong
    else:
        yield "request.idempotency-key-given", _header(sent, "idempotency-key", step.key)
    if len(found) > 1:
        changed = [_problem("/requests/*/headers/idempotency-key", found[:1], found)] if len(set(found)) > 1 else []
        yield "request.idempotency-key-kept-on-retry", changed


def _shared_keys(sent: Sent, header: str) -> Problems:
    """Keys that two requests carry of which neither repeats the other."""
    problems: Problems = []
    first: dict[str, Any] = {}
    for index, request in sent:
        key = request["headers"].get(header)
        if key and first.setdefault(key, request["body"]) != request["body"]:
            problems.append(_problem(f"/requests/{index}/headers/{header}", "a key of its own", key))
    return problems
