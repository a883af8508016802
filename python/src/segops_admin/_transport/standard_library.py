"""Whether ``http.client`` is as Python ships it. VCR.py replaces its classes, Sentry and others their methods."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType
from typing import Any

__all__ = ["standard_library_way"]

_METHODS = ("__init__", "connect", "request", "putrequest", "putheader", "endheaders", "send", "getresponse")

_seen: list[tuple[tuple[Any, ...], object]] = []
"""What was found the last time, and what it meant: a request pays for a comparison only."""


def standard_library_way() -> object:
    """What requests have to go through: the classes of a changed ``http.client``, or None if nobody has changed it."""
    module = sys.modules.get("http.client")
    if module is None:
        return None
    plain, secure, reply = module.HTTPConnection, module.HTTPSConnection, module.HTTPResponse
    found = (plain, secure, *[getattr(plain, name, None) for name in _METHODS], secure.connect, reply.begin, reply.read)
    for known, way in _seen:
        if known == found:
            return way
    changed = (plain, secure) if _changed(module, found[2:], (plain, secure, reply)) else None
    _seen[:] = [(found, changed)]
    return changed


def _changed(module: ModuleType, functions: tuple[Any, ...], classes: tuple[Any, ...]) -> bool:
    if any(kind.__module__ != "http.client" for kind in classes):
        return True
    home = module.parse_headers.__code__.co_filename
    return any(not isinstance(each, FunctionType) or each.__code__.co_filename != home for each in functions)
