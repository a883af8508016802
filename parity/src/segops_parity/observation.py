"""A case run step by step: the driver makes the call, the stage plays the replies and writes down the wire.

What comes out is an observation: requests as they arrived, delays asked for, result or error. Whether that is right is
for `contract_checks` to say.
"""

from __future__ import annotations

import base64
import contextlib
import math
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from segops_parity.canonical import canonical_value, is_compact_json, load_json, with_texts
from segops_parity.cases import API_KEY, NOW, Case, Event, Step
from segops_parity.deliveries import Answer, registered
from segops_parity.driver import DriverFault
from segops_parity.wording import AGENT, UUID

__all__ = ["Ask", "Stage", "as_compared", "observe"]

# 35.0 and 35 are one number to JavaScript, until its command line passes numbers through as they are written.
_RUNTIME = re.compile(r'"(?:python|node)_version": "\d+\.\d+\.\d+\S*"')
_RUN = re.compile(r"(?<=(?:import|upsert)-[0-9a-f]{32}-)[0-9a-f]{8}(?=-)")
_RUN_KEPT = re.compile(r'(?<="run": ")[0-9a-f]{8}(?=")')
_BOUNDARY = re.compile(r"boundary=[0-9a-f]+")
_DRAWN_AGAIN = re.compile(r"(\r[^\r\n]+)\1+(?=\r)")
_PLAY = re.compile(r"/_c/(\d+)/")
_TOOK = re.compile(r'(?<="ms":)\d+|(?<="ms": )\d+')
_LATENCY = re.compile(r'(?<="latency_ms": )(?!0(?:\.0)?,)\d{1,5}(?:\.\d)?(?=,)')
_INTEGRAL = re.compile(r"(?<=\d)\.0(?=[,\n\]}])")

_BEGUN_SECONDS = 10.0
"""How long the requests of a call in the background are waited for at most."""
_OPTIONS = ("max_retries", "timeout", "deadline", "headers", "max_connections")

Ask = Callable[..., dict[str, Any]]
Signals = Callable[[int, Callable[[], bool]], None]


class Stage(Protocol):
    """Where a case is played: a replay server, or a cassette within the process."""

    base_url: str

    def begin(self, step: Step) -> None:
        """Have the replies of a step ready."""

    def finish(self, name: str) -> None:
        """Have a call in the background answered."""

    def seen(self) -> list[dict[str, Any]]:
        """The requests that have arrived since."""
        ...

    def left(self) -> tuple[int, list[dict[str, Any]]]:
        """How many replies were not asked for, and what did not fit."""
        ...


def observe(
    case: Case,
    ask: Ask,
    stage: Stage,
    *,
    transport: str = "default",
    refused: str = "",
    patience: int = 1,
    signals: Signals = lambda number, is_over: None,
) -> dict[str, Any]:
    """Run a case.

    Args:
        refused: an address that nobody listens on.
        patience: by how much the client's timeout is lengthened.
        signals: tells the driver of what happens while it answers.
    """
    clients: set[str] = set()
    steps: list[dict[str, Any]] = []
    beside: list[str] = []
    try:
        for step in case.steps:
            stage.begin(step)
            if step.op == "open" and step.client in clients:
                ask("close", client=step.client)  # an earlier step was to fail, and opened it
                clients.remove(step.client)
            if step.client not in clients and step.op not in ("webhook", "testing", "cli", "later", "finish"):
                base_url = refused if case.options.get("refused") else stage.base_url
                opened = _open(case, step, ask, base_url, transport, patience)
                if step.op == "open" or "error" in opened:
                    steps.append(_observation(step, opened, stage, before=None))
                    clients |= {step.client} if "ok" in opened else set()
                    continue
                clients.add(step.client)
            steps.append(_without(beside, _take(step, ask, stage, signals)))
            beside += [str(request["path"]) for request in step.requests] if step.background else []
            if step.derived:
                if "error" in steps[-1]["outcome"]:
                    break  # the steps that follow need that client
                clients.add(step.derived)
    except Exception as error:
        if isinstance(error, DriverFault):
            error.step = case.steps[len(steps)].name
        with contextlib.suppress(Exception):  # what went wrong first is what is reported
            ask("close")
        raise
    closed = ask("close")["ok"] if clients else None
    told = closed if isinstance(closed, dict) else {}
    left = {name: told[name] for name in ("left", "traced", "untraced") if name in told}
    return {"case": case.id, "steps": steps, **left}


