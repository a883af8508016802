"""An incremental reader of HTTP/1.1 replies (RFC 9110 and 9112). It is handed bytes and does no I/O.

It never guesses: what it cannot be sure about is a ``MalformedReply``, and what ends too early a ``CutShort``.
"""

from __future__ import annotations

import re

from .headers import Headers
from .heads import (
    LARGEST_HEAD,
    MOST_INTERIM_REPLIES,
    CutShort,
    MalformedReply,
    check_line_ends,
    content_length,
    header_pairs,
    parse_head,
    plain_lines,
)

__all__ = ["ReplyReader"]

_START = b"HTTP/1."
_HEAD_END = b"\r\n\r\n"
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})([ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?)(\r\n|\r?\Z)")
"""The line before a chunk, or as much of it as has come: size, extensions, and how it ends."""


class ReplyReader:
    """Reads one reply out of bytes as they come.

    ``feed`` it what was received until ``head`` is there, then ``take`` the body, feeding it more whenever there is
    nothing to take and it is not ``done``.

    Attributes:
        status, headers: of the reply, once ``head`` is true.
        pairs: the headers as they came.
        done: whether the whole reply has been taken.
        wanted: how many bytes of the body are still to come, if that is known.
    """

    # On the class, so that a reader costs no more than what its reply changes: there is one a request.
    status: int  # once there is a head, as is _persistent
    headers = Headers()  # replaced, never changed, like the pairs
    pairs: list[tuple[str, str]] = []
    done = False
    _buffer = b""
    _at = 0
    _ended = False
    _interim = 0
    _overhead = 0
    _left = 0  # of the body, or of the chunk that is being read
    _next = "head"  # or length, end (of the connection), size, data, data end, trailer
    _persistent: bool

    def __init__(self, method: str) -> None:
        self._method = method

    def feed(self, data: bytes) -> None:
        """Takes what was received; nothing means that the connection has ended.

        Raises:
            CutShort: it ended too early.
        """
        if data:
            self._buffer, self._at = self._buffer[self._at :] + data, 0
        elif self._next == "end":
            self._ended = True
        else:
            raise CutShort

    @property
    def reusable(self) -> bool:
        """Whether the connection is in step: it may carry another request."""
        return self.done and self._persistent and self._at >= len(self._buffer)

    @property
    def begun(self) -> bool:
        """Whether anything of the reply has come."""
        return bool(self._buffer)

    @property
    def surplus(self) -> bool:
        """Whether more has been fed than has been taken."""
        return self._at < len(self._buffer)

    @property
    def wanted(self) -> int | None:
        """How many bytes of the body have not been taken yet; None if that is not known."""
        return self._left if self._next == "length" else None

    def head(self) -> bool:
        """Whether the head is there; interim replies before it are passed over.

        Raises:
            MalformedReply: it is none.
        """
        while self._next == "head":
            buffer, at = self._buffer, self._at
            if not buffer.startswith(_START, at) and not _START.startswith(buffer[at : at + len(_START)]):
                raise MalformedReply("it does not begin with HTTP/1")
            end = buffer.find(_HEAD_END, at)
            after = end + len(_HEAD_END) if end >= 0 else len(buffer)
            head = buffer[at:after]
            if len(head) > LARGEST_HEAD:
                raise MalformedReply(f"its head is larger than {LARGEST_HEAD // 1024} KiB")
            if end < 0:
                check_line_ends(head)
                return False
            self._at = after
            version, self.status, self.pairs = parse_head(head)
            self.headers = Headers(self.pairs)
            if self.status >= 200:
                self._frame(version)
                return True
            self._interim += 1
            if self.status == 101 or self._interim > MOST_INTERIM_REPLIES:
                raise MalformedReply(
                    "it switches protocols" if self.status == 101 else "its interim replies do not end"
                )
        return True

    def _frame(self, version: str) -> None:
        """Decides where the body ends."""
        field = self.headers.get  # of several by one name: all, joined by commas
        coding, length, connection = field("transfer-encoding"), field("content-length"), field("connection")
        tokens = [token.strip() for token in connection.lower().split(",")] if connection is not None else []
        self._persistent = "close" not in tokens and (version != "0" or "keep-alive" in tokens)
        if self._method in ("HEAD", "CONNECT") or self.status in (204, 304):
            self.done, self._next = True, "done"
        elif coding is not None:
            if coding.lower() != "chunked":
                raise MalformedReply(f"its transfer coding is {coding[:60]!r}")
            if length is not None or version == "0":
                self._persistent = False  # two ways to tell the end: a proxy may have taken the other one
            self._next = "size"
        elif length is not None:
            self._left = content_length(length)
            self._next = "length"
            self.done = self._left == 0
        else:
            self._persistent = False
            self._next = "end"

    def take(self, amount: int) -> bytes:
        """The next bytes of the body that have come, ``amount`` at most; nothing if more has to be fed.

        Not to be asked once it is ``done``.

        Raises:
            MalformedReply: its chunks are none.
        """
        if self._next == "length":
            left = self._left
            block = self._buffer[self._at : self._at + (amount if amount < left else left)]
            self._at += len(block)
            self._left = left - len(block)
            self.done = self._left == 0
            return block
        if self._next == "end":
            block = self._cut(amount)
            self.done = self._ended and self._at >= len(self._buffer)
            return block
        return self._take_chunk(amount)

    def _cut(self, amount: int) -> bytes:
        block = self._buffer[self._at : self._at + amount]
        self._at += len(block)
        return block

    def _take_chunk(self, amount: int) -> bytes:
        while True:
            if self._next == "data":
                block = self._cut(min(amount, self._left))
                self._left -= len(block)
                if not self._left:
                    self._next = "data end"
                return block
            step = {"size": self._chunk_size, "data end": self._chunk_end, "trailer": self._trailer}[self._next]
            if not step() or self.done:
                return b""

    def _chunk_size(self) -> bool:
        """Reads the line before a chunk, if it is there."""
        if not self.surplus:
            return False
        line = _CHUNK.match(self._buffer, self._at)
        if line is None:
            raise MalformedReply("a chunk's size is none")
        if not self._counted(len(line[2]), is_whole=line[3] == b"\r\n"):
            return False
        self._at = line.end()
        self._left = int(line[1], 16)
        self._next = "data" if self._left else "trailer"
        return True

    def _chunk_end(self) -> bool:
        """Reads the line end after a chunk, if it is there."""
        end = self._buffer[self._at : self._at + 2]
        if end != b"\r\n"[: len(end)]:
            raise MalformedReply("a chunk is longer than its size")
        if len(end) < 2:
            return False
        self._at += 2
        self._next = "size"
        return True

    def _trailer(self) -> bool:
        """Reads one line after the last chunk, if it is there. What trailers say is not used."""
        trailer, line_end, _ = self._buffer[self._at :].partition(b"\n")
        trailer += line_end
        if not self._counted(len(trailer), is_whole=bool(line_end)):
            return False
        self._at += len(trailer)
        line = plain_lines(trailer)
        self.done = line == "\n"
        if not self.done:
            header_pairs(line)
        return True

    def _counted(self, size: int, *, is_whole: bool) -> bool:
        """Counts bytes of a line that are neither head nor body, once it is whole: they must not continue forever."""
        overhead = self._overhead + size
        if overhead > LARGEST_HEAD:
            raise MalformedReply(f"its chunks carry more than {LARGEST_HEAD // 1024} KiB of extensions and trailers")
        if is_whole:
            self._overhead = overhead
        return is_whole
