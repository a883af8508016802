"""The product catalogue over HTTP: https://segops.ai/docs/api/pim"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from segops_sandbox import jobs
from segops_sandbox.catalogue import score_job
from segops_sandbox.catalogue.facets import facets_of
from segops_sandbox.catalogue.field_text import FieldText
from segops_sandbox.catalogue.product_schema import checked_fields, field_types, replace_schema, schema_of
from segops_sandbox.catalogue.upsert import upsert_flat
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.paging import RelativePageNumbers
from segops_sandbox.http.serializers import check_unique
from segops_sandbox.http.views import TenantViewSet, tenant_of
from segops_sandbox.models import Product, ProductSchema, ProductScore
from segops_sandbox.product_segments.compute import products_changed
from segops_sandbox.timestamps import isoformat

_LISTING = {"q", "page", "page_size"}


class ProductSerializer(serializers.ModelSerializer[Product]):
    """A product. `sku` is fixed once it is created; `data` is replaced as a whole."""

    class Meta:
        model = Product
        fields = ("id", "sku", "name", "data", "source", "ai_readability_score", "created_at", "updated_at")
        read_only_fields = ("source", "ai_readability_score", "created_at", "updated_at")
        extra_kwargs = {"name": {"required": True, "allow_blank": False}}

    def get_fields(self) -> dict[str, Any]:
        """On an update the sku is ignored."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["sku"].read_only = True
            fields["sku"].required = False
        return fields

    def validate_sku(self, value: str) -> str:
        """Unique in the tenant."""
        check_unique(self, Product, "sku", value)
        return value

    def validate_data(self, value: Any) -> dict[str, Any]:
        """An object."""
        if not isinstance(value, dict):
            raise serializers.ValidationError("Expected an object.")
        return value


class SchemaSerializer(serializers.ModelSerializer[ProductSchema]):
    """The catalogue's schema."""

    default_currency = serializers.RegexField(
        "^[A-Z]{3}$", default="USD", error_messages={"invalid": "Expected a currency of ISO 4217, such as EUR."}
    )
    default_locale = serializers.RegexField(
        "^[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?$",
        default="en_US",
        error_messages={"invalid": "Expected a locale, such as fr or fr_FR."},
    )

    class Meta:
        model = ProductSchema
        fields = ("id", "fields", "default_currency", "default_locale", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")
        extra_kwargs = {"fields": {"required": True}}

    def validate_fields(self, value: Any) -> list[dict[str, Any]]:
        """Known types, no name twice; columns of the product itself are left out."""
        return checked_fields(value)


class ProductViewSet(TenantViewSet):
    """`/pim/products/`"""

    model = Product
    serializer_class = ProductSerializer
    pagination_class = RelativePageNumbers

    def get_queryset(self) -> QuerySet[Product]:
        """Narrowed by `q` (in the name) and by any field of the schema (its exact text)."""
        products: QuerySet[Product] = super().get_queryset()
        if self.action in ("update", "partial_update", "destroy"):
            # A change waits for the one before it, and can't restore a product that is being deleted.
            return products.select_for_update()
        return self._filtered(products) if self.action == "list" else products

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Of two concurrent creates with one SKU, the second is refused as if it had come later."""
        try:
            with transaction.atomic():
                super().perform_create(serializer)
        except IntegrityError:
            raise field_error("sku", "Product with this sku already exists.") from None
        products_changed(self.tenant)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """Product segments follow."""
        super().perform_update(serializer)
        products_changed(self.tenant)

    def perform_destroy(self, instance: Product) -> None:
        """Product segments follow."""
        super().perform_destroy(instance)
        products_changed(self.tenant)

    def _filtered(self, products: QuerySet[Product]) -> QuerySet[Product]:
        query = self.request.query_params
        if query.get("q"):
            products = products.filter(folded_name__contains=query["q"].casefold())
        for index, name in enumerate(field_types(self.tenant)):
            if name in query and name not in _LISTING:
                alias = f"field_{index}"
                products = products.alias(**{alias: FieldText("data", name)}).filter(**{alias: query[name]})
        return products

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Create or update by SKU; a bad row is reported and the others go in."""
        rows = request.data.get("products") if isinstance(request.data, dict) else None
        if rows is None:
            raise field_error("products", "This field is required.")
        if not isinstance(rows, list):
            raise field_error("products", f'Expected a list of items but got type "{type(rows).__name__}".')
        outcome = upsert_flat(self.tenant, rows)
        products_changed(self.tenant)
        return Response({"created": outcome.created, "updated": outcome.updated, "errors": outcome.errors})

    @action(detail=True, methods=["get", "post"])
    def score(self, request: Request, pk: str) -> Response:
        """GET: the newest score, 404 before the first. POST: queue a scoring."""
        product: Product = self.get_object()
        if request.method == "POST":
            jobs.enqueue(self.tenant, score_job.ONE, product_id=product.pk)
            return Response({"status": "queued", "product_id": product.pk}, status=status.HTTP_202_ACCEPTED)
        score = ProductScore.objects.filter(product=product).first()
        if score is None:
            return Response({"detail": "Not found."}, status=status.HTTP_404_NOT_FOUND)
        return Response(
            {
                "id": score.pk,
                "score": score.score,
                "dimension_scores": score.dimension_scores,
                "recommendations": score.recommendations,
                "scored_at": isoformat(score.scored_at),
            }
        )


class ScoreAll(APIView):
    """`POST /pim/score-all/`"""

    def post(self, request: Request) -> Response:
        """Queue the scoring of every product."""
        tenant = tenant_of(request)
        jobs.enqueue(tenant, score_job.ALL)
        count = Product.objects.filter(tenant=tenant).count()
        return Response({"status": "queued", "product_count": count}, status=status.HTTP_202_ACCEPTED)


class Facets(APIView):
    """`GET /pim/facets/`"""

    def get(self, request: Request) -> Response:
        """Distinct values of text and list fields."""
        return Response(facets_of(tenant_of(request)))


class Schema(APIView):
    """`/pim/schema/`"""

    def get(self, request: Request) -> Response:
        """The schema; before the first PUT an empty one without id and times."""
        return Response(_schema(schema_of(tenant_of(request))))

    def put(self, request: Request) -> Response:
        """Replace it."""
        serializer = SchemaSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(_schema(replace_schema(tenant_of(request), serializer.validated_data)))


def _schema(schema: ProductSchema) -> dict[str, Any]:
    data = dict(SchemaSerializer(schema).data)
    return data if schema.pk else {**data, "created_at": None, "updated_at": None}


_router = SimpleRouter()
_router.register("pim/products", ProductViewSet, basename="product")
urlpatterns = [
    path("pim/schema/", Schema.as_view()),
    path("pim/facets/", Facets.as_view()),
    path("pim/score-all/", ScoreAll.as_view()),
    *_router.urls,
]
