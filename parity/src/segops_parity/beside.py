"""A command that runs beside this one, and whose outcome is printed in its turn."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence

__all__ = ["Beside"]


class Beside:
    """A command that may be begun; what is left of it is ended with the context."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Beside:
        return self

    def begin(self) -> None:
        """Start it. SIGTERM is heard once it is known: otherwise it would be left running."""
        heard: list[int] = []
        before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
        try:
            self._process = subprocess.Popen(self._words, stdout=subprocess.PIPE, text=True)
        finally:
            signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)
        for number in heard:
            signal.raise_signal(number)

    def result(self) -> int:
        """Wait for it and print what it has printed; its exit code, 0 where it was not begun."""
        if self._process is None:
            return 0
        print(self._process.communicate()[0], end="")
        return self._process.returncode

    def __exit__(self, *raised: object) -> None:
        if self._process is not None:
            with self._process:  # which waits, and closes what it reads from
                if self._process.poll() is None:
                    self._process.terminate()
