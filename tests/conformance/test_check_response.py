"""The check that every answer of the sandbox goes through finds all faults, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import conformance
import pytest

SEGMENT = {
    "id": 1, "name": "Customers", "description": "", "segment_type": "rule", "definition": {}, "is_active": True,
    "member_count": 0, "last_computed_at": None, "created_at": "2026-04-25T12:00:00Z",
    "updated_at": "2026-04-25T12:00:00Z",
}  # fmt: skip


@dataclass
class Answer:
    """A response, as far as the check reads it."""

    status_code: int
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(init=False)
    content: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Content-Type": self.content_type}
        self.content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/segments/", "segments.list"),
        ("POST", "/segments/preview/", "segments.preview"),
        ("GET", "/segments/membership/?user_id=u", "segments.membership"),
        ("GET", "/segments/7/", "segments.get"),
        ("put", "/segments/7/", "segments.update"),
        ("GET", "/explorer/users/zo%C3%AB%2F5/events/", "users.events"),
        ("GET", "/ai-pages/query?q=x", "pages.query"),
        ("GET", "/segments", None),
        ("POST", "/ingestion/track/", None),
        ("DELETE", "/segments/", None),
    ],
)
def test_an_operation_is_found_by_its_request_line(method: str, path: str, wanted: str | None) -> None:
    found = conformance.operation_for(method, path)
    assert (found and found.id) == wanted


def _faults(method: str, path: str, *answer: Any) -> str:
    return "\n".join(conformance.faults_of(method, path, Answer(*answer)))


def test_a_right_answer_has_no_faults() -> None:
    page = {"count": 1, "next": None, "previous": None, "results": [SEGMENT]}
    conformance.check_response("GET", "/segments/", Answer(200, page))
    conformance.check_response("GET", "/segments/1/", Answer(404, {"detail": "Not found."}))
    conformance.check_response("POST", "/segments/", Answer(400, {"name": ["This field is required."]}))
    conformance.check_response("DELETE", "/segments/1/", Answer(204, b""))
    conformance.check_response("GET", "/segments/exports/1/download/", Answer(200, b"user_id\n", "text/csv"))


def test_a_key_that_no_record_knows_is_found_at_every_depth() -> None:
    assert "'colour' was unexpected" in _faults("GET", "/segments/1/", 200, {**SEGMENT, "colour": "red"})
    page = {"count": 1, "next": None, "previous": None, "results": [{**SEGMENT, "colour": 1}], "pages": 1}
    faults = _faults("GET", "/segments/", 200, page)
    assert "no page has 'pages'" in faults
    assert "$.results[0]" in faults
    assert "colour" not in _faults("GET", "/segments/1/", 200, {**SEGMENT, "definition": {"colour": 1}})


def test_other_faults_are_found() -> None:
    assert "'name' is a required property" in _faults("GET", "/segments/1/", 200, {"id": 1})
    assert "not with 201" in _faults("GET", "/segments/1/", 201, SEGMENT)
    assert "content type" in _faults("GET", "/segments/1/", 200, SEGMENT, "text/html")
    assert "no JSON" in _faults("GET", "/segments/1/", 200, b'{"id": NaN}')
    assert "no body" in _faults("DELETE", "/segments/1/", 204, b"{}")
    assert "not Detail" in _faults("GET", "/segments/1/", 404, {"error": "?"})
    assert "not FieldErrors" in _faults("POST", "/segments/", 400, {"tags": {"0": ["Not a valid string."]}})
    assert "no record is the body of a 418" in _faults("GET", "/segments/1/", 418, {"detail": "?"})
    assert "content type" in _faults("TRACE", "/segments/1/", 405, b"<html>", "text/html")
    with pytest.raises(AssertionError, match="GET /segments/1/ answered against the contract"):
        conformance.check_response("GET", "/segments/1/", Answer(200, {}))


def test_what_the_contract_does_not_know_is_not_judged() -> None:
    assert _faults("POST", "/ingestion/track/", 202, {"queued": True}) == ""
    assert _faults("HEAD", "/segments/", 200, b"") == ""
