"""Which database, and how is it opened?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# WAL lets readers go on while a job writes. Without waiting for the disk, what is committed still survives a crash of
# the process, though not one of the machine: right for a test server, and most of what a commit costs. Each thread has
# a connection, and so a cache, of its own.
_SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=20000; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456;"
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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
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
