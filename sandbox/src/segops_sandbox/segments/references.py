"""References of a definition to other segments, which have to exist and must not lead back to itself."""

from __future__ import annotations

from typing import Any

from segops_sandbox.models import Segment
from segops_sandbox.segments.definition import (
    Definition,
    DefinitionError,
    Membership,
    check_structure,
    parse,
    read_segment_id,
)


def check_on_save(tenant_id: int, raw: Any, own_id: int | None) -> None:
    """What saving checks: the structure, and that no circle is stored. Raises DefinitionError."""
    check_structure(raw)
    if own_id is not None:
        found = [(index, each) for index, each in enumerate(_references(raw)) if each is not None]
        if found:
            _refuse_circles(found, _references_of_all(tenant_id), own_id)


def checked(tenant_id: int, raw: Any, own_id: int | None = None) -> Definition:
    """The meaning of a definition, with its references looked up. Raises DefinitionError."""
    definition = parse(raw)
    found = [
        (index, condition.segment_id)
        for index, condition in enumerate(definition.conditions)
        if isinstance(condition, Membership)
    ]
    if found:
        known = _references_of_all(tenant_id)
        unknown = [_message(index, "Unknown segment.") for index, each in found if each not in known]
        if unknown:
            raise DefinitionError(unknown)
        if own_id is not None:
            _refuse_circles(found, known, own_id)
    return definition


def _refuse_circles(found: list[tuple[int, int]], known: dict[int, set[int]], own_id: int) -> None:
    errors = []
    for index, segment_id in found:
        if segment_id == own_id:
            errors.append(_message(index, "A segment cannot refer to itself."))
        elif own_id in _reachable(segment_id, known):
            errors.append(_message(index, f"Segment {segment_id} refers back to this segment."))
    if errors:
        raise DefinitionError(errors)


def _reachable(start: int, known: dict[int, set[int]]) -> set[int]:
    seen = {start}
    waiting = [start]
    while waiting:
        for following in known.get(waiting.pop(), set()) - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def _references_of_all(tenant_id: int) -> dict[int, set[int]]:
    rows = Segment.objects.filter(tenant_id=tenant_id).values_list("pk", "definition")
    return {pk: {each for each in _references(raw) if each is not None} for pk, raw in rows}


def _references(raw: Any) -> list[int | None]:
    """The segment that each condition of a stored definition refers to; stored ones are known by structure only."""
    return [
        read_segment_id(condition.get("segment_id")) if condition.get("type") == "segment_membership" else None
        for condition in raw.get("conditions", [])
    ]


def _message(index: int, text: str) -> str:
    return f"conditions[{index}].segment_id: {text}"
