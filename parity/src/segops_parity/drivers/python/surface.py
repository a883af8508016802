"""The surface of the Python SDK: namespaces, methods, arguments, options, exports, errors and environment variables."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import segops_admin
from segops_parity.drivers.python.signatures_told import signature_told
from segops_parity.drivers.python.types_told import types_told

__all__ = ["surface"]

_MODULES = {"main": "segops_admin", "webhook": "segops_admin.webhook", "testing": "segops_admin.testing"}


def surface(client_class: Any) -> dict[str, Any]:
    """The reply to ``describe``, of the blocking client or of the one for asyncio. It has opened nothing."""
    client = client_class("sk_test_describe", base_url="http://127.0.0.1:9/api")
    resources = {
        name: value
        for name, value in vars(client).items()
        if not name.startswith("_") and name != "http" and not callable(value)
    }
    return {
        "namespaces": {name: _methods(value) for name, value in resources.items()},
        "signatures": {
            f"{name}.{method}": signature_told(getattr(value, method))
            for name, value in {**resources, "client": client}.items()
            for method in _methods(value)
        }
        | {"client": signature_told(client_class.__init__)},
        "client": _methods(client),
        "options": _arguments(client_class),
        "exports": {name: sorted(_named(module)) for name, module in _MODULES.items()},
        "errors": _errors(),
        "variables": _variables(),
        "types": types_told(),
    }


def _methods(value: Any) -> dict[str, list[dict[str, Any]]]:
    found = inspect.getmembers(value, inspect.isroutine)
    return {name: _arguments(method) for name, method in found if not name.startswith("_")}


def _arguments(function: Any) -> list[dict[str, Any]]:
    told = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name.startswith("_"):
            continue
        entry = {
            "name": parameter.name,
            "required": parameter.default is parameter.empty,
            "named": parameter.kind is parameter.KEYWORD_ONLY,
        }
        # What stands for "unchanged" is no value that a caller passes.
        if isinstance(parameter.default, (str, int, float, bool)):
            entry["default"] = parameter.default
        told.append(entry)
    return told


def _named(module: str) -> dict[str, Any]:
    """What a module says that it exports; a name that cannot be imported is told as such."""
    found = importlib.import_module(module)
    told = {}
    for name in found.__all__:
        try:
            told[name] = getattr(found, name)
        except Exception:  # noqa: BLE001 - whatever it is, a user cannot import it
            told[f"{name} (cannot be imported)"] = None
    return told


def _errors() -> dict[str, str]:
    classes = _named("segops_admin").values()
    return {
        each.__name__: each.__bases__[0].__name__
        for each in classes
        if isinstance(each, type) and issubclass(each, Exception) and not issubclass(each, Warning)
    }


def _variables() -> list[str]:
    """The environment variables of its own that the code speaks of."""
    folder = Path(segops_admin.__file__).parent
    texts = (file.read_text(encoding="utf-8") for file in folder.rglob("*.py"))
    return sorted({name for text in texts for name in re.findall(r"\bSEGOPS_[A-Z_]*[A-Z]\b", text)})
