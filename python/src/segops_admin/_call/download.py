"""From a reply to a file: streamed and unzipped, in blocks of bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from io import RawIOBase
from typing import IO, Any

from .._errors import SegOpsConnectionError, SegOpsDecodeError
from .steps import Read

__all__ = ["copy_reply"]

_BLOCK = 256 * 1024


def copy_reply(response: Any, sink: IO[bytes]) -> Generator[Read, bytes, int]:
    """Writes a reply's body to ``sink`` and returns the bytes written; a failed attempt leaves ``sink`` as it was."""
    start = sink.tell() if _rewindable(sink) else None
    written = 0
    try:
        unzip = _unzipper(response)
        while True:
            received = yield Read(response.body, _BLOCK)
            for block in unzip.blocks(received) if unzip is not None else (received,):
                _write(sink, block)
                written += len(block)
            if not received:
                return written
    except BaseException as error:
        if written and not _taken_back(sink, start) and isinstance(error, SegOpsConnectionError):
            # What is in a pipe cannot be taken back: another attempt would add to half of the first.
            error.transient = False
        raise


def _write(sink: Any, block: bytes) -> None:
    """Writes a whole block: a file without a buffer, such as a socket's, may take less at a time than it is given."""
    taken = sink.write(block)
    if isinstance(sink, RawIOBase):
        while taken is not None and taken < len(block):  # None: it does not tell
            block = block[taken:]
            taken = sink.write(block)


def _unzipper(response: Any) -> _Unzip | None:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip"):
        raise SegOpsDecodeError(f"its encoding {encoding[:60]!r} was not asked for", status=response.status)
    return _Unzip(response.status)


class _Unzip:
    """Unzips gzip of one or several members as it comes."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._unzip = _member()
        self._begun = False  # whether the member that is being read has begun

    def blocks(self, packed: bytes) -> Iterator[bytes]:
        """What the next bytes hold; no bytes are the end.

        Raises:
            SegOpsDecodeError: it is broken or cut short.
        """
        if self._begun and not packed:
            raise SegOpsDecodeError("its gzip is broken (it is cut short)", status=self._status)
        while packed:
            self._begun = True
            try:
                yield self._unzip.decompress(packed, _BLOCK)
            except zlib.error as error:
                raise SegOpsDecodeError(f"its gzip is broken ({error})", status=self._status) from error
            packed = self._unzip.unconsumed_tail
            if self._unzip.eof:
                packed = self._unzip.unused_data
                self._unzip = _member()
                self._begun = False


def _member() -> Any:
    """What unzips one member of gzip."""
    return zlib.decompressobj(31)


def _taken_back(sink: IO[bytes], start: int | None) -> bool:
    """Whether what has been written since could be removed again."""
    if start is None:
        return False
    try:
        sink.seek(start)
        sink.truncate()
    except (OSError, ValueError):  # a device
        return False
    return True


def _rewindable(sink: IO[bytes]) -> bool:
    try:
        return sink.seekable()
    except AttributeError:
        return False
