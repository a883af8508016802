"""The standard streams: results go to standard output, everything else to standard error."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from re import Match
    from typing import Any

__all__ = [
    "OutputError",
    "begin",
    "harmless",
    "is_json",
    "is_terminal",
    "json_text",
    "keep_secret",
    "prepare",
    "say",
    "say_object",
    "silence",
    "without_secrets",
    "write_csv",
    "write_json",
    "write_line",
    "write_text",
]


class OutputError(Exception):
    """Raised when standard output cannot be written to; a reader that went away is a BrokenPipeError instead."""


def prepare() -> None:
    """Makes standard output UTF-8, which JSON is, whatever the locale says, and the ends of lines what they are.

    What UTF-8 cannot hold (half of a surrogate pair) is written as the JSON escape that it came as.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON, compact unless it is indented; what would steer a terminal is written as an escape."""
    import json
    import re

    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return text if text.isascii() and "\x7f" not in text else re.sub(_STEERING, _json_escape, text)


_STEERING = "[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
"""DEL, the C1 control characters, and marks that turn the direction of writing. C0 is never raw in JSON."""


def _json_escape(match: Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def write_json(value: Any, *, compact: bool) -> None:
    """A result: indented by two, or on one line."""
    write_text(json_text(value, indent=None if compact else 2) + "\n")


def write_line(value: Any) -> None:
    """A result on one line."""
    write_text(json_text(value) + "\n")


def write_csv(text: str) -> None:
    """Lines of CSV as they are; on a terminal without what would steer it."""
    write_text("\r\n".join(map(harmless, text.split("\r\n"))) if is_terminal() else text)


def write_text(text: str) -> None:
    """Writes to standard output and flushes it, so that a failure shows here and not when the interpreter ends.

    Raises:
        BrokenPipeError: the reader is gone.
        OutputError: it cannot be written to.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if sys.platform == "win32" and error.errno == 22:  # how Windows reports a reader that is gone
            raise BrokenPipeError from error
        raise OutputError(f"standard output cannot be written to: {error.strerror or error}") from error


def is_terminal() -> bool:
    """Whether standard output is one."""
    return sys.stdout is not None and sys.stdout.isatty()


def silence() -> None:
    """Sends what standard output still holds nowhere: the interpreter flushes it at its end, and would fail again."""
    import os

    try:
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    except (AttributeError, OSError, ValueError):
        return  # not a real file: it holds nothing back


_as_json = False
_secrets: set[str] = set()


def begin(words: Sequence[str]) -> None:
    """Settles how messages are written in this run: with ``--json-errors``, each as a line of JSON."""
    global _as_json
    _as_json = "--json-errors" in (words[: words.index("--")] if "--" in words else words)
    _secrets.clear()


def is_json() -> bool:
    """Whether messages are written as JSON."""
    return _as_json


def keep_secret(key: str) -> None:
    """Hides a key in all that is said from now on."""
    _secrets.add(key)


def without_secrets(text: str) -> str:
    """A text without the keys that this run works with."""
    import os

    for key in (*_secrets, os.environ.get("SEGOPS_API_KEY", "").strip()):
        if len(key) > 3:
            text = text.replace(key, "sk_***")
    return text


def harmless(text: str) -> str:
    """Text without what would steer a terminal, but for the ends of lines: what a server says is not trusted."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode()


def say(text: str) -> None:
    """A message on standard error; with ``--json-errors``, an object of kind ``message``."""
    if _as_json:
        say_object({"kind": "message", "message": text})
    else:
        _write_message(harmless(text))


def say_object(value: dict[str, Any]) -> None:
    """A line of JSON on standard error."""
    _write_message(json_text(value))


def _write_message(text: str) -> None:
    """A message that nobody can read is no reason to stop."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (AttributeError, OSError):
        return
