"""What a test can do with the sandbox: reach its API, and steer it by faults, clock, jobs, tenants, what arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

# Imported by name: a library that replays HTTP patches the class in the module during a test, and these are no requests
# of the code under test.
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from pytest_segops.process import RunningServer, SandboxProcess

__all__ = ["Sandbox"]

_TIMEOUT_S = 60.0


class Sandbox:
    """A running sandbox, and what a test may ask of it.

    Attributes:
        process: the server process, or the server that SEGOPS_SANDBOX_URL names.
        url: the base URL of the API, such as `http://127.0.0.1:40123/api`.
        api_key: a secret key of the tenant `acme`.
    """

    def __init__(self, process: SandboxProcess | RunningServer, **workspace: Any) -> None:
        self.process = process
        self.url = process.url
        self.api_key = process.api_key
        self._workspace = workspace  # of every reset, for a server that was not started for this run

    def __repr__(self) -> str:
        return f"<Sandbox at {self.url}>"

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that SegOps clients read: SEGOPS_API_URL and SEGOPS_API_KEY."""
        return {"SEGOPS_API_URL": self.url, "SEGOPS_API_KEY": self.api_key}

    def reset(self, **options: Any) -> None:
        """Empty the workspace and forget faults and requests; key, clock and job mode are as at the start.

        Arguments:
            demo: load the demo data set.
            now: stand still at this time (ISO 8601).
            jobs: how jobs run: `background`, `instant` or `manual`.
            plan: `free`, `starter`, `business` or `enterprise`.
        """
        self.api_key = str(self.control("POST", "/reset/", {**self._workspace, **options})["api_key"])

    def fault(self, kind: str, **options: Any) -> None:
        """Make the next matching request fail.

        Arguments:
            kind: `status`, `delay`, `reset`, `truncate`, `garbage` or `stall`.
            method, path: which requests; `path` is a glob on what follows `/api`.
            count, skip: for how many requests (1), after how many.
            status, retry_after, body: of the answer.
            delay_ms: how long to wait.
            execute: do the work and lose only the answer.
        """
        self.control("POST", "/faults/", {"kind": kind, **options})

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are not used up."""
        return list(self.control("GET", "/faults/"))

    def clear_faults(self) -> None:
        """Forget them."""
        self.control("DELETE", "/faults/")

    def requests(self, method: str = "*", path: str = "*") -> list[dict[str, Any]]:
        """The requests that arrived since the test began, oldest first.

        Each has `method`, `path` (as it was sent), `query`, `headers`, `body` or `body_base64`, `status` and `fault`.

        Arguments:
            method: only these.
            path: only these; a glob on what follows `/api`.
        """
        return [
            entry
            for entry in self.control("GET", "/requests/")
            if method in ("*", entry["method"]) and fnmatchcase(entry["path"][len("/api") :], path)
        ]

    def clear_requests(self) -> None:
        """Forget them."""
        self.control("DELETE", "/requests/")

    def now(self) -> str:
        """The sandbox's time, ISO 8601."""
        return str(self.control("GET", "/clock/")["now"])

    def freeze(self, now: str) -> None:
        """Freeze the clock at a time (ISO 8601)."""
        self.control("POST", "/clock/", {"now": now})

    def advance(self, seconds: float) -> None:
        """Advance a frozen clock."""
        self.control("POST", "/clock/", {"advance_seconds": seconds})

    def jobs(self) -> list[dict[str, Any]]:
        """The newest 100 jobs, oldest first: `kind`, `args`, `status`, `error`."""
        return list(self.control("GET", "/jobs/")["jobs"])

    def run_jobs(self, number: int = 1000) -> list[dict[str, Any]]:
        """Run jobs that are queued; returns those that ran."""
        return list(self.control("POST", "/jobs/", {"run": number})["ran"])

    def jobs_mode(self, mode: str) -> None:
        """How jobs run from now on: `background` in a thread, `instant` in their request, `manual` when told to."""
        self.control("POST", "/jobs/", {"mode": mode})

    def add_tenant(self, slug: str, name: str = "", **options: Any) -> str:
        """A further tenant (`plan` as in `reset`); returns a secret key of it."""
        return str(self.control("POST", "/tenants/", {"slug": slug, "name": name or slug, **options})["api_key"])

    def set_plan(self, plan: str, tenant: str = "acme") -> None:
        """Change the plan of a tenant."""
        self.control("PATCH", f"/tenants/{tenant}/", {"plan": plan})

    def stop(self) -> int:
        """Stop it; returns its exit status. The shared one of `segops_sandbox` is stopped by the run."""
        return self.process.stop()

    def __enter__(self) -> Sandbox:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop it."""
        self.stop()

    def control(self, method: str, path: str, body: Mapping[str, Any] | Iterable[Any] | None = None) -> Any:
        """Call one of the sandbox's controls, `/_sandbox/…`.

        Returns its JSON, None where there is none. Raises ValueError with the sandbox's words when it refuses, and
        RuntimeError when it has ended, with its log, or can't be reached.
        """
        self.process.check()
        address = urlsplit(self.url)
        headers = {"Content-Type": "application/json"}
        if self.process.control_token:
            headers["X-Sandbox-Token"] = self.process.control_token
        connection = HTTPConnection(str(address.hostname), address.port, timeout=_TIMEOUT_S)
        # Straight to loopback: a proxy that the environment names is for the code under test.
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, f"/_sandbox{path}", content, headers)
            response = connection.getresponse()
            answer = response.read().decode()
        except OSError as exc:
            self.process.check()
            raise RuntimeError(f"No sandbox answers at {self.url}: {exc}") from exc
        finally:
            connection.close()
        if response.status >= 300:
            raise ValueError(f"The sandbox refused {method} /_sandbox{path} ({response.status}): {answer}")
        return json.loads(answer) if answer else None
