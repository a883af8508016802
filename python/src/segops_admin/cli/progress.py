"""Progress on standard error: a line that is redrawn on a terminal, one line per change elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from .output import harmless, is_json, json_text, say

__all__ = ["Progress"]

_REDRAW = 0.1  # seconds


class Progress:
    """Shows progress."""

    def __init__(self) -> None:
        self.terminal = sys.stderr is not None and sys.stderr.isatty() and not is_json()
        self._drawn = 0
        self._next = 0.0
        self._last = ""
        self._started = time.monotonic()

    def bar(self, what: str, done: int, total: int) -> None:
        """A share of something, on a terminal only."""
        if self.terminal and total > 0:
            done = min(done, total)  # the file may have grown
            filled = 20 * done // total
            self._draw(f"{what} [{'#' * filled}{'.' * (20 - filled)}] {100 * done // total:3d}%", done == total)

    def count(self, number: int, what: str) -> None:
        """A running number, on a terminal only."""
        if self.terminal:
            self._draw(f"{number:,} {what}")

    def job(self, job: Any) -> None:
        """A job's newest answer."""
        if not isinstance(job, dict):
            return
        status = job.get("status")
        state = status if isinstance(status, str) else "waiting" if status is None else json_text(status)
        total = job.get("row_count")
        if isinstance(total, int) and isinstance(job.get("imported_count"), int) and total > 0:
            state += f" {job['imported_count']}/{total}"
        self._state(state)

    def part(self, part: dict[str, Any]) -> None:
        """The part of an import that is under way."""
        rows = f"rows {part['first_row']} to {part['last_row']}"
        state = f"part {part['part']} of {part['parts']} ({rows}): {part['status']}"
        if part["row_count"]:
            state += f" {part['imported_count']}/{part['row_count']}"
        self._state(state)

    def _state(self, state: str) -> None:
        if self.terminal:
            self._draw(f"{state}, {time.monotonic() - self._started:.0f} s", True)
        elif state != self._last:
            say(state)
        self._last = state

    def _draw(self, line: str, at_once: bool = False) -> None:
        now = time.monotonic()
        if at_once or now >= self._next:
            self._next = now + _REDRAW
            line = harmless(line)
            self._write("\r" + line.ljust(self._drawn))
            self._drawn = len(line)

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self.terminal = False

    def clear(self) -> None:
        """Erases the line, so that a message or a result can be written."""
        if self._drawn:
            self._write("\r" + " " * self._drawn + "\r")
            self._drawn = 0
