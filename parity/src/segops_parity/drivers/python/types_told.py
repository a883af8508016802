"""The types of the Python SDK, read from `segops_admin.types` while it runs."""

from __future__ import annotations

import json
import typing
from datetime import datetime
from typing import Any

from segops_admin import types

__all__ = ["types_told"]


def types_told() -> dict[str, dict[str, str]]:
    """Each public type by its name: keys, words or members, as `segops_parity.type_surface` has them."""
    return {name: _told(getattr(types, name)) for name in types.__all__ if name != "QueryValue"}


def _told(value: Any) -> dict[str, str]:
    if isinstance(value, type) and hasattr(value, "__required_keys__"):
        return _keys(value)
    origin, members = typing.get_origin(value), typing.get_args(value)
    if origin is typing.Literal:
        return dict.fromkeys(members, "a word")
    if origin is typing.Union:
        told: dict[str, str] = {}
        for member in members:
            if member is str or _is_mapping(member):
                told["*"] = "open"
            elif isinstance(member, typing.ForwardRef):
                told[member.__forward_arg__] = "a member"
            elif typing.get_origin(member) is typing.Literal:
                told.update(_told(member))
            elif isinstance(member, type):
                told.update(_keys(member) if member.__name__.startswith("Known") else {member.__name__: "a member"})
        return told
    return {"*": "open"} if _is_mapping(value) and typing.get_args(value)[1] is Any else {}


def _is_mapping(value: Any) -> bool:
    origin = typing.get_origin(value)
    return isinstance(origin, type) and origin.__name__ == "Mapping"


def _keys(shape: Any) -> dict[str, str]:
    told = {}
    for key, hint in typing.get_type_hints(shape).items():
        nullable = type(None) in typing.get_args(hint)
        needed = "required" if key in shape.__required_keys__ else "optional"
        told[key] = f"{needed}{' or null' if nullable else ''}: {_kind(hint)}"
    return told


_KINDS: dict[Any, str] = {str: "text", int: "integer", float: "number", bool: "boolean", datetime: "moment", Any: "any"}


def _kind(hint: Any) -> str:
    """What a value may be, as `segops_parity.type_surface` writes it."""
    return " | ".join(sorted(_alternatives(hint)))


def _alternatives(hint: Any) -> set[str]:
    origin, members = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union:
        return {each for member in members if member is not type(None) for each in _alternatives(member)}
    if origin is typing.Literal:
        return {json.dumps(word) for word in members}
    if _is_mapping(hint) or origin is dict:
        null = " or null" if type(None) in typing.get_args(members[1]) else ""
        return {f"{{{_kind(members[1])}{null}}}"}
    if origin is not None:
        return {f"[{_kind(members[0])}]"}
    return {_KINDS.get(hint) or hint.__name__}
