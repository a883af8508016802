"""How many events came in which month, counted once for those that are there; the secret of Shopify's webhooks."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_MONTH = {
    "sqlite": "CAST(strftime('%Y%m', received_at / 1000000, 'unixepoch') AS INTEGER)",
    "postgresql": "CAST(to_char(to_timestamp(received_at / 1000000) AT TIME ZONE 'UTC', 'YYYYMM') AS INTEGER)",
}


def count_events(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO sandbox_event_tally (tenant_id, month, shard, count, last_id) "
        f"SELECT tenant_id, {_MONTH[schema_editor.connection.vendor]} AS month, 0, COUNT(*), MAX(id) "
        "FROM sandbox_event GROUP BY tenant_id, month"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('segops_sandbox', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='shopify_secret',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.CreateModel(
            name='EventTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('month', models.IntegerField()),
                ('shard', models.IntegerField()),
                ('count', models.BigIntegerField()),
                ('last_id', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'sandbox_event_tally',
            },
        ),
        migrations.AddConstraint(
            model_name='eventtally',
            constraint=models.UniqueConstraint(fields=('tenant', 'month', 'shard'), name='sandbox_event_tally_once'),
        ),
        migrations.RunPython(count_events, migrations.RunPython.noop),
    ]