def _without(paths: Iterable[str], seen: dict[str, Any]) -> dict[str, Any]:
    """An observation without what is told of calls in the background, whose attempts end at any time."""
    for path in paths:
        if "log" in seen:
            seen["log"] = [line for line in seen["log"] if f" {path} " not in line]
        attempts = seen["outcome"].get("attempts", ())
        seen["outcome"] |= {"attempts": [each for each in attempts if each["path"] != path]} if attempts else {}
    return seen


def _open(case: Case, step: Step, ask: Ask, base_url: str, transport: str, patience: int) -> dict[str, Any]:
    options = {key: value for key, value in case.options.items() if key in _OPTIONS}
    if "timeout" in options:
        options["timeout"] *= patience
    fields: dict[str, Any] = {
        "client": step.client,
        "api_key": case.options.get("api_key", API_KEY),
        "options": {"base_url": base_url, **options},
        "time": {
            "now": case.options.get("now", NOW),
            "random": case.options.get("random", 0),
            **({"tick": case.options["tick"]} if "tick" in case.options else {}),
        },
        "transport": transport,
    }
    if case.has_clock:
        fields["time"]["stands"] = True
    if step.open is not None:
        given = {key: _filled(value, base_url) for key, value in step.open.items()}
        without = given.pop("without", [])
        fields["options"] |= given.pop("options", {})
        fields |= given
        for name in without:
            fields.pop(name, None)
            fields["options"].pop(name, None)
    return ask("open", **fields)


def _filled(value: Any, base_url: str) -> Any:
    """A value with the addresses of the case's server in it: {base}, {host} (with its port) and {port}.

    {unused} are two numbers with a dot between them, of a host that no client of this driver has been told of.
    """
    host = base_url.split("/")[2]
    places = (("{base}", base_url), ("{host}", host), ("{port}", host.rpartition(":")[2]))
    return with_texts(value, lambda text: _replaced(text, (*places, ("{unused}", _unused(base_url)))))


def _unused(base_url: str) -> str:
    """Of each play of a case its own, since what an SDK tells once it has told for good."""
    number = int((_PLAY.search(base_url) or ("0", "0"))[1])
    return f"{number // 250 % 50 + 200}.{number % 250}"


def _take(step: Step, ask: Ask, stage: Stage, signals: Signals) -> dict[str, Any]:
    if step.op == "cli":
        return _command(step, ask, stage, signals)
    if step.op == "later":
        return _observation(step, ask("later", seconds=step.later), stage, before=None)
    if step.op == "finish":
        reply = ask("finish", call=step.finish)
        _wait(stage, Event(len(step.requests)), threading.Event(), _BEGUN_SECONDS)  # of those that wait for its end
        return _observation(step, reply, stage, before=None)
    if step.op == "testing":
        told = ask("testing", **step.named)["ok"]
        return _observation(step, {"ok": _scripted(told)}, stage, before=None)
    if step.op == "webhook":
        reply = ask("webhook", function=step.named["function"], args=list(step.args))
        return _observation(step, reply, stage, before=None)
    with _meanwhile(stage, signals, step.meanwhile):
        return _called(step, ask, stage)


def _scripted(told: dict[str, Any]) -> Any:
    """What a script of test doubles tells, without what is the transport's, the SDK's name, and keys that are drawn."""
    for request in told["requests"]:
        request["headers"].pop("content-length", None)
    return with_texts(told, lambda text: UUID.sub("a key", AGENT.sub("segops-admin", text)))


