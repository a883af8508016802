"""The exit code and the message of each error, here and nowhere else."""

from __future__ import annotations

import os

from . import output

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from typing import Any

__all__ = ["FAILURE", "INTERRUPTED", "USAGE", "UsageError", "exit_code", "explain", "kind_of", "printable", "report"]

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

        lines = traceback.format_exception(type(error), error, error.__traceback__)
        output.say(output.without_secrets("".join(lines).rstrip()))
    message = output.without_secrets(printable(_message(error)))
    advice = output.without_secrets(_advice(error))
    if advice and getattr(error, "status", None) == 404:
        message = message.replace(_GENERAL, "")
    if output.is_json():
        output.say_object(_described(error, code, message, advice))
        return code
    output.say(f"error: {message}")
    if advice:
        output.say(advice)
    return code


_GENERAL = " Check the id, and that the key belongs to the same workspace."
"""What the SDK says of any 404; here it is known what was asked for."""

_FACTS = ("status", "method", "path", "request_id", "retry_after", "attempts", "idempotency_key", "may_have_executed")


def _described(error: BaseException, code: int, message: str, advice: str) -> dict[str, Any]:
    """An error as JSON: ``kind`` is its class, ``SegOpsNotFoundError`` being ``not_found``."""
    facts = {name: getattr(error, name, None) for name in _FACTS}
    if isinstance(facts["path"], str):
        facts["path"] = facts["path"].partition("?")[0]
    seconds = facts["retry_after"]
    if isinstance(seconds, float) and seconds.is_integer():
        facts["retry_after"] = int(seconds)  # as it is sent
    return {"kind": kind_of(error), "message": message, "advice": advice or None, **facts, "exit_code": code}


def kind_of(error: BaseException) -> str:
    """What kind of error it is: its class, ``SegOpsNotFoundError`` being ``not_found``."""
    from .._errors import SegOpsError

    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if not isinstance(error, (SegOpsError, UsageError, output.OutputError)):
        return "system" if isinstance(error, OSError) else "unexpected"
    name = type(error).__name__
    name = name[len("SegOps") if name.startswith("SegOps") else 0 : -len("Error") if name.endswith("Error") else None]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def explain(error: BaseException, advice: str) -> None:
    """Notes what an error can come from, where the command and the server are known."""
    error.__dict__["cli_advice"] = advice


def _advice(error: BaseException) -> str:
    """What to do, where the message does not say so itself."""
    from .._errors import SegOpsConnectionError

    resume = str(getattr(error, "resume", ""))
    if isinstance(error, UsageError):
        return error.advice
    told: str = error.__dict__.get("cli_advice", "")
    if told:
        return f"{resume}\n{told}" if resume else told
    if isinstance(error, SegOpsConnectionError):
        doctor = "segops-admin doctor tells which server and proxy are used, and whether they answer."
        return f"{resume}\n{doctor}" if resume else doctor
    return resume


def _message(error: BaseException) -> str:
    from .._errors import SegOpsConnectionError, SegOpsError

    if isinstance(error, KeyboardInterrupt):
        if hasattr(error, "resume"):
            return "interrupted. What was started is still running at the server."
        return "interrupted. What was under way may have been executed."
    if isinstance(error, SegOpsConnectionError):
        return str(error).replace("idempotency_key=", "--idempotency-key=")
    if isinstance(error, (SegOpsError, UsageError, output.OutputError)):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return f"unexpected {type(error).__name__}: {error} (SEGOPS_DEBUG=1 shows where; please report it)"


def printable(text: str) -> str:
    """Text on one line, without what would steer a terminal: a server's message is not trusted."""
    return output.harmless(" ".join(text.split()))
