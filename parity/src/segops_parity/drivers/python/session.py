"""The commands of the protocol, carried out with the Python SDK: a table, no logic about any operation."""

from __future__ import annotations

import linecache
import logging
import os
import platform
import shutil
import sys
import tempfile
import threading
import traceback
import warnings
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import segops_admin
from segops_admin import HTTPTransport, SegOpsAdmin, webhook
from segops_admin._runtime import Runtime
from segops_parity.drivers.python.doubles import play
from segops_parity.drivers.python.frames import revealed
from segops_parity.drivers.python.memory import Memory
from segops_parity.drivers.python.pickled import lost_by_pickling
from segops_parity.drivers.python.shell import run_shell
from segops_parity.drivers.python.sinks import Sink
from segops_parity.drivers.python.surface import surface
from segops_parity.drivers.python.tracing import Opened, Tracer
from segops_parity.drivers.python.values import (
    Given,
    attempt_value,
    error_value,
    made,
    made_by_users,
    options_of,
    plain,
    plain_copy,
)
from segops_parity.drivers.python.waiting import Aborted, busy, clock
from segops_parity.drivers.python.watched import left_open, opened, watched

__all__ = ["PROTOCOL", "Session"]

PROTOCOL = "segops-parity/1"
_CAPABILITIES = ["abort", "background", "cli", "clock", "describe", "log", "testing", "transports", "webhook"]
_SHORT = 12
"""Characters of what may be part of any text."""
_SETTLED = 10.0
"""Seconds that a call in the background may take to wait for something."""


class Time:
    """A clock that moves when somebody sleeps, or looks at it if it ticks; randomness that always says the same."""

    def __init__(self, now: float, random: float, tick: float = 0.0) -> None:
        self.moment = now
        self.delays: list[float] = []
        self._random = random
        self._tick = tick
        self.aborts_asleep = 0
        """In which wait the call is aborted."""
        self.aborted: type[BaseException] = Aborted

    def looked_at(self) -> float:
        """The moment; the next look finds a later one, if the clock ticks."""
        self.moment += self._tick
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.aborts_asleep -= 1
        if self.aborts_asleep == 0:
            raise self.aborted
        self.delays.append(seconds)
        self.pass_time(seconds)
        clock.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        """So many seconds pass without anybody having asked for it."""
        self.moment += seconds

    def runtime(self) -> Runtime:
        return Runtime(now=lambda: self.moment, monotonic=self.looked_at, sleep=self.sleep, random=lambda: self._random)


class Left(Exception):
    """What ends an iteration or a block from outside."""

    def __init__(self) -> None:
        super().__init__("left by an exception")


_LOGGER = "segops_admin"


