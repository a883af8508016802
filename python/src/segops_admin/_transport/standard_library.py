"""Whether ``http.client`` is as Python ships it. VCR.py replaces its classes, Sentry and others their methods."""

from __future__ import annotations

import sys
from operator import attrgetter
from types import FunctionType, ModuleType
from typing import Any

__all__ = ["standard_library_way"]

_METHODS = ("__init__", "connect", "request", "putrequest", "putheader", "endheaders", "send", "getresponse")
_CLASSES = ("HTTPConnection", "HTTPSConnection", "HTTPResponse")
_FUNCTIONS = (*(f"HTTPConnection.{name}" for name in _METHODS), "HTTPSConnection.connect", "HTTPResponse.begin",
              "HTTPResponse.read")  # fmt: skip
_look = attrgetter(*_CLASSES, *_FUNCTIONS)

_seen: list[tuple[tuple[Any, ...], object]] = []
"""What was found the last time, and what it meant: a request pays for a comparison only."""


def standard_library_way() -> object:
    """What requests have to go through: the classes of a changed ``http.client``, or None if nobody has changed it."""
    module = sys.modules.get("http.client")
    if module is None:
        return None
    try:
        found = _look(module)
    except AttributeError:  # what has taken a class's place lacks some of it
        return module.HTTPConnection, module.HTTPSConnection
    for known, way in _seen:
        if known == found:
            return way
    changed = found[:2] if _changed(module, found) else None
    _seen[:] = [(found, changed)]
    return changed


def _changed(module: ModuleType, found: tuple[Any, ...]) -> bool:
    classes, functions = found[: len(_CLASSES)], found[len(_CLASSES) :]
    if any(kind.__module__ != "http.client" for kind in classes):
        return True
    home = module.parse_headers.__code__.co_filename
    return any(not isinstance(each, FunctionType) or each.__code__.co_filename != home for each in functions)
