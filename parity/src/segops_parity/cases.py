"""Cases and their steps: calls with their replies, the requests that must arrive and the results that must come.

All of it is plain data, so that it can be handed to another process. Cases are made from families of behaviours
(`family_cases`), from what is written out for the client (`client_cases`) and for the command line (`shell_cases`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from segops_parity.replies import Reply

__all__ = ["API_KEY", "EXIT_CODES", "NOW", "Case", "Event", "Step", "held_to"]

API_KEY = "sk_test_parity"
NOW = 1777636800.0  # 2026-05-01T12:00:00Z
EXIT_CODES = ("cli.exit-success", "cli.exit-failure", "cli.exit-usage", "cli.exit-interrupt")
"""The behaviours whose figure `code` is what a command may exit with."""


@dataclass(frozen=True)
class Event:
    """What happens while a call is under way, once so many requests of its step (or connections) are there.

    Attributes:
        passes: so many seconds pass by the SDK's clock.
        aborts: the call is aborted.
        aborts_by: the signal that does so.
        releases: the call in the background of that name is answered.
        delivers: deliveries come to the webhook that a command has registered, one after the other.
        signed_in: the header of their signatures, up to the digest.
        goes_on: what follows does not wait for their answers.
    """

    requests: int = 0
    connections: int = 0
    passes: float | None = None
    aborts: bool = False
    aborts_by: str = "SIGINT"
    releases: str = ""
    delivers: tuple[Mapping[str, Any], ...] = ()
    signed_in: str = ""
    goes_on: bool = False


@dataclass(frozen=True)
class Step:
    """One call. `requests` are those that must arrive, one for each reply; `outcome` is what must come of it."""

    name: str
    op: str
    args: tuple[Any, ...]
    named: Mapping[str, Any]
    replies: tuple[Reply, ...]
    requests: tuple[Mapping[str, Any], ...]
    delays: tuple[float, ...]
    outcome: Mapping[str, Any]
    covers: tuple[str, ...]
    iteration: bool = False
    take: int | None = None
    leave: str = ""
    """How an iteration is left once so many have been taken, if it is: by `return` or by `throw`."""
    rest: bool = False
    """Whether the rest of an iteration is taken by a loop once so many have been taken one by one."""
    aborts_asleep: int | None = None
    """In which of its waits the call is aborted, if in any."""
    at_once: int | None = None
    """How many items of an iteration are asked for before the first of them has come."""
    key: str | None = None
    client: str = "main"
    derived: str = ""
    open: Mapping[str, Any] | None = None
    targets: tuple[str, ...] = ()
    """The targets of its requests as they have to be written, if that is to be looked at."""
    connections: int | None = None
    """How many connections the case has used by then, if that is to be looked at."""
    waits_at_most: float | None = None
    """The seconds that the SDK has to ask the system to wait at most, if that is to be looked at."""
    holds_at_most: float | None = None
    """The share of its largest request that the call may hold in memory, if that is to be looked at."""
    warns: tuple[str, ...] | None = None
    """Texts that the warnings must hold that the SDK gives, if that is to be looked at."""
    compared: int | None = None
    """How often digests have to be compared in constant time, if that is to be looked at."""
    heads: tuple[Mapping[str, str | None], ...] = ()
    """Headers that its requests have to carry, null for one that they must not, if that is to be looked at."""
    alternatives: tuple[Mapping[str, Any], ...] = ()
    """Other outcomes that are right as well: HTTP leaves the choice."""
    otherwise: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What has to come of it over another transport, by its name."""
    background: str = ""
    """The call is begun under this name, and continues while further steps are taken."""
    finish: str = ""
    """The call in the background whose end the step is."""
    later: float | None = None
    """So many seconds pass by the SDK's clock, and nothing else happens."""
    meanwhile: tuple[Event, ...] = ()
    """What happens while the call is under way, one after the other."""
    still_open: int | None = None
    """How many of the case's connections are open in the end, if that is to be looked at."""


@dataclass(frozen=True)
class Case:
    """Steps taken with one client.

    `faults` says that it needs a real connection to break. `languages` are the only ones that it is about, if not all:
    a limit of a language has a case on each side of it. `transports` are the only ones, if not all.
    """

    id: str
    operation: str
    family: str
    origin: str
    steps: tuple[Step, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    faults: bool = False
    languages: tuple[str, ...] = ()
    transports: tuple[str, ...] = ()
    spec_hash: str = ""
    recorded_under: str = ""

    @property
    def is_shell(self) -> bool:
        """Whether it is a command line, which the lanes of the command line run and the others do not."""
        return any(step.op == "cli" for step in self.steps)

    @property
    def is_double(self) -> bool:
        """Whether it plays a script of the SDK's own test doubles, which take the transport's place."""
        return any(step.op == "testing" for step in self.steps)

    @property
    def speaks_tls(self) -> bool:
        """Whether the server, or what is behind a tunnel, speaks TLS."""
        return "tls" in self.options or any(reply.tunnel for step in self.steps for reply in step.replies)

    @property
    def has_clock(self) -> bool:
        """Whether time passes in it: then the SDK's monotonic clock stands but for that."""
        return any(step.later is not None or any(each.passes for each in step.meanwhile) for step in self.steps)

    @property
    def needs(self) -> frozenset[str]:
        """The capabilities that a driver must have to play it."""
        found = {"clock"} if self.has_clock else set()
        if any(each.aborts for step in self.steps for each in step.meanwhile):
            found.add("abort")
        if any(step.background for step in self.steps):
            found.add("background")
        if self.is_double:
            found.add("testing")
        return frozenset(found)

    @property
    def is_stale(self) -> bool:
        """Whether the contract's entry has changed since the cassette was recorded."""
        return bool(self.recorded_under) and self.recorded_under != self.spec_hash


def held_to(case: Case, transport: str) -> Case:
    """The case as a transport is held to it: connections are counted in the SDK's own, and where it is the only one."""
    if transport == "default" or case.transports == (transport,):
        return case
    own: dict[str, Any] = {"connections": None, "still_open": None}
    own |= {} if transport == "traced" else {"heads": (), "targets": ()}  # what it sends is the SDK's own there
    steps = [replace(step, outcome=step.otherwise.get(transport, step.outcome), **own) for step in case.steps]
    return replace(case, steps=tuple(steps))
