"""Segments of users: definitions and their history, stored members, daily sizes, exports."""

from __future__ import annotations

from django.db import models

from segops_sandbox import clock
from segops_sandbox.models.base import Stamped, empty_definition
from segops_sandbox.models.events import Subject
from segops_sandbox.models.tenancy import Tenant


class Segment(Stamped):
    """A named definition and what its last compute found."""

    DRAFT, COMPUTING, COMPUTED = "draft", "computing", "computed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    segment_type = models.CharField(max_length=16, default="rule")
    definition = models.JSONField(default=empty_definition)
    is_active = models.BooleanField(default=True)
    status = models.CharField(max_length=16, default=DRAFT)
    member_count = models.IntegerField(default=0)
    last_computed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_segment"


class SegmentVersion(models.Model):
    """One saved definition of a segment."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    version = models.IntegerField()
    definition = models.JSONField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.CharField(max_length=255, null=True)

    class Meta:
        db_table = "sandbox_segment_version"
        constraints = [models.UniqueConstraint(fields=["segment", "version"], name="sandbox_segment_version_once")]


class SegmentMembership(models.Model):
    """A user whom the last compute put into a segment; the canonical subject at that time."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE)
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "sandbox_segment_membership"
        constraints = [models.UniqueConstraint(fields=["segment", "subject"], name="sandbox_segment_membership_once")]


class SegmentTrend(models.Model):
    """A segment's size on one day: the day's last compute."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="trend", db_index=False)
    day = models.DateField()
    count = models.IntegerField()

    class Meta:
        db_table = "sandbox_segment_trend"
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="sandbox_segment_trend_once")]


class SegmentExport(models.Model):
    """A file of a segment's members, on its way or ready."""

    PENDING, PROCESSING, COMPLETE, FAILED = "pending", "processing", "complete", "failed"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=16)
    status = models.CharField(max_length=16, default=PENDING)
    error = models.TextField(default="", blank=True)
    content = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sandbox_segment_export"
