"""One command's call: its arguments read and checked, then made; and what --all, --wait and --to make of it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from .._errors import SegOpsDecodeError
from . import output
from .failures import UsageError
from .files import counted, open_binary, read_json
from .progress import Progress
from .settings import wait_limits, whole_number
from .shapes import ARRAY, FILE, OBJECT, OUT

if TYPE_CHECKING:
    from .._client import SegOpsAdmin
    from .json_lines import JsonLines
    from .parsing import Invocation
    from .results import Results
    from .shapes import Command, Job

__all__ = ["WAITS", "CommandCall"]

WAITS = ("wait", "to", "confirm", "watch", "split")
"""Flags that make a command continue after its first request, until what it has started has finished."""

_OF_WAITS = ("wait-timeout", "interval")


class CommandCall:
    """One command's call, its arguments read and checked; and what --all, --wait and --to make of it.

    Attributes:
        printed: whether the result is on standard output already.
        resume: what to say if the wait that is under way ends early.
    """

    def __init__(self, command: Command, line: Invocation, client: SegOpsAdmin) -> None:
        self._command = command
        self._options = line.options
        self._words = line.arguments
        self._client = client
        self._namespace: Any = getattr(client, command.namespace)
        self._progress = Progress()
        self._files: list[Any] = []
        self._lines: JsonLines | None = None
        self.printed = False
        self.resume = ""
        self._confirm = read_json(line.options["confirm"], OBJECT) if "confirm" in line.options else None
        self._waiting: dict[str, Any] = {"on_progress": self._progress.job, **wait_limits(line.options)}
        self._by_name = {
            option.parameter: line.options[option.name]
            for option in command.options.values()
            if option.parameter and option.name in line.options and option.name not in _OF_WAITS
        }
        if command.query is not None:
            self._by_name[command.query.name] = line.query
        self._arguments = [self._value(each.kind, text) for each, text in zip(command.arguments, line.arguments)]

    def _value(self, kind: str, text: str) -> Any:
        if kind == ARRAY and "rows" in self._command.options:
            from .json_lines import JsonLines, read_rows

            rows = read_rows(text)
            if isinstance(rows, JsonLines):
                self._files.append(rows)
                self._lines = rows
            return rows
        if kind in (OBJECT, ARRAY):
            return read_json(text, kind)
        if kind == FILE:
            file = open_binary(text)
            self._files.append(file)
            return counted(file, self._progress)
        return self._sink(text) if kind == OUT else text

    def _sink(self, path: str) -> Any:
        self.printed = path == "-"
        if not self.printed:
            return path
        from .shown import Shown, binary

        sink = binary()
        if isinstance(sink, Shown):
            self._files.append(sink)
        return sink

    def close(self) -> None:
        """Closes the files, and takes the progress line away."""
        self._progress.clear()
        for file in self._files:
            file.close()

    def make(self, results: Results) -> Any:
        """Makes the call, waits if that was asked for, and returns the last answer."""
        job = self._command.job
        if job is not None and job.split and self._options.get("split"):
            from .jobs import import_in_parts

            method = getattr(self._namespace, job.split)
            return import_in_parts(method, self._words[0], self._confirm, self._options, self._progress)
        if self._lines is not None:
            return self._batches(self._lines)
        if job is not None and any(flag in self._options for flag in WAITS):
            return (
                self._followed(job, results)
                if job.looks
                else self._confirmed(job)
                if job.confirm
                else self._waited(job)
            )
        return self._start()

    def _batches(self, lines: JsonLines) -> Any:
        """Sends rows of JSON Lines a batch at a time."""
        from .upserting import ROWS, upsert

        if "idempotency-key" in self._options:
            raise UsageError("--idempotency-key does not go with JSON Lines: each batch has a key of its own.")
        rows = whole_number(self._options["rows"], "--rows") if "rows" in self._options else ROWS
        method = getattr(self._namespace, self._command.method)
        return upsert(method, lines, rows, self._words[0], self._client, self._progress)

    def _followed(self, job: Job, results: Results) -> Any:
        """Polls what this command has not started itself, until it has finished."""
        from .jobs import Followed, Over, resumed

        ids = self._arguments
        self.resume = resumed(self._command.name, ids, self._options)
        self.printed = "watch" in self._options
        record = f"The recompute of segment {ids[0]}" if job.since else ""
        self._waiting["on_progress"] = Followed(
            self._progress, results.line if self.printed else None, record, job.since
        )
        since = {"since": None} if job.since else {}
        try:
            return getattr(self._namespace, job.wait)(*ids, **since, **self._waiting)
        except Over as over:
            return over.answer

    def stream(self, results: Results) -> None:
        """Prints every item of a listing."""
        options = self._by_name
        if "prefetch" in self._options:
            options["prefetch"] = whole_number(self._options["prefetch"], "--prefetch")
        items = getattr(self._namespace, self._command.iteration)(*self._arguments, **options)
        numbers = count(1)
        try:
            results.many(items, lambda: self._progress.count(next(numbers), "items"))
        finally:
            items.close()

    def _start(self) -> Any:
        answer = getattr(self._namespace, self._command.method)(*self._arguments, **self._by_name)
        self._progress.clear()
        return answer

    def _waited(self, job: Job) -> Any:
        """Starts, waits, and fetches the file that has been made, if that was asked for."""
        from .jobs import resumed

        first = self._arguments[0]
        waiting = self._waiting
        if job.since:
            waiting["since"] = self._namespace.get(first).get(job.since)
        answer = self._start()
        ids = [first]
        if job.id:
            ids.append(_job_id(answer, job.id))
            output.say(f"export {ids[1]} of segment {first} started")
        self.resume = resumed(job.resume, ids, self._options)
        done = getattr(self._namespace, job.wait)(*ids, **waiting)
        path = self._options.get("to")
        if path is not None:
            written = getattr(self._namespace, job.download)(ids[1], self._sink(path))
            self._progress.clear()
            output.say(f"{written} bytes written to {'standard output' if path == '-' else path}")
        return done

    def _confirmed(self, job: Job) -> Any:
        """Starts, confirms, and waits, if that was asked for."""
        from .jobs import resumed

        job_id = _job_id(self._start(), job.id)
        output.say(f"import {job_id} uploaded")
        answer = getattr(self._namespace, job.confirm)(job_id, self._confirm)
        self.resume = resumed(job.resume, [job_id], self._options)
        return getattr(self._namespace, job.wait)(job_id, **self._waiting) if "wait" in self._options else answer


def _job_id(answer: Any, name: str) -> Any:
    """The id of a job that was started; some answers call it just ``id``."""
    found = (answer.get(name) or answer.get("id")) if isinstance(answer, dict) else None
    if found is None:
        import json

        said = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))[:200]
        raise SegOpsDecodeError(f"the job was started, but the answer has no {name}: {said}")
    return found
