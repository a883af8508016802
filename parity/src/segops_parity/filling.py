"""The content of large files in cases. It imports nothing: drivers are started often, and need little else."""

from __future__ import annotations

from functools import cache

__all__ = ["filled"]


@cache
def filled(size: int) -> str:
    """So many characters, no two blocks of which are alike, in no more rows than an import takes."""
    rows = size // 128 + 1
    return ((15 * "%07d," + "%07d\n") * rows % tuple(range(16 * rows)))[:size]
