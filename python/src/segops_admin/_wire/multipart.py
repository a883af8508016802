"""A file as one part of a form: streamed, and sent again on a retry."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Any, Union

from .._errors import SegOpsArgumentError
from .words import described

__all__ = ["FileData", "Multipart", "open_file"]

_BLOCK = 256 * 1024

FileData = Union[bytes, bytearray, memoryview, str, os.PathLike[str], IO[bytes]]


class Multipart:
    """A ``multipart/form-data`` body with one file part. It yields blocks, so the file is never held in memory.

    Attributes:
        content_type: the Content-Type header, boundary included.
        length: the body's length in bytes.
    """

    def __init__(self, field: str, filename: str, source: IO[bytes], content_type: str, boundary: str) -> None:
        if not content_type.isascii() or not content_type.isprintable():
            raise SegOpsArgumentError(f"The content type {content_type!r} has a character that no header may hold.")
        disposition = f'form-data; name="{_escape(field)}"; filename="{_escape(filename)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {content_type}\r\n\r\n"
        try:
            self._head = head.encode("utf-8")
        except UnicodeEncodeError:
            raise SegOpsArgumentError(f"The file name {filename!r} cannot be sent as UTF-8.") from None
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._source = source
        self._start = source.tell()
        self._size = source.seek(0, os.SEEK_END) - self._start
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.length = len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        """The body from its beginning, every time: a retry sends the same bytes again."""
        self._source.seek(self._start)
        yield self._head
        left = self._size
        while left:
            try:
                block = self._source.read(min(_BLOCK, left))
            except (OSError, ValueError) as error:
                raise SegOpsArgumentError(f"The file cannot be read to its end: {error}") from error
            if not block:
                raise SegOpsArgumentError("The file became shorter while it was being sent.")
            left -= len(block)
            yield block
        yield self._tail


def _escape(text: str) -> str:
    """A name inside a quoted header value, as browsers write it: it cannot end the value or the line."""
    escaped = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    if any(character < " " or character == "\x7f" for character in escaped):
        raise SegOpsArgumentError(f"The name {text!r} has a control character.")
    return escaped


class open_file:
    """A context manager over anything that a file can be given as: bytes, a path, or an open binary file.

    ``name`` is the file's own name, where it has one. A stream that cannot be rewound (a pipe) is copied to a
    temporary file first, since its length must be known and a retry must be able to send it again.
    """

    def __init__(self, data: FileData) -> None:
        self.name: str | None = None
        self._own: list[IO[bytes]] = []
        try:
            self.file: IO[bytes] = self._open(data)
        except BaseException:
            self.__exit__()
            raise

    def _open(self, data: Any) -> IO[bytes]:
        if isinstance(data, (bytes, bytearray, memoryview)):
            import io

            return io.BytesIO(data)
        if isinstance(data, (str, os.PathLike)):
            try:
                file = open(data, "rb")  # noqa: SIM115 -- closed by __exit__
            except (OSError, ValueError) as error:
                raise SegOpsArgumentError(f"The file {os.fspath(data)!r} cannot be read: {error}") from error
            self._own.append(file)
            self.name = os.path.basename(file.name)
            return self._rewindable(file)
        if not hasattr(data, "read"):
            raise SegOpsArgumentError(f"Give bytes, a path or an open binary file, not {described(data)}.")
        if hasattr(data, "encoding"):
            raise SegOpsArgumentError("The file is open in text mode; open it in binary mode ('rb').")
        if getattr(data, "closed", False):
            raise SegOpsArgumentError("The file is closed.")
        name = getattr(data, "name", None)
        self.name = os.path.basename(name) if isinstance(name, str) and not name.startswith("<") else None
        return self._rewindable(data)

    def _rewindable(self, stream: IO[bytes]) -> IO[bytes]:
        """The stream, or a copy of it if it cannot be rewound."""
        return stream if hasattr(stream, "seekable") and stream.seekable() else self._spool(stream)

    def _spool(self, stream: IO[bytes]) -> IO[bytes]:
        import shutil
        import tempfile

        copy = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by __exit__
        self._own.append(copy)
        try:
            shutil.copyfileobj(stream, copy, _BLOCK)
        except OSError as error:
            raise SegOpsArgumentError(f"The file cannot be read to its end: {error}") from error
        copy.seek(0)
        return copy

    def __enter__(self) -> open_file:
        return self

    def __exit__(self, *exc: object) -> None:
        for file in self._own:
            file.close()
