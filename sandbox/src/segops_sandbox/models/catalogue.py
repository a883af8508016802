"""The product catalogue: its schema, products, scores, CSV imports, and segments of products."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.base import Stamped, empty_definition
from segops_sandbox.models.tenancy import Tenant


class ProductSchema(Stamped):
    """A tenant's catalogue schema: `[{name, type, required, description}]`."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE)
    fields = models.JSONField(default=list)
    default_currency = models.CharField(max_length=3, default="USD")
    default_locale = models.CharField(max_length=16, default="en_US")

    class Meta:
        db_table = "sandbox_product_schema"


class FoldedName(models.TextField):  # type: ignore[type-arg]
    """The row's name without regard to case: what a search compares, since databases differ beyond ASCII."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Follows the name, in bulk writes too."""
        folded: str = model_instance.name.casefold()  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, folded)
        return folded


class Product(Stamped):
    """One product; everything but sku and name is in `data`."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, db_index=False)
    sku = models.CharField(max_length=255)
    name = models.CharField(max_length=500, default="", blank=True)
    folded_name = FoldedName(default="", editable=False)
    data = models.JSONField(default=dict)
    raw_data = models.JSONField(null=True)
    source = models.CharField(max_length=16, default="api")
    ai_readability_score = models.FloatField(null=True)

    class Meta:
        db_table = "sandbox_product"
        constraints = [models.UniqueConstraint(fields=["tenant", "sku"], name="sandbox_product_once")]


class ProductScore(models.Model):
    """How well an assistant can read one product; scoring again overwrites it."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="score")
    score = models.FloatField()
    dimension_scores = models.JSONField()
    recommendations = models.JSONField()
    scored_at = models.DateTimeField()

    class Meta:
        db_table = "sandbox_product_score"


class ImportJob(Stamped):
    """A CSV file of products, from upload to the last row."""

    MAPPING, IMPORTING, DONE, FAILED = "mapping", "importing", "done", "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    status = models.CharField(max_length=16, default=MAPPING)
    filename = models.CharField(max_length=255)
    headers = models.JSONField()
    sample_rows = models.JSONField()
    suggested_schema = models.JSONField()
    suggested_mapping = models.JSONField()
    mapping = models.JSONField(default=dict)
    row_count = models.IntegerField()
    imported_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    # What could not be taken over as it was: how many times, and the first of them.
    error_count = models.IntegerField(default=0)
    errors = models.JSONField(default=list)
    error_message = models.TextField(default="", blank=True)
    # Column to the types that each of its cells has without losing a character; fields whose type the caller gave.
    lossless = models.JSONField(default=dict)
    declared = models.JSONField(default=list)
    # Cells that became another value than their text, or stayed text beside a type: `{column: {...}}`.
    changes = models.JSONField(default=dict)

    class Meta:
        db_table = "sandbox_import_job"


class ImportPart(models.Model):
    """A piece of an uploaded file, in parts so that memory does not grow with it; gone once the import has ended."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "sandbox_import_part"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="sandbox_import_part_once")]


class RememberedColumn(models.Model):
    """Where a column of an earlier, confirmed import went; beats any suggestion. Null means that it was left out."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    column = models.CharField(max_length=255)
    field = models.CharField(max_length=255, null=True)

    class Meta:
        db_table = "sandbox_remembered_column"
        constraints = [models.UniqueConstraint(fields=["tenant", "column"], name="sandbox_remembered_column_once")]


class ProductSegment(Stamped):
    """A named definition over products and what its last compute found."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    definition = models.JSONField(default=empty_definition)
    is_active = models.BooleanField(default=True)
    computed_count = models.IntegerField(default=0)
    last_computed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_product_segment"


class ProductSegmentMembership(models.Model):
    """A SKU that the last compute put into a product segment."""

    segment = models.ForeignKey(ProductSegment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    sku = models.CharField(max_length=255)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "sandbox_product_segment_membership"
        constraints = [
            models.UniqueConstraint(fields=["segment", "sku"], name="sandbox_product_segment_membership_once")
        ]
