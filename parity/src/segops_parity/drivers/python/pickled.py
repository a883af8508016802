"""What an error loses on its way to another process."""

from __future__ import annotations

import pickle
import re
from typing import Any

from segops_admin import SegOpsError
from segops_parity.drivers.python.values import error_value

__all__ = ["lost_by_pickling"]


def lost_by_pickling(error: BaseException) -> list[str]:
    """What a pickled copy of an error of the SDK tells otherwise, by the protocol's names, its cause included."""
    if not isinstance(error, SegOpsError):
        return []
    try:
        copy = pickle.loads(pickle.dumps(error))
    except Exception as problem:  # noqa: BLE001 - whatever is raised is what a worker would meet
        return [f"all of it: {type(problem).__name__}"]
    told, kept = error_value(error), error_value(copy)
    found = {name for name in told.keys() | kept.keys() if told.get(name) != kept.get(name)} - {"caused"}
    if type(copy) is not type(error):
        found.add("class")
    if _told(copy.__cause__) != _told(_pickled(error.__cause__)):
        found.add("cause")
    return sorted(found)


def _pickled(cause: BaseException | None) -> Any:
    """A cause that went the same way: what another library loses is not the SDK's, nor what cannot go at all."""
    try:
        return pickle.loads(pickle.dumps(cause))
    except Exception:  # noqa: BLE001 - runs another library's code
        return None


def _told(cause: BaseException | None) -> tuple[Any, ...]:
    # What another library prints of its objects may hold their addresses.
    return type(cause), re.sub("0x[0-9a-f]+", "0x", str(cause)), getattr(cause, "errno", None)
