"""Both languages at once: a driver of each that lives as long as the run, and what each is seen to do."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from segops_parity.cases import API_KEY, Case
from segops_parity.contract import Contract
from segops_parity.driver import PROTOCOL, Driver, DriverFault, Protocol
from segops_parity.lane_runner import ServerStage
from segops_parity.lanes import Lane
from segops_parity.observation import observe
from segops_parity.probes.model import Probe, case_of
from segops_parity.replay import ReplayServer

__all__ = ["Pair"]


class Pair:
    """A driver and a replay server for each language. Use it as a context manager.

    Args:
        lanes: one of each language.
        schema: of the drivers' protocol.
    """

    def __init__(self, lanes: Sequence[Lane], schema: Path, contract: Contract, timeout: float = 20.0) -> None:
        self._sides = [_Side(lane, Protocol(schema), timeout) for lane in lanes]
        self._contract = contract
        self._pool = ThreadPoolExecutor(len(self._sides))

    def observe(self, probe: Probe) -> dict[str, dict[str, Any]]:
        """By language what was observed, or {"fault": what went wrong in driver or harness}."""
        case = case_of(probe, self._contract)
        done = self._pool.map(lambda side: side.observe(case), self._sides)
        return {side.lane.language: seen for side, seen in zip(self._sides, done, strict=True)}

    def __enter__(self) -> Pair:
        for side in self._sides:
            side.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown()
        for side in self._sides:
            side.stop()


class _Side:
    """One language: its driver, restarted when it has failed, and the server that plays to it."""

    def __init__(self, lane: Lane, protocol: Protocol, timeout: float) -> None:
        self.lane = lane
        self._protocol = protocol
        self._timeout = timeout
        self._server = ReplayServer(API_KEY)
        self._nobody = socket.socket()
        self._folder = tempfile.TemporaryDirectory(
            prefix="parity-driver-"
        )  # what an SDK writes by mistake goes with it
        self._driver: Driver | None = None

    def start(self) -> None:
        self._server.__enter__()
        self._nobody.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        self._refused = f"http://127.0.0.1:{self._nobody.getsockname()[1]}/api"

    def observe(self, case: Case) -> dict[str, Any]:
        session = self._server.open(fresh=case.faults, tls=case.options.get("tls", ""))
        try:
            return observe(case, self._ready().ask, ServerStage(session), refused=self._refused)
        except DriverFault as fault:
            self._drop()
            return {"fault": str(fault)}
        finally:
            self._server.forget(session)
            self._server.close_further()

    def _ready(self) -> Driver:
        if self._driver is None:
            self._driver = Driver(
                self.lane.argv, self._protocol, env=self.lane.env, timeout=self._timeout, folder=self._folder.name
            )
            self._driver.ask("hello", protocol=PROTOCOL)
        return self._driver

    def _drop(self) -> None:
        if self._driver is not None:
            self._driver.kill()
            self._driver.__exit__()
        self._driver = None

    def stop(self) -> None:
        if self._driver is not None:
            self._driver.__exit__()
        self._nobody.close()
        self._server.__exit__()
        self._folder.cleanup()


def faults(seen: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What went wrong in a driver or the harness, by language."""
    return {language: each["fault"] for language, each in seen.items() if "fault" in each}
