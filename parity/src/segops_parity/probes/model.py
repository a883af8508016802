"""What a probe is: an entry of ``parity/scenarios`` whose outcome has not been written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from segops_parity.cases import API_KEY, Case, Step
from segops_parity.contract import Contract
from segops_parity.replies import Script
from segops_parity.scenarios import Scenarios

__all__ = ["LANGUAGES", "Ground", "Probe", "case_of", "client", "shell"]

LANGUAGES = ("python", "typescript")


@dataclass(frozen=True)
class Ground:
    """What probes are drawn from: the contract, and a call of each of its operations."""

    contract: Contract
    scenarios: Scenarios


@dataclass(frozen=True)
class Probe:
    """One input, in the notation of client.yaml or shell.yaml.

    Attributes:
        entry: the case without what must come of it.
        wanted: by language, what the contract says of the last step: some of ``targets``, ``delays``, ``body``,
            ``kind`` (of the error; None for success), ``ok``, ``items``, ``exit``.
        limits: behaviours of the area ``limit`` that let the languages differ here, each as `wanted` says.
        fresh: whether it needs an address of its own, where every path is seen.
    """

    area: str
    entry: Mapping[str, Any]
    wanted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    fresh: bool = False

    @cached_property
    def key(self) -> str:
        """The same for the same input."""
        return json.dumps(self.entry)

    @property
    def is_shell(self) -> bool:
        """Whether it is a command line."""
        return "argv" in self.entry


def client(
    area: str,
    *steps: Mapping[str, Any],
    wanted: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    limits: tuple[str, ...] = (),
    fresh: bool = False,
) -> Probe:
    """A probe of calls; `wanted` holds for both languages, or is by language."""
    entry: dict[str, Any] = {"case": f"probe-{area}"}
    if options:
        entry["options"] = dict(options)
    entry["steps"] = [{name: value for name, value in step.items() if value not in (None, {})} for step in steps]
    return Probe(area, entry, _by_language(wanted), limits, fresh)


def shell(
    area: str,
    argv: list[str],
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    replies: list[Any] | None = None,
    without_key: bool = False,
    wanted: Mapping[str, Any] | None = None,
) -> Probe:
    """A probe of a command line."""
    entry: dict[str, Any] = {"case": f"probe-{area}", "argv": argv}
    extras = {"stdin": stdin, "env": env, "replies": replies, "without_key": without_key}
    entry |= {name: value for name, value in extras.items() if value}
    return Probe(area, entry, _by_language(wanted))


def _by_language(wanted: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    if not wanted:
        return {}
    return dict(wanted) if set(wanted) <= set(LANGUAGES) else dict.fromkeys(LANGUAGES, wanted)


def case_of(probe: Probe, contract: Contract) -> Case:
    """A probe as a case whose replies are played to whatever is asked."""
    script = Script(next(iter(contract.operations.values())), contract, None, None)
    entry = probe.entry
    steps = [_command(entry, script)] if probe.is_shell else [_call(step, script) for step in entry["steps"]]
    return Case(
        id=f"{probe.area}/probe",
        operation="cli" if probe.is_shell else "client",
        family=probe.area,
        origin="synthetic",
        steps=tuple(steps),
        options=entry.get("options", {}),
        faults=probe.fresh,
    )


def _call(entry: Mapping[str, Any], script: Script) -> Step:
    op, named = entry.get("op", "open"), entry.get("named", {})
    if op.startswith("webhook."):
        op, named = "webhook", {"function": op.removeprefix("webhook.")}
    return Step(
        name=entry.get("name", op),
        op=op,
        args=tuple(entry.get("args", ())),
        named=named,
        replies=script.replies(entry.get("replies", []), None),
        requests=(),
        delays=(),
        outcome={},
        covers=(),
        iteration="take" in entry or op.rpartition(".")[2].startswith("iterate"),
        take=entry.get("take"),
        client=entry.get("client", "main"),
        derived=entry.get("derived", ""),
        open=entry.get("open"),
    )


def _command(entry: Mapping[str, Any], script: Script) -> Step:
    env = {} if entry.get("without_key") else {"SEGOPS_API_KEY": API_KEY}
    named = {"env": {**env, **entry.get("env", {})}, "stdin": entry.get("stdin", "")}
    replies = script.replies(entry.get("replies", []), None)
    return Step("command", "cli", tuple(entry["argv"]), named, replies, (), (), {}, ())
