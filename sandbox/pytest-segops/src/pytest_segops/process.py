"""The servers that a test run talks to: a child process that ends with the run, or one that runs already.

The run may belong to another Django project: a child gets none of its settings, its database or its modules. Its
standard input is a pipe that only the run holds open, so that it stops even when the run is killed.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from pytest_segops.launch import Launch, Wanted, find

__all__ = ["ENV_TOKEN", "ENV_URL", "RunningServer", "SandboxProcess"]

ENV_URL, ENV_TOKEN = "SEGOPS_SANDBOX_URL", "SEGOPS_SANDBOX_CONTROL_TOKEN"
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 15.0
# Characters of the log that an error quotes.
_QUOTED = 4000

# Variables of the project under test: its settings, its database, coverage of its own child processes.
_FOREIGN = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SEGOPS_SANDBOX_DB", "COVERAGE_PROCESS_START", ENV_TOKEN)


class RunningServer:
    """A sandbox that somebody else started and will stop.

    Attributes:
        url: the base URL of its API.
        control_token: what its controls ask for; empty where they ask for nothing.
        api_key: its secret key; the first reset tells it.
    """

    def __init__(self, url: str, control_token: str) -> None:
        url = url.rstrip("/")
        self.url = url if url.endswith("/api") else f"{url}/api"
        self.control_token = control_token
        self.api_key = ""

    @property
    def root(self) -> str:
        """The server's address, without `/api`."""
        return self.url[: -len("/api")]

    def check(self) -> None:
        """Does nothing: a call to a server that has ended fails by itself."""

    def stop(self) -> int:
        """Does nothing: whoever started the server stops it."""
        return 0


class SandboxProcess:
    """A running `segops-sandbox`.

    Attributes:
        popen: the process.
        url: the base URL of its API.
        api_key: its secret key.
        control_token: what its controls ask for; empty where they ask for nothing.
        log: the file with all that it has logged.
    """

    def __init__(self, popen: subprocess.Popen[str], ready: Mapping[str, str], log: Path) -> None:
        self.popen = popen
        self.url = ready["url"]
        self.api_key = ready["api_key"]
        self.control_token = ready.get("control_token", "")
        self.log = log

    @property
    def root(self) -> str:
        """The server's address, without `/api`."""
        return self.url[: -len("/api")]

    @classmethod
    def start(
        cls, log: Path, *options: str, env: Mapping[str, str] | None = None, launch: Launch | None = None
    ) -> SandboxProcess:
        """Start a sandbox and wait until it answers.

        Arguments:
            log: the file for its log.
            options: of the `segops-sandbox` command.
            env: variables to set for it, such as DATABASE_URL, which is not passed on from the run's own.
            launch: the way to start it; None looks for one.

        Raises RuntimeError with the log when it does not start.
        """
        launch = launch or find(Wanted())
        name = f"segops-sandbox-{secrets.token_hex(4)}"
        command = [*_command(launch, name, env or {}), "--until-eof", "--verbose", *options]
        with log.open("wb") as stderr:
            popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                encoding="utf-8",
                env={**_own_environment(), **(env or {})},
                # Ctrl-C is for the run, which then stops the sandbox when its tests have cleaned up.
                start_new_session=True,
            )
        try:
            line = _first_line(popen)
        except BaseException:  # Ctrl-C at the wrong moment
            _end(popen)
            raise
        if not line:
            raise RuntimeError(_what_went_wrong(launch, options, _end(popen), log))
        ready = json.loads(line)
        if launch.engine is not None:
            ready["url"] = _published(launch.engine, name)
        return cls(popen, ready, log)

    def check(self) -> None:
        """Raise RuntimeError with the log when it has ended."""
        code = self.popen.poll()
        if code is not None:
            raise RuntimeError(f"The sandbox has ended (exit status {code}).\n{_quote(self.log)}")

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit status; 0 is a clean stop. Does nothing when it has ended."""
        return _end(self.popen)


def _command(launch: Launch, name: str, env: Mapping[str, str]) -> list[str]:
    if launch.engine is None:
        return list(launch.command)
    *run, image = launch.command
    # By name only: the values come from the engine's own environment, and are in no list of processes.
    return [*run, "--name", name, *(f"--env={each}" for each in sorted(env)), image]


def _published(engine: str, name: str) -> str:
    """The address at which the engine has published the container's port."""
    done = subprocess.run([engine, "port", name, "8000"], capture_output=True, encoding="utf-8", check=False)
    found = re.search(r"127\.0\.0\.1:(\d+)", done.stdout)
    if found is None:
        said = (done.stderr or done.stdout).strip()
        raise RuntimeError(f"`{engine} port {name} 8000` does not say where the sandbox is: {said}")
    return f"http://127.0.0.1:{found[1]}/api"


def _first_line(popen: subprocess.Popen[str]) -> str:
    """The ready line; empty when the process ends, or takes too long, without one."""
    assert popen.stdout is not None
    patience = threading.Timer(READY_WITHIN_S, popen.kill)
    patience.daemon = True
    patience.start()
    try:
        line = popen.stdout.readline()
    finally:
        patience.cancel()
    popen.stdout.close()
    return line


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _FOREIGN}


def _end(popen: subprocess.Popen[str]) -> int:
    """Close its input, which tells it to stop; kill it when that does not help."""
    for pipe in (popen.stdin, popen.stdout):
        if pipe is not None:
            pipe.close()
    try:
        return popen.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        popen.kill()
        return popen.wait()


def _what_went_wrong(launch: Launch, options: tuple[str, ...], code: int, log: Path) -> str:
    how = f"exit status {code}" if code >= 0 else f"not ready within {READY_WITHIN_S:g} s, or killed (signal {-code})"
    said = f"segops-sandbox {' '.join(options)}".strip()
    return f"The sandbox did not start ({how}): {said}\nStarted as: {launch.way}.\n{_quote(log)}"


def _quote(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    return f"The end of its log:\n{text[-_QUOTED:]}" if text else "It logged nothing."
