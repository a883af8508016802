"""Signing in: access tokens for people, and session tokens for browsers and apps.

Pages: https://segops.ai/docs/api, https://segops.ai/docs/public-api-keys, https://segops.ai/docs/sdks/server-signing
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.contrib.auth.hashers import check_password
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock, identity
from segops_sandbox.http import tokens
from segops_sandbox.http.auth import PUBLIC, CredentialAuthentication
from segops_sandbox.http.cors import refuse_foreign_origins
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.views import caller, tenant_of
from segops_sandbox.models import Account, ApiKey
from segops_sandbox.timestamps import isoformat

_CLOCK_SKEW_S = 300
# Checked when the account is unknown, so that the answer takes as long as for a wrong password.
_NO_PASSWORD = "pbkdf2_sha256$1000$x$x"


class OpenAuthentication(CredentialAuthentication):
    """For endpoints that need no credential: one that is sent is ignored."""

    def authenticate(self, request: Request) -> None:
        """No user and no credential."""
        return None


class TokenSerializer(serializers.Serializer[Any]):
    """E-mail and password."""

    email = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)


class RefreshSerializer(serializers.Serializer[Any]):
    """A refresh token."""

    refresh = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """Who the session is for."""

    user_id = serializers.CharField(required=False, max_length=1000)
    anonymous_id = serializers.CharField(required=False, max_length=1000)
    user_id_sig = serializers.CharField(required=False)
    user_id_ts = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At least one id."""
        if "user_id" not in attrs and "anonymous_id" not in attrs:
            raise serializers.ValidationError({"user_id": ["Give user_id, anonymous_id, or both."]})
        return attrs


class Token(APIView):
    """`POST /auth/token/`"""

    authentication_classes = (OpenAuthentication,)
    permission_classes = ()

    def post(self, request: Request) -> Response:
        """Access and refresh token for an e-mail and password; 401 when they don't match."""
        serializer = TokenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        account = Account.objects.filter(email=serializer.validated_data["email"], is_active=True).first()
        known = account.password if account else _NO_PASSWORD
        if not check_password(serializer.validated_data["password"], known) or account is None:
            raise AuthenticationFailed("No active account found with the given credentials")
        access, _ = tokens.issue(tokens.ACCESS, account=account.pk)
        refresh, _ = tokens.issue(tokens.REFRESH, account=account.pk)
        return Response({"access": access, "refresh": refresh})


class TokenRefresh(APIView):
    """`POST /auth/token/refresh/`"""

    authentication_classes = (OpenAuthentication,)
    permission_classes = ()

    def post(self, request: Request) -> Response:
        """A new access token for a refresh token; 401 when that is not valid."""
        serializer = RefreshSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        claims = tokens.read(serializer.validated_data["refresh"], {tokens.REFRESH})
        if not Account.objects.filter(pk=claims["account"], is_active=True).exists():
            raise AuthenticationFailed("User not found.")
        access, _ = tokens.issue(tokens.ACCESS, account=claims["account"])
        return Response({"access": access})


class Session(APIView):
    """`POST /auth/session/`: a public key is exchanged for a 15-minute token that is pinned to one user id."""

    credential_kinds = frozenset({PUBLIC})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse foreign origins before anything of the body is looked at."""
        super().initial(request, *args, **kwargs)
        refuse_foreign_origins(request._request)

    def post(self, request: Request) -> Response:
        """`{token, expires_at, uid}`. Both ids together also tie the visitor to the user."""
        serializer = SessionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        key = _public_key(request)
        if key.require_signed_user_id and "user_id" in given:
            _check_signature(key, given)
        if "user_id" in given and "anonymous_id" in given:
            identity.alias(tenant_of(request), given["anonymous_id"], given["user_id"])
        uid = given.get("user_id") or identity.visitor(given["anonymous_id"])
        token, expires = tokens.issue(tokens.SESSION, key=key.pk, uid=uid)
        return Response({"token": token, "expires_at": isoformat(expires), "uid": uid})


def _public_key(request: Request) -> ApiKey:
    key = caller(request).api_key
    assert key is not None  # no other kind of credential is permitted here
    return key


def _check_signature(key: ApiKey, given: dict[str, Any]) -> None:
    for name in ("user_id_sig", "user_id_ts"):
        if name not in given:
            raise field_error(name, "This field is required.")
    signed = f"{given['user_id']}|{given['user_id_ts']}".encode()
    expected = hmac.new(bytes.fromhex(key.signing_secret), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given["user_id_sig"].encode()):
        raise PermissionDenied("Invalid user_id signature.")
    if abs(clock.now().timestamp() - given["user_id_ts"]) > _CLOCK_SKEW_S:
        raise PermissionDenied("The user_id signature has expired.")


urlpatterns = [
    path("auth/token/", Token.as_view()),
    path("auth/token/refresh/", TokenRefresh.as_view()),
    path("auth/session/", Session.as_view()),
]
