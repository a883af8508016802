"""What a server begins with: `--from FILE`, a snapshot or files of events and products."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from segops_sandbox.models import Tenant
from segops_sandbox.own_data import snapshots
from segops_sandbox.own_data.load import load

log = logging.getLogger("segops_sandbox")


def is_snapshot(name: str) -> bool:
    """Whether `--from` names a snapshot and not a file to load."""
    return not Path(name).exists() or snapshots.is_snapshot(Path(name))


def restore_into_new_database(names: Sequence[str]) -> None:
    """Restore the snapshot among them, if there is one. To be called before the tables are made.

    Raises SnapshotError where the database has a workspace already, or is not SQLite.
    """
    found = [name for name in names if is_snapshot(name)]
    if not found:
        return
    if len(found) > 1:
        raise snapshots.SnapshotError(
            f"--from names {len(found)} snapshots: {', '.join(found)}. One can be begun with."
        )
    path = database_file()
    if connection.introspection.table_names():
        raise snapshots.SnapshotError(
            f"{path} has a workspace already. To replace it: segops-sandbox snapshot restore {found[0]} --db {path}"
        )
    connection.close()
    snapshots.restore(found[0], path)


def load_files(tenant: Tenant, names: Sequence[str]) -> None:
    """Load the others. Raises BadFile."""
    for name in names:
        if not is_snapshot(name):
            report = load(tenant, Path(name))
            log.info("%s: %d %s, %d rejected", name, report.stored, report.kind, report.rejected)
            for error in report.errors:
                log.warning("%s: %s", name, error)


def database_file() -> Path:
    """The file of the SQLite database that the server works on. Raises SnapshotError for another database."""
    if connection.vendor != "sqlite":
        raise snapshots.SnapshotError("Snapshots are of SQLite workspaces. For PostgreSQL use pg_dump and pg_restore.")
    return Path(str(connection.settings_dict["NAME"]))
