"""A command line carried out within the driver: its streams captured, its exit code kept."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any
from unittest import mock

from segops_admin.cli.main import main

__all__ = ["run_shell"]


_NOW = 1777636800.25
"""The moment on a terminal, in seconds since 1970."""
_UNIX = ("utf-8", "")
_WINDOWS = ("cp1252", "\r\n")
"""What standard output begins with in every case: what a command prints is the same on every machine."""


class _Stream(io.TextIOWrapper):
    """A standard stream that is kept after the command has closed it.

    Args:
        terminal: the descriptor of the terminal that it passes for, if it does.
        locale: the encoding and the ends of lines that it begins with.
    """

    def __init__(self, terminal: int | None = None, locale: tuple[str, str] = _UNIX) -> None:
        self.kept = io.BytesIO()
        self.messages = 0
        self._terminal = terminal
        super().__init__(self.kept, encoding=locale[0], newline=locale[1], write_through=True)

    def write(self, text: str) -> int:
        """Counts what is written."""
        self.messages += 1
        return super().write(text)

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._terminal is not None

    def fileno(self) -> int:
        """The terminal's descriptor, which tells its size."""
        return super().fileno() if self._terminal is None else self._terminal

    def close(self) -> None:
        """Does nothing: what was written is still to be read."""


class _Input(io.TextIOWrapper):
    """Standard input: a pipe, a file or a terminal.

    Args:
        content: what is read from it.
        terminal: the descriptor of the terminal that it passes for, if it does.
        kind: ``file`` where it is redirected from one, which can be read again, ``open`` where its end never comes.
    """

    def __init__(self, content: bytes, terminal: int | None, kind: str | None) -> None:
        self._terminal = terminal
        is_file, stays_open = kind == "file", kind == "open"
        super().__init__(_file(content) if is_file else io.BufferedReader(_Pipe(content, stays_open)), encoding="utf-8")

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._terminal is not None


def _file(content: bytes) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the stream that reads it
    file.write(content)
    file.seek(0)
    return file


class _Pipe(io.RawIOBase):
    """Bytes that can be read once; of one that stays open, what reads on fails in place of waiting."""

    def __init__(self, content: bytes, stays_open: bool) -> None:
        self._content = io.BytesIO(content)
        self._stays_open = stays_open

    def readable(self) -> bool:
        """It is read from alone."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        count = self._content.readinto(buffer)
        if count == 0 and self._stays_open:
            raise OSError("standard input was read beyond what had come, which never ends")
        return count


class _Broken(io.TextIOWrapper):
    """A stream to a descriptor that cannot be written; what it holds back fails when it is flushed."""

    def __init__(self, descriptor: int, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        super().__init__(open(descriptor, "wb", closefd=False), encoding="utf-8")  # noqa: SIM115

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._is_terminal


@contextlib.contextmanager
def _terminal(columns: int | None) -> Iterator[int | None]:
    """A terminal of that width, while whose clocks stand still: what is drawn on it depends on no machine's speed.

    Nothing sleeps meanwhile.
    """
    if columns is None:
        yield None
        return
    import fcntl  # Windows has neither
    import termios

    ends = os.openpty()
    try:
        fcntl.ioctl(ends[1], termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        clocks = {"monotonic": 1000.0, "time": _NOW, "time_ns": int(_NOW * 1e9)}
        with contextlib.ExitStack() as frozen:
            for name, value in clocks.items():
                frozen.enter_context(mock.patch.object(time, name, return_value=value))
            frozen.enter_context(mock.patch.object(time, "sleep"))
            yield ends[1]
    finally:
        for each in ends:
            os.close(each)


@contextlib.contextmanager
def _broken(kind: str, is_terminal: bool) -> Iterator[_Broken | None]:
    """A stream that cannot be written: ``gone`` (its reader), ``full`` (its disk), ``none`` (closed at the start)."""
    if kind == "none":
        yield None
        return
    if kind == "full":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, descriptor = os.pipe()
        os.close(reader)
    stream = _Broken(descriptor, is_terminal)
    try:
        yield stream
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        os.close(descriptor)


@contextlib.contextmanager
def _slow(messages: _Stream, hours: int) -> Iterator[None]:
    """A clock by which each message takes so many hours: any deadline has passed after the first one."""
    real = time.monotonic

    def late() -> float:
        return real() + 3600 * hours * messages.messages

    with mock.patch.object(time, "monotonic", late):
        yield


def run_shell(
    argv: list[str],
    stdin: str,
    columns: int | None = None,
    streams: Mapping[str, str] | None = None,
    slow: int = 0,
) -> dict[str, Any]:
    """Carries out ``segops-admin argv…`` and returns its exit code and what it printed.

    Args:
        columns: the width of the terminal that all three streams are, if they are one.
        streams: those that are something else: ``plain`` (no terminal), ``file`` (input from one), ``open``
            (input whose end never comes), ``gone``, ``full`` or ``none``.
        slow: how many hours each message on standard error takes.
    """
    special = streams or {}
    before = sys.stdin, sys.stdout, sys.stderr
    with _terminal(columns) as terminal, contextlib.ExitStack() as broken:
        on = {name: None if special.get(name) == "plain" else terminal for name in ("stdin", "stdout", "stderr")}
        out, err = _Stream(terminal=on["stdout"], locale=_WINDOWS), _Stream(terminal=on["stderr"])
        given = broken.enter_context(_Input(stdin.encode(), on["stdin"], special.get("stdin")))
        sys.stdin, sys.stdout, sys.stderr = given, out, err
        for name, kind in special.items():
            if kind not in ("plain", "file", "open"):
                setattr(sys, name, broken.enter_context(_broken(kind, on[name] is not None)))
        if slow:
            broken.enter_context(_slow(err, slow))
        try:
            code = _ended(main(argv))
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 1
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
    return {"exit": code, "stdout": _text(out), "stderr": _text(err)}


def _text(stream: _Stream) -> str:
    """What was written, a character for each byte where it is not UTF-8."""
    written = stream.kept.getvalue()
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written.decode("latin-1")


def _ended(code: int) -> int:
    """The exit code after the end of the interpreter, which flushes standard output and ends with 120 if it cannot."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        return 120
    return code
