"""The sandbox's controls: faults, the request journal, reset, the clock, jobs."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests


def fault(api: Any, **options: Any) -> None:
    """Ask for a fault."""
    api.control("POST", "/faults/", options)


# --- faults -----------------------------------------------------------------------------------------------------


def test_a_status_fault_is_met_as_often_as_asked_and_does_no_work(api: Any) -> None:
    fault(api, kind="status", status=429, retry_after="7", count=2)
    for _ in range(2):
        answer = api.post("/pim/products/", {"sku": "A1", "name": "x"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
        assert answer.json() == {"detail": "Too Many Requests."}
    assert api.get("/pim/products/").json()["count"] == 0
    assert api.control("GET", "/faults/") == []


def test_a_fault_waits_for_its_method_and_path(api: Any) -> None:
    fault(api, kind="status", status=500, method="GET", path="/pim/products/*/")
    assert api.get("/pim/facets/").status_code == 200
    assert api.post("/pim/products/", {"sku": "A1", "name": "x"}).status_code == 201
    assert [left["count"] for left in api.control("GET", "/faults/")] == [1]
    assert api.get("/pim/products/1/").status_code == 500
    assert api.get("/pim/products/1/").status_code == 200


def test_faults_are_met_in_the_order_they_were_asked_for_and_some_requests_can_be_spared(api: Any) -> None:
    api.control("POST", "/faults/", [{"kind": "status", "status": 502}, {"kind": "status", "status": 503, "skip": 1}])
    assert [api.get("/pim/facets/").status_code for _ in range(4)] == [502, 200, 503, 200]


def test_a_fault_after_the_work_loses_only_the_answer(api: Any) -> None:
    fault(api, kind="reset", execute=True)
    with pytest.raises(requests.ConnectionError):
        api.post("/pim/products/", {"sku": "A1", "name": "x"})
    assert api.get("/pim/products/").json()["count"] == 1


@pytest.fixture
def logged(api: Any) -> Callable[[], str]:
    """What the server, which other tests share, has logged since this test began."""
    begin = api.process.log.stat().st_size
    return lambda: api.process.log.read_bytes()[begin:].decode()


def test_a_reset_ends_the_connection_with_a_reset_and_the_server_lives_on(api: Any, logged: Callable[[], str]) -> None:
    fault(api, kind="reset")
    host, port = api.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(b"GET /api/pim/facets/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            sock.recv(100)
    assert api.get("/pim/facets/").status_code == 200
    assert logged()
    assert "Traceback" not in logged()


def test_a_truncated_answer_ends_before_its_announced_length(api: Any, logged: Callable[[], str]) -> None:
    fault(api, kind="truncate")
    api.session.close()
    answer = api.request("GET", "/pim/products/", stream=True)
    announced = int(answer.headers["Content-Length"])
    received: list[bytes] = []
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        received.extend(answer.iter_content(1))
    assert 0 < len(received) < announced
    assert api.get("/pim/products/").status_code == 200
    assert logged()
    assert "Traceback" not in logged()


def test_a_truncated_204_announces_a_body_that_does_not_come(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    fault(api, kind="truncate", method="DELETE")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        api.delete("/pim/products/1/")
    assert api.get("/pim/products/1/").status_code == 404


def test_garbage_claims_to_be_json_and_is_not(api: Any) -> None:
    fault(api, kind="garbage", count=1)
    answer = api.get("/pim/products/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    fault(api, kind="garbage", body='{"results": "no list"}')
    assert api.get("/pim/products/").json() == {"results": "no list"}


def test_a_delay_answers_late_but_right(api: Any) -> None:
    fault(api, kind="delay", delay_ms=300)
    began = time.monotonic()
    assert api.get("/pim/products/").json()["count"] == 0
    assert time.monotonic() - began >= 0.3


def test_a_stall_says_nothing_and_then_drops_the_connection(api: Any) -> None:
    fault(api, kind="stall", delay_ms=200)
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        api.get("/pim/products/")
    assert time.monotonic() - began >= 0.2


def test_clearing_faults_releases_stalled_requests(api: Any) -> None:
    fault(api, kind="stall", delay_ms=60_000)
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(requests.ConnectionError):
            api.with_key(api.key).get("/pim/products/")
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    while not api.control("GET", "/requests/"):
        time.sleep(0.01)
    api.control("DELETE", "/faults/")
    assert ended.wait(10)
    thread.join()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"kind": ["This field is required."]}),
        ("reset", {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
        ({"kind": "earthquake"}, {"kind": ['"earthquake" is not a valid choice.']}),
        ({"kind": "status", "status": 200}, {"status": ['"200" is not a valid choice.']}),
        ({"kind": "status", "status": 499}, {"status": ['"499" is not a valid choice.']}),
        ({"kind": "status", "count": 0}, {"count": ["Ensure this value is greater than or equal to 1."]}),
        ({"kind": "delay", "delay_ms": -1}, {"delay_ms": ["Ensure this value is greater than or equal to 0."]}),
        ({"kind": "status", "statsu": 500}, {"statsu": ["Unknown field."]}),
        ({"kind": "status", "retry_after": "2\r\nX: y"}, {"retry_after": ["Give seconds or an HTTP date."]}),
        (
            {"kind": "reset", "path": "segments/"},
            {"path": ["Give a glob on the path after /api, such as /segments/* or *."]},
        ),
        (
            {"kind": "reset", "path": "/api/segments/"},
            {"path": ["Give a glob on the path after /api, such as /segments/* or *."]},
        ),
        (
            {"kind": "reset", "method": "FETCH"},
            {"method": ["Give one of *, GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS."]},
        ),
        ({"kind": "delay", "status": 500}, {"status": ["Means nothing to a fault of kind delay."]}),
        (
            {"kind": "reset", "retry_after": "1", "delay_ms": 5},
            {
                "retry_after": ["Means nothing to a fault of kind reset."],
                "delay_ms": ["Means nothing to a fault of kind reset."],
            },
        ),
        ({"kind": "truncate", "body": "x"}, {"body": ["Means nothing to a fault of kind truncate."]}),
        ([{"kind": "status"}, {"kind": "?"}], {"1": {"kind": ['"?" is not a valid choice.']}}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_whole_and_says_why(api: Any, body: Any, said: Any) -> None:
    answer = api.ask_control("POST", "/faults/", body)
    assert (answer.status_code, answer.json()) == (400, said)
    assert api.control("GET", "/faults/") == []


def test_any_failing_status_can_be_asked_for(api: Any) -> None:
    for status in (408, 410, 418, 451, 507):
        fault(api, kind="status", status=status, method="get")
        assert api.get("/pim/products/").status_code == status


# --- who may steer ----------------------------------------------------------------------------------------------

CONTROLS = [
    ("GET", "/faults/"),
    ("POST", "/faults/"),
    ("DELETE", "/faults/"),
    ("GET", "/requests/"),
    ("DELETE", "/requests/"),
    ("POST", "/reset/"),
    ("GET", "/clock/"),
    ("POST", "/clock/"),
    ("GET", "/jobs/"),
    ("POST", "/jobs/"),
    ("POST", "/tenants/"),
    ("PATCH", "/tenants/acme/"),
]


def own_address() -> str:
    """An IPv4 address of this machine that is not loopback."""
    found = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    if not found:
        pytest.skip("this machine has no address but loopback, so nobody can come from elsewhere")
    return found[0]


def test_the_controls_answer_loopback_clients_only_also_where_the_api_answers_others(start: Any) -> None:
    address = own_address()
    api = start("--host=0.0.0.0", "--allow-remote")
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    port = urlsplit(api.url).port
    outside = f"http://{address}:{port}"
    assert requests.get(f"{outside}/api/pim/products/", headers=api.headers, timeout=10).json()["count"] == 1
    spoofed = {**api.headers, "X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Host": "127.0.0.1"}
    for method, path in CONTROLS:
        for headers in ({}, spoofed):
            headers = {"X-Sandbox-Token": api.process.control_token, **headers}
            answer = requests.request(method, f"{outside}/_sandbox{path}", headers=headers, json={}, timeout=10)
            said = {"detail": "The sandbox's controls answer loopback clients only, unless it has --remote-controls."}
            assert (answer.status_code, answer.json()) == (403, said), (method, path)
    assert api.control("GET", "/faults/") == []
    assert api.get("/pim/products/").json()["count"] == 1


def test_others_use_the_controls_and_see_the_page_where_an_option_lets_them_and_with_the_token_only(start: Any) -> None:
    api = start("--host=0.0.0.0", "--allow-remote", "--remote-controls")
    outside = f"http://{own_address()}:{urlsplit(api.url).port}"
    token = {"X-Sandbox-Token": api.process.control_token}
    assert requests.get(f"{outside}/_sandbox/clock/", headers=token, timeout=10).status_code == 200
    assert requests.get(f"{outside}/_sandbox/clock/", timeout=10).status_code == 403
    assert (
        requests.get(f"{outside}/_sandbox/clock/", headers={**token, "Host": "evil.example"}, timeout=10).status_code
        == 421
    )


def test_a_loopback_client_of_a_server_on_all_ipv6_addresses_is_one(start: Any) -> None:
    """Which sees its address as `::ffff:127.0.0.1`."""
    process = start("--host=::", "--allow-remote").process
    headers = {"X-Sandbox-Token": process.control_token}
    for host in ("127.0.0.1", "[::1]"):
        url = f"http://{host}:{urlsplit(process.url).port}/_sandbox/faults/"
        assert requests.get(url, headers=headers, timeout=10).json() == []


# --- what arrived -----------------------------------------------------------------------------------------------


def test_requests_are_kept_as_they_arrived(api: Any) -> None:
    fault(api, kind="status", status=503, method="POST")
    api.get("/explorer/users/a%2Fb%40c/?x=1&x=%20")
    api.post("/pim/products/", data=b'{"sku":"\xc3\xa9"}', headers={"Content-Type": "application/json"})
    api.post("/pim/products/", data=b"\xff\x00", headers={"Content-Type": "application/octet-stream"})
    first, second, third = api.control("GET", "/requests/")
    assert (first["method"], first["path"], first["query"]) == ("GET", "/api/explorer/users/a%2Fb%40c/", "x=1&x=%20")
    assert first["headers"]["Authorization"] == f"ApiKey sk_test_***{api.key[-4:]}"
    assert (first["body"], first["fault"]) == (None, None)
    assert (second["body"], second["fault"], second["status"]) == ('{"sku":"é"}', "status", 503)
    assert (third["body"], third["body_base64"], third["status"]) == (None, "/wA=", 415)


def test_what_arrived_can_be_forgotten(api: Any) -> None:
    api.get("/pim/facets/")
    api.control("DELETE", "/requests/")
    assert api.control("GET", "/requests/") == []


# --- a clean start ----------------------------------------------------------------------------------------------


def test_a_reset_keeps_the_key_and_nothing_else(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    api.post("/webhooks/", {"url": "http://127.0.0.1:9/"})
    api.control("POST", "/tenants/", {"slug": "globex", "name": "Globex"})
    api.advance(3600)
    fault(api, kind="status", status=500, path="/never/")
    answer = api.control("POST", "/reset/")
    assert answer == {"api_key": api.key, "now": "2026-05-01T12:00:00Z"}
    assert api.get("/pim/products/").json()["count"] == 0
    assert api.get("/webhooks/").json()["count"] == 0
    assert api.control("GET", "/faults/") == []
    assert api.post("/pim/products/", {"sku": "A1", "name": "x"}).json()["id"] == 1


def test_a_reset_waits_for_the_job_that_runs(start: Any, receiver: Any) -> None:
    api = start()
    seen = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}
    api.post("/segments/", {"name": "Seen", "definition": {"conditions": [seen]}})
    api.post("/webhooks/", {"url": receiver.url})
    receiver.hold()
    api.post("/segments/1/compute/")
    receiver.wait_for_a_request()
    threading.Timer(0.2, receiver.let_go).start()
    api.control("POST", "/reset/")
    assert api.control("GET", "/jobs/")["jobs"] == []
    assert "Traceback" not in api.process.log.read_text()


def test_a_reset_can_load_the_demo_data(start: Any) -> None:
    api = start("--now=1998-07-01")
    assert api.get("/explorer/users/").json()["count"] == 0
    api.control("POST", "/reset/", {"demo": True})
    loaded = api.get("/explorer/users/").json()["count"]
    assert loaded > 2000
    assert start("--demo", "--now=1998-07-01").get("/explorer/users/").json()["count"] == loaded
    answer = api.ask_control("POST", "/reset/", {"demo": "yes"})
    assert (answer.status_code, answer.json()) == (400, {"demo": ["Must be a valid boolean."]})
    assert api.get("/explorer/users/").json()["count"] == loaded


def test_a_second_tenant_can_be_had(api: Any) -> None:
    created = api.control("POST", "/tenants/", {"slug": "globex", "name": "Globex"})
    assert api.with_key(created["api_key"]).get("/pim/products/").status_code == 200
    answer = api.ask_control("POST", "/tenants/", {"slug": "globex", "name": "x"})
    assert (answer.status_code, list(answer.json())) == (400, ["slug"])


# --- the clock --------------------------------------------------------------------------------------------------


def test_a_frozen_clock_stands_still_until_it_is_moved(api: Any) -> None:
    assert api.control("GET", "/clock/") == {"now": "2026-05-01T12:00:00Z", "frozen": True}
    api.advance(90)
    created = api.post("/pim/products/", {"sku": "A1", "name": "x"})
    assert created.json()["created_at"] == "2026-05-01T12:01:30Z"
    assert created.headers["Date"] == "Fri, 01 May 2026 12:01:30 GMT"
    api.control("POST", "/clock/", {"now": "2030-01-01T00:00:00+02:00"})
    changed = api.patch("/pim/products/1/", {"name": "y"}).json()
    assert (changed["created_at"], changed["updated_at"]) == ("2026-05-01T12:01:30Z", "2029-12-31T22:00:00Z")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": "soon"},
        {"advance_seconds": "x"},
        {"advance_seconds": 1e18},
        {"now": "2026-01-01", "advance_seconds": 1},
    ],
)
def test_a_clock_request_that_makes_no_sense_is_refused(api: Any, body: Any) -> None:
    answer = api.ask_control("POST", "/clock/", body)
    assert answer.status_code == 400
    assert api.control("GET", "/clock/")["now"] == "2026-05-01T12:00:00Z"


def test_a_running_clock_is_not_advanced(start: Any) -> None:
    api = start()
    assert api.control("GET", "/clock/")["frozen"] is False
    answer = api.ask_control("POST", "/clock/", {"advance_seconds": 5})
    assert answer.status_code == 400
    assert "--now" in str(answer.json())


# --- jobs -------------------------------------------------------------------------------------------------------


def test_an_instant_job_is_done_when_its_request_is_answered(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    api.post("/pim/products/1/score/")
    assert api.get("/pim/products/1/score/").status_code == 200


def test_a_manual_job_waits_and_jobs_run_in_their_order(api: Any) -> None:
    api.jobs("manual")
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    api.post("/pim/products/1/score/")
    api.post("/pim/score-all/")
    assert api.get("/pim/products/1/score/").status_code == 404
    assert [job["status"] for job in api.control("GET", "/jobs/")["jobs"]] == ["queued", "queued"]
    assert [job["kind"] for job in api.run_jobs(1)] == ["products.score"]
    assert api.get("/pim/products/1/score/").status_code == 200
    assert [job["kind"] for job in api.run_jobs(9)] == ["products.score_all"]
    assert api.run_jobs(9) == []


def test_planned_jobs_do_not_count_as_waiting(api: Any) -> None:
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    api.post("/pim/products/1/score/")
    found = api.control("GET", "/jobs/")
    assert [(job["kind"], job["status"]) for job in found["jobs"]] == [("products.score", "done")]
    assert [(job["kind"], job["run_at"]) for job in found["planned"]] == [
        ("products.score_nightly", "2026-05-02T00:00:00Z")
    ]
    assert api.run_jobs() == []


def test_a_background_job_is_done_soon_after(api: Any) -> None:
    api.jobs("background")
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    api.post("/pim/products/1/score/")
    deadline = time.monotonic() + 10
    while api.get("/pim/products/1/score/").status_code == 404:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_job_of_a_request_that_was_refused_never_exists(api: Any) -> None:
    api.jobs("manual")
    api.request("POST", "/pim/import/csv/", files={"file": ("p.csv", b"sku,name\nA1,x\n", "text/csv")})
    assert api.post("/pim/import/1/confirm/", {"mapping": {"name": "name"}}).status_code == 400
    assert api.control("GET", "/jobs/")["jobs"] == []


@pytest.mark.parametrize("body", [{"mode": "sometimes"}, {"run": 0}, {}])
def test_a_jobs_request_that_makes_no_sense_is_refused(api: Any, body: Any) -> None:
    answer = api.ask_control("POST", "/jobs/", body)
    assert answer.status_code == 400
    assert api.control("GET", "/jobs/")["mode"] == "instant"


def test_jobs_that_were_interrupted_run_after_a_restart(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    first = start("--db", str(path), "--jobs=manual")
    first.post("/pim/products/", {"sku": "A1", "name": "x"})
    first.post("/pim/products/1/score/")
    first.process.stop()
    with sqlite3.connect(path) as database:  # as if the server had been killed at work
        database.execute("UPDATE sandbox_job SET status = 'running', worker = 'gone', lease_until = '2000-01-01'")
    database.close()
    second = start("--db", str(path))
    deadline = time.monotonic() + 10
    while second.get("/pim/products/1/score/").status_code == 404:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_failing_job_says_why_and_does_not_hold_up_the_others(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite3"
    first = start("--db", str(path), "--jobs=manual")
    first.post("/pim/products/", {"sku": "A1", "name": "x"})
    first.post("/pim/products/1/score/")
    first.post("/pim/score-all/")
    first.process.stop()
    with sqlite3.connect(path) as database:
        database.execute("""UPDATE sandbox_job SET args = '{"no_such_argument": 1}' WHERE id = 1""")
    database.close()
    second = start("--db", str(path), "--jobs=manual")
    second.run_jobs()
    failed, done = second.control("GET", "/jobs/")["jobs"]
    assert (failed["status"], done["status"]) == ("failed", "done")
    assert "no_such_argument" in failed["error"]
