"""How a lane is run: its driver in a process of its own, a replay server before it, one case after the other."""

from __future__ import annotations

import json
import pickle
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segops_parity.cases import API_KEY, Case, Step
from segops_parity.driver import PROTOCOL, Driver, DriverFault, Protocol
from segops_parity.lanes import NOT_RUN, Lane, LaneRun
from segops_parity.observation import observe
from segops_parity.replay import PlaySession, ReplayServer

__all__ = ["ServerStage", "run_lane"]

_PATIENCE = (1, 10, 100, 1000)
"""By how much a client's timeout is lengthened, one after the other, where a busy machine needs more."""


class ServerStage:
    """A replay server's session as the stage of a case."""

    def __init__(self, session: PlaySession) -> None:
        self._session = session
        self.base_url = session.base_url

    def begin(self, step: Step) -> None:
        """Load the step's replies."""
        self._session.begin(step.replies)
        if step.finish:
            self.finish(step.finish)

    def finish(self, name: str) -> None:
        """Have a call in the background answered."""
        self._session.finish(name)

    @property
    def accepted(self) -> int:
        """How many connections have come to the case's own address."""
        return self._session.accepted

    def still_open(self, wanted: int) -> int:
        """How many of the case's connections are open, once that is settled."""
        return self._session.still_open(wanted)

    def seen(self) -> list[dict[str, Any]]:
        """The requests that the server saw."""
        return list(self._session.seen)

    @property
    def met(self) -> int:
        """How many requests have come, and been sent their replies where those are raw."""
        return self._session.met

    @property
    def connections(self) -> set[int]:
        """The connections that the case's requests have come over so far."""
        return self._session.connections

    def left(self) -> tuple[int, list[dict[str, Any]]]:
        """How many replies were not asked for, and what did not fit."""
        return self._session.unplayed, list(self._session.mismatches)


def run_lane(
    lane: Lane,
    cases: Sequence[Case],
    protocol_schema: Path,
    timeout: float = 60.0,
    surface: Sequence[str] | None = None,
) -> LaneRun:
    """Run all cases in one lane. Whatever goes wrong with driver or harness becomes a fault of its case.

    Args:
        surface: have the lane tell what the SDK offers too; a lane of the command line by the help on these words.
    """
    sys.setrecursionlimit(20_000)  # a reply may be nested 500 levels deep
    started = time.perf_counter()
    if lane.missing:
        run = LaneRun(lane.name, {}, missing=lane.missing)
    else:
        # Those that a client has to give up by itself come last: one that does not leaves no driver for the others.
        own = sorted((case for case in cases if lane.takes(case)), key=_is_silent)
        run = (
            _run_in_process(lane, own, surface)
            if lane.kind == "vcr"
            else _Runner(lane, Protocol(protocol_schema), timeout).run(own, surface)
        )
    run.seconds = time.perf_counter() - started
    return run


def _is_silent(case: Case) -> bool:
    return any(reply.fault == "stall" for step in case.steps for reply in step.replies)


def _gave_up_too_soon(case: Case, observation: Mapping[str, Any]) -> bool:
    """Whether the client's timeout had passed before its request arrived: the machine was busy, which says nothing."""
    return any(
        any(reply.fault == "stall" for reply in step.replies) and len(seen["requests"]) < len(step.requests)
        for step, seen in zip(case.steps, observation["steps"], strict=False)
    )