class Lines(logging.Handler):
    """Keeps what the SDK logs, with the logger's name where that is another one than is documented."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        logger = "" if record.name == _LOGGER else f"{record.name}: "
        self.lines.append(f"{logger}{record.levelname} {record.getMessage()}")


class Session:
    """The clients and iterators of one run."""

    client_class: Any = SegOpsAdmin
    is_caller = True
    """Whether the SDK is called from here, so that its warnings point at this file."""
    is_async = False
    """Whether its clients are for asyncio, which takes values of its own."""
    pool_class: Any = HTTPTransport

    def __init__(self) -> None:
        self._clients: dict[str, tuple[Any, Time]] = {}
        self._iterations: dict[str, tuple[Iterator[Any], Time]] = {}
        self._running: dict[str, futures.Future[dict[str, Any]]] = {}
        self._attempts: list[dict[str, Any]] = []
        self._given = Given()
        """The arguments of the call under way."""
        self._before: dict[str, str | None] = {}
        self._keys: set[str] = set()
        self._tracer: Tracer | None = None
        self._opened = Opened()
        self._raised: BaseException | None = None
        """What the last call raised. A caller may keep it, and with it all that its traceback holds."""
        self._open_before = opened()
        self._is_own = True
        self._folder: Path | None = None
        self._log = Lines()
        logger = logging.getLogger(_LOGGER)
        logger.addHandler(self._log)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """The reply to one command. What the SDK raises is an ``error``; what goes wrong here is a ``fault``."""
        handler: Callable[[dict[str, Any]], dict[str, Any]] | None = getattr(self, f"_do_{command['cmd']}", None)
        try:
            if handler is None:
                raise LookupError(f"expected a known command, found {command['cmd']!r}")
            reply = handler(command)
        except Exception as error:  # noqa: BLE001 - a driver's own failure is a verdict of its own
            reply = {"fault": {"message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}}
        return {"id": command["id"], **reply}

    def _do_hello(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["protocol"] != PROTOCOL:
            raise LookupError(f"expected {PROTOCOL}, found {command['protocol']}")
        return {
            "ok": {
                "protocol": PROTOCOL,
                "sdk": "segops_admin",
                "version": segops_admin.__version__,
                "language": "python",
                "runtime": f"{platform.python_implementation()} {platform.python_version()}",
                "capabilities": _CAPABILITIES,
            }
        }

    def _do_describe(self, command: dict[str, Any]) -> dict[str, Any]:
        return {"ok": surface(self.client_class)}

    def _do_open(self, command: dict[str, Any]) -> dict[str, Any]:
        if not self._clients:
            self._open_before = opened()
        time = Time(command["time"]["now"], command["time"]["random"], command["time"].get("tick", 0.0))
        if command["time"].get("stands"):
            clock.stand()
        self._keys |= {key for key in [command.get("api_key")] if isinstance(key, str) and len(key) > _SHORT}
        given = Given()
        options = {name: given.value(value) for name, value in command.get("options", {}).items()}
        transport = self.transport(command.get("transport", "default"), command.get("adapter", ""))
        if command.get("transport") == "traced":
            self._tracer = self._tracer or Tracer()
            self._tracer.trace(command.get("tracer", "sends"))
        self._is_own = transport is None
        if "pool" in command:
            transport = self.pool_class(**command["pool"])
        options |= {"transport": transport} if transport else {}
        options.setdefault("on_reply", self._replied)
        self._keep(command.get("env", {}))
        with _environment(_own(command.get("env", {}))), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                client = made(self.client_class, command.get("api_key"), _runtime=time.runtime(), **options)
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the observation
                return {"error": self._error(error)}
        self._clients[command["client"]] = (client, time)
        ours = sum(each.filename == made.__code__.co_filename for each in caught)  # whose line each points at
        told = [str(each.message) for each in caught]
        return {"ok": {"base_url": client.http.base_url, "repr": repr(client), "warnings": ours, "warned": told}}

    def _keep(self, env: dict[str, str]) -> None:
        """Set the variables that are looked at when a connection is opened, until all clients are closed."""
        for name, value in env.items():
            if not name.startswith("SEGOPS_"):
                self._before.setdefault(name, os.environ.get(name))
                os.environ[name] = value

    def _restore(self) -> None:
        for name, value in self._before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        self._before.clear()

    def _shared(self) -> Path:
        """The folder of the files that outlast a call; it goes with the last client."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="parity-kept-"))
        return self._folder

    def settled(self, value: Any) -> Any:
        """What a call comes to, once nothing of it is left to be waited for."""
        return value

    def block(self, client: Any, leave: str = "") -> Any:
        """Whether a client at the head of a block is the one within it; it is closed at the block's end.

        Args:
            leave: "throw" where the block ends with an error.
        """
        with client as within:
            if leave == "throw":
                raise Left
            return within is client

    def transport(self, name: str, adapter: str) -> Any:
        """The transport of that name; None leaves the SDK its own.

        Args:
            adapter: what its session sends by, if that is not its own.
        """
        if name not in ("default", "requests", "traced"):
            raise LookupError(f"expected the transport default, requests or traced, found {name!r}")
        if name != "requests":
            return None
        if not adapter:
            return segops_admin.RequestsTransport()
        from segops_parity.drivers.python.adapters import session_with

        return segops_admin.RequestsTransport(session_with(adapter))

    def _do_call(self, command: dict[str, Any]) -> dict[str, Any]:
        client, time = self._clients[command["client"]]
        given = Given(self._shared, is_async=self.is_async)
        arguments = [given.value(each) for each in command["args"]]
        named = {name: given.value(each) for name, each in command.get("named", {}).items()}
        method = self._method(client, command["op"])
        if method is None:  # the SDK's failure, and none of the driver
            return {"error": {"kind": "surface.missing", "message": f"the SDK has no {command['op']}"}}

        def call() -> Any:
            value = self.settled(method(*arguments, **named))
            if isinstance(value, Iterator):
                name = str(len(self._iterations) + 1)
                self._iterations[name] = (value, time)
                return {"$iterator": name}
            if isinstance(value, self.client_class):
                self._clients[command["derived"]] = (value, time)
                return None
            return plain(value)

        if "background" in command:
            return self._begin(command["background"], call, given)
        before = plain_copy((arguments, named))
        reply = self._outcome(call, time, given, command)
        return reply if plain_copy((arguments, named)) == before else {**reply, "changed": True}

    def _begin(self, name: str, call: Callable[[], Any], given: Given) -> dict[str, Any]:
        """Begins a call in a thread of its own; tells once it waits for something, or has ended."""
        future: futures.Future[dict[str, Any]] = futures.Future()
        waits = threading.Event()

        def run() -> None:
            busy[threading.get_ident()] = waits
            try:
                try:
                    outcome: dict[str, Any] = {"ok": call()}
                except (Aborted, CancelledError, Exception) as error:  # noqa: BLE001 - whatever ends it is observed
                    outcome = {"error": self._error(error)}
                future.set_result({**outcome, **given.told()})
            except BaseException as error:  # noqa: BLE001 - a fault of the driver's own, which `finish` raises
                future.set_exception(error)
            finally:
                busy.pop(threading.get_ident(), None)
                waits.set()

        threading.Thread(target=run, name=name, daemon=True).start()
        waits.wait(_SETTLED)
        self._running[name] = future
        return {"ok": {"$running": name}}

    def _do_finish(self, command: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._running.pop(command["call"]).result(_SETTLED)
        except futures.TimeoutError:
            return {"error": {"kind": "TimeoutError", "message": f"the call has not ended within {_SETTLED} s"}}

    def _error(self, error: BaseException, sink: Sink | None = None) -> dict[str, Any]:
        """An error, where it shows a key if it does, and what it loses by pickling."""
        if isinstance(error, (Aborted, CancelledError)):
            told = {"kind": "aborted", "message": "the call was aborted"}
        else:
            told = error_value(error, sink)
        flaws = {"reveals": revealed(error, self._keys), "unpickled": lost_by_pickling(error)}
        return told | {name: found for name, found in flaws.items() if found}

    def _do_later(self, command: dict[str, Any]) -> dict[str, Any]:
        clock.pass_time(command["seconds"])
        self.pass_time(command["seconds"])
        return {"ok": None}

    def pass_time(self, seconds: float) -> None:
        """So many seconds pass by the clocks of the clients."""
        for time in {id(time): time for _, time in self._clients.values()}.values():
            time.pass_time(seconds)

    def _method(self, client: Any, op: str) -> Callable[..., Any] | None:
        if op == "client.options":
            return lambda: options_of(client)
        if op == "client.errors":
            return made_by_users
        if op == "client.block":
            return partial(self.block, client)
        owner, _, name = op.partition(".")
        found = getattr(client if owner == "client" else getattr(client, owner, None), name, None)
        return found if callable(found) else None

    def _replied(self, attempt: Any) -> None:
        self._attempts.append(attempt_value(attempt))
        self._given.answered()

    def _outcome(
        self, call: Callable[[], Any], time: Time, given: Given, command: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        self._raised = None
        self._given = given
        time.delays.clear()
        self._log.lines.clear()
        watched.clear()
        self._attempts.clear()
        memory = Memory() if given.is_large else None
        meanwhile = command or {}
        time.aborts_asleep = meanwhile.get("aborts_asleep", 0)
        time.aborted = CancelledError if self.is_async else Aborted
        clock.begin(meanwhile.get("passes", []), meanwhile.get("abortable", False))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome: dict[str, Any] = {"ok": call()}
            except (Aborted, CancelledError, Exception) as error:  # noqa: BLE001 - whatever ends it is the observation
                self._raised = error
                outcome = {"error": self._error(error, given.sink)}
            finally:
                clock.end()
        seen = {"delays": list(time.delays), "log": list(self._log.lines), "attempts": list(self._attempts)}
        own = [each for each in caught if self._is_the_sdks(each)]
        seen["warned"] = [self._warning(each) for each in own]
        held = {} if memory is None else {"held": memory.held()}
        return {**outcome, **seen, **held, **watched.told(), **given.told()}

    def _is_the_sdks(self, each: warnings.WarningMessage) -> bool:
        """Whether the SDK warns, or Python of a file or socket that the SDK has let go without closing it."""
        return each.category.__name__.startswith("SegOps") or (self._is_own and each.category is ResourceWarning)

    def _warning(self, each: warnings.WarningMessage) -> dict[str, Any]:
        """A warning, and the line that it points at if that is not its caller's."""
        if each.category is ResourceWarning:
            return {"kind": "ResourceWarning", "message": str(each.message).partition(" <")[0]}
        line = linecache.getline(each.filename, each.lineno)
        is_right = "method(*arguments" in line or "next(iteration" in line or not self.is_caller
        elsewhere = {} if is_right else {"elsewhere": f"{each.filename}:{each.lineno}"}
        return {"kind": each.category.__name__, "message": str(each.message), **elsewhere}

    def _do_page(self, command: dict[str, Any]) -> dict[str, Any]:
        iteration, time = self._iterations[command["iterator"]]

        items: list[Any] = []

        def pull() -> Any:
            if command.get("limit") is None:
                items.extend(iteration)  # by a loop, as a program takes the rest, whatever it has taken before
                return {"items": items, "done": True}
            while len(items) < command["limit"]:
                try:
                    items.append(next(iteration))
                except StopIteration:
                    return {"items": items, "done": True}
            if "leave" in command:
                self.leave(iteration, command["leave"])
            return {"items": items, "done": "leave" in command and next(iteration, None) is None}

        outcome = self._outcome(pull, time, Given(), command)
        return {**outcome, "items": items} if "error" in outcome else outcome

    def leave(self, iteration: Any, how: str) -> None:
        """Ends an iteration before its end: as a loop that is left, or by an exception."""
        iteration.throw(Left()) if how == "throw" else iteration.close()

    def _do_cli(self, command: dict[str, Any]) -> dict[str, Any]:
        with _environment(command.get("env", {})):
            on = command.get("terminal"), command.get("streams"), command.get("slow", 0)
            clock.look_often(True)  # it may be interrupted
            try:
                return {"ok": run_shell(command["argv"], command.get("stdin", ""), *on)}
            finally:
                clock.look_often(False)

    def _do_webhook(self, command: dict[str, Any]) -> dict[str, Any]:
        given = Given()
        arguments = [given.value(each) for each in command["args"]]
        function = getattr(webhook, command["function"])
        return self._outcome(lambda: plain(function(*arguments)), Time(0, 0), given)

    def _do_testing(self, command: dict[str, Any]) -> dict[str, Any]:
        return {"ok": play(command, self.settled, is_async=self.is_async)}

    def _do_close(self, command: dict[str, Any]) -> dict[str, Any]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self._raised = None  # and with it what the frames of its traceback held
        unclosed = ["unclosed" for each in caught if self._is_the_sdks(each)]
        if "client" in command:
            self.settled(self._clients.pop(command["client"])[0].close())
            return {"ok": None}
        closed = [client for client, _ in self._clients.values()]  # held, so that it is not their end that closes
        for client in closed:
            self.settled(client.close())
        self._clients.clear()
        self._iterations.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None
        self._restore()
        self._running.clear()
        clock.run()
        # What urllib3 keeps it closes when it is collected, which is its own affair.
        untraced = self._opened.taken()
        traced = {"untraced": untraced} if self._tracer is None else {"traced": self._tracer.taken()}
        return {"ok": {"left": unclosed + self.left(), **traced} if self._is_own else None}

    def left(self) -> list[str]:
        """What of its clients is still open."""
        return left_open(self._open_before)

    def _do_switch(self, command: dict[str, Any]) -> dict[str, Any]:
        switch = sys.modules.get("_segops_mutants")
        if switch is None:
            raise LookupError("the SDK is no instrumented copy: only `segops-parity mutants` makes one")
        return {"ok": switch.turn(command["mutant"], command["limit"])}

    def _do_bye(self, command: dict[str, Any]) -> dict[str, Any]:
        self._do_close({})
        return {"ok": None}


def _own(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith("SEGOPS_")}


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    """Sets SEGOPS_ variables to what is wanted, and to nothing else, for a while."""
    before = {name: value for name, value in os.environ.items() if name.startswith("SEGOPS_")}
    for name in before:
        del os.environ[name]
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name in wanted:
            os.environ.pop(name, None)
        os.environ.update(before)
