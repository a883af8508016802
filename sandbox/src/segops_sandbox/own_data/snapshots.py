"""Snapshots: the whole of a SQLite workspace as one file, saved and restored while servers run."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENDING: Final = ".sqlite3"
_BUSY_S: Final = 30.0


class SnapshotError(ValueError):
    """What can't be saved or restored; the message says why."""


@dataclass(frozen=True)
class Snapshot:
    """A saved workspace."""

    name: str
    path: Path
    saved_at: datetime
    size: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        saved = self.saved_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"name": self.name, "path": str(self.path), "saved_at": saved, "bytes": self.size}


def folder() -> Path:
    """Where named snapshots are: SEGOPS_SANDBOX_SNAPSHOTS, or a folder of the user's data."""
    own = os.environ.get("SEGOPS_SANDBOX_SNAPSHOTS")
    if own:
        return Path(own)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(data) / "segops-sandbox" / "snapshots"


def path_of(name: str) -> Path:
    """The file of a snapshot: a name is one in `folder()`, anything with a slash or `.sqlite3` is a path."""
    if os.sep in name or name.endswith(_ENDING):
        return Path(name)
    if not _NAME.fullmatch(name):
        raise SnapshotError(f"{name!r} is no name for a snapshot: letters, digits, dot, dash and underscore, up to 64.")
    return folder() / (name + _ENDING)


def is_snapshot(path: Path) -> bool:
    """Whether a file is a SQLite database."""
    try:
        with path.open("rb") as stream:
            return stream.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def listed() -> list[Snapshot]:
    """The named snapshots, the newest first."""
    found = [_described(path) for path in folder().glob(f"*{_ENDING}")]
    return sorted(found, key=lambda snapshot: snapshot.saved_at, reverse=True)


def save(database: Path, name: str) -> Snapshot:
    """Copy a workspace into a snapshot, which replaces one of the same name. Writers wait for moments only."""
    target = path_of(name)
    _check(database, "nothing to save")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    part.touch(0o600)  # it holds keys
    try:
        with closing(_open(database)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            # One file, without a journal beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        part.replace(target)
    except sqlite3.Error as exc:
        raise SnapshotError(f"{database} can't be saved: {exc}.") from exc
    finally:
        part.unlink(missing_ok=True)
    return _described(target)


def restore(name: str, database: Path) -> Snapshot:
    """Replace a workspace by a snapshot. Its keys, tenants and data are then those of the snapshot."""
    source = path_of(name)
    _check(source, "no snapshot to restore")
    if database.exists() and not _is_empty(database):
        _check(database, "nothing that may be replaced")
    try:
        with closing(_open(source)) as saved, closing(sqlite3.connect(database, timeout=_BUSY_S)) as target:
            saved.backup(target)
    except sqlite3.Error as exc:
        raise SnapshotError(f"{database} can't be replaced by {source}: {exc}.") from exc
    return _described(source)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)


def _check(path: Path, problem: str) -> None:
    """Raise SnapshotError unless a file is a workspace of the sandbox."""
    if not path.exists():
        known = ", ".join(snapshot.name for snapshot in listed()) or "none"
        raise SnapshotError(f"There is {problem}: no file {path}. Snapshots: {known}.")
    if is_snapshot(path):
        with closing(_open(path)) as database:
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'sandbox_tenant'").fetchone():
                return
    raise SnapshotError(f"There is {problem}: {path} is not a workspace of the sandbox.")


def _is_empty(path: Path) -> bool:
    """Whether a file is empty, or a database without a table, as a server makes one when it starts."""
    if not path.stat().st_size:
        return True
    if not is_snapshot(path):
        return False
    with closing(_open(path)) as database:
        return database.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _described(path: Path) -> Snapshot:
    found = path.stat()
    saved = datetime.fromtimestamp(found.st_mtime, timezone.utc)
    return Snapshot(path.name.removesuffix(_ENDING), path, saved, found.st_size)
