"""File arguments, and the errors about unusable ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

BODY = {"name": "Größe 42", "n": 1.5}
TEXT = '{"name": "Größe 42", "n": 1.5}'


def test_a_body_is_read_from_a_file(cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_text(TEXT, encoding="utf-8")
    assert cli("segments", "create", str(path), "--dry-run").json["body"] == BODY


def test_a_body_is_read_from_a_file_that_begins_with_a_byte_order_mark(cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "body.json"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert cli("segments", "create", str(path), "--dry-run").json["body"] == BODY


def test_a_body_named_dash_is_standard_input(cli: Any) -> None:
    assert cli("segments", "create", "-", "--dry-run", stdin=TEXT.encode()).json["body"] == BODY


@pytest.mark.parametrize("text", [TEXT, " \n" + TEXT])
def test_a_body_may_be_the_json_itself(text: str, cli: Any) -> None:
    assert cli("segments", "create", text, "--dry-run").json["body"] == BODY


def test_an_array_may_be_given_in_all_these_ways(cli: Any) -> None:
    rows = [{"sku": "a"}]
    assert cli("products", "bulk-upsert", '[{"sku":"a"}]', "--dry-run").json["body"] == {"products": rows}
    assert cli("products", "bulk-upsert", "-", "--dry-run", stdin=b'[{"sku":"a"}]').json["body"] == {"products": rows}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": 1,\n  "b": }', "line 2, column 8"),
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b'{"a": NaN}', "line 1, column 7: NaN is not a JSON number"),
        (b'{"a": "\xff"}', "is not UTF-8 (byte 7)"),
        ('{"a": 1}'.encode("utf-16"), "is not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[1]", "must hold a JSON object, not an array"),
        (b"null", "must hold a JSON object, not null"),
        (b'"text"', "must hold a JSON object, not text"),
    ],
)
def test_a_bad_body_is_a_usage_error_that_names_the_file_and_the_place(
    content: bytes, said: str, server: Any, cli: Any, tmp_path: Path
) -> None:
    path = tmp_path / "body.json"
    path.write_bytes(content)
    result = cli("segments", "create", str(path))
    assert (result.code, result.out, server.requests) == (2, "", [])
    assert "body.json" in result.err
    assert said in result.err
    assert len([line for line in result.err.splitlines() if line.startswith("error: ")]) == 1


def test_bad_json_on_the_command_line_and_on_standard_input_is_named_as_such(server: Any, cli: Any) -> None:
    assert "the argument is not valid JSON: line 1, column 6" in cli("segments", "create", '{"a":}').err
    assert "standard input is not valid JSON: line 1, column 6" in cli("segments", "create", "-", stdin=b'{"a":}').err
    assert server.requests == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "not an object"), ('["a"]', "not an array of other things"), ('{"products":[]}', "object")],
)
def test_rows_that_are_not_an_array_of_objects_are_a_usage_error(text: str, said: str, server: Any, cli: Any) -> None:
    result = cli("products", "bulk-upsert", text)
    assert (result.code, server.requests) == (2, [])
    assert said in result.err


@pytest.mark.parametrize("words", [["segments", "create"], ["products", "import"], ["schemas", "validate", "purchase"]])
def test_a_file_that_cannot_be_read_is_a_usage_error(words: list[str], server: Any, cli: Any, tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        result = cli(*words, str(path))
        assert (result.code, result.out, server.requests) == (2, "", [])
        assert f"cannot read {str(path)!r}" in result.err


def test_standard_input_can_be_named_only_once(server: Any, cli: Any) -> None:
    result = cli("products", "import", "-", "--confirm=-", stdin=b"sku\n")
    assert (result.code, server.requests) == (2, [])
    assert "only once" in result.err


def test_a_csv_goes_out_as_it_is_under_its_own_name(server: Any, cli: Any, tmp_path: Path) -> None:
    content = b"sku,name\r\nA-1,\xff\x00\r\n"
    (tmp_path / "katalog.csv").write_bytes(content)
    server.reply({"job_id": 3})
    assert cli("products", "import", str(tmp_path / "katalog.csv")).code == 0
    sent = server.requests[0].content
    assert b'filename="katalog.csv"' in sent
    assert b"\r\n\r\n" + content + b"\r\n--" in sent


def test_a_csv_may_come_from_standard_input_and_be_named(server: Any, process: Any) -> None:
    server.reply({"job_id": 3})
    server.reply({"job_id": 4})
    assert process("products", "import", "-", stdin=b"sku\nA-1\n").code == 0
    assert process("products", "import", "-", "--filename=spring.csv", stdin=b"sku\nA-1\n").code == 0
    unnamed, named = (request.content for request in server.requests)
    assert b'filename="products.csv"' in unnamed
    assert b'filename="spring.csv"' in named
    assert b"\r\n\r\nsku\nA-1\n\r\n--" in unnamed


def test_a_csv_may_come_from_a_named_pipe(server: Any, command: Any, environment: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    server.reply({"job_id": 3})
    running = subprocess.Popen(command("products", "import", str(pipe)), env=environment, stdout=subprocess.PIPE)
    with open(pipe, "wb") as file:
        file.write(b"sku\nA-1\n")
    assert running.communicate(timeout=30)[0] == b'{\n  "job_id": 3\n}\n'
    assert b"\r\n\r\nsku\nA-1\n\r\n--" in server.requests[0].content


@pytest.mark.parametrize(
    "words",
    [
        ["segments", "create", "-"],
        ["products", "import", "-"],
        ["products", "bulk-upsert", "-", "--rows=1"],
        ["api", "POST", "/x/", "--body=-"],
        ["api", "POST", "/x/", "--form=file=@-"],
    ],
)
def test_a_closed_standard_input_is_a_usage_error_where_it_is_needed(
    words: list[str], cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    result = cli(*words)
    assert result.code == 2
    assert "standard input is closed" in result.err


def test_an_export_is_written_to_a_file(server: Any, cli: Any, tmp_path: Path) -> None:
    server.reply(content=b"user_id\nu1\n")
    result = cli("segments", "download-export", "14", str(tmp_path / "members.csv"))
    assert server.lines == ["GET /segments/exports/14/download/"]
    assert (tmp_path / "members.csv").read_bytes() == b"user_id\nu1\n"
    assert (result.code, result.out) == (0, "11\n")


def test_an_export_to_dash_is_all_that_standard_output_gets(server: Any, command: Any, environment: Any) -> None:
    content = bytes(range(256)) * 400
    server.reply(content=content)
    done = subprocess.run(
        command("segments", "download-export", "14", "-"), env=environment, capture_output=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, content, b"")


def test_an_export_to_a_device_leaves_the_device_as_it_is(server: Any, cli: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    server.reply(content=b"user_id\n")
    assert cli("segments", "download-export", "14", str(pipe)).code == 0
    assert os.read(reader, 100) == b"user_id\n"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("words", [["segments", "download-export", "14"], ["segments", "export", "12", "--to"]])
def test_a_file_that_cannot_be_written_is_found_before_anything_is_sent(
    words: list[str], server: Any, cli: Any, tmp_path: Path
) -> None:
    for path in (tmp_path / "no" / "folder" / "x.csv", tmp_path):
        result = cli(*words, str(path))
        assert (result.code, server.requests) == (2, [])
        assert f"cannot write {str(path)!r}" in result.err


def test_a_download_that_fails_leaves_the_old_file(server: Any, cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("old")
    server.reply({"detail": "Not found."}, status=404)
    assert cli("segments", "download-export", "14", str(path)).code == 1
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["members.csv"]
