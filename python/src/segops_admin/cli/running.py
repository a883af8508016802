"""How a command becomes calls of the SDK, and what is printed of their answers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from .. import _errors
from . import output
from .calls import WAITS, CommandCall
from .causes import causes, causes_told
from .commands import verbs
from .dry_run import DryRun, NotSent
from .failures import FAILURE, UsageError, explain
from .files import check_sink, counted, open_binary, read_json
from .guard import check_write
from .profiles import active
from .progress import Progress
from .results import Results
from .retries import Retries
from .settings import connect, is_on, logged, warned
from .shapes import ARRAY, FILE, OBJECT, OUT
from .usage import usage

if TYPE_CHECKING:
    from .._client import SegOpsAdmin
    from .._transport.protocol import Transport
    from .parsing import Invocation
    from .profiles import Profile
    from .shapes import Command

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
        with warned(), logged(line.options.get("verbose")):
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
    more = command.name == "doctor" or any(line.options.get(flag) for flag in ("all", *WAITS))
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
    call = CommandCall(command, line, client)
    try:
        if line.options.get("all"):
            call.stream(results)
            return
        answer = call.make(results)
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
        form: tuple[str, None, Any] | None = None
        if "form" in options:
            field, equals, source = options["form"].partition("=@")
            if not field or not equals or not source:
                raise UsageError(f"--form {options['form']!r} must be FIELD=@FILE.")
            progress = Progress()
            opened.callback(progress.clear)
            form = (field, None, counted(opened.enter_context(open_binary(source)), progress))
        return client.http.request(
            method,
            path,
            query=query,
            body=body,
            form=form,
            idempotent=True,
            idempotency_key=options.get("idempotency-key"),
        )
