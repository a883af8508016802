"""What an import may read as another value than text, and what it did."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('segops_sandbox', '0002_event_tally_and_shopify'),
        ('segops_sandbox', '0002_loaded_file'),
    ]

    operations = [
        migrations.AddField(model_name='importjob', name='lossless', field=models.JSONField(default=dict)),
        migrations.AddField(model_name='importjob', name='declared', field=models.JSONField(default=list)),
        migrations.AddField(model_name='importjob', name='changes', field=models.JSONField(default=dict)),
    ]
