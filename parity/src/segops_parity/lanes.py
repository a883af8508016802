"""Lanes: one SDK driven in one way, and what comes of that. `lane_runner` runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segops_parity.cases import Case

__all__ = ["NOT_RUN", "Lane", "LaneRun"]


@dataclass(frozen=True)
class Lane:
    """One way to drive one SDK.

    Attributes:
        language: whose behaviours apply, and which lanes must agree with each other. A third party's driver has the
            lane's name for it: it need agree with no other, and says in `hello` what it is written in.
        argv: the driver's command; empty for the lane that replays within pytest.
        kind: sdk, vcr or shell.
        missing: why the lane cannot be run at all, if it cannot: it is untestable, which is red.
        partial: a third party's driver, which may name the operations that it has.
        families: the only families of cases that it runs, if not all.
    """

    name: str
    language: str
    argv: tuple[str, ...] = ()
    kind: str = "sdk"
    transport: str = "default"
    env: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    partial: bool = False
    families: tuple[str, ...] = ()

    def takes(self, case: Case) -> bool:
        """Whether a case is for this lane: command lines have their own, and VCR has no connection to break.

        Test doubles take the place of a transport, which is the same in the lanes that differ by theirs. A client that
        is traced plays what is most usual of each operation, and the cases that say so.
        """
        if (self.families and case.family not in self.families) or self.language not in (
            case.languages or (self.language,)
        ):
            return False
        further = ("traced",) if case.family == "happy" else ()
        if self.transport not in (case.transports or ("default", "requests", "fetch", *further)):
            return False
        if case.is_double and (self.kind == "vcr" or self.transport != "default"):
            return False
        return case.is_shell == (self.kind == "shell") and not (case.faults and self.kind == "vcr")


NOT_RUN = "not run"
"""How the fault of a case begins that no driver was left for."""


@dataclass
class LaneRun:
    """The outcome of a lane: the driver's description of itself, and one observation or fault for each case.

    `described` is the surface of the SDK as the driver tells it; `pages` are the pages of its command line's help, by
    the words that they are about; `faulty_steps` are the steps in which cases had their faults.
    """

    lane: str
    hello: dict[str, Any]
    observations: dict[str, dict[str, Any]] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    faulty_steps: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    missing: str = ""
