"""Errors that are pickled: how they are put together again, and what of their cause can come along."""

from __future__ import annotations

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    Failure = TypeVar("Failure", bound=BaseException)

__all__ = ["picklable", "restored"]


def restored(
    cls: type[Failure], args: tuple[Any, ...], state: Mapping[str, Any], cause: BaseException | None
) -> Failure:
    """An error as it was pickled: class, arguments, attributes and cause."""
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


def picklable(cause: BaseException | None) -> BaseException | None:
    """The cause, or None where it would make the whole error unpicklable (a third party's exception may)."""
    if cause is None:
        return None
    import pickle

    try:
        pickle.loads(pickle.dumps(cause))
    except Exception:  # noqa: BLE001 - pickling runs a third party's code, which may raise anything
        return None
    return cause
