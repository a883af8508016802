"""Values that JSON has no form for, as they travel in JSON lines: bytes, dates, files, callbacks.

What the runner sends as ``{"$bytes": …}``, ``{"$date": …}``, ``{"$time": …}``, ``{"$number": …}``,
``{"$sink": true}`` or ``{"$callback": true}`` becomes the value that a Python program would pass.
"""

from __future__ import annotations

import base64
import datetime
import errno
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import segops_admin
from segops_admin import SegOpsApiError, SegOpsError
from segops_parity.drivers.python.own_values import own_value
from segops_parity.drivers.python.sinks import Sink, sink_of
from segops_parity.filling import filled

__all__ = ["Given", "attempt_value", "error_value", "made", "made_by_users", "options_of", "plain", "plain_copy"]

_CHANGED = 1_777_636_800
"""When the files of a case were changed last: a whole second, which every system keeps as it is."""
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Given:
    """The arguments of one call, and what was written to its sink and told to its callback."""

    def __init__(self, shared: Callable[[], Path] | None = None, *, is_async: bool = False) -> None:
        self._shared = shared
        """Makes the folder that the calls of a case have in common."""
        self._is_async = is_async
        self._kept: Path | None = None
        self._path: Path | None = None
        self._due: str | None = None
        """What is to change of the file once a request is answered."""
        self.sink: Sink | None = None
        self.is_large = False
        """Whether what the process holds in memory meanwhile is to be told."""
        self.progress: list[Any] | None = None
        self._folder: Path | None = None
        self._opened: BinaryIO | None = None

    def value(self, sent: Any) -> Any:
        """The Python value of what was sent."""
        if isinstance(sent, list):
            return [self.value(item) for item in sent]
        if not isinstance(sent, dict):
            return sent
        if len(sent) == 1 and next(iter(sent)).startswith("$"):
            return self._special(*next(iter(sent.items())))
        return {key: self.value(item) for key, item in sent.items()}

    def _special(self, tag: str, value: Any) -> Any:
        if tag == "$bytes":
            return base64.b64decode(value)
        if tag == "$memory":
            return memoryview(bytearray(_content(value if isinstance(value, dict) else {"bytes": value})))
        if tag == "$date":
            return datetime.date.fromisoformat(value)
        if tag == "$time":
            return datetime.datetime.fromisoformat(value)
        if tag == "$number":
            return _NUMBERS[value]
        if tag == "$own":
            return own_value(value, is_async=self._is_async)
        if tag == "$container":
            return set()
        if tag == "$sink":
            self.sink = sink_of(value)
            return self.sink.given
        if tag in ("$path", "$file", "$pipe"):
            return self._upload(tag, value)
        if tag == "$callback":
            self.progress = []
            if value is True or value.get("when") == "answered":
                self._due = None if value is True else value["changes"]
                return self.progress.append
            return partial(self._changing, value["changes"])
        raise LookupError(f"expected a known tag, found {tag!r}")

    def _changing(self, what: str, told: Any) -> None:
        """Changes the file that is uploaded when it is first called."""
        assert self.progress is not None
        if not self.progress:
            self._change(what)
        self.progress.append(told)

    def answered(self) -> None:
        """Changes the file that is uploaded, if it is to change once its first request is answered."""
        what, self._due = self._due, None
        if what is not None:
            self._change(what)

    def _change(self, what: str) -> None:
        """Changes the size of the file that is uploaded, or the time of its last change, or leaves one byte of it."""
        assert self._path is not None
        if what == "size":
            with self._path.open("ab") as file:
                file.write(b"x")
        if what == "end":
            os.truncate(self._path, 1)
        _set_time(self._path, 1 if what == "time" else 0)

    def _upload(self, tag: str, value: dict[str, Any]) -> Any:
        """The path of a file to upload, or the file opened, where it stands at a byte."""
        if "kept" in value:
            return self._in_common(value)
        self._folder = Path(tempfile.mkdtemp(prefix="parity-upload-"))
        path = self._path = self._folder / value["name"]
        if "hole" in value:
            self.is_large = True
            with path.open("wb") as file:
                before = file.write(base64.b64decode(value.get("before", "")))
                file.seek(file.truncate(before + value["hole"]))
                file.write(base64.b64decode(value.get("behind", "")))
            return path if tag == "$path" else self._open(path, tag, value.get("at", 0))
        path.write_bytes(_content(value))
        if tag == "$path":
            return path
        return self._open(path, tag, value.get("at", 0))

    def _in_common(self, value: dict[str, Any]) -> Path:
        """The path of a file whose neighbours outlast the call: those that are given, those that earlier calls left."""
        assert self._shared is not None
        folder = self._shared()
        for name, text in value["kept"].items():
            if text is None:
                (folder / name).mkdir()
            else:
                (folder / name).write_bytes(text.encode() if isinstance(text, str) else base64.b64decode(text["bytes"]))
        path = self._path = self._kept = Path(folder, value["name"])
        path.write_bytes(_content(value))
        _set_time(path, 0)
        return path

    def _open(self, path: Path, tag: str, at: int) -> Any:
        self._opened = path.open("rb")
        self._opened.seek(at)
        return _Pipe(self._opened) if tag == "$pipe" else self._opened

    def told(self) -> dict[str, Any]:
        """What the call left behind, for the reply."""
        left: dict[str, Any] = {}
        if self.sink is not None:
            left |= self.sink.told()
        if self._opened is not None:
            self._opened.close()
        if self._folder is not None:
            shutil.rmtree(self._folder)
        if self._kept is not None:
            beside = sorted(each for each in self._kept.parent.iterdir() if each != self._kept)
            left["beside"] = {
                each.name: None if each.is_dir() else each.read_text("utf-8", "replace") for each in beside
            }
        if self.progress is not None:
            left["progress"] = self.progress
        return left


