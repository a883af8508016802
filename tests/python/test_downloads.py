"""Downloads into files."""

from __future__ import annotations

import errno
import gzip
import io
import os
import socket
import stat
import threading
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY

from segops_admin import (
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsConnectionError,
    SegOpsDecodeError,
    SegOpsNotFoundError,
)
from segops_admin.testing import FakeTime, Script

PARQUET = b"PAR1" + os.urandom(700_000) + b"PAR1"
BEFORE = b"what was there before"

BINARY = [("Content-Type", "application/octet-stream")]


def file(**options: Any) -> Reply:
    return Reply(body=PARQUET, headers=BINARY, **options)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("options", [{}, {"chunked": 1000}, {"gzip": True}, {"length": -1}], ids=str)
def test_a_download_becomes_a_file_and_its_bytes_are_counted(
    options: dict[str, Any], as_text: bool, serve: Any, connect: Any, tmp_path: Path
) -> None:
    server = serve(file(**options))
    path = tmp_path / "members.parquet"
    assert connect(server).segments.download_export("5/6", str(path) if as_text else path) == len(PARQUET)
    assert path.read_bytes() == PARQUET
    assert names(tmp_path) == ["members.parquet"]
    assert server.requests[0].raw_path == "/api/segments/exports/5%2F6/download/"


def test_a_relative_path_is_below_the_current_folder(
    serve: Any, connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    connect(serve(file())).segments.download_export(5, "members.csv")
    assert (tmp_path / "members.csv").read_bytes() == PARQUET


def test_an_empty_file_is_a_file(serve: Any, connect: Any, tmp_path: Path) -> None:
    server = serve(Reply(body=b"", headers=BINARY))
    assert connect(server).segments.download_export(5, tmp_path / "empty") == 0
    assert (tmp_path / "empty").read_bytes() == b""


def test_the_path_appears_only_when_everything_has_arrived(serve: Any, connect: Any, tmp_path: Path) -> None:
    gate = threading.Event()
    path = tmp_path / "members.csv"
    path.write_bytes(BEFORE)
    half = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PARQUET) + PARQUET[:300_000]
    server = serve(Raw(half, gate, PARQUET[300_000:], close=False))
    worker = threading.Thread(target=connect(server).segments.download_export, args=(5, path))
    worker.start()
    server.wait_for_requests(1)
    assert path.read_bytes() == BEFORE
    gate.set()
    worker.join()
    assert path.read_bytes() == PARQUET
    assert names(tmp_path) == ["members.csv"]


FAILURES: dict[str, Any] = {
    "404": (lambda: Reply(404, json={"detail": "Not found."}), SegOpsNotFoundError),
    "expired": (lambda: Reply(410, json={"detail": "Expired."}), SegOpsApiError),
    "500": (lambda: Reply(500), SegOpsApiError),
    "no reply": (Hangup, SegOpsConnectionError),
    "cut short": (lambda: file(length=2 * len(PARQUET), hang_up=True), SegOpsConnectionError),
    "broken gzip": (lambda: Reply(body=PARQUET, headers=[("Content-Encoding", "gzip")]), SegOpsDecodeError),
    "gzip cut short": (
        lambda: Reply(body=gzip.compress(PARQUET)[:-10], headers=[("Content-Encoding", "gzip")]),
        SegOpsDecodeError,
    ),
    "gzip and more": (
        lambda: Reply(body=gzip.compress(PARQUET) + b"more", headers=[("Content-Encoding", "gzip")]),
        SegOpsDecodeError,
    ),
    "brotli": (lambda: Reply(body=b"x", headers=[("Content-Encoding", "br")]), SegOpsDecodeError),
}


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("name", FAILURES)
def test_a_download_that_fails_leaves_everything_as_it_was(
    name: str, existing: bool, serve: Any, connect: Any, tmp_path: Path
) -> None:
    step, kind = FAILURES[name]
    path = tmp_path / "members.csv"
    if existing:
        path.write_bytes(BEFORE)
    with pytest.raises(kind, match="/segments/exports/5/download/"):
        connect(serve(step()), max_retries=0).segments.download_export(5, path)
    assert names(tmp_path) == (["members.csv"] if existing else [])
    if existing:
        assert path.read_bytes() == BEFORE


@pytest.mark.parametrize("name", FAILURES)
def test_a_download_that_fails_leaves_a_file_object_as_it_was(name: str, serve: Any, connect: Any) -> None:
    step, kind = FAILURES[name]
    sink = io.BytesIO(BEFORE)
    sink.seek(0, os.SEEK_END)
    with pytest.raises(kind):
        connect(serve(step()), max_retries=0).segments.download_export(5, sink)
    assert (sink.getvalue(), sink.tell()) == (BEFORE, len(BEFORE))


