"""How does a test run get a sandbox of its own? A child process that nothing of the run leaks into, ending with it.

The run may belong to another Django project: the child gets none of its settings, its database or its modules. Its
standard input is a pipe that only the run holds open, so that it stops even when the run is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

__all__ = ["SandboxProcess"]

READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 15.0
# Of the log, when it is quoted in an error.
_QUOTED = 4000

# What another project means for itself: its settings, its database, measuring its own child processes.
_FOREIGN = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "SEGOPS_SANDBOX_DB", "COVERAGE_PROCESS_START")

# `-E` leaves PYTHONPATH and its like out. What the run can import, the child can too, but last: a module of the project
# under test never stands in for one that the sandbox needs.
_LAUNCH = """
import sys
del sys.path[0]  # the working folder
import json
home, others = json.loads(sys.argv.pop(1))
if home not in sys.path:
    sys.path.insert(0, home)
sys.path += [path for path in others if path not in sys.path]
from segops_sandbox.cli import main
raise SystemExit(main())
"""


class SandboxProcess:
    """A running `segops-sandbox`.

    Attributes:
        popen: the process.
        url: the base URL of its API.
        api_key: its secret key.
        log: the file with all that it has logged.
    """

    def __init__(self, popen: subprocess.Popen[str], url: str, api_key: str, log: Path) -> None:
        self.popen = popen
        self.url = url
        self.api_key = api_key
        self.log = log

    @property
    def root(self) -> str:
        """The server's address, without `/api`."""
        return self.url.removesuffix("/api")

    @classmethod
    def start(cls, log: Path, *options: str, env: Mapping[str, str] | None = None) -> SandboxProcess:
        """Start a sandbox and wait until it answers.

        Arguments:
            log: the file for its log.
            options: of the `segops-sandbox` command.
            env: variables to set for it, such as DATABASE_URL, which is not passed on from the run's own.

        Raises RuntimeError with the log when it does not start.
        """
        with log.open("wb") as stderr:
            popen = subprocess.Popen(
                [sys.executable, "-E", "-c", _LAUNCH, _import_path(), "--until-eof", "--verbose", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                encoding="utf-8",
                env={**_own_environment(), **(env or {})},
                # Ctrl-C is for the run, which then stops the sandbox when its tests have cleaned up.
                start_new_session=True,
            )
        assert popen.stdout is not None
        patience = threading.Timer(READY_WITHIN_S, popen.kill)
        patience.daemon = True
        patience.start()
        try:
            line = popen.stdout.readline()
        except BaseException:  # Ctrl-C at the wrong moment
            _end(popen)
            raise
        finally:
            patience.cancel()
        popen.stdout.close()
        if not line:
            raise RuntimeError(_what_went_wrong(options, _end(popen), log))
        ready = json.loads(line)
        return cls(popen, ready["url"], ready["api_key"], log)

    def check(self) -> None:
        """Raise RuntimeError with the log when it has ended."""
        code = self.popen.poll()
        if code is not None:
            raise RuntimeError(f"The sandbox has ended (exit status {code}).\n{_quote(self.log)}")

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit status; 0 is a clean stop. Does nothing when it has ended."""
        return _end(self.popen)


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _FOREIGN}


def _import_path() -> str:
    home = str(Path(__file__).parents[2])
    return json.dumps([home, [path for path in sys.path if path]])


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


def _what_went_wrong(options: tuple[str, ...], code: int, log: Path) -> str:
    how = f"exit status {code}" if code >= 0 else f"not ready within {READY_WITHIN_S:g} s, or killed (signal {-code})"
    return f"The sandbox did not start ({how}): segops-sandbox {' '.join(options)}\n{_quote(log)}"


def _quote(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    return f"The end of its log:\n{text[-_QUOTED:]}" if text else "It logged nothing."
