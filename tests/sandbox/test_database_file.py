"""The file of `--db`: private, never someone else's, and a full disk that says so."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sandbox_servers import until

SEEN = {"type": "event_count", "event_type": "seen", "operator": "gte", "value": 1}

pytestmark = pytest.mark.skipif(bool(os.environ.get("SEGOPS_TEST_DATABASE_URL")), reason="of SQLite only")


def refused(path: Path) -> str:
    """What a start says that fails; the file is as it was."""
    before = path.read_bytes() if path.is_file() else None
    done = subprocess.run(
        [sys.executable, "-m", "segops_sandbox", f"--db={path}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (path.read_bytes() if path.is_file() else None) == before
    assert "Traceback" not in done.stderr
    return done.stderr


def modes(folder: Path) -> dict[str, int]:
    """The permissions of each file."""
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir() if each.suffix != ".log"}


def test_the_file_and_what_is_beside_it_are_readable_for_their_owner_only(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite3"
    api = start(f"--db={path}")
    api.post("/pim/products/", {"sku": "A1", "name": "x"})
    found = modes(tmp_path)
    assert set(found) >= {"own.sqlite3", "own.sqlite3-wal", "own.sqlite3-shm"}
    assert set(found.values()) == {0o600}


def test_a_file_that_others_could_read_is_made_private(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "shared.sqlite3"
    start(f"--db={path}").process.stop()
    path.chmod(0o644)
    start(f"--db={path}")
    assert set(modes(tmp_path).values()) == {0o600}


def test_a_file_of_another_kind_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam\n")
    said = refused(path)
    assert f"{path} is not a SQLite database" in said


def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "photos.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photo (id INTEGER)")
        other.commit()
    said = refused(path)
    assert f"{path} is the database of something else (it has photo)" in said


def test_a_file_of_a_newer_version_is_refused(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite3"
    start(f"--db={path}").process.stop()
    with closing(sqlite3.connect(path)) as own:
        own.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('segops_sandbox', '0999_later', '2026-01-01')"
        )
        own.commit()
    said = refused(path)
    assert f"{path} was made by a newer segops-sandbox (it has 0999_later)" in said


@pytest.mark.parametrize("name", ["nowhere/x.sqlite3", "."])
def test_a_path_where_no_file_can_be_is_named(tmp_path: Path, name: str) -> None:
    assert str(tmp_path / name) in refused(tmp_path / name)


def test_a_damaged_file_is_named(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite3"
    start(f"--db={path}").process.stop()
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    for beside in tmp_path.glob("damaged.sqlite3-*"):
        beside.unlink()
    assert str(path) in refused(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_a_507_and_the_sandbox_resumes_when_there_is_room_again(start: Any, small_disk: Path) -> None:
    api = start(f"--db={small_disk / 'full.sqlite3'}", "--jobs=background")
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        room = os.statvfs(small_disk)
        file.write(b"x" * (room.f_bavail * room.f_frsize - (64 << 10)))
    events = [{"user_id": f"u-{n}", "event_type": "seen", "payload": {"text": "x" * 500}} for n in range(500)]
    answer = api.post("/ingestion/track/batch/", {"events": events})
    assert answer.status_code == 507
    assert answer.json() == {
        "detail": "The disk of the sandbox is full: nothing was stored. Make room, then send it again."
    }
    assert "Retry-After" not in answer.headers
    assert api.get("/explorer/users/").json()["count"] == 0
    filler.unlink()
    assert api.post("/ingestion/track/batch/", {"events": events}).status_code == 202
    assert api.post("/segments/", {"name": "All", "definition": {"conditions": [SEEN]}}).status_code == 201
    assert api.post("/segments/1/compute/").status_code == 202
    until(lambda: api.get("/segments/1/").json()["last_computed_at"])
