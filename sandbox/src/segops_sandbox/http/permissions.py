"""What a credential may do: by its kind, an MCP key's scopes, and a person's role."""

from __future__ import annotations

from typing import Any, cast

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from segops_sandbox.http.auth import MCP, SECRET, USER, Credential
from segops_sandbox.models import Role

DEFAULT_KINDS = frozenset({SECRET, MCP, USER})


class CredentialMay(BasePermission):
    """The default permission of every view.

    A view widens or narrows who may come in with `credential_kinds` (for example
    `credential_kinds = DEFAULT_KINDS | {SESSION}` for ingestion), and who may write with `writer_roles`.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """False without a credential is a 401, with one a 403 (DRF tells them apart)."""
        credential = cast("Credential | None", request.auth)
        if credential is None or credential.kind not in getattr(view, "credential_kinds", DEFAULT_KINDS):
            return False
        if credential.kind == MCP:
            return _scope_for(request.method) in credential.scopes
        if credential.kind == USER and request.method not in SAFE_METHODS:
            return credential.role in getattr(view, "writer_roles", {Role.OWNER, Role.ADMIN, Role.MEMBER})
        return True


def _scope_for(method: str | None) -> str:
    if method in SAFE_METHODS:
        return "mcp:read"
    return "mcp:admin" if method == "DELETE" else "mcp:write"
