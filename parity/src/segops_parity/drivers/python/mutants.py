"""The Python SDK broken on purpose: one small change for each id of ``parity/mutants.yaml``.

Requests and replies are changed on their way through the transport; options, clock and results where the driver hands
them over. No source of the SDK is edited, and each change counts how often it came to bear.
"""

from __future__ import annotations

import io
import json
import zlib
from typing import Any

from segops_admin import Headers, HTTPTransport, Request, Response
from segops_admin._runtime import Runtime
from segops_parity.drivers.python import mutated_requests, mutated_values

__all__ = ["Mutation"]


class Mutation:
    """The mutant that a driver was started with, or none.

    Attributes:
        fired: how often it has changed something.
    """

    def __init__(self, name: str | None) -> None:
        known = {*mutated_requests.CHANGES, *mutated_values.NAMES}
        if name is not None and name not in known:
            raise LookupError(f"expected a mutant out of {', '.join(sorted(known))}; found {name!r}")
        self.name = name
        self.fired = 0

    def did(self, changed: bool) -> None:
        """Counts a change."""
        self.fired += bool(changed)

    def options(self, options: dict[str, Any]) -> dict[str, Any]:
        """The client's options."""
        step = {"one-retry-fewer": -1, "one-retry-more": 1}.get(self.name or "")
        if step is None:
            return options
        retries = options.get("max_retries", 3)
        if not isinstance(retries, int) or retries + step < 0:
            return options
        self.did(True)
        return {**options, "max_retries": retries + step}

    def runtime(self, time: Any) -> Runtime:
        """The client's clock and random source."""
        runtime: Runtime = time.runtime()
        if self.name == "no-jitter":
            drawn = runtime.random

            def random() -> float:
                self.did(drawn() != 0.0)
                return 0.0

            runtime.random = random
        if self.name == "delay-off-by-a-percent":

            def sleep(seconds: float) -> None:
                self.did(seconds > 0)
                time.sleep(seconds * 1.01)

            runtime.sleep = sleep
        return runtime

    def transport(self, inner: Any) -> Any:
        """The client's transport; None leaves the SDK its own."""
        if self.name in mutated_requests.CHANGES or self.name in mutated_values.REPLIES:
            return _Seam(inner or HTTPTransport(), self)
        return inner

    def async_transport(self) -> Any:
        """The transport of a client for asyncio; None leaves the SDK its own.

        Raises:
            LookupError: the mutant changes what passes through a transport, which is done for blocking ones only.
        """
        if self.transport(None) is not None:
            raise LookupError(f"the mutant {self.name} is one of blocking transports")
        return None

    def outcome(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """A call's result or error, as the driver is about to report it."""
        change = mutated_values.OUTCOMES.get(self.name or "")
        if change is None:
            return outcome
        before = json.dumps(outcome, sort_keys=True)
        outcome = change(json.loads(before))
        self.did(json.dumps(outcome, sort_keys=True) != before)
        return outcome

    def shell(self, printed: dict[str, Any]) -> dict[str, Any]:
        """What a command line ended with."""
        if self.name == "exit-code-always-0":
            self.did(printed["exit"] != 0)
            return {**printed, "exit": 0}
        if self.name == "chatter-on-stdout":
            self.did(True)
            return {**printed, "stdout": "done\n" + printed["stdout"]}
        return printed


class _Seam:
    """A transport that changes what passes through it."""

    def __init__(self, inner: Any, mutation: Mutation) -> None:
        self._inner = inner
        self._mutation = mutation
        self._state: dict[str, Any] = {}

    def send(self, request: Request) -> Response:
        change = mutated_requests.CHANGES.get(self._mutation.name or "")
        if change is not None:
            body = b"".join(request.body) if request.body is not None and not isinstance(request.body, bytes) else None
            sent = mutated_requests.Sent(request, body if body is not None else request.body)
            self._mutation.did(bool(change(sent, self._state)))
            if sent.times == 0:
                return Response(204, Headers([]), io.BytesIO())
            for _ in range(sent.times - 1):
                self._inner.send(sent.request()).body.read()
            request = sent.request()
        response: Response = self._inner.send(request)
        alter = mutated_values.REPLIES.get(self._mutation.name or "")
        return response if alter is None else self._altered(response, alter)

    def _altered(self, response: Response, alter: Any) -> Response:
        raw = response.body.read()
        pairs = {name.lower(): value for name, value in response.headers.items()}
        if pairs.get("content-encoding") == "gzip":
            raw = zlib.decompress(raw, 31)
        pairs.pop("content-encoding", None)
        reply = mutated_values.Reply(response.status, pairs, raw)
        self._mutation.did(bool(alter(reply)))
        reply.headers["content-length"] = str(len(reply.body))
        return Response(reply.status, Headers(reply.headers), io.BytesIO(reply.body))

    def close(self) -> None:
        self._inner.close()
