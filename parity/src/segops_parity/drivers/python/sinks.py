"""What a case's ``{"$sink": …}`` stands for: the path of a file to write to, or a stream, and what became of it."""

from __future__ import annotations

import base64
import errno
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from segops_parity.drivers.python.waiting import clock

__all__ = ["Sink", "sink_of"]


_system_replace = os.replace


def _replace(source: Any, target: Any, **more: Any) -> None:
    """As the system does it, but for devices: a mutant that takes one for a file would put a file in its place."""
    if os.fspath(target).startswith("/dev/"):
        raise PermissionError(errno.EPERM, "the driver replaces no device", source, None, target)
    _system_replace(source, target, **more)


os.replace = _replace  # type: ignore[assignment]


class Sink(Protocol):
    """Where a download goes. `given` is what the SDK is called with."""

    given: Any

    def told(self) -> dict[str, Any]:
        """What has been written, for the reply; nothing is left of it afterwards."""
        ...


def sink_of(value: Any) -> Sink:
    """The sink that a case names."""
    if isinstance(value, str):
        return _StreamSink(_STREAMS[value]())
    return _PathSink({} if value is True else value)


class _PathSink:
    """The path ``download`` in a folder of its own, or another one in it, or a device.

    `moves` is what the system answers where a whole file is to take its place; with `swept`, that file is gone by then.
    """

    def __init__(self, value: dict[str, Any]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="parity-sink-"))
        self._file = self._folder / "download"
        self.given: Any = value.get("device", f"{self._folder}/{value['name']}" if "name" in value else self._file)
        for name in value.get("folders", ()):
            (self._folder / name).mkdir()
        if "linked" in value:
            self._file.symlink_to(value["linked"])
        if "holds" in value:
            self._file.write_bytes(base64.b64decode(value["holds"]))
            self._file.chmod(int(value.get("mode", "600"), 8))
        if "moves" in value:
            os.replace = self._refuse_with(getattr(errno, value["moves"]), value.get("swept", False))

    def _refuse_with(self, number: int, is_swept: bool) -> Any:
        def refuse(source: str, target: str) -> None:
            if is_swept:
                os.unlink(source)
            raise OSError(number, os.strerror(number), source, None, target)

        return refuse

    def told(self) -> dict[str, Any]:
        os.replace = _replace  # type: ignore[assignment]
        found: dict[str, Any] = {"left": sorted(file.name for file in self._folder.iterdir())}
        if self._file.is_file():
            found["sink"] = base64.b64encode(self._file.read_bytes()).decode("ascii")
            found["mode"] = f"{self._file.stat().st_mode & 0o777:o}"
        if self._file.is_symlink():
            found["linked"] = os.readlink(self._file)
        shutil.rmtree(self._folder)
        return found


class _StreamSink:
    """A stream."""

    def __init__(self, stream: _Stream | _Bare | _Unbuffered) -> None:
        self.given = stream

    def told(self) -> dict[str, Any]:
        return {"sink": base64.b64encode(self.given.getvalue()).decode("ascii")}


class _Stream(io.BytesIO):
    """A file in memory."""


class _Onwards(_Stream):
    """A stream that can only be written onwards, such as a pipe."""

    def seekable(self) -> bool:
        return False


class _Device(_Stream):
    """A file that can be rewound, and not cut."""

    def truncate(self, size: int | None = None) -> int:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


class _Broken(_Stream):
    """A stream that takes nothing."""

    def write(self, data: Any) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


class _Bare:
    """What can be written to, and nothing else."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._parts.append(bytes(data))

    def getvalue(self) -> bytes:
        return b"".join(self._parts)


class _Unbuffered(io.RawIOBase):
    """A file without a buffer, which takes two bytes at a time, and does not tell of a single one."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int | None:
        self._parts.append(bytes(data[:2]))
        return 2 if len(data) > 1 else None

    def getvalue(self) -> bytes:
        return b"".join(self._parts)


class _Closing(_Stream):
    """A stream that its user closes as soon as something is in it."""

    def write(self, data: Any) -> int:
        self.close()
        return len(data)

    def getvalue(self) -> bytes:
        return b""


class _Slow(_Onwards):
    """A stream onwards that takes forty seconds by the clock for each write, and keeps nothing."""

    def write(self, data: Any) -> int:
        clock.pass_time(40)
        return len(data)


def _begun() -> _Stream:
    """A file in memory that stands behind what it holds."""
    stream = _Stream(b"old")
    stream.seek(0, io.SEEK_END)
    return stream


_STREAMS: dict[str, Callable[[], _Stream | _Bare | _Unbuffered]] = {
    "bare": _Bare,
    "begun": _begun,
    "broken": _Broken,
    "closing": _Closing,
    "slow": _Slow,
    "device": _Device,
    "onwards": _Onwards,
    "stream": _Stream,
    "unbuffered": _Unbuffered,
}
