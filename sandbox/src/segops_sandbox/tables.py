"""The tables of the database, made by migrations; an empty database gets the same tables by a shortcut.

Several servers may be started on one database at the same moment: one of them does it, the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from segops_sandbox.database import WrongFile

# Django's name for this application.
LABEL = "segops_sandbox"
# The number of our advisory lock on PostgreSQL: "segops" in ASCII.
_LOCK = 0x7365676F7073


def bring_up_to_date() -> None:
    """Create or migrate all tables.

    Replaying the migrations on an empty database takes half a second, most of it spent on the history of models that
    have no rows yet. So an empty database gets the tables of the models as they are, with all migrations noted as
    applied; a test compares the two ways.
    """
    # SQLite suspends its foreign keys, which a schema change needs, only outside of a transaction.
    with connection.constraint_checks_disabled(), alone():
        recorder = MigrationRecorder(connection)
        applied = set(recorder.applied_migrations())
        known = set(MigrationLoader(None).disk_migrations or ())
        newer = sorted(name for app, name in applied - known if app == LABEL)
        if newer:
            where = connection.settings_dict["NAME"]
            raise WrongFile(
                f"{where} was made by a newer segops-sandbox (it has {newer[-1]}). Update, or name another."
            )
        if not applied:
            _create_all(recorder, known)
        elif known - applied:
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


@contextmanager
def alone() -> Iterator[None]:
    """Let no other server on this database be in such a block at the same time. Not for use inside a transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    else:
        with transaction.atomic():  # the one writer that SQLite allows
            yield


def _create_all(recorder: MigrationRecorder, known: set[tuple[str, str]]) -> None:
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            editor.create_model(model)
    recorder.ensure_schema()
    for app, name in sorted(known):
        recorder.record_applied(app, name)
