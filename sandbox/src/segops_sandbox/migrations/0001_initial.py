"""The first version of every table."""

from __future__ import annotations

import django.db.models.deletion
import segops_sandbox.clock
import segops_sandbox.models.base
import segops_sandbox.models.catalogue
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=63, unique=True)),
                ('name', models.CharField(max_length=255)),
                ('plan', models.CharField(default='business', max_length=32)),
                ('brand_name', models.CharField(default='', max_length=255)),
                ('brand_aliases', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
            ],
            options={
                'db_table': 'sandbox_tenant',
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('password', models.CharField(max_length=255)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'sandbox_account',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='segops_sandbox.account')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='segops_sandbox.tenant')),
                ('role', models.CharField(max_length=16)),
            ],
            options={
                'db_table': 'sandbox_role',
                'constraints': [models.UniqueConstraint(fields=('account', 'tenant'), name='sandbox_role_once')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='segops_sandbox.tenant')),
                ('kind', models.CharField(max_length=2)),
                ('name', models.CharField(max_length=255)),
                ('key', models.CharField(max_length=128, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('allowed_origins', models.JSONField(default=list)),
                ('require_signed_user_id', models.BooleanField(default=False)),
                ('signing_secret', models.CharField(blank=True, default='', max_length=64)),
                ('is_primary', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sandbox_api_key',
            },
        ),
        migrations.CreateModel(
            name='ServerSecret',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('value', models.CharField(max_length=128)),
            ],
            options={
                'db_table': 'sandbox_server_secret',
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.IntegerField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.BinaryField(default=b'')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('claimed_at', models.FloatField()),
            ],
            options={
                'db_table': 'sandbox_idempotency_record',
                'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='sandbox_idempotency_once')],
            },
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('external_id', models.TextField()),
                ('canonical', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='raw_ids', to='segops_sandbox.subject')),
            ],
            options={
                'db_table': 'sandbox_subject',
                'indexes': [models.Index(fields=['canonical'], name='sandbox_subject_canonical')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'external_id'), name='sandbox_subject_once')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('subject', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.subject')),
                ('event_type', models.TextField()),
                ('occurred_at', models.BigIntegerField()),
                ('payload', models.TextField(default='{}')),
                ('bot_class', models.CharField(default='human', max_length=16)),
                ('received_at', models.BigIntegerField()),
            ],
            options={
                'db_table': 'sandbox_event',
                'indexes': [models.Index(fields=['tenant', 'subject', 'event_type', 'occurred_at'], name='sandbox_event_by_subject')],
            },
        ),
        migrations.CreateModel(
            name='IdentityEdge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edges_out', to='segops_sandbox.subject')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edges_in', to='segops_sandbox.subject')),
                ('kind', models.CharField(max_length=8)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
            ],
            options={
                'db_table': 'sandbox_identity_edge',
            },
        ),
        migrations.CreateModel(
            name='EventSchema',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('event_type', models.CharField(max_length=255)),
                ('description', models.TextField(blank=True, default='')),
                ('properties', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'sandbox_event_schema',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'event_type'), name='sandbox_event_schema_once')],
            },
        ),
        migrations.CreateModel(
            name='IngestionError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('event_type', models.TextField()),
                ('occurred_at', models.BigIntegerField(null=True)),
                ('failure', models.TextField()),
                ('received_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_ingestion_error',
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('name', models.CharField(max_length=255)),
                ('description', models.TextField(blank=True, default='')),
                ('segment_type', models.CharField(default='rule', max_length=16)),
                ('definition', models.JSONField(default=segops_sandbox.models.base.empty_definition)),
                ('is_active', models.BooleanField(default=True)),
                ('status', models.CharField(default='draft', max_length=16)),
                ('member_count', models.IntegerField(default=0)),
                ('last_computed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sandbox_segment',
            },
        ),
        migrations.CreateModel(
            name='SegmentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='segops_sandbox.segment')),
                ('version', models.IntegerField()),
                ('definition', models.JSONField()),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('created_by', models.CharField(max_length=255, null=True)),
            ],
            options={
                'db_table': 'sandbox_segment_version',
                'constraints': [models.UniqueConstraint(fields=('segment', 'version'), name='sandbox_segment_version_once')],
            },
        ),
        migrations.CreateModel(
            name='SegmentMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='segops_sandbox.segment')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.subject')),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sandbox_segment_membership',
                'constraints': [models.UniqueConstraint(fields=('segment', 'subject'), name='sandbox_segment_membership_once')],
            },
        ),
        migrations.CreateModel(
            name='SegmentTrend',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='trend', to='segops_sandbox.segment')),
                ('day', models.DateField()),
                ('count', models.IntegerField()),
            ],
            options={
                'db_table': 'sandbox_segment_trend',
                'constraints': [models.UniqueConstraint(fields=('segment', 'day'), name='sandbox_segment_trend_once')],
            },
        ),
        migrations.CreateModel(
            name='SegmentExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='segops_sandbox.segment')),
                ('format', models.CharField(max_length=16)),
                ('status', models.CharField(default='pending', max_length=16)),
                ('error', models.TextField(blank=True, default='')),
                ('content', models.BinaryField(default=b'')),
                ('expires_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('completed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sandbox_segment_export',
            },
        ),
        migrations.CreateModel(
            name='Activation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activations', to='segops_sandbox.segment')),
                ('connector_type', models.CharField(max_length=32)),
                ('config', models.JSONField(default=dict)),
                ('status', models.CharField(default='inactive', max_length=16)),
                ('status_before_error', models.CharField(blank=True, default='', max_length=16)),
                ('last_synced_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'sandbox_activation',
            },
        ),
        migrations.CreateModel(
            name='ActivationAudience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='audience', to='segops_sandbox.activation')),
                ('user_id', models.TextField()),
            ],
            options={
                'db_table': 'sandbox_activation_audience',
                'constraints': [models.UniqueConstraint(fields=('activation', 'user_id'), name='sandbox_activation_audience_once')],
            },
        ),
        migrations.CreateModel(
            name='ActivationSync',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='syncs', to='segops_sandbox.activation')),
                ('status', models.CharField(max_length=16)),
                ('user_count', models.IntegerField(default=0)),
                ('added_count', models.IntegerField(default=0)),
                ('removed_count', models.IntegerField(default=0)),
                ('unchanged_count', models.IntegerField(default=0)),
                ('added_user_ids', models.JSONField(default=list)),
                ('removed_user_ids', models.JSONField(default=list)),
                ('error_message', models.TextField(blank=True, default='')),
                ('synced_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_activation_sync',
            },
        ),
        migrations.CreateModel(
            name='AIQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('query_text', models.CharField(max_length=1000)),
                ('text_digest', models.CharField(editable=False, max_length=64)),
                ('category', models.CharField(blank=True, default='', max_length=255)),
                ('tags', models.JSONField(default=list)),
                ('providers', models.JSONField(default=list)),
                ('is_active', models.BooleanField(default=True)),
                ('schedule', models.CharField(default='daily', max_length=16)),
                ('last_run_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'AI query',
                'db_table': 'sandbox_ai_query',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'text_digest'), name='sandbox_ai_query_once')],
            },
        ),
        migrations.CreateModel(
            name='QueryResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('query', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='results', to='segops_sandbox.aiquery')),
                ('query_text', models.CharField(max_length=1000)),
                ('provider', models.CharField(max_length=32)),
                ('raw_response', models.TextField()),
                ('mentioned_brands', models.JSONField(default=list)),
                ('mentioned_products', models.JSONField(default=list)),
                ('position', models.IntegerField(null=True)),
                ('sentiment', models.CharField(max_length=16, null=True)),
                ('is_simulated', models.BooleanField(default=True)),
                ('captured_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_query_result',
            },
        ),
        migrations.CreateModel(
            name='ProviderLatency',
            fields=[
                ('provider', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('seconds', models.FloatField()),
            ],
            options={
                'db_table': 'sandbox_provider_latency',
            },
        ),
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('name', models.CharField(max_length=255)),
                ('domain', models.CharField(blank=True, default='', max_length=255)),
                ('brand_aliases', models.JSONField(default=list)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'sandbox_competitor',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'name'), name='sandbox_competitor_once')],
            },
        ),
        migrations.CreateModel(
            name='GeneratedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('slug', models.CharField(max_length=255)),
                ('title', models.CharField(blank=True, default='', max_length=1000)),
                ('query', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pages', to='segops_sandbox.aiquery')),
                ('published', models.BooleanField(default=False)),
                ('builder_status', models.CharField(default='draft', max_length=16)),
                ('builder_error', models.TextField(blank=True, default='')),
                ('build_options', models.JSONField(default=dict)),
                ('intro_copy', models.TextField(blank=True, default='')),
                ('product_skus', models.JSONField(default=list)),
                ('blocks', models.JSONField(default=list)),
                ('view_count', models.IntegerField(default=0)),
                ('last_ai_crawl_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'page',
                'db_table': 'sandbox_generated_page',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'slug'), name='sandbox_generated_page_once')],
            },
        ),
        migrations.CreateModel(
            name='PageExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='segops_sandbox.generatedpage')),
                ('format', models.CharField(max_length=8)),
                ('status', models.CharField(default='pending', max_length=16)),
                ('error', models.TextField(blank=True, default='')),
                ('content', models.BinaryField(default=b'')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sandbox_page_export',
            },
        ),
        migrations.CreateModel(
            name='PageJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('status', models.CharField(default='queued', max_length=16)),
                ('page_ids', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
            ],
            options={
                'db_table': 'sandbox_page_job',
            },
        ),
        migrations.CreateModel(
            name='AICreditUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('kind', models.CharField(max_length=32)),
                ('credits', models.IntegerField()),
                ('used_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_ai_credit_use',
                'indexes': [models.Index(fields=['tenant', 'used_at'], name='sandbox_ai_credit_when')],
            },
        ),
        migrations.CreateModel(
            name='ProductSchema',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('fields', models.JSONField(default=list)),
                ('default_currency', models.CharField(default='USD', max_length=3)),
                ('default_locale', models.CharField(default='en_US', max_length=16)),
            ],
            options={
                'db_table': 'sandbox_product_schema',
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('sku', models.CharField(max_length=255)),
                ('name', models.CharField(blank=True, default='', max_length=500)),
                ('folded_name', segops_sandbox.models.catalogue.FoldedName(default='', editable=False)),
                ('data', models.JSONField(default=dict)),
                ('raw_data', models.JSONField(null=True)),
                ('source', models.CharField(default='api', max_length=16)),
                ('ai_readability_score', models.FloatField(null=True)),
            ],
            options={
                'db_table': 'sandbox_product',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'sku'), name='sandbox_product_once')],
            },
        ),
        migrations.CreateModel(
            name='ProductScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='score', to='segops_sandbox.product')),
                ('score', models.FloatField()),
                ('dimension_scores', models.JSONField()),
                ('recommendations', models.JSONField()),
                ('scored_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'sandbox_product_score',
            },
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('status', models.CharField(default='mapping', max_length=16)),
                ('filename', models.CharField(max_length=255)),
                ('headers', models.JSONField()),
                ('sample_rows', models.JSONField()),
                ('suggested_schema', models.JSONField()),
                ('suggested_mapping', models.JSONField()),
                ('mapping', models.JSONField(default=dict)),
                ('row_count', models.IntegerField()),
                ('imported_count', models.IntegerField(default=0)),
                ('skipped_count', models.IntegerField(default=0)),
                ('error_count', models.IntegerField(default=0)),
                ('errors', models.JSONField(default=list)),
                ('error_message', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'sandbox_import_job',
            },
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='segops_sandbox.importjob')),
                ('number', models.IntegerField()),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'sandbox_import_part',
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='sandbox_import_part_once')],
            },
        ),
        migrations.CreateModel(
            name='RememberedColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('column', models.CharField(max_length=255)),
                ('field', models.CharField(max_length=255, null=True)),
            ],
            options={
                'db_table': 'sandbox_remembered_column',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'column'), name='sandbox_remembered_column_once')],
            },
        ),
        migrations.CreateModel(
            name='ProductSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('name', models.CharField(max_length=255)),
                ('description', models.TextField(blank=True, default='')),
                ('definition', models.JSONField(default=segops_sandbox.models.base.empty_definition)),
                ('is_active', models.BooleanField(default=True)),
                ('computed_count', models.IntegerField(default=0)),
                ('last_computed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sandbox_product_segment',
            },
        ),
        migrations.CreateModel(
            name='ProductSegmentMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='segops_sandbox.productsegment')),
                ('sku', models.CharField(max_length=255)),
                ('computed_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_product_segment_membership',
                'constraints': [models.UniqueConstraint(fields=('segment', 'sku'), name='sandbox_product_segment_membership_once')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('kind', models.CharField(max_length=64)),
                ('args', models.JSONField(default=dict)),
                ('resource', models.CharField(max_length=255)),
                ('status', models.CharField(default='queued', max_length=16)),
                ('error', models.TextField(blank=True, default='')),
                ('run_at', models.DateTimeField(default=segops_sandbox.clock.now)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('worker', models.CharField(blank=True, default='', max_length=64)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'sandbox_job',
                'indexes': [models.Index(fields=['status', 'id'], name='sandbox_job_next')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('tenant', 'resource'), name='sandbox_job_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='CallHistory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('scope', models.CharField(max_length=16)),
                ('times', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'sandbox_call_history',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'scope'), name='sandbox_call_history_once')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='segops_sandbox.tenant')),
                ('url', models.CharField(max_length=2000)),
                ('secret', models.CharField(blank=True, default='', max_length=255)),
                ('description', models.CharField(blank=True, default='', max_length=500)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=segops_sandbox.clock.now, editable=False)),
            ],
            options={
                'db_table': 'sandbox_webhook',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='segops_sandbox.webhook')),
                ('event', models.CharField(max_length=64)),
                ('body', models.TextField()),
                ('status_code', models.IntegerField(null=True)),
                ('error', models.TextField(blank=True, default='')),
                ('duration_ms', models.IntegerField(default=0)),
                ('attempted_at', models.DateTimeField(default=segops_sandbox.clock.now)),
            ],
            options={
                'db_table': 'sandbox_webhook_delivery',
            },
        ),
    ]
