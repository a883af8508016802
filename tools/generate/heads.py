"""The headers of generated modules, which say that they are generated."""

from __future__ import annotations

__all__ = ["python_head", "typescript_head"]

_FROM_CONTRACT = "Written by `make generate` from the contract (`spec/`): change it there."


def python_head(about: str, note: str = _FROM_CONTRACT) -> str:
    """The docstring of a Python module."""
    return f'"""{about}\n\n{note.replace("`", "``")}\n"""\n\n'


def typescript_head(about: str, note: str = _FROM_CONTRACT) -> str:
    """The comment at the top of a TypeScript module."""
    return f"/**\n * {about}\n *\n * {note}\n */\n"
