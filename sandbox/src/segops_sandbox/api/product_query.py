"""The search for products over HTTP: https://segops.ai/docs/api/ai-pages"""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock
from segops_sandbox.catalogue.facets import values_of
from segops_sandbox.catalogue.product_schema import field_types
from segops_sandbox.catalogue.search import METHOD, search
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.views import tenant_of
from segops_sandbox.models import ProductSegment


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
            "latency_ms": max(0, clock.now_micros() - started) // 1000,
            "method": METHOD,
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


urlpatterns = [
    path("ai-pages/query", ProductQuery.as_view()),
    path("ai-pages/query/", ProductQuery.as_view()),
]
