"""CSV imports over HTTP: https://segops.ai/docs/pim/import"""

from __future__ import annotations

from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox.catalogue import imports
from segops_sandbox.catalogue.csv_file import BadFile
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.paging import PageNumbers
from segops_sandbox.http.views import tenant_of
from segops_sandbox.models import ImportJob
from segops_sandbox.timestamps import isoformat


class Upload(APIView):
    """`POST /pim/import/csv/`"""

    parser_classes = (MultiPartParser,)

    def post(self, request: Request) -> Response:
        """Store a file and suggest a mapping of its columns."""
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise field_error("file", "No file was submitted.")
        try:
            job = imports.upload(tenant_of(request), file.name or "products.csv", cast("IO[bytes]", file.file))
        except BadFile as exc:
            raise field_error("file", str(exc)) from None
        keys = ("job_id", "id", "status", "filename", "row_count")
        described = _described(job)
        return Response({**{key: described[key] for key in keys}, **_suggestions(job)}, status=status.HTTP_201_CREATED)


class History(APIView):
    """`GET /pim/import/`"""

    def get(self, request: Request) -> Response:
        """All imports, newest first."""
        found = ImportJob.objects.filter(tenant=tenant_of(request)).order_by("-pk")
        pages = PageNumbers()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response([_described(job) for job in page or ()])


class Status(APIView):
    """`GET /pim/import/<id>/`"""

    def get(self, request: Request, pk: int) -> Response:
        """The status of an import; with the suggestions while it awaits its mapping, so that it can be resumed."""
        job = get_object_or_404(ImportJob, tenant=tenant_of(request), pk=pk)
        suggestions = _suggestions(job) if job.status == ImportJob.MAPPING else {}
        return Response({**_described(job), **suggestions})


class Confirm(APIView):
    """`POST /pim/import/<id>/confirm/`"""

    def post(self, request: Request, pk: int) -> Response:
        """Store mapping and schema, and start the import."""
        # Locked: of two concurrent confirmations the second has to see the first.
        job = get_object_or_404(ImportJob.objects.select_for_update(), tenant=tenant_of(request), pk=pk)
        body = request.data
        if not isinstance(body, dict):
            raise ValidationError({"non_field_errors": ["Invalid data. Expected a dictionary."]})
        if job.status != ImportJob.MAPPING:
            raise ValidationError({"detail": "Import job is not awaiting confirmation."})
        imports.confirm(job, body.get("mapping"), body.get("schema"))
        return Response({"job_id": job.pk, "id": job.pk, "status": job.status}, status=status.HTTP_202_ACCEPTED)


def _described(job: ImportJob) -> dict[str, Any]:
    return {
        "id": job.pk,
        "job_id": job.pk,
        "status": job.status,
        "filename": job.filename,
        "row_count": job.row_count,
        "imported_count": job.imported_count,
        "skipped_count": job.skipped_count,
        "mapping": job.mapping,
        "error_count": job.error_count,
        "errors": job.errors,
        "changed_count": sum(change["count"] for change in job.changes.values()),
        # In the file's order: PostgreSQL reorders the keys of a JSON object.
        "changes": [{"column": each, **job.changes[each]} for each in job.headers if each in job.changes],
        "error_message": job.error_message,
        "created_at": isoformat(job.created_at),
        "updated_at": isoformat(job.updated_at),
    }


def _suggestions(job: ImportJob) -> dict[str, Any]:
    return {
        "headers": job.headers,
        "sample_rows": job.sample_rows,
        "suggested_schema": job.suggested_schema,
        "suggested_mapping": job.suggested_mapping,
    }


urlpatterns = [
    path("pim/import/", History.as_view()),
    path("pim/import/csv/", Upload.as_view()),
    path("pim/import/<int:pk>/", Status.as_view()),
    path("pim/import/<int:pk>/confirm/", Confirm.as_view()),
]
