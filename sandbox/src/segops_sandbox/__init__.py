"""A local SegOps server for development and tests."""

from __future__ import annotations

__version__ = "1.0.0"
