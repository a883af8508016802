"""AI pages over HTTP: https://segops.ai/docs/api/ai-pages"""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from segops_sandbox import clock
from segops_sandbox.ai import schedule
from segops_sandbox.api import page_exports, product_query
from segops_sandbox.api.auth import OpenAuthentication
from segops_sandbox.http.errors import field_error, object_of
from segops_sandbox.http.serializers import check_unique, stay_inside, tenant_in
from segops_sandbox.http.views import TenantViewSet
from segops_sandbox.models import AIQuery, GeneratedPage
from segops_sandbox.pages.build import queue_build, queue_for_all_queries
from segops_sandbox.pages.content import TEMPLATES
from segops_sandbox.pages.export import request as request_export
from segops_sandbox.pages.formats import FORMATS

_CRAWLERS = ("GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "PerplexityBot", "Google-Extended")
MAX_QUERY = 1000
_BUILT = (GeneratedPage.BUILT, GeneratedPage.PUBLISHED)
_NO_TEMPLATE = f'"{{input}}" is not a template. Known: {", ".join(TEMPLATES)}.'
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


class QueryField(serializers.PrimaryKeyRelatedField[AIQuery]):
    """A query of the tenant by its id, or by its text, which is stored as a query if it is new.

    The reference has the id, the platform's own published script sends the text.
    """

    def to_internal_value(self, data: Any) -> AIQuery:
        """The query; one that is not stored yet has no id, and `PageSerializer` stores it with the page."""
        text = data.strip() if isinstance(data, str) else ""
        if not text or text.isdecimal():
            found: AIQuery = super().to_internal_value(data)
            return found
        if len(text) > MAX_QUERY:
            raise serializers.ValidationError(f"Ensure this field has no more than {MAX_QUERY} characters.")
        queries = self.get_queryset()
        known = None if queries is None else queries.filter(query_text=text).first()
        return known or AIQuery(tenant=tenant_in(self.root), query_text=text)


class PageSerializer(serializers.ModelSerializer[GeneratedPage]):
    """A page."""

    slug = serializers.SlugField(max_length=255)
    query = QueryField(queryset=AIQuery.objects.all(), required=False, allow_null=True)

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
        """A page without a title takes its query's text."""
        query = attrs.get("query", self.instance and self.instance.query)
        title = attrs.get("title", self.instance.title if self.instance else "")
        if not title and query:
            attrs["title"] = query.query_text
        return attrs

    def save(self, **kwargs: Any) -> GeneratedPage:
        """A query that came as a text is stored first, and asked on schedule as any other."""
        query = self.validated_data.get("query")
        if query is not None and query.pk is None:
            query.save()
            schedule.plan(query)
        return super().save(**kwargs)

    def update(self, instance: GeneratedPage, validated_data: dict[str, Any]) -> GeneratedPage:
        """A built page that is published or taken back by hand says so in its status as well."""
        if instance.builder_status in _BUILT and "published" in validated_data:
            published = validated_data["published"]
            instance.builder_status = GeneratedPage.PUBLISHED if published else GeneratedPage.BUILT
        return super().update(instance, validated_data)

    def to_representation(self, instance: GeneratedPage) -> dict[str, Any]:
        """Only a page whose build has failed says why."""
        data: dict[str, Any] = super().to_representation(instance)
        return {**data, "builder_error": instance.builder_error} if instance.builder_error else data


class BuildSerializer(serializers.Serializer[Any]):
    """What a build can be told; what else the body holds is kept with the page."""

    template = serializers.ChoiceField(TEMPLATES, default=TEMPLATES[0], error_messages={"invalid_choice": _NO_TEMPLATE})


class PageViewSet(TenantViewSet):
    """`/ai-pages/pages/`: the list is a bare array."""

    model = GeneratedPage
    serializer_class = PageSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[GeneratedPage]:
        """Writers lock the row, so that the result of a concurrent job is not overwritten."""
        found = super().get_queryset()
        return found if self.request.method in SAFE_METHODS else found.select_for_update(no_key=True)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All pages, light."""
        found = self.get_queryset().defer("intro_copy", "product_skus", "blocks")
        return Response(LightPageSerializer(found, many=True).data)

    @action(detail=True, methods=["post"])
    def build(self, request: Request, pk: str) -> Response:
        """Queue a build; the body's options are kept with the page."""
        page = self._not_building()
        options = BuildSerializer(data=request.data)
        options.is_valid(raise_exception=True)
        queue_build(page, dict(request.data))
        return Response({"status": "queued", "page_id": page.pk}, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["post"])
    def regenerate(self, request: Request, pk: str) -> Response:
        """Queue a rewrite."""
        queue_build(self._not_building())
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
        """Queue the writing of a file; HTML unless the body says otherwise."""
        page = self._built()
        wanted = object_of(request.data).get("format", "html")
        if not isinstance(wanted, str) or wanted not in FORMATS:
            raise field_error("format", f'"{wanted}" is not a valid choice.')
        return Response(page_exports.export_json(request_export(page, wanted)), status=status.HTTP_202_ACCEPTED)

    @action(detail=False, methods=["post"], url_path="bulk-generate")
    def bulk_generate(self, request: Request) -> Response:
        """Queue a page for each active query; the body is ignored, since the reference shows none."""
        object_of(request.data)
        job = queue_for_all_queries(self.tenant)
        return Response({"job_id": job.pk, "status": "queued"}, status=status.HTTP_202_ACCEPTED)

    def _built(self) -> GeneratedPage:
        page: GeneratedPage = self.get_object()
        if page.builder_status not in _BUILT:
            raise ValidationError({"detail": "Page has not been built."})
        return page

    def _not_building(self) -> GeneratedPage:
        page: GeneratedPage = self.get_object()
        if page.builder_status == GeneratedPage.BUILDING:
            raise ValidationError({"detail": "Page is being built."})
        return page


class PublicPage(APIView):
    """`/ai-pages/public/pages/<tenant>/<slug>/`, without a credential."""

    authentication_classes = (OpenAuthentication,)
    permission_classes = ()

    def get(self, request: Request, tenant_slug: str, page_slug: str) -> Response:
        """A published page; counts the view, and notes the visit of an AI crawler."""
        page = self._published(tenant_slug, page_slug)
        changes: dict[str, Any] = {"view_count": F("view_count") + 1}
        agent = request.headers.get("User-Agent", "").lower()
        if any(crawler.lower() in agent for crawler in _CRAWLERS):
            changes["last_ai_crawl_at"] = clock.now()
        GeneratedPage.objects.filter(pk=page.pk).update(**changes)
        page.refresh_from_db(fields=list(changes))
        return self._shown(page)

    def head(self, request: Request, tenant_slug: str, page_slug: str) -> Response:
        """Whether the page exists: a HEAD is no view, so nothing is counted."""
        return self._shown(self._published(tenant_slug, page_slug))

    def _published(self, tenant_slug: str, page_slug: str) -> GeneratedPage:
        found = GeneratedPage.objects.select_related("tenant")
        return get_object_or_404(found, tenant__slug=tenant_slug, slug=page_slug, published=True)

    def _shown(self, page: GeneratedPage) -> Response:
        self.tenant = page.tenant
        return Response(PageSerializer(page, context={"view": self}).data)


_router = SimpleRouter()
_router.register("ai-pages/pages", PageViewSet, basename="page")
urlpatterns = [
    path("ai-pages/public/pages/<encoded:tenant_slug>/<encoded:page_slug>/", PublicPage.as_view()),
    *product_query.urlpatterns,
    *page_exports.urlpatterns,
    *_router.urls,
]
