"""Page exports: pending → processing → ready or failed; the file can be had for an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from segops_sandbox import clock, jobs
from segops_sandbox.error_text import described
from segops_sandbox.models import GeneratedPage, PageExport, Tenant
from segops_sandbox.pages.formats import FORMATS

LIFETIME: Final = timedelta(hours=1)


def request(page: GeneratedPage, file_format: str) -> PageExport:
    """Queue an export of the page as it will be when the export runs."""
    export = PageExport.objects.create(tenant=page.tenant, page=page, format=file_format)
    jobs.enqueue(page.tenant, "pages.export", export_id=export.pk)
    return export


def is_expired(export: PageExport) -> bool:
    """Whether the file can no longer be had, by the sandbox's clock."""
    return export.expires_at is not None and clock.now() >= export.expires_at


def _failed(tenant: Tenant, error: Exception, export_id: int) -> None:
    rows = PageExport.objects.filter(tenant=tenant, pk=export_id)
    rows.update(status=PageExport.FAILED, error=described(error))


@jobs.handler("pages.export", _failed)
def _run(tenant: Tenant, export_id: int) -> None:
    """Write the file. An export whose page was deleted meanwhile is gone with it, and no error."""
    rows = PageExport.objects.filter(tenant=tenant, pk=export_id)
    export = rows.first()
    if export is None:
        return
    rows.update(status=PageExport.PROCESSING)
    content = FORMATS[export.format].write(export.page).encode()
    rows.update(status=PageExport.READY, content=content, expires_at=clock.now() + LIFETIME)
