"""Activations over HTTP: https://segops.ai/docs/api/activations"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from segops_sandbox.activations import CONNECTORS, MASK, masked, queue_sync, unmasked
from segops_sandbox.models import Activation
from segops_sandbox.platform.serializers import stay_inside
from segops_sandbox.platform.views import TenantViewSet


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
        """An object of texts."""
        if not isinstance(value, dict):
            raise serializers.ValidationError("Expected an object.")
        problems = [f"{name}: Not a valid string." for name, text in value.items() if not isinstance(text, str)]
        if problems:
            raise serializers.ValidationError(problems)
        return unmasked(value, self.instance.config if self.instance else {})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The config fits the connector."""
        connector = attrs.get("connector_type") or (self.instance and self.instance.connector_type)
        config = attrs.get("config", self.instance.config if self.instance else {})
        required, optional = CONNECTORS[str(connector)]
        problems = [f"{name}: This field is required." for name in required if not config.get(name)]
        problems += [f"{name}: Unknown field." for name in config if name not in required + optional]
        problems += [f"{name}: *** stands for a stored value, and none is." for name in config if config[name] == MASK]
        if problems:
            raise serializers.ValidationError({"config": problems})
        return attrs

    def update(self, instance: Activation, validated_data: dict[str, Any]) -> Activation:
        """Switching it on forgives the last failure."""
        if validated_data.get("status") == Activation.ACTIVE:
            instance.last_error = ""
        return super().update(instance, validated_data)

    def to_representation(self, instance: Activation) -> dict[str, Any]:
        """Secrets masked."""
        data = super().to_representation(instance)
        # As it is: a failed sync sets a status that can't be chosen.
        return {**data, "config": masked(instance.config), "status": instance.status}


class ActivationViewSet(TenantViewSet):
    """`/activations/`"""

    model = Activation
    serializer_class = ActivationSerializer

    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: str) -> Response:
        """Queue a sync, whatever the status."""
        queue_sync(self.get_object())
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)


_router = SimpleRouter()
_router.register("activations", ActivationViewSet, basename="activation")
urlpatterns = _router.urls
