"""Segments of products over HTTP: https://segops.ai/docs/pim/segments"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from segops_sandbox.catalogue.product_segments import checked_definition, matching
from segops_sandbox.models import Product, ProductSegment
from segops_sandbox.platform import jobs
from segops_sandbox.platform.views import TenantViewSet


class DefinitionSerializer(serializers.Serializer[Any]):
    """A definition to try out."""

    definition = serializers.JSONField()
    limit = serializers.IntegerField(default=10, min_value=1, max_value=100)

    def validate_definition(self, value: Any) -> dict[str, Any]:
        """A sound one."""
        return checked_definition(self.context["view"].tenant, value)


class ProductSegmentSerializer(serializers.ModelSerializer[ProductSegment]):
    """A segment of products."""

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

    def validate_definition(self, value: Any) -> dict[str, Any]:
        """A sound one."""
        return checked_definition(self.context["view"].tenant, value)


class ProductSegmentViewSet(TenantViewSet):
    """`/product-segments/`"""

    model = ProductSegment
    serializer_class = ProductSegmentSerializer

    @action(detail=True, methods=["post"])
    def compute(self, request: Request, pk: str) -> Response:
        """Queue a recompute."""
        jobs.enqueue(self.tenant, "product_segments.compute", segment_id=self.get_object().pk)
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)

    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Evaluate a definition without saving it."""
        serializer = DefinitionSerializer(data=request.data, context={"view": self})
        serializer.is_valid(raise_exception=True)
        products = matching(self.tenant, serializer.validated_data["definition"])
        sample = [product.sku for product in products[: serializer.validated_data["limit"]]]
        return Response({"matched_products": len(products), "sample_skus": sample})

    @action(detail=True, methods=["get"])
    def members(self, request: Request, pk: str) -> Response:
        """The SKUs that the last compute found, with the names they have now."""
        skus = list(self.get_object().memberships.order_by("sku").values_list("sku", flat=True))
        names = dict(Product.objects.filter(tenant=self.tenant).values_list("sku", "name"))
        members = [{"sku": sku, "name": names.get(sku, "")} for sku in skus]
        return Response({"count": len(members), "results": members, "next_cursor": None})


_router = SimpleRouter()
_router.register("product-segments", ProductSegmentViewSet, basename="product-segment")
urlpatterns = _router.urls
