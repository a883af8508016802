"""The credential of a request: an API key, an access token or a session token.

Accepted: `Authorization: ApiKey <key>`, `Authorization: Bearer <token>`, and `X-API-Key: <key>`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models.expressions import Col
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from segops_sandbox.http import tokens
from segops_sandbox.models import Account, ApiKey, Role, Tenant

SECRET, PUBLIC, MCP, USER, SESSION = "sk", "pk", "mk", "jwt", "session"

# Every request asks this. In SQL, because the ORM takes several times as long to say it as the database to answer.
_KEY_FIELDS = ("id", "tenant_id", "kind", "name", "scopes")
_TENANT_FIELDS = ("id", "slug", "name", "plan")
_BY_KEY = (
    f"SELECT {', '.join(f'k.{name}' for name in _KEY_FIELDS)}, {', '.join(f't.{name}' for name in _TENANT_FIELDS)} "
    "FROM sandbox_api_key AS k JOIN sandbox_tenant AS t ON t.id = k.tenant_id "
    "WHERE k.key = %s AND k.revoked_at IS NULL"
)


@dataclass(frozen=True)
class Credential:
    """What a request may act as; `request.auth` of every view.

    Attributes:
        kind: sk, pk, mk (keys), jwt (a signed-in person) or session (minted from a pk key).
        tenant: the workspace that the credential belongs to.
        owner: a stable name of the credential, for what is kept per key.
        uid: the user id that a session's events are forced to; None for other kinds.
        scopes: of an mk key.
        role: of a person in the tenant.
    """

    kind: str
    tenant: Tenant
    owner: str
    api_key: ApiKey | None = None
    account: Account | None = None
    role: str = ""
    uid: str | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)

    # DRF takes `request.user` to be the same object and asks it these.
    is_authenticated = True
    is_active = True

    @property
    def label(self) -> str:
        """A readable name: the person's e-mail, or the key's name."""
        if self.account is not None:
            return self.account.email
        return self.api_key.name if self.api_key is not None else self.kind


class CredentialAuthentication(BaseAuthentication):
    """DRF's door to `credential_of`."""

    def authenticate(self, request: Request) -> tuple[Credential, Credential] | None:
        """The credential as both user and auth; None without one; 401 for a bad one."""
        credential = credential_of(request._request)
        return None if credential is None else (credential, credential)

    def authenticate_header(self, request: Request) -> str:
        """`WWW-Authenticate`; without it DRF would answer 403 in place of 401."""
        return 'ApiKey realm="api"'


def credential_of(request: HttpRequest) -> Credential | None:
    """The credential a request carries, looked up once per request.

    Returns None when it carries none. Raises AuthenticationFailed (401) when it carries one that is not valid.
    """
    found: Any = getattr(request, "_segops_credential", None)
    if found is None:
        found = _look_up(request)
        request._segops_credential = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def _look_up(request: HttpRequest) -> Credential | None:
    header = request.headers.get("Authorization", "").strip()
    if not header:
        key = request.headers.get("X-API-Key", "").strip()
        return _from_key(key) if key else None
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "apikey":
        return _from_key(text.strip())
    if scheme.lower() == "bearer":
        return _from_token(text.strip())
    raise AuthenticationFailed("Unsupported authorization scheme. Use ApiKey or Bearer.")


def _from_key(text: str) -> Credential:
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEY, [text])
        row = cursor.fetchone()
    if row is None:
        raise AuthenticationFailed("Invalid API key.")
    # What is not among these fields is loaded when somebody asks for it.
    values, tenant_values = list(row[: len(_KEY_FIELDS)]), row[len(_KEY_FIELDS) :]
    scopes = ApiKey._meta.get_field("scopes")
    values[-1] = scopes.from_db_value(values[-1], Col("sandbox_api_key", scopes), connection)
    key = ApiKey.from_db(connection.alias, _KEY_FIELDS, values)
    key.tenant = Tenant.from_db(connection.alias, _TENANT_FIELDS, tenant_values)
    return Credential(
        kind=key.kind,
        tenant=key.tenant,
        owner=f"key:{key.pk}",
        api_key=key,
        scopes=frozenset(key.scopes),
    )


def _from_token(text: str) -> Credential:
    claims = tokens.read(text, {tokens.ACCESS, tokens.SESSION})
    if claims["type"] == tokens.SESSION:
        return _session(claims)
    role = (
        Role.objects.select_related("tenant", "account")
        .filter(account_id=claims["account"], account__is_active=True)
        .order_by("pk")
        .first()
    )
    if role is None:
        raise AuthenticationFailed("User not found.")
    return Credential(
        kind=USER,
        tenant=role.tenant,
        owner=f"account:{role.account_id}",
        account=role.account,
        role=role.role,
    )


def _session(claims: dict[str, Any]) -> Credential:
    key = ApiKey.objects.select_related("tenant").filter(pk=claims["key"], revoked_at=None).first()
    if key is None:
        raise AuthenticationFailed("Given token not valid for any token type")
    return Credential(
        kind=SESSION, tenant=key.tenant, owner=f"session:{key.pk}:{claims['uid']}", api_key=key, uid=claims["uid"]
    )
