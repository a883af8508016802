"""The progress of a load: one line that is written over on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from segops_sandbox.own_data.load import Report


class Progress:
    """Reports the progress of a load."""

    def __init__(self, stream: TextIO, clock: Callable[[], float], every: float) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._every = 0.2 if self._terminal else every
        self._began = self._told = clock()

    def __call__(self, report: Report, done: int, size: int) -> None:
        """After a batch."""
        now = self._clock()
        if now - self._told >= self._every:
            self._told = now
            share = 100 * done // max(size, 1)
            self._write(f"{report.path.name}: {share} %, {report.stored:,} {report.kind}, {self._rate(report, now)}")

    def end(self, report: Report) -> None:
        """When the file is through."""
        text = f"{report.path.name}: {report.stored:,} {report.kind}, {self._rate(report, self._clock())}"
        if report.already and not report.stored and not report.rejected:
            text = f"{report.path.name}: loaded before; --again loads it once more"
        self._write(f"{text}{f', {report.rejected:,} rejected' if report.rejected else ''}", last=True)
        for error in report.errors:
            self._stream.write(f"  {error}\n")

    def _rate(self, report: Report, now: float) -> str:
        return f"{report.stored / max(now - self._began, 0.001):,.0f} a second"

    def _write(self, line: str, *, last: bool = False) -> None:
        if self._terminal:
            self._stream.write(f"\r\033[K{line}" + ("\n" if last else ""))
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()
