"""The `segops-sandbox` command: options in, one ready line out, a clean stop on SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from segops_sandbox import __version__, clock, commands, ids
from segops_sandbox.plans import DEFAULT, PLANS

log = logging.getLogger("segops_sandbox")


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop; 0 after a clean stop, 1 when the server can't start, 2 for wrong options."""
    words = sys.argv[1:] if argv is None else argv
    if words and words[0] in commands.NAMES:
        return commands.run(words)
    options = _parser().parse_args(words)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    log.setLevel(logging.DEBUG if options.verbose else logging.INFO)
    if not options.allow_remote and (problem := _remote_address(options.host)):
        print(f"segops-sandbox: {problem}", file=sys.stderr)
        return 2
    os.umask(0o077)  # what is kept on disk is for whoever started this
    clock.freeze(options.now)
    ids.use_seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="segops-sandbox-", ignore_cleanup_errors=True) as scratch:
        if options.db != ":memory:":
            os.environ.pop("DATABASE_URL", None)
            os.environ["SEGOPS_SANDBOX_DB"] = options.db
        elif not os.environ.get("DATABASE_URL"):
            os.environ["SEGOPS_SANDBOX_DB"] = os.path.join(scratch, "sandbox.sqlite3")
        return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    os.environ["SEGOPS_SANDBOX_RATE_LIMITS"] = "1" if options.rate_limits else ""
    try:
        with _nothing_collected():
            import django

            django.setup()
            from segops_sandbox.optional_packages import load_framework_without_them

            load_framework_without_them()
            from segops_sandbox.http import guard
            from segops_sandbox.runtime import start
    except ValueError as exc:  # a DATABASE_URL that is none
        print(f"segops-sandbox: {exc}", file=sys.stderr)
        return 2
    # Before anything is started: a signal that comes early must not be lost. The interpreter writes to the pipe at the
    # moment of the signal; a handler of ours would run when the main thread is back from a wait that may have begun
    # after the signal, or that the signal did not interrupt because another thread took it: never.
    told_to_stop, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    if options.until_eof:
        threading.Thread(target=_tell_at_eof, args=(tell,), name="segops-eof", daemon=True).start()
    try:
        guard.configure(
            names=options.allowed_host,
            remote_addresses=options.allow_remote,
            remote_controls=options.remote_controls,
        )
        running = start(
            options.host,
            options.port,
            options.jobs,
            demo=options.demo,
            plan=options.plan,
            begin_with=options.begin_with,
        )
    except Exception as exc:
        log.debug("start failed", exc_info=True)
        print(f"segops-sandbox: cannot start: {exc}", file=sys.stderr)
        return 1
    try:
        ready = {"url": running.url, "api_key": running.api_key, "control_token": running.control_token}
        print(json.dumps(ready), flush=True)
    except BrokenPipeError:  # who started it is gone; the line must not be tried again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        os.read(told_to_stop, 1)
    log.info("stopping")
    running.stop()
    return 0


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector from what is made in the block, then and later: modules stay for as long as we do.

    Looking through them, again and again, takes a tenth of the start and of every request.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _tell_at_eof(tell: int) -> None:
    """Wait until the other end of standard input is closed, which the system does for a process that was killed."""
    try:
        while os.read(0, 4096):
            pass
    except OSError as exc:
        log.debug("standard input: %s", exc)  # it was closed from the start
    os.write(tell, b".")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segops-sandbox",
        description="A local SegOps server. Prints one JSON line with its URL and key when it is ready.",
        epilog="segops-sandbox load --help, segops-sandbox snapshot --help: own data and saved workspaces.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one (default)")
    parser.add_argument(
        "--db",
        default=":memory:",
        metavar="PATH",
        help="SQLite file to keep; the default is a temporary one, or DATABASE_URL if that is set",
    )
    parser.add_argument(
        "--from",
        dest="begin_with",
        action="append",
        default=[],
        metavar="FILE",
        help="begin with a snapshot (its name or file), or with a file of events or products; may be repeated",
    )
    parser.add_argument("--demo", action="store_true", help="load the demo data set")
    parser.add_argument("--now", type=_moment, metavar="ISO", help="freeze the clock at this time (UTC)")
    parser.add_argument("--seed", type=int, metavar="N", help="make keys, tokens and ids the same in every run")
    parser.add_argument(
        "--jobs",
        choices=("background", "instant", "manual"),
        default="background",
        help="background: in a thread; instant: within the request; manual: when /_sandbox/jobs/ says so",
    )
    parser.add_argument(
        "--plan", choices=tuple(PLANS), help=f"plan of the tenant, which its limits follow (default: {DEFAULT})"
    )
    parser.add_argument(
        "--rate-limits", action="store_true", help="answer 429 when a tenant calls more often than its plan allows"
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="listen on an address that others can reach; it is a test server"
    )
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name to answer to besides localhost, such as that of a container; may be repeated",
    )
    parser.add_argument(
        "--remote-controls", action="store_true", help="let others than loopback clients use controls and page, too"
    )
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="stop when standard input ends: with a pipe, when the process that holds its other end does, however",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log more: every request")
    return parser


def _moment(text: str) -> datetime:
    """An ISO date or time, UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an ISO 8601 time such as 2026-04-25T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _remote_address(host: str) -> str | None:
    from segops_sandbox.network import is_loopback

    try:
        if is_loopback(host):
            return None
    except OSError as exc:
        return f"--host {host}: {exc}"
    return f"--host {host} can be reached by others. Use 127.0.0.1, or --allow-remote if that is what you want."
