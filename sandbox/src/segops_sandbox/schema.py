"""How do the tables come to be? By migrations; an empty database takes a short cut to the same tables."""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def bring_up_to_date() -> None:
    """Create or migrate all tables.

    Replaying the migrations on an empty database takes half a second, most of it spent on the history of models that
    have no rows yet. So an empty database gets the tables of the models as they are, with all migrations noted as
    applied; a test compares the two ways.
    """
    recorder = MigrationRecorder(connection)
    if recorder.applied_migrations():
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        return
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_models():
            editor.create_model(model)
    recorder.ensure_schema()
    for app, name in MigrationLoader(None).disk_migrations or ():
        recorder.record_applied(app, name)
