"""Which sandboxes does a test run have? One for each set of options that its tests share, and those a test starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segops_sandbox.pytest_plugin.process import SandboxProcess
from segops_sandbox.pytest_plugin.sandbox import Sandbox

__all__ = ["SandboxFactory"]

# What a test can rely on most: work is done when its request is answered, keys and ids are the same in every run.
_DEFAULTS = ("--jobs=instant", "--seed=1")
# Of a log, in the report of one test.
_REPORTED = 20_000


class SandboxFactory:
    """Starts sandboxes and stops them at the end of the run. Calling it starts one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[SandboxProcess] = []
        self._shared: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], Sandbox] = {}
        self._logged: dict[Path, int] = {}

    def __call__(self, *options: str, env: Mapping[str, str] | None = None) -> Sandbox:
        """Start a sandbox of one's own. `with` stops it; otherwise the end of the run does.

        Arguments:
            options: of the `segops-sandbox` command, such as `"--rate-limits"`. Jobs are instant and ids seeded
                unless they say otherwise.
            env: environment variables for it.

        Raises RuntimeError with its log when it does not start.
        """
        return Sandbox(self.process(*_DEFAULTS, *options, env=env))

    def process(self, *options: str, env: Mapping[str, str] | None = None) -> SandboxProcess:
        """The bare process, with these options and no others."""
        log = self._folder / f"sandbox-{len(self._logged)}.log"
        self._logged[log] = 0
        process = SandboxProcess.start(log, *options, env=env)
        self._started.append(process)
        return process

    def shared(self, *options: str, env: Mapping[str, str] | None = None) -> Sandbox:
        """The sandbox of all tests that want the same options; started when the first of them does."""
        wanted = (options, tuple(sorted((env or {}).items())))
        if wanted not in self._shared:
            self._shared[wanted] = self(*options, env=env)
        return self._shared[wanted]

    def close(self) -> None:
        """Stop all that still run."""
        for process in self._started:
            process.stop()

    def mark_logs(self) -> None:
        """Note how far the logs are: a test begins."""
        for log in self._logged:
            self._logged[log] = log.stat().st_size

    def logged(self) -> str:
        """What was logged since, by all sandboxes."""
        parts = []
        for log, since in self._logged.items():
            with log.open("rb") as file:
                file.seek(since)
                parts.append(file.read().decode("utf-8", "replace"))
        return "".join(parts)[-_REPORTED:]
