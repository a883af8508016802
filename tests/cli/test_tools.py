"""``api`` and ``doctor``."""

from __future__ import annotations

import platform
import time
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import segops_admin
from segops_admin.cli import doctor


def test_api_reaches_what_no_command_wraps(server: Any, cli: Any) -> None:
    server.reply({"results": []})
    result = cli("api", "get", "/pim/import/?x=1", "--query", "tag=a", "--query=tag=b=c", "--query", "q=ü &")
    (sent,) = server.requests
    assert sent.line == "GET /pim/import/"
    assert sent.query == {"x": ["1"], "tag": ["a", "b=c"], "q": ["ü &"]}
    assert sent.headers["Authorization"].startswith("ApiKey sk_")
    assert "Idempotency-Key" not in sent.headers
    assert (result.code, result.json) == (0, {"results": []})


def test_api_sends_a_body_under_an_idempotency_key(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"a": 1}')
    for source in ('{"a": 1}', str(tmp_path / "body.json"), "-"):
        server.reply({"id": 1}, status=201)
        assert cli("api", "POST", "/keys/", "--body", source, stdin=b'{"a": 1}').code == 0
    server.reply(status=204)
    assert cli("api", "DELETE", "keys/1/", "--idempotency-key=k").json == {"ok": True}
    assert [request.json for request in server.requests[:3]] == [{"a": 1}] * 3
    assert len(server.requests[0].headers["Idempotency-Key"]) == 36
    assert server.lines[3] == "DELETE /keys/1/"
    assert server.requests[3].headers["Idempotency-Key"] == "k"


def test_api_uploads_a_file_as_a_form(server: Any, cli: Any, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"a,b\n")
    server.reply({"job_id": 1}, status=201)
    server.reply({"job_id": 2}, status=201)
    assert cli("api", "POST", "/pim/import/csv/", "--form", f"file=@{tmp_path / 'data.csv'}").code == 0
    assert cli("api", "POST", "/pim/import/csv/", "--form=file=@-", stdin=b"c,d\n").code == 0
    assert b'name="file"; filename="data.csv"' in server.requests[0].content
    assert b"\r\n\r\na,b\n\r\n--" in server.requests[0].content
    assert b"\r\n\r\nc,d\n\r\n--" in server.requests[1].content


def test_api_prints_text_as_json(server: Any, cli: Any) -> None:
    server.reply(content=b"hello", headers={"Content-Type": "text/plain"})
    assert cli("api", "GET", "/x/").out == '"hello"\n'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["api", "GET"], "api needs <path>"),
        (["api", "FETCH", "/x/"], "'FETCH' is not one of"),
        (["api", "GET", "https://evil.test/x"], "is an address"),
        (["api", "GET", "/a/../b"], "dot segment"),
        (["api", "GET", "/x/", "--query", "novalue"], "must be KEY=VALUE"),
        (["api", "GET", "/x/", "--body={}"], "cannot carry a body"),
        (["api", "POST", "/x/", "--form=file"], "must be FIELD=@FILE"),
        (["api", "POST", "/x/", "--form=file=@missing.csv"], "cannot read 'missing.csv'"),
        (["api", "POST", "/x/", "--form=f=@/dev/null", "--body={}"], "either body= or form="),
        (["api", "GET", "/x/", "--page=2"], "unknown flag --page"),
    ],
)
def test_api_refuses_what_cannot_be_sent(words: list[str], said: str, server: Any, cli: Any) -> None:
    result = cli(*words)
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert said in result.err


def test_doctor_reports_a_server_that_answers(server: Any, cli: Any) -> None:
    for _ in range(5):
        server.reply({"results": []}, headers={"Date": formatdate(usegmt=True)})
    result = cli("doctor")
    report = result.json
    assert server.lines == ["GET /segments/"] * 5
    assert server.requests[0].query == {"page_size": ["1"]}
    assert 0 < report.pop("latency_ms") < 10_000
    assert abs(report.pop("clock_skew_s")) <= 2
    assert report == {
        "ok": True,
        "sdk_version": segops_admin.__version__,
        "python_version": platform.python_version(),
        "profile": None,
        "api_key": "sk_...cdef",
        "base_url": server.url,
        "timeout_s": 60,
        "max_retries": 0,
        "proxy": None,
        "reachable": True,
        "authorized": True,
        "error": None,
        "clock": "running",
        "advice": [],
    }
    assert (result.code, result.err) == (0, "")


def test_doctor_notices_a_clock_that_is_off(server: Any, cli: Any) -> None:
    for _ in range(5):
        server.reply({"results": []}, headers={"Date": formatdate(time.time() + 3600, usegmt=True)})
    assert abs(cli("doctor").json["clock_skew_s"] - 3600) <= 60


def test_doctor_tells_the_median_of_its_calls_each_timed_by_itself(
    server: Any, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = [0.010, 0.030, 0.020, 0.050, 0.040]
    moments = [moment for number, seconds in enumerate(took) for moment in (number, number + seconds)]
    monkeypatch.setattr(doctor, "time", SimpleNamespace(perf_counter=lambda: moments.pop(0), time=time.time))
    for _ in took:
        server.reply({"results": []})
    assert (cli("doctor").json["latency_ms"], moments) == (30, [])


def test_doctor_exits_1_if_the_key_is_refused(server: Any, cli: Any) -> None:
    server.reply({"detail": "Invalid API key."}, status=401)
    result = cli("doctor")
    assert result.code == 1
    assert (result.json["ok"], result.json["reachable"], result.json["authorized"]) == (False, True, False)
    assert "Invalid API key." in result.json["error"]


def test_doctor_exits_1_if_the_server_fails_and_does_not_retry(server: Any, cli: Any) -> None:
    server.reply({"detail": "oops"}, status=500)
    result = cli("doctor", SEGOPS_MAX_RETRIES="3")
    assert result.code == 1
    assert (result.json["reachable"], result.json["authorized"]) == (True, None)
    assert len(server.requests) == 1


def test_doctor_exits_1_if_nothing_answers(cli: Any) -> None:
    result = cli("doctor")
    assert result.code == 1
    assert (result.json["reachable"], result.json["latency_ms"]) == (False, None)
    assert "no connection to 127.0.0.1:9" in result.json["error"]


def test_doctor_exits_1_if_something_else_answers(server: Any, cli: Any) -> None:
    server.reply(content=b"<html>", headers={"Content-Type": "text/html"})
    result = cli("doctor")
    assert result.code == 1
    assert "Check the base URL" in result.json["error"]


def test_doctor_points_out_a_base_url_without_api(server: Any, cli: Any) -> None:
    server.reply({"detail": "Not found."}, status=404)
    result = cli("doctor", "--api-url", server.url[: -len("/api")])
    assert result.code == 1
    (advice,) = result.json["advice"]
    assert "does not end in /api" in advice


def test_doctor_names_the_proxy_without_its_password(cli: Any) -> None:
    result = cli("doctor", HTTP_PROXY="http://ann:hunter2@127.0.0.1:9", SEGOPS_API_URL="http://segops.localhost/api")
    assert result.json["proxy"] == "127.0.0.1:9"
    assert "hunter2" not in result.out + result.err


@pytest.mark.parametrize("key", [None, "pk_live_1"])
def test_doctor_without_a_usable_key_is_a_usage_error_without_json(key: str | None, server: Any, cli: Any) -> None:
    result = cli("doctor", SEGOPS_API_KEY=key)
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert "SEGOPS_API_KEY" in result.err


def test_compact_goes_with_doctor_too(cli: Any) -> None:
    assert cli("doctor", "--compact").out.count("\n") == 1
