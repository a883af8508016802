"""Large CSV files: the limits of one import, how a file is split, and how an import in parts resumes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segops_admin import (
    SegOpsArgumentError,
    SegOpsBadRequestError,
    SegOpsConnectionError,
    SegOpsJobError,
    SegOpsPermissionError,
)
from segops_admin._wire.csv_parts import MOST_BYTES, MOST_ROWS, plan
from segops_admin._wire.csv_records import Records
from segops_admin.testing import Script, no_connection, reply

MAPPING = {"sku": "sku", "name": "name"}
CSV = b"sku,name\n1,a\n2,b\n3,c\n"
STATE = "products.csv.segops-import.json"


def uploaded(job: int) -> Any:
    return reply({"job_id": job, "status": "mapping", "suggested_mapping": MAPPING}, status=201)


def confirmed(job: int) -> Any:
    return reply({"job_id": job, "status": "importing"}, status=202)


def job(number: int, status: str = "done", **more: Any) -> Any:
    return reply({"id": number, "job_id": number, "status": status, "row_count": 1, "imported_count": 1, **more})


def imported(*jobs: int) -> list[Any]:
    return [each for number in jobs for each in (uploaded(number), confirmed(number), job(number))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "products.csv"
    file.write_bytes(CSV)
    return file


def lines(script: Script) -> list[str]:
    return [f"{request.method} {request.path}" for request in script.requests]


def keys(script: Script) -> list[str]:
    return [request.headers["Idempotency-Key"] for request in script.requests if request.method != "GET"]


# ------------------------------------------------------------------------------------------------ too large


def test_a_file_with_too_many_rows_is_refused_before_it_is_sent() -> None:
    for data in (b"sku,n\r\n" + b"1,2\r\n" * (MOST_ROWS + 1), b"sku\n" + b'"a\nb"\n' * (MOST_ROWS + 1)):
        script = Script()
        with pytest.raises(
            SegOpsArgumentError, match=r"has 100,001 rows.* 100,000 rows .*import_csv_in_parts.*--split"
        ):
            script.client().products.import_csv(data)
        assert script.requests == []


def test_a_file_of_as_many_rows_as_the_platform_takes_is_sent() -> None:
    most = MOST_ROWS // 2
    for data in (
        b"\xef\xbb\xbfsku\n" + b"1,2\n" * MOST_ROWS,
        b"sku\n" + b'"a\n\n\r\nb"\n' * most,
        b"sku\n1\n" + b"\r\n" * MOST_ROWS,
    ):
        script = Script(reply({"job_id": 1}))
        assert script.client().products.import_csv(io.BytesIO(data)) == {"job_id": 1}
        assert data in script.requests[0].content


def test_a_file_with_too_many_bytes_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "sparse.csv"
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    script = Script()
    with pytest.raises(SegOpsArgumentError, match=r"has 104,853,505 bytes; an import takes 100 MiB at most.*--split"):
        script.client().products.import_csv(file)


# ------------------------------------------------------------------------------------------------ cutting


def records_of(data: bytes, size: int) -> list[tuple[int, int, bool]]:
    found = []
    records = Records()
    for start in range(0, len(data), size):
        found += list(records.feed(data[start : start + size]))
    return found + list(records.close())


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet='a",\r\n;é ', max_size=40), st.integers(1, 7))
def test_records_end_where_pythons_csv_ends_them_however_the_file_arrives(text: str, size: int) -> None:
    data = text.encode()
    found = records_of(data, size)
    assert b"".join(data[start:end] for start, end, _ in found) == data
    rows = [list(csv.reader(io.StringIO(data[start:end].decode(), newline=""))) or [[]] for start, end, _ in found]
    assert [row for (row,) in rows] == list(csv.reader(io.StringIO(text, newline="")))
    assert [blank for _, _, blank in found] == [row == [[]] for row in rows]


cells = st.text(alphabet='ab",\r\n\x1aé', max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=2, max_size=2), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.integers(1, 4),
)
def test_the_rows_of_all_parts_are_those_of_the_file(
    rows: list[list[str]], line_end: str, mark: bytes, most: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows([["sku", "name"], *rows])
    data = mark + out.getvalue().encode()
    cut = plan(io.BytesIO(data), "a.csv", most)
    found = []
    for part in cut.parts:
        text = (cut.head + data[part.start : part.end]).decode("utf-8-sig")
        head, *body = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert head == ["sku", "name"]
        assert len(body) <= most
        found += body
    assert found == rows
    assert cut.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("begin", [b"\r\n", b'"sku\nof the shop",'], ids=["a blank line", "a quoted line end"])
def test_a_byte_order_mark_is_no_part_of_the_first_record(begin: bytes) -> None:
    head = b"\xef\xbb\xbf" + begin + b"name\n"
    cut = plan(io.BytesIO(head + b"1,a\n"), "a.csv", 10)
    assert cut.head == head
    assert [(part.first_row, part.last_row) for part in cut.parts] == [(1, 1)]


def test_parts_keep_within_the_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segops_admin._wire.csv_parts.MOST_BYTES", 20)
    cut = plan(io.BytesIO(b"sku\n" + b"1234567\n" * 3 + b"123456789012345\n"), "a.csv", 100)
    assert [(part.first_row, part.last_row) for part in cut.parts] == [(1, 2), (3, 3), (4, 4)]
    with pytest.raises(SegOpsArgumentError, match=r"Row 2 of a.csv has 17 bytes; an import takes 100 MiB"):
        plan(io.BytesIO(b"sku\n1\n1234567890123456\n"), "a.csv", 100)


# ------------------------------------------------------------------------------------------------ going on


def test_an_import_resumes_where_it_was_when_its_process_ended(path: Path) -> None:
    first = Script(*imported(1), uploaded(2), no_connection())
    with pytest.raises(SegOpsConnectionError):
        first.client(max_retries=0).products.import_csv_in_parts(path, 1)
    # The confirmation is lost: the import's status shows whether it arrived.
    for status, rest in (("mapping", [confirmed(2)]), ("importing", []), ("done", [])):
        state = path.with_name(STATE).read_bytes()
        second = Script(job(2, status), *rest, job(2), *imported(3))
        done = second.client().products.import_csv_in_parts(path, 1)
        assert [part["job_id"] for part in done["parts"]] == [1, 2, 3]
        assert done["imported_count"] == 3
        assert not path.with_name(STATE).exists()
        assert lines(second).count("POST /pim/import/csv/") == 1
        path.with_name(STATE).write_bytes(state)


def test_what_is_sent_again_has_the_same_key_and_another_import_has_others(path: Path) -> None:
    first = Script(SegOpsConnectionError("the reply was lost", sent=True))
    with pytest.raises(SegOpsConnectionError):
        first.client(max_retries=0).products.import_csv_in_parts(path)
    second = Script(*imported(1))
    second.client().products.import_csv_in_parts(path)
    assert keys(second)[0] == keys(first)[0]
    third = Script(*imported(2))
    third.client().products.import_csv_in_parts(path)
    assert not set(keys(third)) & set(keys(second))


def test_a_file_that_has_changed_is_refused_and_the_error_says_what_was_imported(path: Path) -> None:
    with pytest.raises(SegOpsConnectionError):
        Script(*imported(1), no_connection()).client(max_retries=0).products.import_csv_in_parts(path, 2)
    path.write_bytes(CSV.replace(b"3", b"4"))
    script = Script()
    with pytest.raises(SegOpsArgumentError, match=r"products.csv has changed.*rows 1 to 2 of it were imported.*delete"):
        script.client().products.import_csv_in_parts(path, 2)
    assert script.requests == []
    path.with_name(STATE).unlink()
    assert Script(*imported(1, 2)).client().products.import_csv_in_parts(path, 2)["row_count"] == 2


def test_an_import_does_not_resume_on_another_server_or_with_other_options(path: Path) -> None:
    with pytest.raises(SegOpsConnectionError):
        Script(no_connection()).client(max_retries=0).products.import_csv_in_parts(path, 2)
    client = Script().client()
    for other, said, options in (
        (client, "with 2 rows a part; nothing of it was imported", {"rows": 3}),
        (client, "with another mapping", {"rows": 2, "body": {"mapping": {}}}),
        (
            Script().client(base_url="https://other.test/api"),
            "with the server https://api.segops.test/api",
            {"rows": 2},
        ),
        (Script().client(api_key="sk_test_another"), "with another API key", {"rows": 2}),
    ):
        with pytest.raises(SegOpsArgumentError, match=said):
            other.products.import_csv_in_parts(path, **options)
    path.with_name(STATE).write_text("{}")
    with pytest.raises(SegOpsArgumentError, match="is not the state file of an import"):
        client.products.import_csv_in_parts(path, 2)


def test_the_state_file_holds_no_key(path: Path) -> None:
    script = Script(no_connection())
    with pytest.raises(SegOpsConnectionError):
        script.client(max_retries=0, api_key="sk_test_very_secret").products.import_csv_in_parts(path)
    told = json.loads(path.with_name(STATE).read_text())
    assert "secret" not in path.with_name(STATE).read_text()
    assert list(told) == ["format", "run", "file", "server", "account", "rows", "confirmation", "mapping", "parts"]
    assert list(path.parent.glob("*.part")) == []


def test_the_state_is_on_the_disk_before_it_takes_the_place_of_the_one_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    replaced: list[bytes] = []
    replace = os.replace

    def put(source: str, target: str) -> None:
        replaced.append(Path(source).read_bytes())
        replace(source, target)

    partial = path.with_name(f"{STATE}.part")
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(partial.read_bytes()))
    monkeypatch.setattr(os, "replace", put)
    Script(*imported(1)).client().products.import_csv_in_parts(path)
    assert synced == replaced
    assert all(json.loads(each) for each in synced)


def test_a_part_that_is_refused_is_named_and_sent_under_a_new_key(path: Path) -> None:
    first = Script(*imported(1), reply({"detail": "Read-only key."}, status=403))
    with pytest.raises(SegOpsPermissionError, match=r"Part 2 of 2 \(rows 3 to 3 of products.csv\): .*Read-only key"):
        first.client().products.import_csv_in_parts(path, 2)
    second = Script(reply({"file": ["No."]}, status=400))
    with pytest.raises(SegOpsBadRequestError, match=r"rows 3 to 3"):
        second.client().products.import_csv_in_parts(path, 2)
    # Otherwise a server that replays answers by their key would replay the refusal.
    assert keys(second)[0] != keys(first)[-1]


def test_a_part_whose_import_fails_is_named_and_imported_again(path: Path) -> None:
    script = Script(uploaded(1), confirmed(1), job(1, "failed", error_message="No space."))
    with pytest.raises(SegOpsJobError, match=r"Part 1 of 1 \(rows 1 to 3 of products.csv\): Import 1 .*No space"):
        script.client().products.import_csv_in_parts(path)
    again = Script(*imported(2))
    assert again.client().products.import_csv_in_parts(path)["parts"][0]["job_id"] == 2


def test_a_file_that_changes_while_it_is_sent_is_not_imported(path: Path) -> None:
    def grow(part: dict[str, Any]) -> None:
        if part["status"] == "uploading":
            path.write_bytes(CSV + b"4,d\n")

    script = Script(uploaded(1))
    with pytest.raises(SegOpsArgumentError, match="has changed while part 1 was sent"):
        script.client().products.import_csv_in_parts(path, on_progress=grow)
    assert lines(script) == ["POST /pim/import/csv/"]


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_sent(path: Path) -> None:
    path.with_name(f"{STATE}.part").mkdir()
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="which keeps the progress of the import"):
        script.client().products.import_csv_in_parts(path)
    assert script.requests == []
