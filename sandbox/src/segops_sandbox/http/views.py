"""What the resources share: each sees only the rows of its own tenant, oldest first."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Model, QuerySet
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from segops_sandbox.http.auth import Credential
from segops_sandbox.models import Tenant


class TenantViewSet(viewsets.ModelViewSet[Any]):
    """list, create, retrieve, update, partial_update and destroy over a tenant's rows of `model`."""

    model: type[Model]
    # No id is longer, and Python reads no number of more than 4,300 digits.
    lookup_value_regex = "[0-9]{1,20}"

    @property
    def tenant(self) -> Tenant:
        """The workspace that the request acts in."""
        return tenant_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        """The tenant's rows in the order of their ids, so that pages are stable."""
        return self.model._default_manager.filter(tenant=self.tenant).order_by("pk")

    def get_object(self) -> Any:
        """The row that the URL names; what changes it keeps it to itself from here on, so that no change is lost."""
        if self.request.method in {"PUT", "PATCH", "DELETE"}:
            row = self.model._default_manager.filter(tenant=self.tenant, pk=self.kwargs["pk"])
            row.select_for_update(no_key=True).values_list("pk").first()
        return super().get_object()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """A new row belongs to the tenant that asks."""
        serializer.save(tenant=self.tenant)


def caller(request: Request) -> Credential:
    """The credential of an authenticated request (`request.auth`, which DRF's types take for its own Token)."""
    return cast(Credential, request.auth)


def tenant_of(request: Request) -> Tenant:
    """The workspace that an authenticated request acts in."""
    return caller(request).tenant
