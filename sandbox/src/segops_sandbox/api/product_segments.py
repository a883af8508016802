"""Segments of products over HTTP: https://segops.ai/docs/pim/segments"""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from segops_sandbox.http.cursors import BadCursor
from segops_sandbox.http.paging import limit_of
from segops_sandbox.http.views import TenantViewSet, tenant_of
from segops_sandbox.models import ProductSegment
from segops_sandbox.product_segments import compute, members, queries
from segops_sandbox.product_segments.definition import checked
from segops_sandbox.segments.fields import DefinitionError


class DefinitionField(serializers.JSONField):
    """A valid definition in its stored form, with its defaults."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse a definition that could not be computed."""
        value: Any = super().to_internal_value(data)
        try:
            checked(tenant_of(self.context["request"]).pk, value)
        except DefinitionError as exc:
            raise serializers.ValidationError(exc.messages) from None
        return {"logic": "AND", "conditions": [], **value}


class PreviewSerializer(serializers.Serializer[Any]):
    """A definition to try out."""

    definition = DefinitionField()
    limit = serializers.IntegerField(default=10, min_value=1, max_value=100)


class ProductSegmentSerializer(serializers.ModelSerializer[ProductSegment]):
    """A segment of products."""

    definition = DefinitionField(required=False)

    class Meta:
        model = ProductSegment
        fields = (
            "id",
            "name",
            "description",
            "definition",
            "is_active",
            "computed_count",
            "last_computed_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("computed_count", "last_computed_at", "created_at", "updated_at")


class ProductSegmentViewSet(TenantViewSet):
    """`/product-segments/`"""

    model = ProductSegment
    serializer_class = ProductSegmentSerializer

    def perform_create(self, serializer: Any) -> None:
        """Compute the rules of a new segment."""
        segment = serializer.save(tenant=self.tenant)
        if "definition" in serializer.validated_data and segment.is_active:
            compute.request(segment)

    def perform_update(self, serializer: Any) -> None:
        """Compute changed rules, and those of a segment that becomes active."""
        segment = serializer.instance
        before = ProductSegment.objects.select_for_update().get(pk=segment.pk)
        # Named fields only: a job may be storing its results in the others.
        for name, value in serializer.validated_data.items():
            setattr(segment, name, value)
        segment.save(update_fields=[*serializer.validated_data, "updated_at"])
        changed = segment.definition != before.definition or not before.is_active
        if changed and segment.is_active:
            self._request(segment)

    @action(detail=True, methods=["post"])
    def compute(self, request: Request, pk: str) -> Response:
        """Queue a compute; while one waits, this is no second one."""
        self._request(self.get_object())
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["get"])
    def members(self, request: Request, pk: str) -> Response:
        """`?limit=&cursor=`: the SKUs that the last compute found, with the names they have now."""
        segment = self.get_object()
        limit = limit_of(request, default=1000, most=1000)
        try:
            page = members.page(segment, limit, request.query_params.get("cursor"))
        except BadCursor:
            raise NotFound("Invalid cursor") from None
        results = [{"sku": sku, "name": name} for sku, name in page.members]
        return Response({"count": page.count, "results": results, "next_cursor": page.next_cursor})

    def _request(self, segment: ProductSegment) -> None:
        try:
            compute.request(segment)
        except DefinitionError as exc:
            raise ValidationError({"definition": exc.messages}) from None


class Preview(APIView):
    """`POST /product-segments/preview/`"""

    own_transactions = True  # it writes nothing, so it need not wait for the write lock

    def post(self, request: Request) -> Response:
        """How many products a definition matches, some of their SKUs, and the SQL."""
        serializer = PreviewSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        tenant_id = tenant_of(request).pk
        definition = checked(tenant_id, serializer.validated_data["definition"])
        found = queries.preview(tenant_id, definition, serializer.validated_data["limit"])
        return Response({"matched_products": found.matched, "sample_skus": found.sample, "sql": found.sql})


_router = SimpleRouter()
_router.register("product-segments", ProductSegmentViewSet, basename="product-segment")
urlpatterns = [path("product-segments/preview/", Preview.as_view()), *_router.urls]
