"""The checks of arguments that become a query, a JSON object or a list of objects, in the words of both SDKs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._errors import SegOpsArgumentError
from .words import described

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["checked_object", "checked_parameters", "checked_rows"]


def checked_object(name: str, value: Any) -> Any:
    """An argument that becomes a JSON object.

    Raises:
        SegOpsArgumentError: it is none.
    """
    if not isinstance(value, Mapping):
        raise SegOpsArgumentError(f"{name} must be an object, not {described(value)}.")
    return value


def checked_parameters(query: Any) -> Any:
    """Query parameters; none are an empty mapping.

    Raises:
        SegOpsArgumentError: they are no mapping.
    """
    if query is None:
        return {}
    if not isinstance(query, (dict, Mapping)):  # a dict is told without asking its abstract base, which takes longer
        raise SegOpsArgumentError(f"Query parameters must be an object, not {described(query)}.")
    return query


def checked_rows(name: str, rows: Any) -> list[Any]:
    """An argument that becomes a JSON array of objects: a list, or anything else that can be iterated once.

    Raises:
        SegOpsArgumentError: it is none. Text, mappings and tables of columns (a DataFrame) are iterated by characters,
            keys or names, which nobody means.
    """
    if isinstance(rows, (str, bytes, bytearray, memoryview, Mapping)) or not isinstance(rows, Iterable):
        raise SegOpsArgumentError(f"{name} must be a list of objects, not {described(rows)}.")
    if hasattr(rows, "columns"):
        raise SegOpsArgumentError(
            f"{name} must be a list of objects, not {described(rows)}; give its rows as mappings."
        )
    checked = list(rows)
    for row in checked:
        if not isinstance(row, Mapping):
            raise SegOpsArgumentError(f"{name} must hold objects, not {described(row)}.")
    return checked