def _called(step: Step, ask: Ask, stage: Stage) -> dict[str, Any]:
    more: dict[str, Any] = {"derived": step.derived} if step.derived else {}
    more |= {"background": step.background} if step.background else {}
    events: dict[str, Any] = {"abortable": True} if any(each.aborts for each in step.meanwhile) else {}
    events |= {"passes": passes} if (passes := [each.passes for each in step.meanwhile if each.passes]) else {}
    more |= events
    more |= {"aborts_asleep": step.aborts_asleep} if step.aborts_asleep is not None else {}
    reply = ask("call", client=step.client, op=step.op, args=list(step.args), named=dict(step.named), **more)
    if step.background or any(each.early for each in step.replies):  # which may be over before its request is here
        _wait(stage, Event(len(step.requests)), threading.Event(), _BEGUN_SECONDS)
    is_iteration = step.iteration and isinstance(reply.get("ok"), dict) and "$iterator" in reply["ok"]
    if not is_iteration:
        return _observation(step, reply, stage, before=None)
    before = len(stage.seen())
    how: dict[str, Any] = {"limit": step.take} if step.take is not None else {}
    how |= {"leave": step.leave} if step.leave else {}
    how |= {"at_once": step.at_once} if step.at_once is not None else {}
    taken = ask("page", iterator=reply["ok"]["$iterator"], **how, **events)
    if step.rest and "ok" in taken:
        taken = _followed(taken, ask("page", iterator=reply["ok"]["$iterator"]))
    return _observation(step, taken, stage, before=before)


