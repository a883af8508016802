"""Ids as segments of a path.

Separate from the other encodings because every resource module needs it, and needs it to be cheap to import.
"""

from __future__ import annotations

from .._errors import SegOpsArgumentError

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["checked_id", "path", "segment"]


def path(template: str, *ids: object) -> str:
    """Fills the ``{}`` of a path template with ids, each as exactly one segment.

    Raises:
        SegOpsArgumentError: an id is empty, ``.``, ``..``, or no id at all.
    """
    return template.format(*[segment(id) for id in ids])


def checked_id(id: object) -> str:
    """An id as text: of text, a whole number, a UUID, or an enumeration's value.

    Raises:
        SegOpsArgumentError: it is empty, or of a type that no id has.
    """
    if type(id) is not str:
        id = _text(id)
    if not id:
        raise SegOpsArgumentError("An id must not be empty.")
    return id


def _text(id: Any) -> str:
    import contextlib
    import enum
    import operator
    import uuid

    from .words import LARGEST_SAFE, described

    if isinstance(id, enum.Enum):
        id = id.value
    if isinstance(id, (str, uuid.UUID)):
        return str.__str__(id) if isinstance(id, str) else str(id)
    # A whole float is the number: JavaScript cannot tell them apart, and pandas makes floats of ids.
    if isinstance(id, float) and id.is_integer():
        if abs(id) > LARGEST_SAFE:
            raise SegOpsArgumentError(f"The id {described(id)} has lost digits: give ids beyond 2^53 as text.")
        return str(int(id))
    if not isinstance(id, (bool, float)):
        with contextlib.suppress(TypeError):
            return str(operator.index(id))
    raise SegOpsArgumentError(f"An id must be text or a whole number, not {described(id)}.")


def segment(id: object) -> str:
    """An id as one percent-encoded path segment, so that no id can reach another path."""
    text = checked_id(id)
    # Servers and proxies resolve dot segments, encoded or not: quoting alone would let ".." climb.
    if text in (".", ".."):
        raise SegOpsArgumentError(f"{text!r} is not an id: it would reach another path.")
    if text.isascii() and text.replace("_", "a").replace("-", "a").isalnum():
        return text
    from urllib.parse import quote

    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise SegOpsArgumentError("The id has a character that UTF-8 cannot hold.") from None
