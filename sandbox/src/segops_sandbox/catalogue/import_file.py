"""Storage of an uploaded file until it is imported: in the database, in parts, so that memory does not grow with it."""

from __future__ import annotations

import io
from typing import IO, Any, cast

from segops_sandbox.models import ImportJob, ImportPart

_PART = 1 << 18


def keep(job: ImportJob, stream: IO[bytes]) -> None:
    """Store a file from its current position to its end."""
    number = 0
    while content := stream.read(_PART):
        ImportPart.objects.create(job=job, number=number, content=content)
        number += 1


def opened(job: ImportJob) -> IO[bytes]:
    """The stored file, to be read from its beginning."""
    return cast("IO[bytes]", io.BufferedReader(_Parts(job), _PART))


def discard(job: ImportJob) -> None:
    """Delete the file."""
    ImportPart.objects.filter(job=job).delete()


class _Parts(io.RawIOBase):
    """A stream over the parts; only one is in memory."""

    def __init__(self, job: ImportJob) -> None:
        self._job = job
        self._number = 0
        self._part = memoryview(b"")

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the current part; 0 at the end."""
        if not self._part:
            stored = ImportPart.objects.filter(job=self._job, number=self._number)
            content = stored.values_list("content", flat=True).first()
            self._part = memoryview(bytes(content or b""))
            self._number += 1
        room = memoryview(buffer)
        size = min(len(room), len(self._part))
        room[:size] = self._part[:size]
        self._part = self._part[size:]
        return size