def _followed(first: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """What two parts of an iteration have given, as one."""
    told = {name: [*value, *rest.get(name, ())] for name, value in first.items() if isinstance(value, list)}
    if "error" in rest:
        return {**rest, **told, "items": [*first["ok"]["items"], *rest["items"]]}
    return {**rest, **told, "ok": {**rest["ok"], "items": [*first["ok"]["items"], *rest["ok"]["items"]]}}


@contextlib.contextmanager
def _meanwhile(stage: Stage, signals: Signals, events: Sequence[Event]) -> Iterator[list[Answer]]:
    """Tells the driver of events while it answers: each once its requests and connections are here.

    What comes with it are the answers to deliveries.
    """
    answers: list[Answer] = []
    if not events:
        yield answers
        return
    is_over = threading.Event()

    def deliver(event: Event) -> None:
        hook = registered(stage.seen())
        answers.extend(hook.deliver(event.delivers, event.signed_in, is_over.is_set) if hook else ())

    def wait() -> None:
        for event in events:
            _wait(stage, event, is_over)
            if is_over.is_set():
                return
            if event.releases:
                stage.finish(event.releases)
            elif event.delivers:
                delivery = threading.Thread(target=deliver, args=(event,), daemon=True)
                threads.append(delivery)
                delivery.start()
                if not event.goes_on:
                    delivery.join()
            else:
                aborts = getattr(signal, event.aborts_by) if event.aborts else signal.SIGUSR2
                signals(aborts, is_over.is_set)

    threads = [threading.Thread(target=wait, daemon=True)]
    threads[0].start()
    try:
        yield answers
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _wait(stage: Stage, event: Event, is_over: threading.Event, seconds: float = math.inf) -> None:
    """Waits until the requests and connections of an event are here."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and (
        getattr(stage, "met", len(stage.seen())) < event.requests or getattr(stage, "accepted", 0) < event.connections
    ):
        if is_over.wait(0.002):
            return


def _user_events(step: Step) -> list[Event]:
    """What happens while a command line runs: deliveries to what it listens on, and a signal that ends it."""
    delivers, requests = step.named.get("deliveries"), step.named.get("interrupt")
    goes_on = step.named.get("interrupts") == "deliveries"
    events = (
        [Event(1, delivers=tuple(delivers), signed_in=step.named["signed_in"], goes_on=goes_on)] if delivers else []
    )
    by = step.named.get("interrupted_by") or Event.aborts_by
    return [*events, Event(requests, aborts=True, aborts_by=by)] if requests else events


def _command(step: Step, ask: Ask, stage: Stage, signals: Signals) -> dict[str, Any]:
    """Carry out a command line; what it prints is read as JSON, as one value or line by line."""
    # Profiles of whoever runs this are none of the case's.
    given = {"SEGOPS_API_URL": "{base}", "XDG_CONFIG_HOME": "{files}", **step.named.get("env", {})}
    with tempfile.TemporaryDirectory(prefix="parity-files-") as folder:
        base = stage.base_url
        places = (
            ("{base}", base),
            ("{base-by-name}", base.replace("//127.0.0.1:", "//localhost:")),
            ("{base-over-tls}", base.replace("http:", "https:")),
            ("{origin}", base.partition("/_c/")[0]),
            ("{files}", folder),
        )
        for name, content in step.named.get("files", {}).items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_file_content(content, places, ask))
            file.chmod(int(step.named.get("modes", {}).get(name, "600"), 8))
        argv = [_replaced(word, places) for word in step.args]
        env = {name: _replaced(value, places) for name, value in given.items()}
        on = {name: step.named[name] for name in ("terminal", "streams", "slow") if step.named.get(name) is not None}
        started = time.monotonic()
        with _meanwhile(stage, signals, _user_events(step)) as answers:
            done = ask("cli", argv=argv, env=env, stdin=step.named.get("stdin", ""), **on)["ok"]
        took = (time.monotonic() - started) * 1000 + 1
        every = sorted(Path(folder).rglob("*"))
        left = [file for file in every if file.is_file()]
        hook = registered(stage.seen())
        back = tuple((text, name) for name, text in places)
        files = {
            file.relative_to(folder).as_posix(): _RUN_KEPT.sub(
                "run", _replaced(file.read_text("utf-8", "backslashreplace"), back)
            )
            for file in left
        }
        modes = {each.relative_to(folder).as_posix(): f"{each.stat().st_mode & 0o777:o}" for each in every}
    printed, told = (
        _RUNTIME.sub('"runtime_version": "any"', _replaced(done["stdout"], back)),
        # How often the same line is drawn again depends on the clock.
        _DRAWN_AGAIN.sub(r"\1", _RUN.sub("run", _replaced(done["stderr"], back))),
    )
    if hook is not None:
        printed, told = hook.plain(printed), hook.plain(told)
    if step.named.get("deliveries"):  # which are told of by threads of their own
        printed = _TOOK.sub(lambda found: "0" if float(found[0]) <= took else "longer than the command", printed)
        told = "".join(sorted(told.splitlines(keepends=True)))
    ended = {
        "exit": done["exit"],
        "stdout": _printed(as_compared(printed)),
        "raw": as_compared(printed),
        "messages": bool(told.strip()),
        "stderr": told,
        "files": files,
        "modes": modes,
    }
    ended |= {"answers": answers} if step.named.get("deliveries") else {}
    found = _observation(step, {"ok": ended}, stage, before=None)
    if hook is not None:
        found["requests"] = with_texts(found["requests"], hook.plain)
    return {**found, "streams": {"stdout": printed, "stderr": told}}


def _file_content(given: Any, places: Iterable[tuple[str, str]], ask: Ask) -> bytes:
    """What stands in a file before a command line: bytes, a text with placeholders, or what another one prints."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, str):
        return _replaced(given, places).encode()
    text: str = ask("cli", argv=list(given["printed"]), env={}, stdin="")["ok"]["stdout"]
    return text.replace("\n", given.get("line_ends", "\n")).encode()


def _replaced(text: str, places: Iterable[tuple[str, str]]) -> str:
    for name, place in places:
        text = text.replace(name, place)
    return text


def as_compared(printed: str) -> str:
    """Standard output to the byte, but for how whole numbers are written and for measured times."""
    printed = _RUN.sub("run", printed)
    return _BOUNDARY.sub("boundary", _LATENCY.sub("0", _INTEGRAL.sub("", printed)))


def _printed(text: str) -> dict[str, Any]:
    lines = [line for line in text.split("\n") if line]
    for name, read in (("json", lambda: load_json(text)), ("lines", lambda: [load_json(line) for line in lines])):
        try:
            return {name: read(), "rows": text.count("\n")}
        except ValueError:
            continue
    return {"text": text}


def _observation(step: Step, reply: Mapping[str, Any], stage: Stage, before: int | None) -> dict[str, Any]:
    unplayed, mismatches = stage.left()
    outcome: dict[str, Any] = {}
    if "error" in reply:
        outcome["error"] = canonical_value(reply["error"])
        outcome |= {"items": canonical_value(reply["items"])} if "items" in reply else {}
    elif step.iteration and isinstance(reply["ok"], dict) and "items" in reply["ok"]:
        outcome |= {"items": canonical_value(reply["ok"]["items"]), "done": reply["ok"]["done"]}
    else:
        outcome["ok"] = canonical_value(reply["ok"])
        if step.op in ("open", "client.options"):
            places = [(stage.base_url, "{base}")]
            places += [(_unused(stage.base_url), "{unused}")] if "{unused}" in str(step.open) else []
            outcome["ok"] = with_texts(outcome["ok"], lambda text: _replaced(text, places))
    for name in ("sink", "mode", "linked", "locked", "left", "progress", "attempts", "warned", "changed"):
        if name in reply:
            outcome[name] = canonical_value(reply[name])
    if "beside" in reply:
        outcome["beside"] = {
            name: None if text is None else _RUN_KEPT.sub("run", text.replace(stage.base_url, "{base}"))
            for name, text in reply["beside"].items()
        }
        outcome["left"] = sorted(reply["beside"])
    found = {
        "step": step.name,
        "requests": _in_order(step, [_told(request) for request in stage.seen()]),
        "connections": len(getattr(stage, "connections", ())),
        "delays": [round(delay, 3) for delay in reply.get("delays", ())],
        "outcome": outcome,
        "unplayed": unplayed,
        "mismatches": mismatches,
    }
    if any(each.together for each in step.replies):  # what runs side by side ends in any order
        reply = {**reply, "log": sorted(reply["log"])} if "log" in reply else reply
        outcome |= {"attempts": sorted(outcome["attempts"], key=str)} if "attempts" in outcome else {}
    found |= {name: reply[name] for name in ("log", "timeouts", "compared", "held", "unhandled") if name in reply}
    if step.still_open is not None and hasattr(stage, "still_open"):
        found["still-open"] = stage.still_open(step.still_open)
    if before is not None:
        found["before-first-item"] = before
    return found


def _in_order(step: Step, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are asked for side by side arrive in any order; what follows a delivery that waits comes after it."""
    side_by_side = any(reply.together and not reply.forwarded for reply in step.replies)
    return sorted(requests, key=lambda request: str(request["target"])) if side_by_side else requests


def _told(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request as it is kept: in canonical form, with what that form leaves out and the contract speaks of."""
    raw = request["raw"]
    body = raw["body"]
    kept = {name: request[name] for name in ("method", "path", "query", "headers", "body")}
    kept["target"] = raw["target"]
    kept["version"] = raw.get("version", "")
    kept["carries"] = _carried(raw)
    kept["has-content-type"] = any(name.lower() == "content-type" for name, _ in raw["headers"])
    if isinstance(request["body"], dict) and ("json" in request["body"] or "broken-json" in request["body"]):
        kept["compact"] = is_compact_json(body)
    if raw.get("elsewhere"):
        kept["elsewhere"] = True
    return kept


def _carried(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every header that a request carries, but for the address of the server and random names."""
    found: dict[str, list[str]] = {}
    for name, value in raw["headers"]:
        text = value.replace(f":{raw.get('port')}", ":port")
        found.setdefault(name.lower(), []).append(_BOUNDARY.sub("boundary", text))
    return dict(sorted(found.items()))


def sink_text(body: bytes) -> str:
    """Bytes as a driver reports those written to its sink."""
    return base64.b64encode(body).decode("ascii")
