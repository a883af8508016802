"""A stand-in for typing.Generic at run time, since typing is slow to import.

A class that names the types of a generic base gets that base's methods with those types in their signatures, so that
``help(SegOpsAdmin.segments.create)`` says ``SegmentCreate``.
"""

from __future__ import annotations

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Generic"]


class _Subscripted:
    """``Base["Segment", …]``: the base class, and the names of the types it was given."""

    def __init__(self, base: type[Generic], names: tuple[str, ...]) -> None:
        self.base = base
        self.names = names

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (self.base,)


class Generic:
    """Takes type parameters, as names."""

    _parameters: tuple[str, ...] = ()

    def __class_getitem__(cls, names: tuple[str, ...]) -> Any:
        return _Subscripted(cls, names)

    def __init_subclass__(cls) -> None:
        for given in cls.__dict__.get("__orig_bases__", ()):
            if not isinstance(given, _Subscripted):
                continue
            if given.base is Generic:
                cls._parameters = given.names
            else:
                _name_the_types(cls, given.base, dict(zip(given.base._parameters, given.names)))


def _name_the_types(cls: type, base: Any, names: dict[str, str]) -> None:
    """Gives ``cls`` each method of ``base`` whose annotations hold a parameter, with the types in place of it."""
    function: Any = type(_name_the_types)
    for name, method in vars(base).items():
        if type(method) is not function or name in cls.__dict__:
            continue
        annotations = {key: _replaced(text, names) for key, text in method.__annotations__.items()}
        if annotations == method.__annotations__:
            continue
        named = function(method.__code__, method.__globals__, name, method.__defaults__, method.__closure__)
        named.__kwdefaults__ = method.__kwdefaults__
        named.__annotations__ = annotations
        named.__doc__ = method.__doc__
        named.__module__ = cls.__module__
        named.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, named)


def _replaced(text: str, names: dict[str, str]) -> str:
    for parameter, name in names.items():
        text = text.replace(parameter, name)
    return text
