"""AI visibility over HTTP: https://segops.ai/docs/api/ai-visibility"""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from segops_sandbox import jobs
from segops_sandbox.ai import schedule
from segops_sandbox.ai.answers import simulate
from segops_sandbox.ai.metrics import dashboard, diff, win_rates
from segops_sandbox.ai.providers import PROVIDERS
from segops_sandbox.http.serializers import check_unique
from segops_sandbox.http.views import TenantViewSet, tenant_of
from segops_sandbox.models import AIQuery, Competitor, QueryResult
from segops_sandbox.timestamps import isoformat

_RESULTS = 50


class Texts(serializers.ListField):
    """A list of texts. Errors of its items are reported for the field: `{"tags": ["..."]}`, never by index."""

    def __init__(self, **of_each: Any) -> None:
        super().__init__(child=serializers.CharField(**of_each), required=False)

    def run_child_validation(self, data: Any) -> Any:
        """The checked texts."""
        try:
            return super().run_child_validation(data)
        except serializers.ValidationError as exc:
            by_number: Any = exc.detail
            said = [message for messages in by_number.values() for message in messages]
            raise serializers.ValidationError(list(dict.fromkeys(said))) from None


def _check_providers(value: list[str]) -> list[str]:
    problems = [f'"{name}" is not a valid choice.' for name in value if name not in PROVIDERS]
    if problems:
        raise serializers.ValidationError(problems)
    return list(dict.fromkeys(value))


class QuerySerializer(serializers.ModelSerializer[AIQuery]):
    """A question that is put to assistants again and again."""

    category = serializers.CharField(max_length=255, required=False, allow_blank=True, allow_null=True)
    tags = Texts()
    providers = Texts()
    schedule = serializers.ChoiceField(choices=list(schedule.INTERVALS), default="daily")

    class Meta:
        model = AIQuery
        fields = (
            "id",
            "query_text",
            "category",
            "tags",
            "providers",
            "is_active",
            "schedule",
            "last_run_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("last_run_at", "created_at", "updated_at")

    def validate_query_text(self, value: str) -> str:
        """Unique in the tenant."""
        check_unique(self, AIQuery, "query_text", value)
        return value

    def validate_category(self, value: str | None) -> str:
        """A missing category is the empty one."""
        return value or ""

    def validate_providers(self, value: list[str]) -> list[str]:
        """Known ones; none means all."""
        return _check_providers(value)


class SimulationSerializer(serializers.Serializer[Any]):
    """A question to ask once."""

    query_text = serializers.CharField(max_length=1000)
    providers = Texts()

    def validate_providers(self, value: list[str]) -> list[str]:
        """Known ones; none means all."""
        return _check_providers(value)


class CompetitorSerializer(serializers.ModelSerializer[Competitor]):
    """A brand to compare with."""

    brand_aliases = Texts(max_length=255)

    class Meta:
        model = Competitor
        fields = ("id", "name", "domain", "brand_aliases", "is_active", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_name(self, value: str) -> str:
        """Unique in the tenant."""
        check_unique(self, Competitor, "name", value)
        return value


class QueryViewSet(TenantViewSet):
    """`/ai-reach/queries/`: the list is a bare array."""

    model = AIQuery
    serializer_class = QuerySerializer
    pagination_class = None

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """A new query is asked on schedule from now on."""
        super().perform_create(serializer)
        assert serializer.instance is not None
        schedule.plan(serializer.instance)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """A change may pause it or make it due at another time."""
        super().perform_update(serializer)
        assert serializer.instance is not None
        schedule.plan(serializer.instance)

    def perform_destroy(self, instance: AIQuery) -> None:
        """Its answers are deleted with it."""
        schedule.cancel(instance)
        super().perform_destroy(instance)

    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str) -> Response:
        """Queue a run on the query's providers. 200, unlike other queued work: so the reference says."""
        query: AIQuery = self.get_object()
        jobs.enqueue(self.tenant, "queries.run", query_id=query.pk)
        return Response({"status": "queued", "query_id": query.pk})

    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: str) -> Response:
        """The newest 50 answers of all providers, newest first."""
        found = self.get_object().results.order_by("-pk")[:_RESULTS]
        return Response([_result(result) for result in found])


class CompetitorViewSet(TenantViewSet):
    """`/ai-reach/competitors/`: the list is a bare array."""

    model = Competitor
    serializer_class = CompetitorSerializer
    pagination_class = None


class Simulate(APIView):
    """`POST /ai-reach/simulate/`"""

    own_transactions = True

    def post(self, request: Request) -> Response:
        """Ask the providers now. The answers are stored without a query."""
        serializer = SimulationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        text = serializer.validated_data["query_text"]
        providers = serializer.validated_data.get("providers") or list(PROVIDERS)
        tenant = tenant_of(request)
        results, timed_out = simulate(tenant, text, providers)
        return Response(
            {
                "query_text": text,
                "providers": providers,
                "timed_out": timed_out,
                "results": [_result(result) for result in results],
                "diff": diff(tenant, results, providers),
            }
        )


class Dashboard(APIView):
    """`GET /ai-reach/dashboard/`"""

    def get(self, request: Request) -> Response:
        """Visibility over all queries."""
        return Response(dashboard(tenant_of(request)))


class WinRate(APIView):
    """`GET /ai-reach/win-rate/`"""

    def get(self, request: Request) -> Response:
        """How often the brand ranks ahead of each active competitor."""
        return Response(win_rates(tenant_of(request)))


def _result(result: QueryResult) -> dict[str, Any]:
    return {
        "id": result.pk,
        "query": result.query_id,
        "provider": result.provider,
        "raw_response": result.raw_response,
        "mentioned_brands": result.mentioned_brands,
        "mentioned_products": result.mentioned_products,
        "position": result.position,
        "sentiment": result.sentiment,
        "is_simulated": result.is_simulated,
        "captured_at": isoformat(result.captured_at),
    }


_router = SimpleRouter()
_router.register("ai-reach/queries", QueryViewSet, basename="ai-query")
_router.register("ai-reach/competitors", CompetitorViewSet, basename="competitor")
urlpatterns = [
    path("ai-reach/simulate/", Simulate.as_view()),
    path("ai-reach/dashboard/", Dashboard.as_view()),
    path("ai-reach/win-rate/", WinRate.as_view()),
    *_router.urls,
]
