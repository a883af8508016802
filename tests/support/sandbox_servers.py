"""Several sandbox servers at once, for tests of what happens between them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import requests

SOURCE = Path(__file__).parents[2] / "sandbox" / "src"
T = TypeVar("T")


@dataclass
class Server:
    """A `segops-sandbox` that was started; `wait` before it is asked anything."""

    popen: subprocess.Popen[str]
    log: Path
    url: str = ""
    key: str = ""
    token: str = ""

    def wait(self) -> Server:
        """Until it is ready."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, f"the sandbox did not start:\n{self.log.read_text(encoding='utf-8')}"
        ready = json.loads(line)
        self.url, self.key, self.token = ready["url"], ready["api_key"], ready["control_token"]
        return self

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request with the key; header names are given with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            self.url + path,
            json=body,
            headers={"Authorization": f"ApiKey {self.key}", **named},
            timeout=60,
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One of its own controls."""
        url, headers = f"{self.url.removesuffix('/api')}/_sandbox{path}", {"X-Sandbox-Token": self.token}
        answer = requests.request(method, url, json=body, headers=headers, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def stop(self) -> int:
        """Ask it to stop, unless it has ended already; its exit status."""
        with self.popen:
            if self.popen.poll() is None:
                self.popen.terminate()
            return self.popen.wait(20)


def launch(log: Path, *options: str, **env: str) -> Server:
    """Start a server and do not wait for it."""
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEGOPS_SANDBOX_DB")}
    with log.open("w") as stderr:
        popen = subprocess.Popen(
            [sys.executable, "-m", "segops_sandbox", *options],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env={**environ, "PYTHONPATH": str(SOURCE), **env},
        )
    return Server(popen, log)


def at_once(tasks: Iterable[Callable[[], T]]) -> list[T]:
    """Run all tasks from the same moment on, each in a thread of its own; their results in the tasks' order."""
    several = list(tasks)
    barrier = Barrier(len(several))

    def run(task: Callable[[], T]) -> T:
        barrier.wait(30)
        return task()

    with ThreadPoolExecutor(len(several)) as pool:
        return list(pool.map(run, several))


def until(holds: Callable[[], T], within: float = 30.0) -> T:
    """Poll until a condition holds; returns its value."""
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within} seconds: {holds}"
        time.sleep(0.05)
    return found
