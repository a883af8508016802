"""The sandboxes of a test run: one for each scope and set of options that tests share, and those a test starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pytest_segops.launch import Launch, Wanted, find
from pytest_segops.process import ENV_TOKEN, ENV_URL, RunningServer, SandboxProcess
from pytest_segops.sandbox import Sandbox

__all__ = ["SandboxFactory"]

# The most predictable server: work is done when its request is answered, keys and ids are the same in every run.
_DEFAULTS = ("--jobs=instant", "--seed=1")
# Characters of a log in the report of one test.
_REPORTED = 20_000


class SandboxFactory:
    """Starts sandboxes and stops them at the end of the run. Calling it starts one."""

    def __init__(self, folder: Path, wanted: Wanted | None = None) -> None:
        self._folder = folder
        self._wanted = wanted or Wanted()
        self._launch: Launch | None = None
        self._started: list[SandboxProcess] = []
        self._shared: dict[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], Sandbox] = {}
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
        self._launch = self._launch or find(self._wanted)
        log = self._folder / f"sandbox-{len(self._logged)}.log"
        self._logged[log] = 0
        process = SandboxProcess.start(log, *options, env=env, launch=self._launch)
        self._started.append(process)
        return process

    def shared(self, *options: str, env: Mapping[str, str] | None = None, scope: str = "function") -> Sandbox:
        """The sandbox of all tests that want the same options in the same scope; started when the first of them does.

        SEGOPS_SANDBOX_URL names one that runs already: it takes no options, and serves one scope.
        """
        wanted = (scope, options, tuple(sorted((env or {}).items())))
        if wanted not in self._shared:
            address = os.environ.get(ENV_URL)
            self._shared[wanted] = self._named(address, wanted) if address else self(*options, env=env)
        return self._shared[wanted]

    def close(self) -> None:
        """Stop all that still run."""
        for process in self._started:
            process.stop()

    def mark_logs(self) -> None:
        """Note the current end of the logs: a test begins."""
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

    def _named(self, address: str, wanted: tuple[str, tuple[str, ...], object]) -> Sandbox:
        scope, options, env = wanted
        said = f"{ENV_URL} names a sandbox that runs already ({address})"
        if options or env:
            raise RuntimeError(f"{said}: it can't be given the options {' '.join(options)} {env or ''}".rstrip() + ".")
        others = {each[0] for each in self._shared} - {scope}
        if others:
            raise RuntimeError(f"{said}: its one workspace can't serve tests of {scope} and {others.pop()} scope.")
        if os.environ.get("PYTEST_XDIST_WORKER"):
            raise RuntimeError(f"{said}: the workers of a parallel run would empty it for each other. Run with -n 0.")
        return Sandbox(RunningServer(address, os.environ.get(ENV_TOKEN, "")), jobs="instant")
