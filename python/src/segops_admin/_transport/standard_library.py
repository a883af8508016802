"""Whether ``http.client`` is as Python ships it. VCR.py replaces its classes, Sentry and others their methods."""

from __future__ import annotations

import sys
from operator import attrgetter
from types import FunctionType, ModuleType
from typing import Any

__all__ = ["standard_library_way"]

_classes = attrgetter("HTTPConnection", "HTTPSConnection")
_functions = attrgetter(
    *(
        f"HTTPConnection.{name}"
        for name in ("__init__", "connect", "request", "putrequest", "putheader", "endheaders", "send", "getresponse")
    ),
    "HTTPSConnection.connect",
    "HTTPResponse.begin",
    "HTTPResponse.read",
)

_seen: list[tuple[tuple[Any, ...], object]] = []
"""What was found the last time, and what it meant: a request pays for a comparison only."""


def standard_library_way() -> object:
    """What of a changed ``http.client`` requests have to go through, or None if nobody has changed it."""
    module = sys.modules.get("http.client")
    if module is None:
        return None
    try:
        found = _classes(module), _functions(module)
    except AttributeError:  # what has taken a class's place lacks some of it
        return _classes(module)
    for known, way in _seen:
        if known == found:
            return way
    changed = found if _changed(module, *found) else None
    _seen[:] = [(found, changed)]
    return changed


def _changed(module: ModuleType, classes: tuple[Any, ...], functions: tuple[Any, ...]) -> bool:
    if any(kind.__module__ != "http.client" for kind in classes):
        return True
    home = module.parse_headers.__code__.co_filename
    return any(not isinstance(each, FunctionType) or each.__code__.co_filename != home for each in functions)
