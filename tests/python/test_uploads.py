"""Uploads of files."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_server import Hangup, Reply, Seen

from segops_admin import SegOpsArgumentError, SegOpsConnectionError
from segops_admin._wire.multipart import Multipart
from segops_admin.testing import Script, reply

CSV = b"sku,name\r\nA-1,L\xc3\xa4mp\r\n--boundary\r\n"
DONE = {"job_id": 3}


def part(body: bytes, content_type: str) -> Any:
    """The only part of a form, as a mail parser (not ours) reads it."""
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    (only,) = message.get_payload()
    return only


def received(seen: Seen) -> tuple[str, str, str, bytes]:
    """Field, file name, content type and content."""
    content_type = seen.header("Content-Type")
    assert content_type is not None
    only = part(seen.body, content_type)
    field = only.get_param("name", header="content-disposition")
    return field, only.get_filename(), only.get_content_type(), only.get_payload(decode=True)


def test_bytes_are_sent_as_one_csv_part_named_file(serve: Any, connect: Any) -> None:
    server = serve(Reply(201, json=DONE))
    assert connect(server).products.import_csv(CSV) == DONE
    seen = server.requests[0]
    assert seen.line == "POST /api/pim/import/csv/ HTTP/1.1"
    assert received(seen) == ("file", "products.csv", "text/csv", CSV)
    assert seen.header("Content-Length") == str(len(seen.body))
    assert seen.header("Idempotency-Key")


@pytest.mark.parametrize("kind", ["bytes", "bytearray", "memoryview", "str path", "Path", "file", "BytesIO", "empty"])
def test_a_file_may_be_given_in_many_ways(kind: str, serve: Any, connect: Any, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(CSV)
    server = serve(Reply(201, json=DONE))
    products = connect(server).products
    if kind == "file":
        with path.open("rb") as file:
            products.import_csv(file)
            assert not file.closed
    else:
        products.import_csv(
            {
                "bytes": CSV,
                "bytearray": bytearray(CSV),
                "memoryview": memoryview(CSV),
                "str path": str(path),
                "Path": path,
                "BytesIO": io.BytesIO(CSV),
                "empty": b"",
            }[kind]
        )
    _, name, _, content = received(server.requests[0])
    assert content == (b"" if kind == "empty" else CSV)
    assert name == ("catalogue.csv" if kind in ("str path", "Path", "file") else "products.csv")


def test_the_callers_file_name_wins(serve: Any, connect: Any, tmp_path: Path) -> None:
    path = tmp_path / "tmp1234"
    path.write_bytes(CSV)
    server = serve(Reply(201, json=DONE), Reply(201, json=DONE))
    products = connect(server).products
    products.import_csv(path, "spring.csv")
    products.import_csv(CSV, filename="spring.csv")
    assert [received(seen)[1] for seen in server.requests] == ["spring.csv"] * 2


def test_an_open_file_is_sent_from_where_it_stands(serve: Any, connect: Any) -> None:
    file = io.BytesIO(b"skip me" + CSV)
    file.seek(7)
    server = serve(Reply(503), Reply(201, json=DONE))
    connect(server).products.import_csv(file)
    assert [received(seen)[3] for seen in server.requests] == [CSV, CSV]


@pytest.mark.parametrize("kind", ["gzip", "zip", "spooled", "temporary"])
def test_every_kind_of_binary_file_is_accepted(kind: str, serve: Any, connect: Any, tmp_path: Path) -> None:
    server = serve(Reply(503), Reply(201, json=DONE))
    products = connect(server).products
    if kind == "gzip":
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV))
        with gzip.open(tmp_path / "a.csv.gz") as unzipped:
            products.import_csv(unzipped)
    elif kind == "zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("a.csv", CSV)
        with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("a.csv") as member:
            products.import_csv(member)
    else:
        with tempfile.SpooledTemporaryFile() if kind == "spooled" else tempfile.NamedTemporaryFile() as file:
            file.write(CSV)
            file.seek(0)
            products.import_csv(file)
    assert [received(seen)[3] for seen in server.requests] == [CSV, CSV]


def test_a_pipe_is_sent_and_sent_again_on_a_retry(serve: Any, connect: Any) -> None:
    server = serve(Reply(503), Reply(201, json=DONE))
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as sink:
        sink.write(CSV)
    with os.fdopen(reading, "rb") as source:
        connect(server).products.import_csv(source)
    assert [received(seen)[3] for seen in server.requests] == [CSV, CSV]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_the_path_of_a_pipe_is_read_like_any_other(serve: Any, connect: Any, tmp_path: Path) -> None:
    # The shell's <(command) is such a path.
    path = tmp_path / "fifo"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(CSV,))
    writer.start()
    server = serve(Reply(503), Reply(201, json=DONE))
    connect(server).products.import_csv(path)
    writer.join()
    assert [received(seen)[3] for seen in server.requests] == [CSV, CSV]


def test_a_retry_sends_the_same_bytes_boundary_included(serve: Any, connect: Any, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(os.urandom(3_000_000))
    server = serve(Reply(500), Reply(429), Reply(201, json=DONE))
    connect(server).products.import_csv(path)
    assert len({seen.digest for seen in server.requests}) == 1
    assert len({seen.header("Content-Type") for seen in server.requests}) == 1


def test_a_lost_reply_to_an_upload_is_not_repeated(serve: Any, connect: Any) -> None:
    server = serve(Hangup())
    with pytest.raises(SegOpsConnectionError, match="may have executed it"):
        connect(server).products.import_csv(CSV)


def test_request_uploads_any_form(serve: Any, connect: Any) -> None:
    server = serve(Reply(204), Reply(204))
    http = connect(server).http
    http.request("POST", "/files/", form=("attachment", "a.bin", b"\x00\x01", "application/octet-stream"))
    http.request("POST", "/files/", form=("file", "a.csv", CSV), query={"dry": True}, idempotent=True)
    first, second = server.requests
    assert received(first) == ("attachment", "a.bin", "application/octet-stream", b"\x00\x01")
    assert (first.header("Idempotency-Key"), second.target) == (None, "/api/files/?dry=true")
    assert second.header("Idempotency-Key")


# ------------------------------------------------------------------------------------------------ refused


class Unreadable(io.RawIOBase):
    """A file on a disk that fails."""

    def __init__(self) -> None:
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = 100 if whence == os.SEEK_END else offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("/nowhere/at/all.csv", "cannot be read"),
        ("/", "cannot be read"),
        ("nul\0byte.csv", "cannot be read"),
        (io.StringIO("sku\n"), "binary mode"),
        (None, "not null"),
        (7, "not 7"),
        (["sku"], "not an array"),
    ],
    ids=["no file", "a folder", "NUL", "StringIO", "None", "a number", "a list"],
)
def test_anything_but_a_binary_file_is_refused_and_nothing_is_sent(data: Any, says: str) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match=says):
        script.client().products.import_csv(data)
    assert script.requests == []


def test_a_file_open_as_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    with (tmp_path / "a.csv").open() as file:
        with pytest.raises(SegOpsArgumentError, match="'rb'"):
            Script().client().products.import_csv(file)


def test_a_closed_file_is_refused() -> None:
    file = io.BytesIO(CSV)
    file.close()
    with pytest.raises(SegOpsArgumentError, match="closed"):
        Script().client().products.import_csv(file)


def test_a_file_that_becomes_shorter_is_never_sent_half(serve: Any, connect: Any, tmp_path: Path) -> None:
    server = serve()

    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return b""

    client = connect(server)
    with pytest.raises(SegOpsArgumentError, match="became shorter"):
        client.products.import_csv(Shrinking(CSV))
    assert server.requests == []


def test_a_file_that_cannot_be_read_to_its_end_is_named_as_the_reason(serve: Any, connect: Any) -> None:
    server = serve()
    with pytest.raises(SegOpsArgumentError, match="Input/output error") as caught:
        connect(server).products.import_csv(Unreadable())
    assert isinstance(caught.value.__cause__, OSError)
    assert server.requests == []


@pytest.mark.parametrize("content_type", ["text/csv\r\nX-Evil: 1", "text/\x00", "té/xt"])
def test_a_content_type_cannot_break_out_of_its_header(content_type: str) -> None:
    with pytest.raises(SegOpsArgumentError, match="content type"):
        Script().client().http.request("POST", "/x/", form=("file", "a.csv", b"", content_type))


# ------------------------------------------------------------------------------------------------ file names


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ('a"b.csv', b'filename="a%22b.csv"'),
        ("a\r\nX-Evil: 1\r\n\r\nbody.csv", b'filename="a%0D%0AX-Evil: 1%0D%0A%0D%0Abody.csv"'),
        ("Größe 产品 🛒.csv", 'filename="Größe 产品 🛒.csv"'.encode()),
        ("back\\slash; semi=colon.csv", b'filename="back\\slash; semi=colon.csv"'),
    ],
)
def test_a_file_name_stays_inside_its_quotes(name: str, sent: bytes, serve: Any, connect: Any) -> None:
    server = serve(Reply(201, json=DONE))
    connect(server).products.import_csv(CSV, name)
    head, _, rest = server.requests[0].body.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert len(lines) == 3
    assert lines[1] == b'Content-Disposition: form-data; name="file"; ' + sent
    assert rest.startswith(CSV)


@pytest.mark.parametrize("name", ["a\x00b.csv", "a\tb", "a\x1bb", "\x7f.csv", "\ud800.csv"])
def test_a_file_name_with_a_control_character_or_no_utf8_is_refused(name: str) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError):
        script.client().products.import_csv(CSV, name)
    assert script.requests == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(field=st.text(min_size=1), name=st.text(min_size=1), content=st.binary())
def test_no_file_name_changes_what_is_received(field: str, name: str, content: bytes) -> None:
    script = Script(reply(status=204))
    try:
        script.client().http.request("POST", "/x/", form=(field, name, content))
    except SegOpsArgumentError:
        return
    (request,) = script.requests
    boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
    assert int(request.headers["Content-Length"]) == len(request.content)
    head, _, rest = request.content.partition(b"\r\n\r\n")
    assert head.count(b"\r") == head.count(b"\n") == 2
    assert head.count(b'"') == 4
    assert rest == content + b"\r\n--" + boundary + b"--\r\n"


# ------------------------------------------------------------------------------------------------ memory

MEBIBYTE = 1024**2

UPLOADER = """
import resource, sys
from segops_admin import SegOpsAdmin
client = SegOpsAdmin("sk_test", base_url=sys.argv[1])
client.segments.list()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(client.products.import_csv(sys.argv[2])["job_id"])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
client.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not on Windows")
def test_memory_does_not_grow_with_the_file(serve: Any, tmp_path: Path) -> None:
    size = 96 * MEBIBYTE
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(size)
    server = serve(Reply(json=[]), Reply(503, headers=[("Retry-After", "0")]), Reply(201, json=DONE), keep_bodies=False)
    done = subprocess.run(
        [sys.executable, "-c", UPLOADER, server.url, str(path)],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    job, grown = done.stdout.split()
    assert job == "3"
    assert int(grown) <= 16
    first, second = server.requests[1:]
    assert first.length == second.length > size
    assert first.digest == second.digest
    head = first.length - size - len(b"\r\n----\r\n") - 32
    assert 0 < head < 300


def test_a_multipart_body_is_the_same_each_time_and_as_long_as_it_says() -> None:
    body = Multipart("file", "a.csv", io.BytesIO(CSV * 50_000), "text/csv", "b" * 32)
    once = b"".join(body)
    assert len(once) == body.length
    assert hashlib.sha256(b"".join(body)).digest() == hashlib.sha256(once).digest()
    assert max(map(len, body)) <= 256 * 1024
