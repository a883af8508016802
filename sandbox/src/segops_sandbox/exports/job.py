"""Segment exports: pending → processing → complete or failed; the file can be had for an hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from segops_sandbox import clock, jobs
from segops_sandbox.error_text import described
from segops_sandbox.exports import formats
from segops_sandbox.models import Segment, SegmentExport, Tenant
from segops_sandbox.segments import members

KIND = "segments.export"
LIFETIME: Final = timedelta(hours=1)


def request(segment: Segment, kind: str) -> SegmentExport:
    """Queue an export of the members as they will be stored when it runs."""
    export = SegmentExport.objects.create(segment=segment, format=kind)
    jobs.enqueue(segment.tenant, KIND, export_id=export.pk)
    return export


def _failed(tenant: Tenant, error: Exception, export_id: int) -> None:
    rows = SegmentExport.objects.filter(pk=export_id, segment__tenant=tenant)
    rows.update(status=SegmentExport.FAILED, error=described(error), completed_at=clock.now())


@jobs.handler(KIND, _failed)
def run(tenant: Tenant, export_id: int) -> None:
    """The job: write the file. An export whose segment was deleted meanwhile is no error."""
    export = SegmentExport.objects.select_related("segment").filter(pk=export_id, segment__tenant=tenant).first()
    if export is None:
        return
    rows = SegmentExport.objects.filter(pk=export_id)
    rows.update(status=SegmentExport.PROCESSING)
    content = formats.write(export.format, _rows(export.segment))
    now = clock.now()
    rows.update(status=SegmentExport.COMPLETE, content=content, completed_at=now, expires_at=now + LIFETIME)


def is_expired(export: SegmentExport) -> bool:
    """Whether the file can no longer be had, by the sandbox's clock."""
    return export.expires_at is not None and clock.now() >= export.expires_at


def _rows(segment: Segment) -> Iterator[formats.Row]:
    found = members.ordered(segment).values_list("user_id", "computed_at")
    yield from found.iterator(chunk_size=10_000)
