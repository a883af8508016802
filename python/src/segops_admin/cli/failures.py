"""Which exit code and which message is an error worth? Here, and nowhere else."""

from __future__ import annotations

import os

from . import output

__all__ = ["FAILURE", "INTERRUPTED", "USAGE", "UsageError", "exit_code", "printable", "report"]

FAILURE = 1
USAGE = 2
INTERRUPTED = 130


class UsageError(Exception):
    """Raised when a command line cannot be understood, or names a file that cannot be used. Nothing was sent.

    Attributes:
        advice: what to do; a line of its own.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


def exit_code(error: BaseException) -> int:
    """The exit code for an error."""
    from .._errors import SegOpsArgumentError, SegOpsConfigError

    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return 0  # the reader had enough
    if isinstance(error, (UsageError, SegOpsConfigError, SegOpsArgumentError)):
        return USAGE
    return FAILURE


def report(error: BaseException) -> int:
    """Says on standard error what went wrong and what to do, and returns the exit code."""
    code = exit_code(error)
    if isinstance(error, (BrokenPipeError, output.OutputError)):
        output.silence()
    if code == 0:
        return code
    if os.environ.get("SEGOPS_DEBUG"):
        import traceback

        output.say(_without_key("".join(traceback.format_exception(type(error), error, error.__traceback__)).rstrip()))
    output.say(_without_key("error: " + printable(_message(error))))
    advice = _advice(error)
    if advice:
        output.say(advice)
    return code


def _advice(error: BaseException) -> str:
    """What to do, where the message does not say so itself."""
    from .._errors import SegOpsConnectionError, SegOpsWaitTimeout

    if isinstance(error, UsageError):
        return error.advice
    if isinstance(error, SegOpsConnectionError):
        return "segops-admin doctor tells which server and proxy are used, and whether they answer."
    if isinstance(error, SegOpsWaitTimeout):
        return "Look again later, or wait longer with --wait-timeout=SECONDS."
    return ""


def _message(error: BaseException) -> str:
    from .._errors import SegOpsConnectionError, SegOpsError

    if isinstance(error, KeyboardInterrupt):
        return "interrupted. What was under way may have been executed."
    if isinstance(error, SegOpsConnectionError):
        return str(error).replace("idempotency_key=", "--idempotency-key=")
    if isinstance(error, (SegOpsError, UsageError, output.OutputError)):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
    return f"unexpected {type(error).__name__}: {error} (SEGOPS_DEBUG=1 shows where; please report it)"


def printable(text: str) -> str:
    """Text on one line, without what would steer a terminal: a server's message is not trusted."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in line)


def _without_key(text: str) -> str:
    key = os.environ.get("SEGOPS_API_KEY", "").strip()
    return text.replace(key, "sk_***") if len(key) > 3 else text
