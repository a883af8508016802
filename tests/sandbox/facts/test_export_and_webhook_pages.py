"""docs/activations/export, docs/activations/webhooks."""

from __future__ import annotations

import hashlib
import hmac
import io
from typing import Any

import pyarrow.parquet
import pytest
from documented import NOW, computed, segment, track


@pytest.fixture
def number(api: Any) -> int:
    """A computed segment with one member."""
    track(api, "alice", "seen")
    return computed(api, name="Seen")


def exported(api: Any, number: int, form: str = "csv") -> dict[str, Any]:
    """An export that has finished."""
    started = api.post(f"/segments/{number}/export/", {"format": form}).json()
    found: dict[str, Any] = api.get(f"/segments/{number}/export/?export_id={started['export_id']}").json()
    return found


def download(api: Any, number: int, form: str) -> bytes:
    url = exported(api, number, form)["download_url"]
    content: bytes = api.get(url.removeprefix("/api")).content
    return content


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_is_started_in_two_formats(api: Any, number: int, form: str) -> None:
    assert api.post(f"/segments/{number}/export/", {"format": form}).status_code == 202


def test_it_answers_with_an_id_and_that_it_is_pending(api: Any, number: int) -> None:
    api.jobs("manual")
    started = api.post(f"/segments/{number}/export/", {"format": "csv"}).json()
    assert (type(started["export_id"]), started["status"]) == (int, "pending")


@pytest.mark.parametrize("name", ["id", "status", "format", "download_url", "expires_at"])
def test_a_poll_has_the_named_key(api: Any, number: int, name: str) -> None:
    assert name in exported(api, number)


def test_it_becomes_complete(api: Any, number: int) -> None:
    assert exported(api, number)["status"] == "complete"


def test_the_file_is_below_the_segments(api: Any, number: int) -> None:
    found = exported(api, number)
    assert found["download_url"] == f"/api/segments/exports/{found['id']}/download/"


def test_the_file_is_there_for_an_hour(api: Any, number: int) -> None:
    assert exported(api, number)["expires_at"] == "2026-05-01T13:00:00Z"


def test_afterwards_a_new_export_is_needed(api: Any, number: int) -> None:
    url = exported(api, number)["download_url"].removeprefix("/api")
    api.advance(3601)
    assert api.get(url).status_code in (404, 410)


def test_a_csv_has_two_columns(api: Any, number: int) -> None:
    assert download(api, number, "csv").decode().splitlines() == ["user_id,computed_at", f"alice,{NOW}"]


def test_a_csv_is_utf_8(api: Any) -> None:
    track(api, "zoë", "seen")
    assert "zoë".encode() in download(api, computed(api), "csv")


def test_parquet_has_the_same_columns(api: Any, number: int) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(download(api, number, "parquet")))
    assert table.column_names == ["user_id", "computed_at"]


def test_parquet_is_compressed_by_snappy(api: Any, number: int) -> None:
    file = pyarrow.parquet.ParquetFile(io.BytesIO(download(api, number, "parquet")))
    assert file.metadata.row_group(0).column(0).compression == "SNAPPY"


# Webhooks


@pytest.fixture
def hook(api: Any, receiver: Any) -> int:
    """A webhook with a secret."""
    body = {"url": receiver.url, "secret": "whsec_test", "description": "d"}
    created: int = api.post("/webhooks/", body).json()["id"]
    return created


def delivered(api: Any, receiver: Any) -> Any:
    """The delivery after a recompute."""
    track(api, "alice", "seen")
    computed(api, name="Seen")
    return receiver.wait()[0]


def test_a_recompute_notifies_each_webhook(api: Any, hook: int, receiver: Any) -> None:
    assert delivered(api, receiver).json() == {
        "event": "segment.recomputed",
        "tenant_slug": "acme",
        "segment_id": 1,
        "segment_name": "Seen",
        "member_count": 1,
        "computed_at": NOW,
    }


def test_a_delivery_is_signed_by_the_secret_over_the_raw_body(api: Any, hook: int, receiver: Any) -> None:
    got = delivered(api, receiver)
    digest = hmac.new(b"whsec_test", got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-SegOps-Signature"] == f"sha256={digest}"


def test_without_a_secret_nothing_is_signed(api: Any, receiver: Any) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    assert "X-SegOps-Signature" not in delivered(api, receiver).headers


def test_only_the_address_is_needed(api: Any, receiver: Any) -> None:
    assert api.post("/webhooks/", {"url": receiver.url}).status_code == 201


def test_a_paused_webhook_receives_nothing(api: Any, hook: int, receiver: Any) -> None:
    api.patch(f"/webhooks/{hook}/", {"is_active": False})
    computed(api)
    assert api.get(f"/webhooks/{hook}/deliveries/").json()["count"] == 0


def test_a_failed_delivery_is_not_retried(api: Any, hook: int, receiver: Any) -> None:
    receiver.status = 500
    delivered(api, receiver)
    api.run_jobs()
    assert len(receiver.requests) == 1


def test_two_recomputes_are_two_deliveries(api: Any, hook: int, receiver: Any) -> None:
    number = computed(api)
    api.post(f"/segments/{number}/compute/")
    assert len(receiver.wait(2)) == 2


def test_all_webhooks_of_a_tenant_are_notified_in_parallel(api: Any, hook: int, receiver: Any) -> None:
    api.post("/webhooks/", {"url": receiver.url})
    receiver.answer_when(2)
    computed(api)
    assert len(receiver.wait(2)) == 2


def test_a_failed_recompute_notifies_nobody(breakable: Any, receiver: Any) -> None:
    api, run = breakable
    api.post("/webhooks/", {"url": receiver.url})
    number = segment(api)
    api.post(f"/segments/{number}/compute/")
    run('UPDATE sandbox_segment SET definition = \'{"conditions": [{"type": "none"}]}\'')
    api.run_jobs()
    assert api.get("/webhooks/1/deliveries/").json()["count"] == 0


@pytest.mark.parametrize("name", ["url", "description", "is_active"])
def test_a_webhook_has_the_named_key(api: Any, hook: int, name: str) -> None:
    assert name in api.get(f"/webhooks/{hook}/").json()
