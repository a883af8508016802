"""AI pages over HTTP: https://segops.ai/docs/api/ai-pages"""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from segops_sandbox import clock
from segops_sandbox.api.auth import OpenAuthentication
from segops_sandbox.catalogue.facets import values_of
from segops_sandbox.catalogue.schema import field_types
from segops_sandbox.catalogue.search import search
from segops_sandbox.models import GeneratedPage, PageExport, ProductSegment
from segops_sandbox.pages.build import queue_build, queue_for_all_queries
from segops_sandbox.pages.export import FORMATS
from segops_sandbox.platform import jobs
from segops_sandbox.platform.errors import field_error
from segops_sandbox.platform.serializers import check_unique, stay_inside
from segops_sandbox.platform.timestamps import isoformat
from segops_sandbox.platform.views import TenantViewSet, tenant_of

_CRAWLERS = ("GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "PerplexityBot", "Google-Extended")
_LIGHT = (
    "id",
    "slug",
    "title",
    "query",
    "published",
    "builder_status",
    "view_count",
    "last_ai_crawl_at",
    "created_at",
    "updated_at",
)


class LightPageSerializer(serializers.ModelSerializer[GeneratedPage]):
    """A page in a list: without its copy, products and blocks."""

    class Meta:
        model = GeneratedPage
        fields: tuple[str, ...] = _LIGHT
        read_only_fields: tuple[str, ...] = _LIGHT


class PageSerializer(serializers.ModelSerializer[GeneratedPage]):
    """A page."""

    slug = serializers.RegexField(r"^[A-Za-z0-9_-]+$", max_length=255)

    class Meta:
        model = GeneratedPage
        fields = (*_LIGHT, "intro_copy", "product_skus", "blocks")
        read_only_fields = (
            "builder_status",
            "intro_copy",
            "product_skus",
            "blocks",
            "view_count",
            "last_ai_crawl_at",
            "created_at",
            "updated_at",
        )

    def get_fields(self) -> dict[str, Any]:
        """Only the tenant's own queries can be named."""
        fields = super().get_fields()
        stay_inside(self, fields["query"])
        return fields

    def validate_slug(self, value: str) -> str:
        """Unique in the tenant."""
        check_unique(self, GeneratedPage, "slug", value)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new page without a title takes its query's text."""
        if self.instance is None and not attrs.get("title") and attrs.get("query"):
            attrs["title"] = attrs["query"].query_text
        return attrs


class PageViewSet(TenantViewSet):
    """`/ai-pages/pages/`: the list is a bare array."""

    model = GeneratedPage
    serializer_class = PageSerializer
    pagination_class = None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All pages, light."""
        return Response(LightPageSerializer(self.get_queryset(), many=True).data)

    @action(detail=True, methods=["post"])
    def build(self, request: Request, pk: str) -> Response:
        """Queue a build; the body's options are kept with the page."""
        if not isinstance(request.data, dict):
            raise ValidationError({"non_field_errors": ["Invalid data. Expected a dictionary."]})
        page: GeneratedPage = self.get_object()
        queue_build(page, dict(request.data))
        return Response({"status": "queued", "page_id": page.pk}, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["post"])
    def regenerate(self, request: Request, pk: str) -> Response:
        """Queue a rewrite."""
        queue_build(self.get_object())
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Make a built page public."""
        page = self._built()
        page.published, page.builder_status = True, GeneratedPage.PUBLISHED
        page.save()
        return Response(self.get_serializer(page).data)

    @action(detail=True, methods=["post"])
    def export(self, request: Request, pk: str) -> Response:
        """Queue the writing of a file."""
        wanted = request.data.get("format", "html") if isinstance(request.data, dict) else "html"
        if not isinstance(wanted, str) or wanted not in FORMATS:
            raise field_error("format", f'"{wanted}" is not a valid choice.')
        page = self._built()
        export = PageExport.objects.create(tenant=self.tenant, page=page, format=wanted)
        jobs.enqueue(self.tenant, "pages.export", export_id=export.pk)
        return Response(_export(export), status=status.HTTP_202_ACCEPTED)

    @action(detail=False, methods=["post"], url_path="bulk-generate")
    def bulk_generate(self, request: Request) -> Response:
        """Queue a page for each active query; whatever the body says, as the reference shows none."""
        job = queue_for_all_queries(self.tenant)
        return Response({"job_id": job.pk, "status": "queued"}, status=status.HTTP_202_ACCEPTED)

    def _built(self) -> GeneratedPage:
        page: GeneratedPage = self.get_object()
        if page.builder_status not in (GeneratedPage.BUILT, GeneratedPage.PUBLISHED):
            raise ValidationError({"detail": "Page has not been built."})
        return page


class ExportStatus(APIView):
    """`GET /ai-pages/exports/<id>/`"""

    def get(self, request: Request, pk: int) -> Response:
        """How far an export is."""
        return Response(_export(get_object_or_404(PageExport, tenant=tenant_of(request), pk=pk)))


class ExportDownload(APIView):
    """`GET /ai-pages/exports/<id>/download/`"""

    def get(self, request: Request, pk: int) -> HttpResponse:
        """The file."""
        found = PageExport.objects.select_related("page")
        export = get_object_or_404(found, tenant=tenant_of(request), pk=pk, status=PageExport.READY)
        response = HttpResponse(bytes(export.content), content_type=FORMATS[export.format])
        response["Content-Disposition"] = f'attachment; filename="{export.page.slug}.{export.format}"'
        return response


class PublicPage(APIView):
    """`GET /ai-pages/public/pages/<tenant>/<slug>/`, without a credential."""

    authentication_classes = (OpenAuthentication,)
    permission_classes = ()

    def get(self, request: Request, tenant_slug: str, page_slug: str) -> Response:
        """A published page; counts the view, and notes the visit of an AI crawler."""
        page = get_object_or_404(GeneratedPage, tenant__slug=tenant_slug, slug=page_slug, published=True)
        changes: dict[str, Any] = {"view_count": F("view_count") + 1}
        agent = request.headers.get("User-Agent", "").lower()
        if any(crawler.lower() in agent for crawler in _CRAWLERS):
            changes["last_ai_crawl_at"] = clock.now()
        GeneratedPage.objects.filter(pk=page.pk).update(**changes)
        page.refresh_from_db()
        self.tenant = page.tenant
        return Response(PageSerializer(page, context={"view": self}).data)


class ProductQuery(APIView):
    """`GET /ai-pages/query`"""

    def get(self, request: Request) -> Response:
        """Search the catalogue by meaning."""
        started = clock.now_micros()
        tenant, query = tenant_of(request), request.query_params
        text = query.get("q", "").strip()
        if not text:
            return Response({"detail": "q is required."}, status=status.HTTP_400_BAD_REQUEST)
        segment_id = None
        if "segment_id" in query:
            segments = ProductSegment.objects.filter(tenant=tenant)
            segment_id = get_object_or_404(segments, pk=_integer(query["segment_id"]) or 0).pk
        matches = search(tenant, text, _limit(query.get("limit")), segment_id)
        products = [
            {
                "id": match.product.pk,
                "sku": match.product.sku,
                "name": match.product.name,
                "data": match.product.data,
                "relevance_score": match.score,
            }
            for match in matches
        ]
        filters = values_of([match.product.data for match in matches], field_types(tenant))
        metadata = {
            "match_count": len(matches),
            "latency_ms": (clock.now_micros() - started) // 1000,
            "method": "tf-idf",
        }
        return Response({"query": text, "products": products, "filters": filters, "metadata": metadata})


def _limit(text: str | None) -> int:
    if text is None:
        return 20
    limit = _integer(text)
    if not limit:
        raise field_error("limit", "A valid integer of at least 1 is required.")
    return min(limit, 100)


def _integer(text: str) -> int | None:
    """A positive integer of a size that a database can hold."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _export(export: PageExport) -> dict[str, Any]:
    ready = export.status == PageExport.READY
    return {
        "id": export.pk,
        "export_id": export.pk,
        "status": export.status,
        "format": export.format,
        "download_url": f"/api/ai-pages/exports/{export.pk}/download/" if ready else None,
        "error": export.error,
        "created_at": isoformat(export.created_at),
    }


_router = SimpleRouter()
_router.register("ai-pages/pages", PageViewSet, basename="page")
urlpatterns = [
    path("ai-pages/query", ProductQuery.as_view()),
    path("ai-pages/query/", ProductQuery.as_view()),
    path("ai-pages/exports/<int:pk>/", ExportStatus.as_view()),
    path("ai-pages/exports/<int:pk>/download/", ExportDownload.as_view()),
    path("ai-pages/public/pages/<encoded:tenant_slug>/<encoded:page_slug>/", PublicPage.as_view()),
    *_router.urls,
]
