"""A driver with an instrumented SDK: cases are played to it with one mutant on, or none."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from segops_parity.cases import API_KEY, Case
from segops_parity.driver import PROTOCOL, Driver, DriverFault, Protocol
from segops_parity.lane_runner import ServerStage
from segops_parity.lanes import Lane, LaneRun
from segops_parity.observation import observe
from segops_parity.replay import ReplayServer

__all__ = ["Bench"]


class Bench:
    """Plays cases. Use it as a context manager.

    Args:
        seconds: that a driver may take for one answer.
    """

    def __init__(self, protocol: Path, seconds: float) -> None:
        self._protocol = Protocol(protocol)
        self._seconds = seconds
        self._driver: Driver | None = None
        self._started: tuple[Sequence[str], Mapping[str, str]] | None = None
        self.early = 0

    def __enter__(self) -> Bench:
        self._folder = TemporaryDirectory(prefix="parity-bench-")  # what a mutant writes by mistake goes with it
        self._server = ReplayServer(API_KEY)
        self._server.__enter__()
        # Bound and not listening: nobody answers there.
        self._taken = socket.socket()
        self._taken.bind(("127.0.0.1", 0))
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
        self._taken.close()
        self._server.__exit__()
        self._folder.cleanup()

    def stop(self) -> None:
        """End the driver; the next case starts another one."""
        if self._driver is not None:
            self._driver.kill()
            self._driver.__exit__()
            self._driver = None

    def ready(self, lane: Lane, early: int = 0) -> Driver:
        """A driver for the lane, started with a mutant if that takes effect while the SDK is loaded."""
        wanted = (lane.argv, lane.env)
        if self._driver is not None and (self._started != wanted or self.early != early or not self._driver.alive):
            self.stop()
        if self._driver is None:
            env = {**lane.env, **self._server.certificates.environment, "SEGOPS_MUTANT": str(early)}
            patience = max(30.0, self._seconds)
            self._driver = Driver(lane.argv, self._protocol, env=env, timeout=patience, folder=self._folder.name)
            self._started, self.early = wanted, early
            try:
                self._driver.ask("hello", protocol=PROTOCOL)
            except DriverFault:
                self.stop()
                raise
            self._driver.timeout = self._seconds
        return self._driver

    def turn(self, lane: Lane, mutant: int, limit: int = 0, *, early: bool = False) -> dict[str, Any]:
        """Switch to a mutant; what was reached since the last time."""
        reply = self.ready(lane, mutant if early else 0).ask("switch", mutant=mutant, limit=limit)
        return dict(reply["ok"])

    def surface(self, lane: Lane, commands: Sequence[str]) -> LaneRun:
        """What the SDK offers as things are, or its command line's pages of help; raises `DriverFault`."""
        assert self._driver is not None
        run = LaneRun(lane.name, {})
        if lane.kind == "shell":
            asked = {words: [*words.split(), "--help"] for words in commands}
            run.pages = {words: self._driver.ask("cli", argv=argv)["ok"]["stdout"] for words, argv in asked.items()}
        else:
            run.described = dict(self._driver.ask("describe")["ok"])
        return run

    def observe(self, case: Case, lane: Lane) -> dict[str, Any]:
        """Play a case as things are; raises `DriverFault`."""
        assert self._driver is not None
        self._server.close_further()
        stage = ServerStage(self._server.open(fresh=case.faults, tls=case.options.get("tls", "")))
        refused = f"http://127.0.0.1:{self._taken.getsockname()[1]}/api"
        try:
            driver = self._driver
            return observe(case, driver.ask, stage, transport=lane.transport, refused=refused, signals=driver.signal)
        except ValueError as error:  # what the SDK did has left the harness with nothing to ask next
            raise DriverFault(str(error)) from error
