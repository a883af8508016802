"""What serializers share: names that are unique in a tenant, and references that stay inside it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from segops_sandbox.models import Tenant


def tenant_in(serializer: serializers.BaseSerializer[Any]) -> Tenant:
    """The workspace that a serializer of a `TenantViewSet` works for."""
    tenant: Tenant = serializer.context["view"].tenant
    return tenant


def check_unique(serializer: serializers.ModelSerializer[Any], model: type[Model], field: str, value: Any) -> None:
    """Refuse a value that another row of the tenant has already, in the words of Django."""
    same = model._default_manager.filter(tenant=tenant_in(serializer), **{field: value})
    if serializer.instance is not None:
        same = same.exclude(pk=serializer.instance.pk)
    if same.exists():
        name = str(model._meta.verbose_name)
        raise serializers.ValidationError(
            f"{name[0].upper()}{name[1:]} with this {field.replace('_', ' ')} already exists."
        )


def stay_inside(serializer: serializers.ModelSerializer[Any], field: serializers.Field[Any, Any, Any, Any]) -> None:
    """Let a reference name rows of the serializer's tenant only."""
    assert isinstance(field, serializers.PrimaryKeyRelatedField)
    rows = field.get_queryset()
    assert rows is not None
    field.queryset = rows.filter(tenant=tenant_in(serializer))
