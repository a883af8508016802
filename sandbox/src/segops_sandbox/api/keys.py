"""API keys over HTTP: listing, issuing and revoking. https://segops.ai/docs/api-keys"""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404
from django.urls import path
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock, ids
from segops_sandbox.http.auth import MCP, PUBLIC, SECRET, USER
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.views import caller
from segops_sandbox.models import ApiKey, Role

SCOPES = ("mcp:read", "mcp:write", "mcp:admin")
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?")
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
# What counts is the role in the tenant of the key, which the views look up, not the one in a person's first tenant.
_ANY_ROLE = MANAGERS | {Role.MEMBER, Role.VIEWER}


class KeySerializer(serializers.Serializer[Any]):
    """A key to create. Only name and tenant_slug are documented; the rest is chosen in the dashboard there."""

    name = serializers.CharField(max_length=255)
    tenant_slug = serializers.CharField()
    key_type = serializers.ChoiceField(choices=[SECRET, PUBLIC, MCP], default=SECRET)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPES), default=["mcp:read", "mcp:write"], allow_empty=False
    )
    allowed_origins = serializers.ListField(child=serializers.CharField(max_length=300), default=list)
    require_signed_user_id = serializers.BooleanField(default=False)

    def validate_allowed_origins(self, value: list[str]) -> list[str]:
        """Scheme and host, with at most one leading `*.`."""
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise serializers.ValidationError(f'"{origin}" is not an origin such as https://app.example.com.')
        return value


class Keys(APIView):
    """`POST /auth/api-keys/`, for signed-in people."""

    credential_kinds = frozenset({USER})
    writer_roles = _ANY_ROLE

    def post(self, request: Request) -> Response:
        """`{id, name, key}`; the key's text appears only here, as does the secret that signs user ids."""
        serializer = KeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        role = (
            Role.objects.select_related("tenant")
            .filter(account=caller(request).account, tenant__slug=wanted["tenant_slug"])
            .first()
        )
        if role is None:
            raise field_error("tenant_slug", "Tenant not found.")
        if role.role not in MANAGERS:
            self.permission_denied(request)
        kind, signed = wanted["key_type"], wanted["require_signed_user_id"]
        key = ApiKey.objects.create(
            tenant=role.tenant,
            kind=kind,
            name=wanted["name"],
            key=ids.api_key(kind),
            scopes=wanted["scopes"] if kind == MCP else [],
            allowed_origins=wanted["allowed_origins"] if kind == PUBLIC else [],
            require_signed_user_id=kind == PUBLIC and signed,
            signing_secret=ids.hex_token("signing-secret", 32) if kind == PUBLIC and signed else "",
        )
        answer = {"id": key.pk, "name": key.name, "key": key.key}
        if key.signing_secret:
            answer["signing_secret"] = key.signing_secret
        return Response(answer, status=status.HTTP_201_CREATED)


class Key(APIView):
    """`DELETE /auth/api-keys/<id>/`, for signed-in people."""

    credential_kinds = frozenset({USER})
    writer_roles = _ANY_ROLE

    def delete(self, request: Request, pk: int) -> Response:
        """Revoke a key; it answers 401 from its next use."""
        account = caller(request).account
        tenants = Role.objects.filter(account=account, role__in=MANAGERS).values("tenant")
        revoked = ApiKey.objects.filter(pk=pk, tenant__in=tenants, revoked_at=None).update(revoked_at=clock.now())
        if not revoked:
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("auth/api-keys/", Keys.as_view()),
    path("auth/api-keys/<int:pk>/", Key.as_view()),
]
