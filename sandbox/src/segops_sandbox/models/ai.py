"""AI visibility and AI pages: queries, answers, competitors, generated pages, and the credits they cost."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.base import Stamped
from segops_sandbox.models.tenancy import Tenant


class AIQuery(Stamped):
    """A question that is put to AI assistants again and again."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    query_text = models.CharField(max_length=1000)
    # What makes the text unique: 1,000 characters can be more bytes than PostgreSQL takes into an index.
    text_digest = models.CharField(max_length=64, editable=False)
    category = models.CharField(max_length=255, default="", blank=True)
    tags = models.JSONField(default=list)
    providers = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    schedule = models.CharField(max_length=16, default="daily")
    last_run_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_ai_query"
        verbose_name = "AI query"
        constraints = [models.UniqueConstraint(fields=["tenant", "text_digest"], name="sandbox_ai_query_once")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the digest of the text as it is now."""
        self.text_digest = hashlib.sha256(self.query_text.encode()).hexdigest()
        super().save(*args, **kwargs)


class QueryResult(models.Model):
    """One provider's answer. `query` is null for a simulation."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    query = models.ForeignKey(AIQuery, on_delete=models.CASCADE, null=True, related_name="results")
    query_text = models.CharField(max_length=1000)
    provider = models.CharField(max_length=32)
    raw_response = models.TextField()
    mentioned_brands = models.JSONField(default=list)
    mentioned_products = models.JSONField(default=list)
    position = models.IntegerField(null=True)
    sentiment = models.CharField(max_length=16, null=True)
    is_simulated = models.BooleanField(default=True)
    captured_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_query_result"


class ProviderLatency(models.Model):
    """How long a test says that an assistant takes; of the whole sandbox, like its other controls."""

    provider = models.CharField(max_length=32, primary_key=True)
    seconds = models.FloatField()

    class Meta:
        db_table = "sandbox_provider_latency"


class Competitor(Stamped):
    """A brand that the tenant compares itself with."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, default="", blank=True)
    brand_aliases = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "sandbox_competitor"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="sandbox_competitor_once")]


class GeneratedPage(Stamped):
    """A landing page written for AI assistants."""

    DRAFT, BUILDING, BUILT, PUBLISHED, FAILED = "draft", "building", "built", "published", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    slug = models.CharField(max_length=255)
    title = models.CharField(max_length=1000, default="", blank=True)
    query = models.ForeignKey(AIQuery, on_delete=models.SET_NULL, null=True, related_name="pages")
    published = models.BooleanField(default=False)
    builder_status = models.CharField(max_length=16, default=DRAFT)
    builder_error = models.TextField(default="", blank=True)
    build_options = models.JSONField(default=dict)
    intro_copy = models.TextField(default="", blank=True)
    product_skus = models.JSONField(default=list)
    blocks = models.JSONField(default=list)
    view_count = models.IntegerField(default=0)
    last_ai_crawl_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_generated_page"
        verbose_name = "page"
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="sandbox_generated_page_once")]


class PageExport(models.Model):
    """A file of a page, on its way, ready or expired."""

    PENDING, PROCESSING, READY, FAILED = "pending", "processing", "ready", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    page = models.ForeignKey(GeneratedPage, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=8)
    status = models.CharField(max_length=16, default=PENDING)
    error = models.TextField(default="", blank=True)
    content = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_page_export"


class PageJob(models.Model):
    """A bulk generation of pages."""

    QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    status = models.CharField(max_length=16, default=QUEUED)
    page_ids = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "sandbox_page_job"


class AICreditUse(models.Model):
    """Credits that one piece of AI work cost."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    kind = models.CharField(max_length=32)
    credits = models.IntegerField()
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_ai_credit_use"
        indexes = [models.Index(fields=["tenant", "used_at"], name="sandbox_ai_credit_when")]
