"""How often Python looks for garbage: seldom, where thousands of cases are read once and kept."""

from __future__ import annotations

import gc

__all__ = ["collect_seldom"]


def collect_seldom() -> None:
    """Have this process look for cycles once in many objects: cases are kept, and to look at them again finds none."""
    gc.set_threshold(100_000, 50, 100)
