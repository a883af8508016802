"""What ``--select`` picks from an answer: JMESPath, where its package is installed (``segops_admin[cli]``)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["selector"]


def selector(expression: str) -> Callable[[Any], Any]:
    """What an expression picks.

    Raises:
        UsageError: the package is not installed, or it is no expression.
    """
    try:
        jmespath = import_module("jmespath")
    except ImportError as error:
        raise UsageError(
            "--select needs the package jmespath, which is not installed.", "pip install 'segops-admin[cli]'"
        ) from error
    try:
        compiled = jmespath.compile(expression)
    except ValueError as error:  # the base of the errors of its parser
        raise UsageError(f"--select {expression!r} is no JMESPath expression: {error}") from error

    def select(value: Any) -> Any:
        try:
            return _in_javascript(compiled.search(_marked(value)))
        except ValueError as error:
            raise UsageError(f"--select {expression!r} does not fit the answer: {error}") from error

    return select


_Given = type("float", (float,), {})
"""A fraction of the answer; JMESPath knows kinds of numbers by the names of their classes."""


def _marked(value: Any) -> Any:
    """A copy in which fractions can be told from those that an expression works out."""
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return _Given(value) if isinstance(value, float) else value


def _in_javascript(value: Any) -> Any:
    """A result as JavaScript has it: what was worked out and is whole has no fraction, unlike what was picked."""
    if isinstance(value, dict):
        return {key: _in_javascript(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_javascript(item) for item in value]
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 1e21 else value
