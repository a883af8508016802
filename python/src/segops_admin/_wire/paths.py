"""How does an id become one segment of a path?

Separate from the other encodings because every resource module needs it, and needs it to be cheap to import.
"""

from __future__ import annotations

from .._errors import SegOpsArgumentError

__all__ = ["checked_id", "path", "segment"]


def path(template: str, *ids: object) -> str:
    """Fills the ``{}`` of a path template with ids, each as exactly one segment.

    Raises:
        SegOpsArgumentError: an id is empty, ``.``, ``..``, or no id at all.
    """
    return template.format(*[segment(id) for id in ids])


def checked_id(id: object) -> str:
    """An id as text.

    Raises:
        SegOpsArgumentError: it is empty, or of a type that no id has.
    """
    if isinstance(id, (bool, float, bytes)) or id is None:
        raise SegOpsArgumentError(f"An id must be text or a whole number, not {id!r}.")
    text = str(id)
    if not text:
        raise SegOpsArgumentError("An id must not be empty.")
    return text


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
        raise SegOpsArgumentError(f"The id {text!r} has a character that UTF-8 cannot hold.") from None
