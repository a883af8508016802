"""Which database the environment names, and the settings to open it with."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# The collation that compares texts by code point, whatever the database's own one.
CODE_POINT_ORDER = {"sqlite": "BINARY", "postgresql": "C"}

# WAL lets readers go on while a job writes. Without waiting for the disk, what is committed still survives a crash of
# the process, though not one of the machine: right for a test server, and most of what a commit costs. Each thread has
# a connection, and so a cache, of its own: a small one, behind which the system's stands. Mapping the file into memory
# instead counts it once for each of them, and is no faster.
_SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=20000; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-4096;"
)


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
