"""The sandbox in the process of the tests, for tests below HTTP: a real database and a frozen clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def sandbox_in_process(folder: Path, now_micros: int) -> Iterator[Any]:
    """Set Django up, and yield a tenant on an up-to-date, empty database; import the sandbox's modules in the block.

    Args:
        folder: where the SQLite file goes, unless DATABASE_URL names a database. Django is set up once in a process:
            whoever comes later gets the database of whoever came first, emptied.
        now_micros: the time, in microseconds since 1970.
    """
    if "DATABASE_URL" not in os.environ:
        os.environ["SEGOPS_SANDBOX_DB"] = str(folder / "sandbox.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    import django

    django.setup()
    from django.db import connection

    from segops_sandbox import clock, tables, workspace

    tables.bring_up_to_date()
    tenant = workspace.reset().tenant
    clock.freeze(clock.from_micros(now_micros))
    yield tenant
    clock.freeze(None)
    connection.close()