def _content(value: Mapping[str, Any]) -> bytes:
    return filled(value["filled"]).encode() if "filled" in value else base64.b64decode(value["bytes"])


def _set_time(path: Path, later: int) -> None:
    """Says that a file was changed last at a moment of ours, or so many seconds later."""
    os.utime(path, (_CHANGED, _CHANGED + later))


class _Pipe:
    """A file that can only be read onwards."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read

    def seekable(self) -> bool:
        """It cannot be rewound."""
        return False


def plain(value: Any) -> Any:
    """A result as JSON: it is plain already, but for bytes."""
    return {"$bytes": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def plain_copy(value: Any, depth: int = 9) -> Any:
    """Containers copied, all else as it is: to see whether a call has changed what it was given."""
    if depth and isinstance(value, dict):
        return {name: plain_copy(item, depth - 1) for name, item in value.items()}
    if depth and isinstance(value, (list, tuple)):
        return [plain_copy(item, depth - 1) for item in value]
    return value if isinstance(value, (str, int)) else id(value)


_CARRIED = (
    "status",
    "body",
    "method",
    "path",
    "request_id",
    "retry_after",
    "attempts",
    "sent",
    "idempotency_key",
    "job",
    "may_have_executed",
    "transient",
    "stale",
)


def _is_told(name: str) -> bool:
    return name.startswith("SegOps") or name in ("TimeoutError", "ValueError")


def made(client_class: Any, *args: Any, **options: Any) -> Any:
    """Makes a client, in a file of its own: what the SDK warns of meanwhile has to point here."""
    return client_class(*args, **options)


def options_of(client: Any) -> dict[str, Any]:
    """What a client tells of its options and of itself."""
    told = {name: getattr(client.http, name) for name in ("base_url", "max_retries", "timeout", "deadline", "closed")}
    return {**told, "shown": repr(client).partition(" ")[2]}


def made_by_users() -> dict[str, Any]:
    """Of each class of errors one that a user has made with no more than it needs: its text, and what it carries."""
    classes = [getattr(segops_admin, name) for name in segops_admin.__all__ if name.startswith("SegOps")]
    made = [
        each("what happened", *([404] if issubclass(each, SegOpsApiError) else []))
        for each in classes
        if isinstance(each, type) and issubclass(each, SegOpsError)
    ]
    return {type(each).__name__: _as_made(error_value(each)) for each in made}


def _as_made(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "classes"}


_TOLD = ("operation", "method", "path", "status", "request_id", "attempt", "seconds", "delay", "error")


def attempt_value(attempt: Any) -> dict[str, Any]:
    """An attempt as ``on_reply`` is told of it."""
    told = {name: getattr(attempt, name) for name in _TOLD}  # before the headers: that they are asked for twice shows
    return {**told, "headers": {name.lower(): value for name, value in attempt.headers.items()}}


def error_value(error: BaseException, sink: Sink | None = None) -> dict[str, Any]:
    """An error as the protocol has it: its class, its text, and whatever it carries under the contract's names.

    One of the operating system is told by its symbol, and by whether it says that it was the sink's.
    """
    if isinstance(error, OSError) and error.errno and not isinstance(error, SegOpsError):
        names_file = sink is not None and error.filename == str(sink.given)
        return {"kind": "system", "message": errno.errorcode[error.errno], "file": names_file}
    told: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, SegOpsError):
        told |= {name: getattr(error, name) for name in _CARRIED if hasattr(error, name)}
        told["caused"] = error.__cause__ is not None
        told["classes"] = [each.__name__ for each in type(error).__mro__ if _is_told(each.__name__)]
    if isinstance(error, SegOpsApiError):
        spelled = [name.upper() for name in error.headers]
        told["headers"] = {name.lower(): error.headers[name] for name in spelled if name in error.headers}
    return told
