"""Which database the environment names, and the settings to open it with."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# The collation that compares texts by code point, whatever the database's own one.
CODE_POINT_ORDER = {"sqlite": "BINARY", "postgresql": "C"}

# WAL lets readers read while a job writes. Without waiting for the disk, what is committed still survives a crash of
# the process, though not one of the machine: right for a test server, and most of what a commit costs. Each thread has
# a connection, and so a cache, of its own: a small one, behind which the system's stands. Mapping the file into memory
# instead counts it once for each of them, and is no faster.
_SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=20000; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-4096;"
)


_OURS_ONLY = 0o600
_SQLITE_HEAD = b"SQLite format 3\x00"


class WrongFile(ValueError):
    """A database file that the sandbox does not touch; says which and why."""


def make_private(path: str) -> None:
    """Make a SQLite file, and what SQLite keeps beside it, readable for its owner only; an absent one is made empty.

    Raises WrongFile for a file that is none of SQLite's, or one of another program, and OSError for one that cannot be
    opened; both name it, and nothing has touched it then.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _OURS_ONLY)
    try:
        start = os.read(descriptor, len(_SQLITE_HEAD))
    finally:
        os.close(descriptor)
    if start and start != _SQLITE_HEAD:
        raise WrongFile(f"{path} is not a SQLite database, and is left as it is. Name another file.")
    if start:
        _refuse_a_foreign_one(path)
    for each in (path, f"{path}-wal", f"{path}-shm", f"{path}-journal"):
        try:
            if stat.S_IMODE(os.stat(each).st_mode) != _OURS_ONLY:
                os.chmod(each, _OURS_ONLY)
        except FileNotFoundError:
            continue


def _refuse_a_foreign_one(path: str) -> None:
    """Look into a database, without changing it, for tables that are not ours. An empty one becomes ours."""
    with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=30)) as looked_at:
        try:
            rows = looked_at.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        except sqlite3.DatabaseError as exc:
            raise WrongFile(f"{path} cannot be read: {exc}.") from None
    names = [str(name) for (name,) in rows]
    if names and not any(name.startswith("sandbox_") for name in names):
        some = ", ".join(names[:3])
        raise WrongFile(f"{path} is the database of something else (it has {some}), and is left as it is.")


def database_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings for the database that the environment names.

    DATABASE_URL wins over SEGOPS_SANDBOX_DB. Raises ValueError for a scheme that is neither PostgreSQL nor SQLite.
    """
    url = environ.get("DATABASE_URL", "")
    if not url:
        return _sqlite(environ.get("SEGOPS_SANDBOX_DB") or "segops-sandbox.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path).removeprefix("/") or "segops-sandbox.sqlite3")
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL: {parts.scheme!r} is not a database the sandbox knows (postgresql, sqlite).")
    return _postgresql(parts)


def _postgresql(parts: SplitResult) -> dict[str, Any]:
    try:
        port = parts.port
    except ValueError:
        # Python's message repeats what it took for the port, which may be a part of the password.
        raise ValueError(
            "DATABASE_URL: the port is not a number. In user and password write / as %2F, @ as %40, # as %23 and "
            "? as %3F."
        ) from None
    if find_spec("psycopg") is None:
        raise ValueError("DATABASE_URL names a PostgreSQL database: pip install 'segops-sandbox[postgres]'.")
    # Not `parts.hostname`, which is in lower case: a folder with a socket (%2Frun%2FPostgreSQL) is not.
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}") if port else parts.netloc.rpartition("@")[2]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host.strip("[]")),
        "PORT": str(port or ""),
        # A connection is kept for each thread, and looked at before a request uses it: the database may have restarted.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, "application_name": "segops-sandbox", **dict(parse_qsl(parts.query))},
    }


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(path).absolute()),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            # A write takes its lock when it begins: a later upgrade fails at once if anyone wrote meanwhile.
            "transaction_mode": "IMMEDIATE",
            "init_command": _SQLITE_INIT,
        },
    }
