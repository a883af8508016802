"""Jobs that run on the server: what is shown while one is followed, and the command that resumes waiting."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._errors import SegOpsArgumentError, SegOpsJobError
from .._wire.words import described
from .failures import UsageError
from .settings import wait_limits, whole_number
from .usage import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .progress import Progress

__all__ = ["Followed", "Over", "import_in_parts", "resumed"]


class Over(Exception):
    """Raised out of a wait when what was followed has finished.

    Attributes:
        answer: its last answer.
    """

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


class Followed:
    """Receives each answer of a job: shows the progress, or prints the answer when it has changed.

    Args:
        progress: shows its progress.
        write: prints an answer, in place of that.
        record: what it is called if it is a record that is computed at times, and not a job.
        since: the key of the record that a computation changes.
    """

    def __init__(
        self, progress: Progress, write: Callable[[Any], None] | None, record: str = "", since: str = ""
    ) -> None:
        self._progress = progress
        self._write = write
        self._record = record
        self._since = since
        self._last: Any = None
        self._before: list[Any] = []

    def __call__(self, answer: Any) -> None:
        if self._write is None:
            self._progress.job(answer)
        elif answer != self._last:
            self._write(answer)
        self._last = answer
        if self._record and isinstance(answer, dict):
            self._look(answer)

    def _look(self, answer: dict[str, Any]) -> None:
        if answer.get("status") == "computing":
            self._before = self._before or [answer.get(self._since)]
            return
        if self._before == [answer.get(self._since)]:
            status = described(answer.get("status"))
            why = f"it ended with status {status} and left the members as they were"
            raise SegOpsJobError(f"{self._record} has failed: {why}", answer)
        raise Over(answer)


def resumed(words: str, ids: Sequence[Any], options: dict[str, Any]) -> str:
    """The advice after a wait that timed out: the command that resumes it."""
    import shlex

    ahead = [f"--{name}={options[name]}" for name in ("profile", "api-url") if name in options]
    command = " ".join(shlex.quote(str(word)) for word in (PROGRAM, *ahead, *words.split(), *ids, "--wait"))
    return f"To keep waiting: {command}"


def import_in_parts(method: Any, path: str, body: Any, options: dict[str, Any], progress: Progress) -> Any:
    """Imports a file in parts; an error that ends it early says that the same command resumes it."""
    from .._call.parts_state import state_path  # it needs modules that no other command does
    from .dry_run import NotSent

    for flag in ("filename", "idempotency-key"):
        if flag in options:
            raise UsageError(f"--{flag} does not go with --split: parts have names and keys of their own.")
    if path == "-":
        raise UsageError("--split needs a file: standard input cannot be gone on with.", "Save it to a file first.")
    limits = wait_limits(options)
    if "rows" in options:
        limits["rows"] = whole_number(options["rows"], "--rows")
    state = state_path(path)
    begun = os.path.exists(state)
    try:
        return method(path, body=body or None, on_progress=progress.part, **limits)
    except NotSent:
        if not begun:
            os.unlink(state)
        raise
    except SegOpsArgumentError:
        raise
    except BaseException as error:
        error.resume = "Run the same command again to resume."  # type: ignore[attr-defined]
        raise
