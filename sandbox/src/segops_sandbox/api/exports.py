"""Exports of segments over HTTP: https://segops.ai/docs/activations/export"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox.exports import job
from segops_sandbox.exports.formats import CSV, FORMATS, check
from segops_sandbox.http.errors import Gone, field_error, object_of
from segops_sandbox.http.views import tenant_of
from segops_sandbox.models import Segment, SegmentExport
from segops_sandbox.timestamps import isoformat


class Exports(APIView):
    """`/segments/<id>/export/`"""

    def post(self, request: Request, pk: int) -> Response:
        """Start an export; CSV unless the body says otherwise."""
        segment = get_object_or_404(Segment, tenant=tenant_of(request), pk=pk)
        kind = object_of(request.data).get("format", CSV)
        if not isinstance(kind, str) or kind not in FORMATS:
            raise field_error("format", f'"{kind}" is not a valid choice.')
        check(kind)
        export = job.request(segment, kind)
        return Response(_export_json(export), status=status.HTTP_202_ACCEPTED)

    def get(self, request: Request, pk: int) -> Response:
        """The state of the export `?export_id=`."""
        segment = get_object_or_404(Segment, tenant=tenant_of(request), pk=pk)
        text = request.query_params.get("export_id")
        if not text:
            raise field_error("export_id", "This query parameter is required.")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise field_error("export_id", "A valid integer is required.")
        return Response(_export_json(get_object_or_404(_exports(), segment=segment, pk=int(text))))


class Download(APIView):
    """`GET /segments/exports/<export_id>/download/`"""

    def get(self, request: Request, export_id: int) -> HttpResponse:
        """The file, for an hour after it was complete; 404 before, 410 after."""
        export = get_object_or_404(SegmentExport, pk=export_id, segment__tenant=tenant_of(request))
        if export.status != SegmentExport.COMPLETE:
            raise NotFound(f"The export is {export.status}.")
        if job.is_expired(export):
            raise Gone("The export has expired. Start a new one.")
        served = FORMATS[export.format]
        name = f"segment-{export.segment_id}-export-{export.pk}.{served.suffix}"
        return HttpResponse(
            bytes(export.content),
            content_type=served.content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _exports() -> Any:
    return SegmentExport.objects.defer("content")


def _export_json(export: SegmentExport) -> dict[str, Any]:
    complete = export.status == SegmentExport.COMPLETE
    answer = {
        "id": export.pk,
        "export_id": export.pk,
        "status": export.status,
        "format": export.format,
        "download_url": f"/api/segments/exports/{export.pk}/download/" if complete else None,
        "expires_at": isoformat(export.expires_at),
    }
    return {**answer, "error": export.error} if export.error else answer


urlpatterns = [
    path("segments/<int:pk>/export/", Exports.as_view()),
    path("segments/exports/<int:export_id>/download/", Download.as_view()),
]