@pytest.mark.parametrize(
    "first",
    [lambda: file(length=2 * len(PARQUET), hang_up=True), Hangup, lambda: Reply(503)],
    ids=["cut short", "no reply", "503"],
)
@pytest.mark.parametrize("to_path", [False, True])
def test_a_download_starts_over_after_a_failure(
    first: Any, to_path: bool, serve: Any, connect: Any, time: FakeTime, tmp_path: Path
) -> None:
    server = serve(first(), file())
    sink = io.BytesIO()
    path = tmp_path / "members.csv"
    assert connect(server).segments.download_export(5, path if to_path else sink) == len(PARQUET)
    assert (path.read_bytes() if to_path else sink.getvalue()) == PARQUET
    assert time.sleeps == [1.0]


class Pipe(io.RawIOBase):
    """Takes bytes and cannot give them back."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.taken += bytes(data)
        return len(data)


def test_a_download_into_a_pipe_is_not_retried_once_something_is_in_it(serve: Any, connect: Any) -> None:
    server = serve(file(length=2 * len(PARQUET), hang_up=True))
    pipe = Pipe()
    with pytest.raises(SegOpsConnectionError, match="cut short"):
        connect(server).segments.download_export(5, pipe)
    assert pipe.taken == PARQUET


def test_a_download_into_a_pipe_is_retried_while_nothing_is_in_it(serve: Any, connect: Any) -> None:
    pipe = Pipe()
    assert connect(serve(Reply(503), Hangup(), file())).segments.download_export(5, pipe) == len(PARQUET)
    assert pipe.taken == PARQUET


def test_a_download_into_a_socket_without_a_buffer_is_whole(serve: Any, connect: Any) -> None:
    near, far = socket.socketpair()
    received = bytearray()

    def receive() -> None:
        while block := far.recv(4096):
            received.extend(block)

    reader = threading.Thread(target=receive)
    near.settimeout(60)  # with a timeout, a socket takes what there is room for at once
    with near, far, near.makefile("wb", buffering=0) as sink:
        reader.start()
        assert connect(serve(file())).segments.download_export(5, sink) == len(PARQUET)
        near.shutdown(socket.SHUT_WR)
        reader.join()
    assert received == PARQUET


def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual(serve: Any, connect: Any, tmp_path: Path) -> None:
    old, new, like = tmp_path / "old", tmp_path / "new", tmp_path / "like"
    old.write_bytes(BEFORE)
    old.chmod(0o640)
    like.touch()
    client = connect(serve(file(), file()))
    client.segments.download_export(5, old)
    client.segments.download_export(5, new)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == like.stat().st_mode


def test_a_link_stays_a_link_and_what_it_names_is_written(serve: Any, connect: Any, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "target", tmp_path / "link"
    target.write_bytes(BEFORE)
    link.symlink_to(target)
    connect(serve(file())).segments.download_export(5, link)
    assert link.is_symlink()
    assert target.read_bytes() == PARQUET


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_device_or_pipe_is_written_to_and_not_replaced(serve: Any, connect: Any, tmp_path: Path) -> None:
    # /dev/stdout and /dev/null are such paths too.
    path = tmp_path / "fifo"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    assert connect(serve(file())).segments.download_export(5, path) == len(PARQUET)
    reader.join()
    assert got == [PARQUET]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_long_file_name_is_no_obstacle(serve: Any, connect: Any, tmp_path: Path) -> None:
    path = tmp_path / ("m" * 250)
    connect(serve(file())).segments.download_export(5, path)
    assert path.read_bytes() == PARQUET


@pytest.mark.parametrize("to", ["missing/folder/members.csv", "", "a\0b", ".", "folder/"])
def test_a_path_that_cannot_be_written_is_refused_and_nothing_is_sent(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="Cannot write"):
        script.client().segments.download_export(5, to)
    assert script.requests == []
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("to", [None, 7, b"path", io.StringIO()], ids=["None", "a number", "bytes", "StringIO"])
def test_what_is_neither_a_path_nor_a_binary_file_is_refused(to: Any) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="path or a file open for binary writing"):
        script.client().segments.download_export(5, to)
    assert script.requests == []


class FullDisk(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_raises_oserror_and_is_not_retried(serve: Any, connect: Any) -> None:
    server = serve(file())
    with pytest.raises(OSError, match="No space left"):
        connect(server).segments.download_export(5, FullDisk())
    server.wait_for_end(1)


def test_a_download_that_fails_frees_its_connection_before_its_error_is_handled(serve: Any, connect: Any) -> None:
    server = serve(file(), Reply(json={"id": 1}))
    client = connect(server, max_connections=1, timeout=5)
    try:
        client.segments.download_export(5, FullDisk())
    except OSError:  # whose frames hold the reply
        assert client.segments.get(1) == {"id": 1}


def test_a_disk_that_fills_up_is_reported_with_the_path_and_keeps_the_old_file(
    serve: Any, connect: Any, tmp_path: Path
) -> None:
    path = tmp_path / "members.parquet"
    path.write_bytes(BEFORE)
    resource = pytest.importorskip("resource", reason="needs POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # simulates a full disk for this process
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            connect(serve(file())).segments.download_export(5, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == str(path)
    assert (path.read_bytes(), names(tmp_path)) == (BEFORE, ["members.parquet"])


def test_a_full_device_is_reported_with_its_path(serve: Any, connect: Any) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        connect(serve(file())).segments.download_export(5, "/dev/full")
    assert caught.value.filename == "/dev/full"


def test_memory_does_not_grow_with_the_download_zipped_or_not(serve: Any, connect: Any) -> None:
    megabyte = b" " * 1024**2
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(megabyte) for _ in range(300)) + packer.flush()
    server = serve(Reply(body=packed, headers=[("Content-Encoding", "gzip")]))
    client = connect(server)

    class Drain(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    tracemalloc.start()
    try:
        assert client.segments.download_export(5, Drain()) == 300 * 1024**2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024**2


# ------------------------------------------------------------------------------------------------ storage servers


def test_a_download_may_move_to_a_storage_server_which_never_gets_the_key(
    serve: Any, connect: Any, tmp_path: Path
) -> None:
    storage = serve(file())
    server = serve(Reply(302, headers=[("Location", f"{storage.origin}?X-Signature=a%2Fb")]))
    assert connect(server).segments.download_export(5, tmp_path / "members") == len(PARQUET)
    (seen,) = storage.requests
    assert seen.line == "GET /?X-Signature=a%2Fb HTTP/1.1"
    assert [name.lower() for name, _ in seen.headers] == ["host", "user-agent", "accept-encoding"]
    assert KEY not in repr(seen)


def test_the_key_does_not_come_back_with_a_download_that_comes_home(serve: Any, connect: Any) -> None:
    def home(seen: Any) -> Reply:
        if seen.target == "/api/back/":
            return file()
        return Reply(302, headers=[("Location", f"{storage.origin}/away")])

    server = serve(answer=home)
    storage = serve(Reply(302, headers=[("Location", f"{server.origin}/api/back/")]))
    assert connect(server).segments.download_export(5, io.BytesIO()) == len(PARQUET)
    assert [seen.header("Authorization") for seen in server.requests] == [f"ApiKey {KEY}", None]


def test_within_its_origin_a_download_keeps_the_key(serve: Any, connect: Any) -> None:
    server = serve(Reply(302, headers=[("Location", "/api/files/5")]), file())
    connect(server).segments.download_export(5, io.BytesIO())
    assert server.requests[1].header("Authorization") == f"ApiKey {KEY}"


@pytest.mark.parametrize("location", ["http://storage.example/5", "ftp://localhost/5", "file:///etc/passwd"])
def test_a_download_does_not_move_where_others_can_read_along(location: str, serve: Any, connect: Any) -> None:
    server = serve(Reply(302, headers=[("Location", location)]))
    with pytest.raises(SegOpsApiError, match="302"):
        connect(server).segments.download_export(5, io.BytesIO())


# ------------------------------------------------------------------------------------------ until it is whole


@pytest.mark.parametrize("is_link", [False, True])
def test_a_download_never_writes_into_a_file_that_was_there_nor_asks_for_the_umask(
    is_link: bool, serve: Any, connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, secret = tmp_path / ".segops-74616b656e.part", tmp_path / "x"
    secret.write_bytes(b"mine")
    if is_link:
        taken.symlink_to(secret)
    else:
        taken.write_bytes(b"mine")
    monkeypatch.setattr(os, "urandom", lambda size: b"taken")
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("the umask is the process's"))
    with pytest.raises(SegOpsArgumentError, match="File exists"):
        connect(serve()).segments.download_export(5, tmp_path / "export.csv")
    assert (taken.read_bytes(), secret.read_bytes()) == (b"mine", b"mine")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
@pytest.mark.parametrize("before", [b"", b"longer than what comes"])
def test_a_target_that_is_a_mounted_file_gets_the_content(
    before: bytes, number: int, serve: Any, connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "export.csv"
    target.write_bytes(before)
    inode = target.stat().st_ino

    def refuse(source: str, to: str) -> None:
        raise OSError(number, os.strerror(number), source, None, to)

    monkeypatch.setattr(os, "replace", refuse)
    assert connect(serve(Reply(body=b"a,b\n"))).segments.download_export(5, target) == 4
    assert (target.read_bytes(), target.stat().st_ino) == (b"a,b\n", inode)
    assert list(tmp_path.iterdir()) == [target]
