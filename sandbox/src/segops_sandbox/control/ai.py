"""Controls for AI answers: the own brand of a workspace, and how long assistants are said to take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from segops_sandbox.ai.providers import LIMIT_S, PROVIDERS, latencies
from segops_sandbox.control.views import ControlView
from segops_sandbox.models import ProviderLatency, Tenant


class _Strict(serializers.Serializer[Any]):
    """A key that is not known is an error: a mistyped one would make a test pass for no reason."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values."""
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in sorted(map(str, unknown))})
        return super().to_internal_value(data)


class BrandSerializer(_Strict):
    """The brand that answers are searched for; a blank name means the workspace's own name."""

    name = serializers.CharField(max_length=255, allow_blank=True, required=False)
    aliases = serializers.ListField(child=serializers.CharField(max_length=255), required=False)


class LatencySerializer(_Strict):
    """Seconds that one assistant is said to take."""

    provider = serializers.ChoiceField(choices=PROVIDERS)
    seconds = serializers.FloatField(min_value=0, max_value=3600)


class TenantBrand(ControlView):
    """`/_sandbox/tenants/{slug}/brand/`"""

    def get(self, request: Request, slug: str) -> Response:
        """Its name and aliases."""
        return Response(_brand(_tenant(slug)))

    def put(self, request: Request, slug: str) -> Response:
        """Set the name, the aliases, or both. Answers that are stored keep what was found in them."""
        tenant = _tenant(slug)
        serializer = BrandSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        tenant.brand_name = serializer.validated_data.get("name", tenant.brand_name)
        tenant.brand_aliases = serializer.validated_data.get("aliases", tenant.brand_aliases)
        tenant.save(update_fields=["brand_name", "brand_aliases"])
        return Response(_brand(tenant))


class Providers(ControlView):
    """`/_sandbox/providers/`"""

    def get(self, request: Request) -> Response:
        """All assistants, how long each is said to take, and the limit of a simulation."""
        listed = [{"provider": name, "seconds": seconds} for name, seconds in latencies().items()]
        return Response({"limit_seconds": LIMIT_S, "providers": listed})

    def post(self, request: Request) -> Response:
        """Have one take so long. Over the limit, it is missing from simulations; nobody really waits."""
        serializer = LatencySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        ProviderLatency.objects.update_or_create(provider=values["provider"], defaults={"seconds": values["seconds"]})
        return self.get(request)

    def delete(self, request: Request) -> Response:
        """All are quick again."""
        ProviderLatency.objects.all().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _tenant(slug: str) -> Tenant:
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise NotFound
    return tenant


def _brand(tenant: Tenant) -> dict[str, Any]:
    return {"name": tenant.brand_name or tenant.name, "aliases": tenant.brand_aliases}
