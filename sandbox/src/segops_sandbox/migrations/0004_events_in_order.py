"""Each user's events in their order, which sequences follow step by step, in place of by type."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('segops_sandbox', '0003_import_changes'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='event', name='sandbox_event_by_subject'),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(
                fields=['tenant', 'subject', 'occurred_at', 'id', 'event_type'], name='sandbox_event_in_order'
            ),
        ),
    ]
