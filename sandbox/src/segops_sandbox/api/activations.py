"""Activations over HTTP: https://segops.ai/docs/api/activations"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from segops_sandbox.activations import forget_audience, queue_sync
from segops_sandbox.connectors import CONNECTORS, destination, masked, problems, unmasked
from segops_sandbox.http.serializers import stay_inside
from segops_sandbox.http.views import TenantViewSet
from segops_sandbox.models import Activation, ActivationSync


class ActivationSerializer(serializers.ModelSerializer[Activation]):
    """An activation; secrets of its config are shown as `***`, and `***` on the way in keeps what is stored."""

    connector_type = serializers.ChoiceField(choices=sorted(CONNECTORS))
    status = serializers.ChoiceField(choices=[Activation.INACTIVE, Activation.ACTIVE], required=False)
    config = serializers.JSONField()

    class Meta:
        model = Activation
        fields = (
            "id",
            "segment",
            "connector_type",
            "config",
            "status",
            "last_synced_at",
            "last_error",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("last_synced_at", "last_error", "created_at", "updated_at")

    def get_fields(self) -> dict[str, Any]:
        """Only the tenant's own segments can be named."""
        fields = super().get_fields()
        stay_inside(self, fields["segment"])
        return fields

    def validate_config(self, value: Any) -> dict[str, Any]:
        """An object, with what is stored in place of `***`."""
        if not isinstance(value, dict):
            raise serializers.ValidationError("Expected an object.")
        return unmasked(value, self.instance.config if self.instance else {})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The config fits the connector."""
        connector = attrs.get("connector_type") or (self.instance and self.instance.connector_type)
        config = attrs.get("config", self.instance.config if self.instance else {})
        found = problems(str(connector), config)
        if found:
            raise serializers.ValidationError({"config": found})
        return attrs

    def update(self, instance: Activation, validated_data: dict[str, Any]) -> Activation:
        """Activating it clears the last failure; a new destination has an audience of its own, empty at first."""
        before = destination(instance.connector_type, instance.config)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        changed = [*validated_data, "updated_at"]
        if validated_data.get("status") == Activation.ACTIVE:
            instance.last_error = ""
            changed.append("last_error")
        # Named fields only: a sync may be storing its results in the others.
        instance.save(update_fields=changed)
        if destination(instance.connector_type, instance.config) != before:
            forget_audience(instance)
        return instance

    def to_representation(self, instance: Activation) -> dict[str, Any]:
        """Secrets masked."""
        data = super().to_representation(instance)
        # The stored status: a failed sync sets one that can't be chosen.
        return {**data, "config": masked(instance.config), "status": instance.status}


class SyncSerializer(serializers.ModelSerializer[ActivationSync]):
    """What one sync did."""

    class Meta:
        model = ActivationSync
        fields = (
            "id",
            "status",
            "user_count",
            "added_count",
            "removed_count",
            "unchanged_count",
            "added_user_ids",
            "removed_user_ids",
            "error_message",
            "synced_at",
        )


class ActivationViewSet(TenantViewSet):
    """`/activations/`"""

    model = Activation
    serializer_class = ActivationSerializer

    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: str) -> Response:
        """Queue a sync, whatever the status."""
        queue_sync(self.get_object())
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)

    @action(detail=True, methods=["get"])
    def syncs(self, request: Request, pk: str) -> Response:
        """The users that each sync added and removed, newest first; the newest 50 are kept."""
        page: Any = self.paginate_queryset(self.get_object().syncs.order_by("-pk"))
        return self.get_paginated_response(SyncSerializer(page, many=True).data)


_router = SimpleRouter()
_router.register("activations", ActivationViewSet, basename="activation")
urlpatterns = _router.urls
