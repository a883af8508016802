"""Heads of HTTP/1.1 messages by RFC 9110 and 9112: what is a status line, a header, a length."""

from __future__ import annotations

import re

__all__ = [
    "LARGEST_HEAD",
    "MOST_INTERIM_REPLIES",
    "CutShort",
    "MalformedReply",
    "SecretBytes",
    "check_line_ends",
    "content_length",
    "header_pairs",
    "parse_head",
    "plain_lines",
    "request_head",
]

LARGEST_HEAD = 64 * 1024
"""Bytes: of a head, and of all that a reply's chunks carry besides its body."""

MOST_HEADERS = 100
MOST_INTERIM_REPLIES = 8

_STATUS_LINE = re.compile(r"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: .*)?\n")
_HEADER = re.compile(r"^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:.*[^ \t\n])?)[ \t]*$", re.MULTILINE)
_FOLD = re.compile(r"[ \t]*(?:\n[ \t]+)+")
_CONTROL = bytes([*range(0x09), *range(0x0B, 0x20), 0x7F])
"""What no line of a head holds. Bytes are deleted and counted many times faster than a pattern finds them."""

_LENGTH = re.compile(r"([0-9]{1,15})(?:[ \t]*,[ \t]*\1)*")
"""A length, or the same one several times; no number of JavaScript holds more digits than these exactly."""


class MalformedReply(Exception):
    """What came is not HTTP/1.1, or not surely one reply."""


class CutShort(Exception):
    """The connection ended before the reply did."""


class SecretBytes(bytes):
    """Bytes that do not show themselves: a request's head holds the key, and tracebacks print local variables."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


def request_head(method: str, target: str, host: str, headers: list[tuple[str, str]], length: int | None) -> bytes:
    """A request's head. ``length`` is that of its body, unless it has none or ``headers`` say it."""
    # Not a local variable: it would show the key in a traceback.
    return SecretBytes(
        "\r\n".join(
            [
                f"{method} {target} HTTP/1.1\r\nHost: {host}",
                *map(": ".join, headers),
                "\r\n" if length is None else f"Content-Length: {length}\r\n\r\n",
            ]
        ).encode("latin-1")
    )


def parse_head(head: bytes) -> tuple[str, int, list[tuple[str, str]]]:
    """The minor version, status and headers in a whole head, its empty line included.

    Raises:
        MalformedReply: it is none.
    """
    lines = plain_lines(head)
    line = _STATUS_LINE.match(lines)
    if line is None:
        raise MalformedReply("its status line is none")
    fields = lines[line.end() : -1]  # without the empty line
    if fields.count("\n") > MOST_HEADERS:
        raise MalformedReply(f"it has more than {MOST_HEADERS} headers")
    return line[1], int(line[2]), header_pairs(fields)


def check_line_ends(data: bytes) -> None:
    """Refuses a line feed by itself: readers differ in whether it ends a line, and so in where a head ends."""
    if data.count(b"\n") != data.count(b"\r\n"):
        raise MalformedReply("a line ends in LF alone")


def plain_lines(data: bytes) -> str:
    """Lines of a head, each ended by a line feed alone.

    Raises:
        MalformedReply: a line ends otherwise, or they hold a control character.
    """
    check_line_ends(data)
    lines = data.replace(b"\r\n", b"\n")
    if len(lines.translate(None, _CONTROL)) != len(lines):
        raise MalformedReply("its head or a trailer holds a control character")
    return lines.decode("latin-1")


def header_pairs(lines: str) -> list[tuple[str, str]]:
    """Header lines as pairs; a folded one continues with a blank.

    Raises:
        MalformedReply: a line is no header.
    """
    pairs: list[tuple[str, str]] = _HEADER.findall(lines)
    if len(pairs) != lines.count("\n"):  # a folded one is none of those
        lines = _FOLD.sub(" ", lines)
        pairs = _HEADER.findall(lines)
        if len(pairs) != lines.count("\n"):
            raise MalformedReply("a line of its head is no header")
    return pairs


def content_length(value: str) -> int:
    """The length that one or more Content-Length headers agree on."""
    length = _LENGTH.fullmatch(value)
    if length is None:
        raise MalformedReply(f"its length is {value[:60]!r}")
    return int(length[1])
