"""No recording holds a key: a canary shows it, in every encoding. An interrupted recording replaces nothing."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from repository import ROOT

from segops_parity.cassettes import Interaction, save_cassette
from segops_parity.record import RecordError, record, recordable, replace_cassettes
from segops_parity.redaction import FAKE_KEY, Redactor, leaks, scan_files

CANARY = "sk_test_canary+/=0123456789"


@pytest.mark.parametrize(
    "data",
    [
        CANARY.encode(),
        quote(CANARY, safe="").encode(),
        "".join(f"\\u{ord(c):04x}" for c in CANARY).encode(),
        CANARY.encode().hex().encode(),
        base64.b64encode(b"Authorization: " + CANARY.encode() + b" and more"),
        base64.b64encode(b"x" + CANARY.encode()),
        gzip.compress(CANARY.encode()),
        base64.b64encode(gzip.compress(b"a" * 40 + CANARY.encode())),
    ],
    # gzip holds the time of day: without names of their own, test workers would not agree on the tests there are.
    ids=["plain", "url", "unicode-escapes", "hex", "base64", "base64-shifted", "gzip", "gzip-in-base64"],
)
def test_the_canary_is_found_in_every_encoding(data: bytes) -> None:
    assert leaks(b"before " + data if data[:1] != b"\x1f" else data, [CANARY])


def test_what_holds_no_canary_is_clean() -> None:
    assert leaks(json.dumps({"key": FAKE_KEY, "more": base64.b64encode(b"z" * 90).decode()}).encode(), [CANARY]) == []


def interaction() -> Interaction:
    return Interaction(
        "POST",
        f"/echo/?key={CANARY}",
        (
            ("Authorization", f"ApiKey {CANARY}"),
            ("Idempotency-Key", "9b3c3b0c-bfbf-4306-90af-2eb1bdbd196e"),
            ("Host", "h"),
        ),
        f'{{"key":"{CANARY}"}}'.encode(),
        200,
        (("Content-Type", "application/json"), ("Set-Cookie", "secret"), ("Location", "http://127.0.0.1:1/api/x")),
        f'{{"echo":"{CANARY}","mail":"ann@corp.example","again":"ann@corp.example"}}'.encode(),
    )


def test_redaction_keeps_presence_scheme_and_shape_and_nothing_else() -> None:
    kept = Redactor(CANARY, "http://127.0.0.1:1/api", "1.0.0").interaction(interaction())
    assert leaks(repr(kept).encode(), [CANARY]) == []
    assert dict(kept.request_headers)["Authorization"] == f"ApiKey {FAKE_KEY}"
    assert dict(kept.request_headers)["Idempotency-Key"] == "00000000-0000-4000-8000-000000000001"
    assert dict(kept.reply_headers) == {"Content-Type": "application/json", "Location": "https://api.segops.test/api/x"}
    assert kept.reply_body.count(b"person1@example.test") == 2, "the same person stays the same"


def test_a_file_with_a_key_that_nobody_made_up_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "cassette.yaml"
    file.write_text("a: 1\nkey: sk_" + "live9f8b7c6d5e4f3a2b1c\n", encoding="utf-8")
    assert scan_files([file])[0].startswith(f"{file}:2: looks like a key")


def test_a_write_that_fails_leaves_the_old_cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "happy.yaml"
    save_cassette(file, b"old")

    def fails(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match="disk full"):
        save_cassette(file, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["happy.yaml"]
    assert file.read_bytes() == b"old"


@pytest.mark.needs_workspace
def test_a_recording_is_the_same_bytes_as_the_one_in_the_repository(suite) -> None:  # type: ignore[no-untyped-def]
    """The committed one was made by another process, at another time, after all the other cases."""
    found = record(suite.contract, suite.scenarios, suite.project.cassettes, pattern="segments.[ec]*/*")
    assert len(found) >= 10
    assert {file.relative_to(ROOT): data for file, data in found.items() if file.read_bytes() != data} == {}
    assert replace_cassettes(found) == []


def test_a_pattern_that_matches_nothing_is_refused(suite) -> None:  # type: ignore[no-untyped-def]
    assert recordable(suite.contract, suite.scenarios, suite.project.cassettes, "segments.get/*")
    with pytest.raises(RecordError, match="matches none"):
        record(suite.contract, suite.scenarios, suite.project.cassettes, pattern="nothing/*")


@pytest.mark.needs_workspace
def test_a_recording_that_fails_replaces_nothing(suite, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """The server is gone before the first call."""
    with pytest.raises(RecordError, match=r"could not be run|nothing was recorded"):
        record(
            suite.contract,
            suite.scenarios,
            suite.project.cassettes,
            pattern="segments.get/*",
            api=("http://127.0.0.1:9/api", "sk_test_nobody"),
        )
    assert (suite.project.cassettes / "segments/get/happy.yaml").is_file()