class _Runner:
    """Runs cases through a driver's process, which is restarted when it has failed."""

    def __init__(self, lane: Lane, protocol: Protocol, timeout: float) -> None:
        self._lane = lane
        self._protocol = protocol
        self._timeout = timeout
        self._driver: Driver | None = None
        self._hello: dict[str, Any] = {}
        self._greeted = False
        self._failures = 0
        self._trusted: Mapping[str, str] = {}
        self._folder: str | None = None

    def run(self, cases: Sequence[Case], surface: Sequence[str] | None = None) -> LaneRun:
        run = LaneRun(self._lane.name, {})
        # Bound and not listening: nobody answers there, and nobody else can be given that port meanwhile.
        with ReplayServer(API_KEY) as server, socket.socket() as taken, _folder_for(self._lane) as self._folder:
            if any(case.speaks_tls for case in cases):
                self._trusted = server.certificates.environment
            taken.bind(("127.0.0.1", 0))
            refused = f"http://127.0.0.1:{taken.getsockname()[1]}/api"
            for case in cases:
                if self._has(case):
                    self._one(case, server, refused, run)
            run.hello = self._hello
            if surface is not None and not self._lane.partial:
                self._look(run, surface)
            if self._driver is not None:
                try:
                    self._driver.ask("bye")
                except DriverFault as fault:
                    run.faults["bye"] = str(fault)
                self._driver.__exit__()
        return run

    def _look(self, run: LaneRun, commands: Sequence[str]) -> None:
        """Have the driver tell what the SDK offers, or what its command line says of itself."""
        try:
            driver = self._ready()
            run.hello = self._hello
            if self._lane.kind == "shell":
                asked = {words: [*words.split(), "--help"] for words in commands}
                run.pages = {words: driver.ask("cli", argv=argv)["ok"]["stdout"] for words, argv in asked.items()}
            elif "describe" in self._hello["capabilities"]:
                run.described = driver.ask("describe")["ok"]
        except DriverFault as fault:
            run.faults["surface"] = str(fault)

    def _has(self, case: Case) -> bool:
        """Whether the driver has the case's operation: one that names what it has is asked for nothing else."""
        if not self._lane.partial:
            return True
        if not self._hello:
            try:
                self._ready()
            except DriverFault:
                self._drop()  # the case itself tells, when it tries again
                return True
        has = case.needs <= set(self._hello["capabilities"])
        return has and case.operation in self._hello.get("operations", [case.operation])

    def _one(self, case: Case, server: ReplayServer, refused: str, run: LaneRun) -> None:
        if self._failures >= 3:
            run.faults[case.id] = f"{NOT_RUN}: the driver has failed three times"
            return
        try:
            driver = self._ready()
            for patience in _PATIENCE:
                server.close_further()
                stage = ServerStage(server.open(fresh=case.faults, tls=case.options.get("tls", "")))
                observation = observe(
                    case,
                    driver.ask,
                    stage,
                    transport=self._lane.transport,
                    refused=refused,
                    patience=patience,
                    signals=driver.signal,
                )
                if not _gave_up_too_soon(case, observation):
                    break
            run.observations[case.id] = observation
        except DriverFault as fault:
            run.faults[case.id] = str(fault)
            run.faulty_steps[case.id] = fault.step
            if self._driver is None or not self._greeted or not self._driver.alive:
                self._failures += 1
                self._drop()

    def _drop(self) -> None:
        """Give the driver up; the next case starts another one."""
        if self._driver is not None:
            self._driver.kill()
            self._driver.__exit__()
        self._driver, self._greeted = None, False

    def _ready(self) -> Driver:
        if self._driver is None:
            self._driver = Driver(
                self._lane.argv,
                self._protocol,
                env={**self._lane.env, **self._trusted},
                timeout=self._timeout,
                folder=self._folder,
            )
            self._hello = self._driver.ask("hello", protocol=PROTOCOL)["ok"]
            self._greeted = True
        return self._driver


@contextmanager
def _folder_for(lane: Lane) -> Iterator[str | None]:
    """The folder in which the lane's driver runs, or None for this process's own, where a third party's is started.

    Those of the SDKs have an empty one: what an SDK under test writes by mistake is removed with it.
    """
    if lane.partial:
        yield None
    else:
        with tempfile.TemporaryDirectory(prefix="parity-driver-") as folder:
            yield folder


def _run_in_process(lane: Lane, cases: Sequence[Case], surface: Sequence[str] | None) -> LaneRun:
    """The Python SDK under pytest-recording, with the network blocked."""
    from segops_parity.record import RecordError, run_pytest

    run = LaneRun(
        lane.name, {"sdk": "segops_admin", "language": "python", "runtime": f"in process, {sys.version.split()[0]}"}
    )
    with tempfile.TemporaryDirectory(prefix="parity-python-") as folder:
        out = Path(folder)
        (out / "plan").write_bytes(pickle.dumps({"cases": list(cases)}))
        try:
            run_pytest(out, "--record-mode=none", "--block-network")
        except RecordError as error:
            run.faults["pytest"] = str(error)
        written = out / "observations.ndjson"
        for line in written.read_text(encoding="utf-8").splitlines() if written.is_file() else ():
            observation = json.loads(line)
            run.observations[observation["case"]] = observation
        if surface is not None and (out / "described.json").is_file():
            run.described = json.loads((out / "described.json").read_text(encoding="utf-8"))
    for case in cases:
        if case.id not in run.observations:
            run.faults.setdefault(case.id, "it was not observed; see the fault of pytest")
    return run
