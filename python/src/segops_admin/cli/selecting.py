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
            return compiled.search(value)
        except ValueError as error:
            raise UsageError(f"--select {expression!r} does not fit the answer: {error}") from error

    return select
