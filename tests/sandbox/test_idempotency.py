"""A request that is repeated under the same Idempotency-Key happens once."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

KEY = {"Idempotency-Key": "11111111-2222-4333-8444-555555555555"}
BODY = {"sku": "A1", "name": "Boot"}
SEEN = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}


def count(api: Any) -> int:
    """How many products there are."""
    number: int = api.get("/pim/products/").json()["count"]
    return number


def test_a_repeated_create_is_answered_alike_and_happens_once(api: Any) -> None:
    first = api.post("/pim/products/", BODY, headers=KEY)
    again = api.post("/pim/products/", BODY, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(api) == 1


def test_without_a_key_the_second_create_is_a_second_create(api: Any) -> None:
    assert api.post("/pim/products/", BODY).status_code == 201
    assert api.post("/pim/products/", BODY).status_code == 400


def test_a_repeated_delete_is_a_204_again(api: Any) -> None:
    api.post("/pim/products/", BODY)
    for replayed in (None, "true"):
        answer = api.delete("/pim/products/1/", headers=KEY)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers.get("Idempotency-Replayed") == replayed
    assert api.delete("/pim/products/1/").status_code == 404


def test_a_refusal_is_replayed_too(api: Any) -> None:
    first = api.post("/pim/products/", {"sku": "A1"}, headers=KEY)
    again = api.post("/pim/products/", {"sku": "A1"}, headers=KEY)
    assert (first.status_code, again.status_code) == (400, 400)
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/pim/products/", {"sku": "A2", "name": "Boot"}),
        ("POST", "/product-segments/", BODY),
        ("PATCH", "/pim/products/1/", BODY),
        ("POST", "/pim/products/?x=1", BODY),
    ],
)
def test_a_key_that_was_used_for_another_request_is_a_422(api: Any, method: str, path: str, body: Any) -> None:
    api.post("/pim/products/", BODY, headers=KEY)
    answer = api.request(method, path, json=body, headers=KEY)
    assert answer.status_code == 422
    assert "different request" in answer.json()["detail"]
    assert count(api) == 1


def test_the_window_is_24_hours_of_the_sandbox_clock(api: Any) -> None:
    api.post("/pim/products/", BODY, headers=KEY)
    api.advance(24 * 3600 - 1)
    assert api.post("/pim/products/", BODY, headers=KEY).headers["Idempotency-Replayed"] == "true"
    api.advance(1)
    late = api.post("/pim/products/", BODY, headers=KEY)
    assert late.status_code == 400  # it really was tried again
    assert "Idempotency-Replayed" not in late.headers


def test_keys_belong_to_their_credential(api: Any, other_tenant: Any) -> None:
    api.post("/pim/products/", BODY, headers=KEY)
    other = other_tenant.post("/pim/products/", BODY, headers=KEY)
    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other.headers


def test_a_bad_credential_uses_up_no_key(api: Any) -> None:
    refused = api.post("/pim/products/", BODY, headers={**KEY, "Authorization": "ApiKey sk_wrong"})
    assert refused.status_code == 401
    assert api.post("/pim/products/", BODY, headers=KEY).status_code == 201


def test_reads_do_not_care_for_a_key(api: Any) -> None:
    assert api.get("/pim/products/", headers=KEY).json()["count"] == 0
    api.post("/pim/products/", BODY)
    again = api.get("/pim/products/", headers=KEY)
    assert again.json()["count"] == 1
    assert "Idempotency-Replayed" not in again.headers


def test_an_upload_is_the_same_although_each_attempt_draws_a_new_boundary(api: Any) -> None:
    files = {"file": ("p.csv", b"sku,name\nA1,Boot\n", "text/csv")}
    answers = [api.request("POST", "/pim/import/csv/", files=files, headers=KEY) for _ in range(2)]
    assert answers[0].request.headers["Content-Type"] != answers[1].request.headers["Content-Type"]
    assert answers[0].content == answers[1].content
    assert api.get("/pim/import/").json()["count"] == 1
    changed = {"file": ("p.csv", b"sku,name\nA2,Boot\n", "text/csv")}
    assert api.request("POST", "/pim/import/csv/", files=changed, headers=KEY).status_code == 422


def test_an_overlong_key_is_a_400(api: Any) -> None:
    answer = api.post("/pim/products/", BODY, headers={"Idempotency-Key": "k" * 256})
    assert answer.status_code == 400
    assert count(api) == 0


def test_a_fault_before_the_work_leaves_the_key_free(api: Any) -> None:
    api.control("POST", "/faults/", {"kind": "status", "status": 503})
    assert api.post("/pim/products/", BODY, headers=KEY).status_code == 503
    assert api.post("/pim/products/", BODY, headers=KEY).status_code == 201


def test_a_lost_answer_is_found_again_by_its_key(api: Any) -> None:
    """The purpose of the key: the work was done, the answer was lost, the retry gets it."""
    api.control("POST", "/faults/", {"kind": "status", "status": 503, "execute": True})
    assert api.post("/pim/products/", BODY, headers=KEY).status_code == 503
    assert count(api) == 1
    retried = api.post("/pim/products/", BODY, headers=KEY)
    assert (retried.status_code, retried.headers["Idempotency-Replayed"]) == (201, "true")
    assert count(api) == 1


def test_the_second_of_two_at_once_is_a_409_until_the_first_is_done(api: Any, receiver: Any) -> None:
    """The first is held during its work by a webhook receiver that answers when it is released."""
    api.post("/webhooks/", {"url": receiver.url})
    assert api.post("/segments/", {"name": "Seen", "definition": {"conditions": [SEEN]}}).status_code == 201
    receiver.hold()
    answers: list[Any] = []
    first = threading.Thread(
        target=lambda: answers.append(api.with_key(api.key).post("/segments/1/compute/", headers=KEY))
    )
    first.start()
    receiver.wait_for_a_request()
    second = api.post("/segments/1/compute/", headers=KEY)
    assert second.status_code == 409
    receiver.let_go()
    first.join(20)
    assert answers[0].status_code == 202
    third = api.post("/segments/1/compute/", headers=KEY)
    assert (third.status_code, third.headers["Idempotency-Replayed"]) == (202, "true")
    assert len(receiver.requests) == 1


def test_a_server_that_dies_after_the_commit_has_done_it_once_and_the_next_one_answers(
    start: Any, receiver: Any, tmp_path: Path
) -> None:
    """It is killed while the job of the committed request waits for a webhook's receiver: nobody got the answer."""
    path = tmp_path / "kept.sqlite3"
    options, env = ("--db", str(path), "--jobs=instant"), {"DATABASE_URL": ""}
    first = start(*options, env=env)
    first.post("/webhooks/", {"url": receiver.url})
    first.post("/segments/", {"name": "Seen", "definition": {"conditions": [SEEN]}})
    receiver.hold()
    lost: list[requests.RequestException] = []

    def compute() -> None:
        try:
            first.with_key(first.key).post("/segments/1/compute/", headers=KEY)
        except requests.RequestException as error:
            lost.append(error)

    caller = threading.Thread(target=compute)
    caller.start()
    receiver.wait_for_a_request()
    first.process.popen.kill()
    caller.join(20)
    assert lost

    second = start(*options, env=env)
    assert second.post("/segments/1/compute/", headers=KEY).status_code == 409  # it takes the other one for alive
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE sandbox_idempotency_record SET claimed_at = claimed_at - 301")
    found = second.post("/segments/1/compute/", headers=KEY)
    assert (found.status_code, found.headers["Idempotency-Replayed"]) == (202, "true")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT COUNT(*) FROM sandbox_job WHERE kind = 'segments.compute'").fetchone() == (1,)


def test_of_many_at_once_one_is_done(api: Any) -> None:
    answers: list[int] = []
    barrier = threading.Barrier(8)

    def create() -> None:
        client = api.with_key(api.key)
        barrier.wait()
        for _ in range(100):
            status = client.post("/pim/products/", BODY, headers=KEY).status_code
            if status != 409:
                break
            time.sleep(0.01)
        answers.append(status)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [201] * 8
    assert count(api) == 1
