"""The meter of monthly tracked users."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('segops_sandbox', '0004_events_in_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='UserMeter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant'
                )),
                ('month', models.DateField()),
                ('users', models.BigIntegerField(default=0)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sandbox_user_meter',
                'constraints': [
                    models.UniqueConstraint(fields=('tenant', 'month'), name='sandbox_user_meter_once'),
                ],
            },
        ),
    ]
