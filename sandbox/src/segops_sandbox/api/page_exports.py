"""Files of AI pages over HTTP: https://segops.ai/docs/ai-reach/landing-pages"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.http import content_disposition_header
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox.http.errors import Gone
from segops_sandbox.http.views import tenant_of
from segops_sandbox.models import PageExport
from segops_sandbox.pages.export import is_expired
from segops_sandbox.pages.formats import FORMATS
from segops_sandbox.timestamps import isoformat


class ExportStatus(APIView):
    """`GET /ai-pages/exports/<id>/`"""

    def get(self, request: Request, pk: int) -> Response:
        """The status of an export."""
        found = PageExport.objects.defer("content")
        return Response(export_json(get_object_or_404(found, tenant=tenant_of(request), pk=pk)))


class ExportDownload(APIView):
    """`GET /ai-pages/exports/<id>/download/`"""

    def get(self, request: Request, pk: int) -> HttpResponse:
        """The file, for an hour after it was ready; 404 before, 410 after."""
        found = PageExport.objects.select_related("page")
        export = get_object_or_404(found, tenant=tenant_of(request), pk=pk)
        if export.status != PageExport.READY:
            raise NotFound(f"The export is {export.status}.")
        if is_expired(export):
            raise Gone("The export has expired. Start a new one.")
        filename = content_disposition_header(as_attachment=True, filename=f"{export.page.slug}.{export.format}")
        return HttpResponse(
            bytes(export.content),
            content_type=FORMATS[export.format].content_type,
            # Opened on the API's origin, a page could act as its user.
            headers={"Content-Disposition": filename or "attachment", "X-Content-Type-Options": "nosniff"},
        )


def export_json(export: PageExport) -> dict[str, Any]:
    """An export as the API shows it."""
    ready = export.status == PageExport.READY
    return {
        "id": export.pk,
        "export_id": export.pk,
        "status": export.status,
        "format": export.format,
        "download_url": f"/api/ai-pages/exports/{export.pk}/download/" if ready else None,
        "expires_at": isoformat(export.expires_at),
        "error": export.error,
        "created_at": isoformat(export.created_at),
    }


urlpatterns = [
    path("ai-pages/exports/<int:pk>/", ExportStatus.as_view()),
    path("ai-pages/exports/<int:pk>/download/", ExportDownload.as_view()),
]
