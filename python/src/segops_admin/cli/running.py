"""How a command becomes calls of the SDK, and what is printed of their answers."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from typing import IO, TYPE_CHECKING, Any

from .. import _errors
from . import output
from .causes import causes, causes_told
from .commands import verbs
from .dry_run import DryRun, NotSent
from .failures import FAILURE, UsageError, explain
from .files import Counted, check_sink, open_binary, read_json
from .guard import check_write
from .jobs import Followed, Over, import_in_parts, resumed, wait_limits
from .json_lines import ROWS, JsonLines, read_rows, upsert
from .parsing import usage
from .profiles import active
from .progress import Progress
from .results import Results
from .retries import Retries
from .settings import connect, is_on, logged, whole_number
from .shapes import ARRAY, FILE, OBJECT, OUT

if TYPE_CHECKING:
    from .._client import SegOpsAdmin
    from .._transport.protocol import Transport
    from .parsing import Invocation
    from .profiles import Profile
    from .shapes import Command, Job

__all__ = ["run"]


def run(command: Command, line: Invocation) -> int:
    """Carries out a command and returns the exit code."""
    if command.name == "segments watch":
        command, line.options["watch"] = verbs("segments")["get"], True
    if command.name == "listen":
        line.options.setdefault("output", "jsonl")
    _check_flags(command, line)
    results = Results(command, line)
    if command.words[0] == "config":
        from .config import run as configure

        return configure(command.words[1], line, results)
    profile = active(line.options)
    check_write(command, line, profile)
    transport = DryRun() if line.options.get("dry-run") else None
    try:
        with logged(line.options.get("verbose")):
            if command.name == "doctor":
                return _doctor(command, line, profile, transport, results)
            retries = Retries(verbose="verbose" in line.options)
            with connect(line.options, profile, transport, retries) as client:
                try:
                    _carry_out(command, line, client, results)
                except _errors.SegOpsError as error:
                    explain(error, causes_told(causes(error, command, line, client.http.base_url)))
                    raise
                finally:
                    retries.stop()
                return 0
    except NotSent as stopped:
        output.write_json(stopped.request, compact="compact" in line.options)
    more = command.name == "doctor" or any(line.options.get(flag) for flag in _GOES_ON)
    output.say("dry run: nothing was sent." + (" More requests would follow the answer to this one." if more else ""))
    return 0


def _check_flags(command: Command, line: Invocation) -> None:
    """Refuses flags that do not go together, and files that cannot be used."""
    given = line.options
    _check_documented(command, line)
    for flag, needed in (
        ("prefetch", ("all",)),
        ("wait-timeout", ("wait", "to", "watch", "split")),
        ("interval", ("wait", "to", "watch", "split")),
    ):
        if flag in given and not any(given.get(other) for other in needed):
            raise UsageError(f"--{flag} needs --{needed[0]}.", usage(command))
    if "rows" in given and "split" in command.options and "split" not in given:
        raise UsageError("--rows needs --split.", usage(command))
    if "confirm" in command.options and "wait" in given and "confirm" not in given and "split" not in given:
        raise UsageError(
            "--wait needs --confirm: an import starts when its mapping is confirmed.",
            "--confirm='{}' accepts the mapping that the server proposes.",
        )
    sources = [given.get("confirm"), given.get("body"), given.get("form", "").partition("=")[2].lstrip("@")]
    sources += [text for each, text in zip(command.arguments, line.arguments) if each.kind in (OBJECT, ARRAY, FILE)]
    if sources.count("-") > 1:
        raise UsageError("standard input can be read only once: two arguments are -.")
    sinks = [text for each, text in zip(command.arguments, line.arguments) if each.kind == OUT]
    for path in [*sinks, *([given["to"]] if "to" in given else [])]:
        check_sink(path)


def _check_documented(command: Command, line: Invocation) -> None:
    """Tells of query parameters that no page documents, or refuses them: the server ignores what it does not know."""
    if not line.undocumented:
        return
    if line.options.get("strict") or is_on("SEGOPS_STRICT"):
        known = ", ".join(f"--{name.replace('_', '-')}" for name in command.known_query) or "none"
        name = line.undocumented[0]
        raise UsageError(
            f"{command.name}: --{name} is not a documented query parameter.",
            f"Documented: {known}. To send it all the same: --query {name}=VALUE",
        )
    for name in dict.fromkeys(line.undocumented):
        output.say(
            f"note: --{name} is not a documented query parameter of {command.name}; it is sent, and the server may "
            f"ignore it. (--query {name}=VALUE sends it without this note, --strict refuses it.)"
        )


def _doctor(command: Command, line: Invocation, profile: Profile, transport: Transport | None, results: Results) -> int:
    from .._transport.pool import HTTPTransport
    from .doctor import Watched, examine

    watched = Watched(transport or HTTPTransport())
    with connect(line.options, profile, watched) as client:
        report = examine(client, watched, profile, lambda error, url: causes(error, command, line, url))
    results.one(report)
    return 0 if report["ok"] else FAILURE


def _carry_out(command: Command, line: Invocation, client: SegOpsAdmin, results: Results) -> None:
    if command.name == "api":
        answer = _api(line, client)
        results.one({"ok": True} if answer is None else answer)
        return
    if command.name == "listen":
        from .listening import listen

        listen(line, client, results)
        return
    call = _Call(command, line, client)
    try:
        if line.options.get("all"):
            call.stream(results)
            return
        answer = call.make()
    except (KeyboardInterrupt, _errors.SegOpsWaitTimeout) as error:
        if call.resume:
            error.resume = call.resume  # type: ignore[union-attr]
        raise
    finally:
        call.close()
    if not call.printed:
        results.one({"ok": True} if answer is None else answer)


def _api(line: Invocation, client: SegOpsAdmin) -> Any:
    options = line.options
    method, path = line.arguments
    query: dict[str, list[str]] = {}
    for pair in options.get("query", ()):
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--query {pair!r} must be KEY=VALUE.")
        query.setdefault(key, []).append(value)
    body = read_json(options["body"]) if "body" in options else None
    with ExitStack() as opened:
        form: tuple[str, None, IO[bytes]] | None = None
        if "form" in options:
            field, equals, source = options["form"].partition("=@")
            if not field or not equals or not source:
                raise UsageError(f"--form {options['form']!r} must be FIELD=@FILE.")
            form = (field, None, opened.enter_context(open_binary(source)))
        return client.http.request(
            method,
            path,
            query=query,
            body=body,
            form=form,
            idempotent=True,
            idempotency_key=options.get("idempotency-key"),
        )


class _Call:
    """One command's call, its arguments read and checked; and what --all, --wait and --to make of it.

    Attributes:
        printed: whether the result is on standard output already.
        resume: what to say if the wait that is under way ends early.
    """

    def __init__(self, command: Command, line: Invocation, client: SegOpsAdmin) -> None:
        self._command = command
        self._options = line.options
        self._words = line.arguments
        self._namespace: Any = getattr(client, command.namespace)
        self._progress = Progress()
        self._files: list[Any] = []
        self.printed = False
        self.resume = ""
        self._confirm = read_json(line.options["confirm"], OBJECT) if "confirm" in line.options else None
        self._waiting: dict[str, Any] = {"on_progress": self._progress.job, **wait_limits(line.options)}
        self._by_name = {
            option.parameter: line.options[option.name]
            for option in command.options.values()
            if option.parameter and option.name in line.options and option.name not in _OF_WALKS_AND_WAITS
        }
        if command.query is not None:
            self._by_name[command.query.name] = line.query
        self._arguments = [self._value(each.kind, text) for each, text in zip(command.arguments, line.arguments)]

    def _value(self, kind: str, text: str) -> Any:
        if kind == ARRAY and "rows" in self._command.options:
            rows = read_rows(text)
            if isinstance(rows, JsonLines):
                self._files.append(rows)
            return rows
        if kind in (OBJECT, ARRAY):
            return read_json(text, kind)
        if kind == FILE:
            file = open_binary(text)
            if text != "-":
                self._files.append(file)
            return Counted(file, self._progress) if self._progress.terminal and file.seekable() else file
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

    def make(self) -> Any:
        """Makes the call, waits if that was asked for, and returns the last answer."""
        job = self._command.job
        if job is not None and job.split and self._options.get("split"):
            method = getattr(self._namespace, job.split)
            return import_in_parts(method, self._words[0], self._confirm, self._options, self._progress)
        if self._arguments and isinstance(self._arguments[0], JsonLines):
            return self._batches(self._arguments[0])
        if job is not None and any(flag in self._options for flag in _WAITS):
            return self._followed(job) if job.looks else self._confirmed(job) if job.confirm else self._waited(job)
        return self._start()

    def _batches(self, lines: JsonLines) -> Any:
        """Sends rows of JSON Lines a batch at a time."""
        if "idempotency-key" in self._options:
            raise UsageError("--idempotency-key does not go with JSON Lines: each batch has a key of its own.")
        rows = whole_number(self._options["rows"], "--rows") if "rows" in self._options else ROWS
        return upsert(getattr(self._namespace, self._command.method), lines, rows, self._words[0], self._progress)

    def _followed(self, job: Job) -> Any:
        """Looks until it is over, what this command has not started itself."""
        ids = self._arguments
        self.resume = resumed(self._command.name, ids, self._options)
        self.printed = "watch" in self._options
        record = f"The recompute of segment {ids[0]}" if job.since else ""
        self._waiting["on_progress"] = Followed(None if self.printed else self._progress, record, job.since)
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
        items = getattr(self._namespace, self._command.walk)(*self._arguments, **options)
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
        first = self._arguments[0]
        waiting = self._waiting
        if job.since:
            waiting["since"] = self._namespace.get(first).get(job.since)
        answer = self._start()
        ids = [first]
        if job.id:
            ids.append(_job_id(answer, job.id))
            output.say(f"export {ids[1]} of segment {first} started")
        self.resume = resumed(job.resume, ids, self._options) if job.resume else ""
        done = getattr(self._namespace, job.wait)(*ids, **waiting)
        path = self._options.get("to")
        if path is not None:
            written = getattr(self._namespace, job.download)(ids[1], self._sink(path))
            self._progress.clear()
            output.say(f"{written} bytes written to {'standard output' if path == '-' else path}")
        return done

    def _confirmed(self, job: Job) -> Any:
        """Starts, confirms, and waits, if that was asked for."""
        job_id = _job_id(self._start(), job.id)
        output.say(f"import {job_id} uploaded")
        answer = getattr(self._namespace, job.confirm)(job_id, self._confirm)
        self.resume = resumed(job.resume, [job_id], self._options)
        return getattr(self._namespace, job.wait)(job_id, **self._waiting) if "wait" in self._options else answer


_OF_WALKS_AND_WAITS = ("prefetch", "wait-timeout", "interval")
_WAITS = ("wait", "to", "confirm", "watch", "split")
_GOES_ON = ("all", *_WAITS)
"""Flags that make a command go on after its first request."""


def _job_id(answer: Any, name: str) -> Any:
    """The id of a job that was started; some answers call it just ``id``."""
    found = (answer.get(name) or answer.get("id")) if isinstance(answer, dict) else None
    if found is None:
        import json

        said = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))[:200]
        raise _errors.SegOpsDecodeError(f"the job was started, but the answer has no {name}: {said}")
    return found
