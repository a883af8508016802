"""A driver's process: one JSON object a line each way, every line checked against a schema."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

__all__ = ["PROTOCOL", "Driver", "DriverFault", "Protocol", "absolute_paths"]

PROTOCOL = "segops-parity/1"
_LONGEST_LINE = 16 * 1024 * 1024
_GLANCE_SECONDS = 0.05
_PATHS = ("PYTHONPATH", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR")


def absolute_paths(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a process in another folder: variables that name files from here name them in full."""
    named = {
        name: os.path.pathsep.join(map(os.path.abspath, environ[name].split(os.path.pathsep)))
        for name in _PATHS
        if environ.get(name)
    }
    return {**environ, **named}


class DriverFault(Exception):
    """The driver could not do what it was asked, or did not answer as the protocol says. No verdict about the SDK.

    Attributes:
        step: the step of a case in which it was, if it was in one.
    """

    step = ""


class Protocol:
    """The schema of commands and replies."""

    def __init__(self, schema_file: Path) -> None:
        schema = json.loads(schema_file.read_text(encoding="utf-8"))
        self._commands = self._validators(schema, "commands")
        self._replies = self._validators(schema, "replies")

    @staticmethod
    def _validators(schema: Mapping[str, Any], part: str) -> dict[str, Draft202012Validator]:
        names = schema["$defs"][part]["properties"]
        return {
            name: Draft202012Validator({"$ref": f"#/$defs/{part}/properties/{name}", "$defs": schema["$defs"]})
            for name in names
        }

    def check(self, command: Mapping[str, Any], reply: Any) -> None:
        """Raise `DriverFault` if a reply is not one to this command."""
        error = next(self._replies[command["cmd"]].iter_errors(reply), None)
        if error is not None:
            where = _place(error) or "the reply"
            raise DriverFault(f"{command['cmd']}: {where}: {error.message[:300]}")
        if reply["id"] != command["id"]:
            raise DriverFault(f"{command['cmd']}: expected the reply to {command['id']}, found one to {reply['id']}")

    def check_command(self, command: Mapping[str, Any]) -> None:
        """Raise ValueError if the harness itself is about to say what no driver need understand."""
        error = next(self._commands[command["cmd"]].iter_errors(command), None)
        if error is not None:
            raise ValueError(f"the harness sent a broken {command['cmd']}: {_place(error)}: {error.message}")


def _place(error: ValidationError) -> str:
    """Where in an object something is wrong: `.error.kind`."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in error.instance_path)


def _last_words(said: str) -> str:
    """What it said, the error before its traceback: a line may be cut."""
    if match := re.search(r"^(?:\w+\.)*\w*Error\b.*", said, re.MULTILINE):
        return f"{match[0]}\n{said}" if match.start() else said
    return said


class Driver:
    """A driver's process. Use it as a context manager.

    Args:
        argv: the command that starts it.
        env: variables added to those of this process.
        timeout: seconds that it may take for one answer.
        folder: where it is run; here unless given.
    """

    def __init__(
        self,
        argv: Sequence[str],
        protocol: Protocol,
        *,
        env: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        folder: str | None = None,
    ) -> None:
        self._argv = list(argv)
        self._protocol = protocol
        self.timeout = timeout
        self._last = 0
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._complaints: list[str] = []
        self._passed = 0
        self._hears = False
        self._heard = threading.Condition()
        clean = {
            name: value
            for name, value in absolute_paths(os.environ).items()
            if not name.startswith("SEGOPS_") and not name.lower().endswith("_proxy")
        }
        try:
            self._process = subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env={**clean, **(env or {})},
                cwd=folder,
            )
        except OSError as error:
            raise DriverFault(f"cannot start {argv[0]}: {error.strerror}") from error
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(('{"passed"', '{"hears"')):
                with self._heard:
                    self._passed += line.startswith('{"passed"')
                    self._hears = True
                    self._heard.notify_all()
                continue
            self._lines.put(line)
        self._lines.put(None)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints.append(line)
            del self._complaints[:-40]

    def signal(self, number: int, is_over: Callable[[], bool] = lambda: False) -> None:
        """Tell it of what happens while it answers: SIGINT, as Ctrl-C does, or SIGUSR2, which has its own answer.

        Args:
            number: the signal.
            is_over: whether it has answered already, after which it hears nothing more of this.
        """
        with self._heard:
            if not self._wait_for(lambda: self._hears, is_over):
                return
            before = self._passed
            self._process.send_signal(number)
            if number == signal.SIGUSR2:
                self._wait_for(lambda: self._passed > before, is_over)

    def _wait_for(self, holds: Callable[[], bool], is_over: Callable[[], bool]) -> bool:
        """Whether something holds, once it does or can no more."""
        end = time.monotonic() + self.timeout
        while not self._heard.wait_for(holds, timeout=_GLANCE_SECONDS):
            if is_over() or time.monotonic() > end:
                return False
        return True

    @property
    def said(self) -> str:
        """The last lines of the driver's standard error."""
        return "".join(self._complaints).strip()

    def ask(self, cmd: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return the reply; raises `DriverFault` for silence, nonsense and faults."""
        self._last += 1
        command = {"id": self._last, "cmd": cmd, **fields}
        self._protocol.check_command(command)
        assert self._process.stdin is not None
        if not ("abortable" in fields or "passes" in fields):  # else it says itself when it hears
            self._is_heard(True)
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._gone(cmd) from error
        try:
            return self._reply(command)
        finally:
            self._is_heard(False)

    def _is_heard(self, hears: bool) -> None:
        """Whether a signal would tell it of something now."""
        with self._heard:
            self._hears = hears
            self._heard.notify_all()

    def _gone(self, cmd: str) -> DriverFault:
        """One fault for a driver that has ended, whether that shows in writing to it or in reading from it."""
        self.kill()
        self._threads[1].join(5)  # its last words may still be on their way
        return DriverFault(f"{cmd}: the driver ended without an answer: {_last_words(self.said) or 'no message'}")

    def _reply(self, command: Mapping[str, Any]) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=self.timeout)
        except queue.Empty:
            self.kill()
            raise DriverFault(f"{command['cmd']}: no answer within {self.timeout:g} s") from None
        if line is None:
            raise self._gone(command["cmd"])
        if len(line) > _LONGEST_LINE:
            raise DriverFault(f"{command['cmd']}: expected a line of 16 MiB at most")
        try:
            reply = json.loads(line)
        except ValueError:
            raise DriverFault(f"{command['cmd']}: expected a JSON object, found {line[:120]!r}") from None
        self._protocol.check(command, reply)
        if "fault" in reply:
            raise DriverFault(f"{command['cmd']}: {reply['fault']['message']}")
        return dict(reply)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait(10)

    def _collect(self) -> None:
        """Wait for what reads the driver's streams, which then are closed."""
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what it has not read is lost: it has gone
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        self._collect()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
