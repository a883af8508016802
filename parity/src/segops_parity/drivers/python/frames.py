"""What a traceback holds of a key: in local variables of its frames, as error trackers record them, and in errors."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

__all__ = ["revealed"]

_OWN = str(Path(__file__).parents[2])
_LEVELS = 4
_MOST = 200
"""Items of a container that are looked at: a tracker records fewer."""


def revealed(error: BaseException, keys: Collection[str]) -> list[str]:
    """Where an error shows a key: frames and their variables, attributes of it and of what it carries.

    The causes of an error are looked at as well, those that are not printed included, and errors that it was made with;
    frames of the driver are not.
    """
    found: set[str] = set()
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        todo += [each.__cause__, each.__context__, *(held for held in each.args if isinstance(held, BaseException))]
        kind = type(each).__name__
        for name, value in _carried(each):
            if _shows(value, keys):
                found.add(f"{kind}.{name}")
        for frame in _frames(each.__traceback__):
            place = f"{Path(frame.f_code.co_filename).name} {frame.f_code.co_name}"
            found.update(f"{place}: {name}" for name, value in frame.f_locals.items() if _shows(value, keys))
    return sorted(found)


def _frames(traceback: types.TracebackType | None) -> Iterator[types.FrameType]:
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(_OWN):
            yield traceback.tb_frame
        traceback = traceback.tb_next


def _carried(error: BaseException) -> Iterator[tuple[str, Any]]:
    yield "args", error.args
    for name, value in vars(error).items():
        yield name, value
        for inner, held in getattr(value, "__dict__", {}).items():
            yield f"{name}.{inner}", held


def _shows(value: Any, keys: Collection[str], levels: int = _LEVELS) -> bool:
    if type(value) in (bytes, bytearray):
        return any(key.encode() in value for key in keys)
    if levels and isinstance(value, dict):
        pairs = list(value.items())[:_MOST]
        return any(_shows(part, keys, levels - 1) for pair in pairs for part in pair)
    if levels and isinstance(value, (list, tuple)):
        return any(_shows(part, keys, levels - 1) for part in value[:_MOST])
    try:
        text = value if type(value) is str else repr(value)
    except Exception:  # noqa: BLE001 - it cannot be shown
        return False
    return any(key in text for key in keys)
