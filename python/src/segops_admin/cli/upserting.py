"""Products in JSON Lines, sent in batches; their progress is kept beside the file, so that it resumes after a crash.

Both command lines write the same state file, and resume each other's uploads.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from .._errors import SegOpsApiError, SegOpsArgumentError
from .._wire.words import described
from .dry_run import NotSent
from .failures import UsageError
from .files import write_whole
from .output import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._client import SegOpsAdmin
    from .json_lines import JsonLines
    from .progress import Progress

__all__ = ["ROWS", "upsert"]

ROWS = 1000
_MOST_ROWS = 100_000
_FORMAT = "segops-upsert/1"
_SUFFIX = ".segops-upsert.json"
_KEYS = ("run", "file", "server", "account", "rows", "attempt", "sent", "created", "updated", "errors")


def upsert(
    send: Callable[..., Any], lines: JsonLines, rows: int, source: str, client: SegOpsAdmin, progress: Progress
) -> dict[str, Any]:
    """Sends all batches that have not been sent and adds up their results.

    Args:
        send: the method that sends a batch.
        rows: how many products a batch has at most.
        source: the file.

    Raises:
        UsageError: ``rows`` is out of range, or another upload of this file was begun and not finished.
    """
    if not 1 <= rows <= _MOST_ROWS:
        raise UsageError(f"--rows must be from 1 to {_MOST_ROWS}.")
    if not lines.is_file:
        told = {"sent": 0, "created": 0, "updated": 0, "errors": []}
        _send_all(told, lines, rows, progress, lambda batch: send(batch), lambda: None)
        return _result(told)
    state = _State(source, lines, rows, client)

    def send_once(batch: list[Any]) -> Any:
        try:
            return send(batch, idempotency_key=state.key())
        except SegOpsApiError as error:
            if error.status < 500:
                state.told["attempt"] += 1  # the server repeats what it answered to a key
            raise

    try:
        _send_all(state.told, lines, rows, progress, send_once, state.save)
    except BaseException as error:
        state.end(error)
        raise
    os.unlink(state.path)
    return _result(state.told)


def _send_all(
    told: dict[str, Any],
    lines: JsonLines,
    rows: int,
    progress: Progress,
    send: Callable[[list[Any]], Any],
    save: Callable[[], None],
) -> None:
    try:
        save()
        for batch in lines.batches(rows, told["sent"]):
            answer = send(batch)
            for key in ("created", "updated"):
                told[key] += answer.get(key) or 0
            errors = answer.get("errors") or ()
            told["errors"] += [{**error, "index": error["index"] + told["sent"]} for error in errors]
            told["sent"] += len(batch)
            save()
            progress.count(told["sent"], "rows")
    except BaseException as error:
        if told["sent"]:
            error.resume = f"The first {told['sent']} rows were sent."  # type: ignore[attr-defined]
        raise


def _result(told: dict[str, Any]) -> dict[str, Any]:
    return {key: told[key] for key in ("created", "updated", "errors")}


class _State:
    """The progress of an upload.

    Attributes:
        path: the state file.
        told: its content: the file's name, size and SHA-256, the server, how the file is cut, and what was sent.
    """

    def __init__(self, source: str, lines: JsonLines, rows: int, client: SegOpsAdmin) -> None:
        self.path = source + _SUFFIX
        self._name = os.path.basename(source)
        self._is_new = True
        options = client.http.options
        secret = f"segops-upsert {lines.sha256} {options.key}"
        wanted = {
            "file": {"name": self._name, "size": lines.size, "sha256": lines.sha256},
            "server": options.base_url,
            "account": hashlib.sha256(secret.encode()).hexdigest()[:16],  # tells keys apart, and gives none away
            "rows": rows,
        }
        run = client.http.runtime.new_key()[:8]
        counts = {"attempt": 1, "sent": 0, "created": 0, "updated": 0, "errors": []}
        self.told: dict[str, Any] = {"format": _FORMAT, "run": run, **wanted, **counts}
        begun = self._read()
        if begun is not None and self._fits(begun, wanted):
            self.told, self._is_new = begun, False

    def _read(self) -> dict[str, Any] | None:
        try:
            with open(self.path, encoding="utf-8") as file:
                told = json.loads(file.read())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"the state file {self.path!r} cannot be read: {error.strerror}.") from error
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.get("format") != _FORMAT or any(key not in told for key in _KEYS):
            raise UsageError(f"{self.path!r} is not the state file of an upload: move it away to start over.")
        return told

    def _fits(self, begun: dict[str, Any], wanted: dict[str, Any]) -> bool:
        """Whether an upload that was begun is this one; False if it is another of which nothing was sent."""
        sent = f"the first {described(begun['sent'])} rows of it were sent"
        anew = f"delete {self.path!r} to start over."
        problem = ""
        if any(begun["file"].get(key) != wanted["file"][key] for key in ("size", "sha256")):
            how = "Restore it to resume"
            problem = f"{self._name} has changed since its upload was begun; {sent}. {how}, or {anew}"
        for key, what in (
            ("server", f"with the server {begun['server']}"),
            ("account", "with another API key"),
            ("rows", f"with {described(begun['rows'])} rows a request"),
        ):
            if not problem and begun[key] != wanted[key]:
                problem = f"the upload of {self._name} was begun {what}; {sent}. Resume with that, or {anew}"
        if problem and begun["sent"]:
            raise UsageError(problem)
        return not problem

    def key(self) -> str:
        """The idempotency key of the next batch, the same whenever it is sent again."""
        attempt = f".{self.told['attempt']}" if self.told["attempt"] > 1 else ""
        return f"upsert-{self.told['file']['sha256'][:32]}-{self.told['run']}-{self.told['sent'] + 1}{attempt}"

    def save(self) -> None:
        """Saves the state, whole or not at all."""
        write_whole(self.path, json_text(self.told, indent=2) + "\n")

    def end(self, error: BaseException) -> None:
        """Keeps or removes the state when an error ends the upload, and notes on the error how to resume."""
        if isinstance(error, NotSent):
            if self._is_new:
                os.unlink(self.path)
            return
        is_refused = isinstance(error, SegOpsApiError) and error.status < 500
        if not self.told["sent"] and (is_refused or isinstance(error, SegOpsArgumentError)):
            os.unlink(self.path)  # nothing of it is at the server
            return
        if not os.path.exists(self.path):
            return  # it could not be written
        if is_refused:
            self.save()
        sent = self.told["sent"]
        done = f"The first {sent} rows were sent. " if sent else ""
        error.resume = f"{done}Run the same command again to resume."  # type: ignore[attr-defined]
