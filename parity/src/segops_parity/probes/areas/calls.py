"""Calls of the contract's operations with the arguments of the scenarios, for areas that change one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segops_parity._model import Operation
from segops_parity.probes.model import Ground
from segops_parity.wire import arranged

__all__ = ["answer", "call", "requesting"]


_RECORD = {"id": 1, "name": "Zoë 😀", "note": None, "tags": ["a", "b"]}


def requesting(ground: Ground) -> list[Operation]:
    """The operations that send a request of their own, downloads left out."""
    found = [each for each in ground.contract.operations.values() if each.request is not None]
    return [each for each in found if "downloads" not in each.flags]


def answer(operation: Operation) -> dict[str, Any]:
    """A reply that the operation takes."""
    if operation.paginates == "page":
        return {"json": {"count": 1, "next": None, "previous": None, "results": [_RECORD]}}
    if operation.paginates == "cursor":
        return {"json": {"count": 1, "results": [_RECORD], "next_cursor": None}}
    if operation.returns.kind == "null":
        return {"status": 204}
    return {"json": [_RECORD] if operation.returns.kind == "array" else _RECORD}


def call(
    ground: Ground, operation: Operation, changes: Mapping[str, Any], replies: list[Any] | None = None
) -> dict[str, Any]:
    """A step that calls an operation with some of its arguments changed."""
    args, named = arranged(operation, {**ground.scenarios.calls[operation.id].arguments, **changes})
    given = {"op": operation.id, "args": args, "named": named}
    return {**given, "replies": [answer(operation)] if replies is None else replies}
