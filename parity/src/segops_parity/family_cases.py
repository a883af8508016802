"""Cases of a family of behaviours and an operation, such as ``segments.get/server-errors``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, Problems
from segops_parity._model import Operation
from segops_parity.cases import Case, Step
from segops_parity.cassettes import Cassette, cassette_file, load_cassette
from segops_parity.contract import Contract
from segops_parity.replies import Script, delays
from segops_parity.scenarios import Family, Scenarios
from segops_parity.wire import arranged, expected_request

__all__ = ["Builder"]

_WITHOUT_REPLY = "expected a recorded cassette, which `segops-parity record` makes"


class Builder:
    """Makes cases of scenarios.

    Args:
        recording: leave out the replies, which are about to be recorded, and everything that is not recorded.
    """

    def __init__(self, contract: Contract, scenarios: Scenarios, cassettes: Path, *, recording: bool = False) -> None:
        self._contract = contract
        self._scenarios = scenarios
        self._folder = cassettes
        self._recording = recording
        self._schema = contract.path / "schema" / "cassette-metadata.schema.json"
        self._loaded: dict[Path, Cassette] = {}

    def cases(self) -> Iterator[Case]:
        """All of them, in the order of the contract; raises `ContractError` at the end for those that are broken."""
        problems = Problems()
        for operation in self._contract.operations.values():
            for family in self._scenarios.families:
                if self._recording and not family.recorded:
                    continue
                if family.selector.matches(operation.flags) and self._is_possible(family, operation):
                    case = None
                    with problems.gathered():
                        case = self._case(operation, family)
                    if case is not None:
                        yield case
        problems.report()

    def happy(self) -> dict[str, Cassette]:
        """The happy cassette of each operation that sends a request."""
        named = (each.id for each in self._contract.operations.values() if each.request is not None)
        return {name: self._cassette(f"{name}/happy") for name in named}

    def _is_possible(self, family: Family, operation: Operation) -> bool:
        call = self._scenarios.calls[operation.id]
        if family.needs in ("missing", "invalid"):
            return getattr(call, family.needs) is not None
        return family.needs != "object" or inside_of(operation) is not None

    def _case(self, operation: Operation, family: Family) -> Case:
        name = f"{operation.id}/{family.name}"
        happy = self._happy(operation)
        own = self._cassette(name) if family.recorded and not self._recording else None
        script = Script(operation, self._contract, happy, own)
        steps = [step for entry in family.steps for step in self._steps(operation, family, entry, script)]
        under = own.metadata["spec_hash"] if own else happy_hash(happy)
        return Case(
            id=name,
            operation=operation.id,
            family=family.name,
            origin=own.metadata["origin"] if own else "synthetic",
            steps=tuple(steps),
            options=family.options,
            faults=family.faults,
            languages=family.languages,
            spec_hash=self.hash_of(operation),
            recorded_under=under,
        )

    def hash_of(self, operation: Operation) -> str:
        """The hash of the contract's entry whose requests the operation makes."""
        base = operation.repeats
        return self._contract.operations[base].hash if base else operation.hash

    def _happy(self, operation: Operation) -> Cassette | None:
        base = operation.repeats or operation.id
        return None if self._recording else self._cassette(f"{base}/happy")

    def _cassette(self, case: str) -> Cassette:
        file = cassette_file(self._folder, case)
        if file not in self._loaded:
            if not file.is_file():
                raise ContractError(file, "", _WITHOUT_REPLY)
            cassette = load_cassette(file, self._schema)
            if cassette.metadata["case"] != case:
                raise ContractError(file, "metadata.case", f"expected {case!r}, where the file is kept")
            self._loaded[file] = cassette
        return self._loaded[file]

    def _steps(self, operation: Operation, family: Family, entry: Mapping[str, Any], script: Script) -> Iterator[Step]:
        for suffix, given in self._given(operation, family, entry):
            step = self._step(operation, entry, entry.get("name", family.name) + suffix, given, script)
            yield replace(step, delays=delays(self._contract, entry, family.options))

    def _given(
        self, operation: Operation, family: Family, entry: Mapping[str, Any]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The step's arguments; more than once where it goes through all choices."""
        call = self._scenarios.calls[operation.id]
        given = dict(call.arguments)
        wanted = entry.get("set", {})
        if isinstance(wanted, str):
            yield "", {**given, **(getattr(call, wanted) or {})}
            return
        changes = {key: value for key, value in wanted.items() if key != "choice"}
        for key, value in changes.items():
            given |= self._changed(operation, family, key, value, given)
        if "choice" not in wanted:
            yield "", given
            return
        name = next(each.name for each in operation.arguments if each.type == "enum")
        known = operation.argument(name).values
        asked = {"every": known, "in another case": (known[0].swapcase(),)}
        for value in asked.get(wanted["choice"], (wanted["choice"],)):
            yield f" {value}", {**given, name: value}

    def _changed(
        self, operation: Operation, family: Family, key: str, value: Any, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        if key.startswith("."):
            if isinstance(value, str) and value in ("{longest}", "{too long}"):
                longest = self._contract.behaviours["request.idempotency-key-given"].figures["longest"]
                value = "k" * (longest + (value == "{too long}"))
            return {key[1:]: value}
        if key == "path":
            assert operation.request is not None
            return {operation.request.placeholders[0]: value}
        if key == "inside":
            name = inside_of(operation)
            assert name is not None
            old = given[name]
            return {name: [{**old[0], **value}] if isinstance(old, list) else {**old, **value}}
        for argument in operation.arguments:
            if argument.type == key:
                return {argument.name: value}
        raise ContractError(self._scenarios.folder / "behaviours.yaml", family.where, f"{operation.id} takes no {key}")

    def _step(
        self, operation: Operation, entry: Mapping[str, Any], name: str, given: dict[str, Any], script: Script
    ) -> Step:
        args, named = arranged(operation, given)
        base = self._contract.operations.get(operation.repeats or "", operation)
        refused = not entry["replies"] and not self._recording
        request = None if refused else expected_request(base, given)
        replies = () if self._recording else script.replies(entry["replies"], request)
        key = given.get("idempotency_key") if operation.mutates else None
        iteration = operation.iterates is not None
        outcome = {} if self._recording else script.outcome(entry, replies, given, iteration=iteration)
        return Step(
            name=name,
            op=operation.id,
            args=tuple(args),
            named=named,
            replies=replies,
            requests=tuple(reply.request for reply in replies if reply.request is not None),
            delays=(),
            outcome=outcome,
            covers=self._covered(operation, entry),
            iteration=iteration,
            take=entry.get("take"),
            key=key if key is not None else ("uuid" if operation.mutates else None),
        )

    def _covered(self, operation: Operation, entry: Mapping[str, Any]) -> tuple[str, ...]:
        wanted = (self._contract.behaviours[name] for name in entry.get("covers", ()))
        return tuple(each.id for each in wanted if each.selector.subject or each.applies_to(operation))


def happy_hash(happy: Cassette | None) -> str:
    """The hash that the operation's happy cassette was recorded under."""
    return str(happy.metadata["spec_hash"]) if happy else ""


def inside_of(operation: Operation) -> str | None:
    """The argument with an object in the JSON body, or an array of them, if there is one."""
    sent = {operation.body} if isinstance(operation.body, str) else set((operation.body or {}).values())
    names = [each.name for each in operation.arguments if each.name in sent and each.type in ("object", "array")]
    return names[0] if names else None
