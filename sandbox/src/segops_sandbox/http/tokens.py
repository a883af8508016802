"""Access, refresh and session tokens: signed JWTs whose times follow the sandbox's clock."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from rest_framework.exceptions import AuthenticationFailed

from segops_sandbox import clock, ids
from segops_sandbox.models import ServerSecret

ACCESS, REFRESH, SESSION = "access", "refresh", "session"
LIFETIMES = {ACCESS: timedelta(minutes=60), REFRESH: timedelta(days=1), SESSION: timedelta(minutes=15)}
_INVALID = "Given token not valid for any token type"
_lock = threading.Lock()
_secret: str | None = None


def issue(kind: str, **claims: Any) -> tuple[str, datetime]:
    """A signed token of a kind and the time it expires."""
    import jwt  # loads a cryptography library, a tenth of a second that most runs need not spend

    expires = (clock.now() + LIFETIMES[kind]).replace(microsecond=0)
    payload = {"type": kind, "exp": int(expires.timestamp()), "jti": ids.hex_token("jti"), **claims}
    return jwt.encode(payload, _signing_secret(), algorithm="HS256"), expires


def read(token: str, kinds: Collection[str]) -> dict[str, Any]:
    """The claims of a valid token of one of the kinds; AuthenticationFailed (401) otherwise."""
    import jwt

    try:
        # The library would compare with the machine's clock; ours may stand still somewhere else.
        claims: dict[str, Any] = jwt.decode(
            token, _signing_secret(), algorithms=["HS256"], options={"verify_exp": False, "require": ["exp", "jti"]}
        )
    except jwt.InvalidTokenError:
        raise AuthenticationFailed(_INVALID) from None
    if claims.get("type") not in kinds or claims["exp"] <= clock.now().timestamp():
        raise AuthenticationFailed(_INVALID)
    return claims


def _signing_secret() -> str:
    global _secret
    with _lock:
        if _secret is None:
            row, _ = ServerSecret.objects.get_or_create(
                name="tokens", defaults={"value": ids.hex_token("token-secret", 32)}
            )
            _secret = row.value
        return _secret
