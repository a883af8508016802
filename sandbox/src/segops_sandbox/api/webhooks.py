"""Webhooks over HTTP: https://segops.ai/docs/activations/webhooks"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from segops_sandbox.http.views import TenantViewSet
from segops_sandbox.models import Webhook, WebhookDelivery
from segops_sandbox.network import is_web_address


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A receiver. The secret goes in and never comes out."""

    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = ("id", "url", "secret", "description", "is_active", "has_secret", "created_at")
        extra_kwargs = {"secret": {"write_only": True, "trim_whitespace": False}}

    def get_has_secret(self, webhook: Webhook) -> bool:
        """Whether deliveries are signed."""
        return bool(webhook.secret)

    def validate_url(self, value: str) -> str:
        """An absolute http(s) URL. Plain http is for receivers on this machine, the only ones that are sent to."""
        if not is_web_address(value):
            raise serializers.ValidationError("Enter a valid URL.")
        return value


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """One attempt: a success when the receiver answered with a 2xx."""

    status = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = ("id", "event", "status", "body", "status_code", "error", "duration_ms", "attempted_at")

    def get_status(self, delivery: WebhookDelivery) -> str:
        """`success` or `error`, as syncs have it."""
        return "error" if delivery.error else "success"


class WebhookViewSet(TenantViewSet):
    """`/webhooks/`"""

    model = Webhook
    serializer_class = WebhookSerializer

    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, pk: str) -> Response:
        """What was sent and what came back, newest first; the newest 50 are kept."""
        page: Any = self.paginate_queryset(self.get_object().deliveries.order_by("-pk"))
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)


_router = SimpleRouter()
_router.register("webhooks", WebhookViewSet, basename="webhook")
urlpatterns = _router.urls
