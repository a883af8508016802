"""VCR's cassettes to and from the harness. A pytest plugin: persister, matcher and observed requests.

VCR stands in for the connection within this process; pytest-recording decides whether it plays or records.
"""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import pytest
from vcr.cassette import Cassette
from vcr.config import VCR
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.request import Request

from segops_admin import SegOpsAdmin
from segops_parity.canonical import canonical_path, canonical_request
from segops_parity.cases import API_KEY, Case, Step
from segops_parity.cassettes import BASE_URL
from segops_parity.drivers.python.surface import surface
from segops_parity.replies import Reply, whole_body, zipped

__all__ = ["VcrStage"]

seen: list[dict[str, Any]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plan to run, and the file for its results."""
    parser.addoption("--parity-plan", required=True)
    parser.addoption("--parity-out", required=True)


def pytest_configure(config: pytest.Config) -> None:
    """Read the plan: {cases, server, key, workspace, token}."""
    config.parity_plan = pickle.loads(Path(config.getoption("--parity-plan")).read_bytes())  # type: ignore[attr-defined]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Tell what the SDK offers, as drivers do when they are asked to describe it."""
    out = Path(session.config.getoption("--parity-out"))
    (out / "described.json").write_text(json.dumps(surface(SegOpsAdmin)), encoding="utf-8")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A recording has one test, and one cassette, for each case; a replay one for each operation.

    Putting VCR in place takes longer than ten cases do; what it plays is exchanged before each step.
    """
    plan = metafunc.config.parity_plan  # type: ignore[attr-defined]
    groups: dict[str, list[Case]] = {}
    for case in plan["cases"]:
        groups.setdefault(case.id if "server" in plan else case.operation, []).append(case)
    metafunc.parametrize("cases", list(groups.values()), ids=list(groups))


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """Teach VCR where cassettes are, and what the same request is."""
    plan = config.parity_plan  # type: ignore[attr-defined]
    vcr.register_persister(_Persister(plan, Path(config.getoption("--parity-out"))))
    vcr.register_matcher("contract", _same)
    vcr.match_on = ["contract"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a recording: the workspace as the scenarios describe it, made outside of any cassette."""
    plan = item.config.parity_plan  # type: ignore[attr-defined]
    case = item.callspec.params["cases"][0]  # type: ignore[attr-defined]
    if plan.get("workspace") is not None and plan.get("prepared") != case.operation:
        _prepare(plan)
        plan["prepared"] = case.operation


def _prepare(plan: dict[str, Any]) -> None:
    server = plan["server"]
    controls = {"Content-Type": "application/json", "X-Sandbox-Token": plan["token"]}
    _post(f"{server.removesuffix('/api')}/_sandbox/reset/", "POST", b"{}", controls)
    for entry in plan["workspace"]:
        method, path = entry["request"].split(" ", 1)
        headers = {"Authorization": f"ApiKey {plan['key']}", "Content-Type": "application/json"}
        body = json.dumps(entry["json"]).encode() if "json" in entry else b""
        if "csv" in entry:
            headers["Content-Type"] = "multipart/form-data; boundary=workspace"
            disposition = f'Content-Disposition: form-data; name="file"; filename="{entry["filename"]}"'
            head = f"--workspace\r\n{disposition}\r\nContent-Type: text/csv\r\n\r\n"
            body = f"{head}{entry['csv']}\r\n--workspace--\r\n".encode()
        _post(server + path, method, body, headers)


def _post(url: str, method: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        with urlopen(UrlRequest(url, data=body or None, method=method, headers=headers), timeout=30) as reply:
            reply.read()
    except OSError as error:
        detail = error.read().decode() if hasattr(error, "read") else ""
        raise RuntimeError(
            f"the workspace could not be made: {method} {urlsplit(url).path}: {error} {detail}"
        ) from error


def _same(one: Request, other: Request) -> bool:
    return bool(one.method == other.method and canonical_path(one.path) == canonical_path(other.path))


class _Persister:
    """Takes what was recorded to files that the recorder will look at. What is played comes from `VcrStage`."""

    def __init__(self, plan: dict[str, Any], out: Path) -> None:
        self._out = out
        self._recording = "server" in plan

    def load_cassette(self, path: Any, serializer: Any) -> tuple[list[Request], list[dict[str, Any]]]:
        """Nothing yet: a cassette that is there and empty to play, none to record."""
        if self._recording:
            raise CassetteNotFoundError
        return [], []

    def save_cassette(self, path: Any, content: dict[str, Any], serializer: Any) -> None:
        """Hand what was recorded to the recorder."""
        pairs = list(zip(content["requests"], content["responses"], strict=True))
        file = self._out / f"{_current.replace('/', '--')}.pickle"
        file.write_bytes(pickle.dumps([(_plain(request), response) for request, response in pairs]))


_current = ""


def use_case(case: Case) -> None:
    """Say which case's cassette is next."""
    global _current
    _current = case.id


def _plain(request: Request) -> dict[str, Any]:
    return {"method": request.method, "uri": request.uri, "headers": _flat(request.headers), "body": _body(request)}


def _flat(headers: Any) -> list[tuple[str, str]]:
    return [(name, _text(value)) for name, value in headers.items()]


def _text(value: Any) -> str:
    while isinstance(value, (list, tuple)):
        value = value[0]
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(request: Request) -> bytes:
    body = request.body
    return body if isinstance(body, bytes) else str(body or "").encode()


def _request(reply: Reply) -> Request:
    wanted = reply.request or {"method": "GET", "path": "/"}
    return Request(wanted["method"], BASE_URL + wanted["path"], "", {})


def _response(reply: Reply) -> dict[str, Any]:
    shown = zipped(reply) if reply.gzip else reply
    headers: dict[str, list[str]] = {}
    for name, value in shown.headers:
        filled = value.replace("{base}", BASE_URL).replace("{path}", urlsplit(BASE_URL).path)
        filled = filled.replace("{key}", API_KEY)
        headers.setdefault(name, []).append(filled)
    body = whole_body(shown).replace(b"{key}", API_KEY.encode())
    headers["Content-Length"] = [str(len(body))]
    return {"status": {"code": shown.status, "message": ""}, "headers": headers, "body": {"string": body}}


class VcrStage:
    """A cassette as the stage of a case."""

    def __init__(self, base_url: str, cassette: Cassette, *, recording: bool) -> None:
        self.base_url = base_url
        self._cassette = cassette
        self._recording = recording
        self._due = 0

    def begin(self, step: Step) -> None:
        """Load the replies of a step into VCR's cassette; forget what came before."""
        seen.clear()
        self._due = len(step.replies)
        if not self._recording:
            self._cassette.data = [(_request(reply), _response(reply)) for reply in step.replies]
            self._cassette.play_counts = Counter()

    def finish(self, name: str) -> None:
        """Nothing to do: a cassette holds no reply back."""

    def seen(self) -> list[dict[str, Any]]:
        """What VCR was asked for."""
        return list(seen)

    def left(self) -> tuple[int, list[dict[str, Any]]]:
        """How many replies were not asked for."""
        return max(0, self._due - len(seen)), []


def _observe(request: Request) -> None:
    target = request.uri.removeprefix(BASE_URL)
    headers = _flat(request.headers)
    body = _body(request)
    told = canonical_request(request.method, target, headers, body)
    told["raw"] = {"headers": headers, "body": body, "target": target}
    seen.append(told)


_play = Cassette.play_response


def _play_and_observe(cassette: Cassette, request: Request) -> Any:
    _observe(request)
    return _play(cassette, request)


Cassette.play_response = _play_and_observe
