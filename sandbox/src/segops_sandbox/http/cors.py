"""Pages of other sites that may use the API: those that a public key lists, to mint a session and to send events.

https://segops.ai/docs/public-api-keys. A browser asks before it sends a key (a preflight, which carries none), so that
is answered for the origins of any public key; the request itself is held against the list of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from segops_sandbox.http.auth import PUBLIC, credential_of
from segops_sandbox.models import ApiKey

SESSION, INGESTION = "/api/auth/session/", ("/api/ingestion/track/", "/api/ingestion/track/batch/")
_PATHS = frozenset({SESSION, *INGESTION})
_METHODS = "POST, OPTIONS"
_HEADERS = "Authorization, Content-Type, X-API-Key"
_EXPOSED = "Retry-After, X-Request-Id"
_KEPT_FOR_S = "600"
_LABEL = re.compile(r"[a-z0-9_-]+")


class CorsMiddleware:
    """Answers preflights, and tells browsers which pages may read an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only requests of pages, to the paths that are for them, get further headers."""
        origin = request.headers.get("Origin")
        if origin is None or request.path_info not in _PATHS:
            return self.get_response(request)
        known = any_key_allows(origin)
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204 if known else 403) if preflight else self.get_response(request)
        response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "Origin"]))
        if known:
            response["Access-Control-Allow-Origin"] = origin
            if preflight:
                response["Access-Control-Allow-Methods"] = _METHODS
                response["Access-Control-Allow-Headers"] = _HEADERS
                response["Access-Control-Max-Age"] = _KEPT_FOR_S
            else:
                response["Access-Control-Expose-Headers"] = _EXPOSED
        return response


def refuse_foreign_origins(request: HttpRequest) -> None:
    """Raise PermissionDenied when a public key, or a session of one, is used from an origin that it does not list."""
    try:
        credential = credential_of(request)
    except AuthenticationFailed:
        return  # answered by the view
    key = None if credential is None else credential.api_key
    if key is None or key.kind != PUBLIC or not key.allowed_origins:
        return
    origin = request.headers.get("Origin", "")
    # A session works on a server too, where no browser says where it is: it was minted from a listed origin.
    if credential is not None and credential.uid is not None and not origin:
        return
    if not is_listed(origin, key.allowed_origins):
        raise PermissionDenied("Origin not allowed.")


def any_key_allows(origin: str) -> bool:
    """Whether a public key that is in use lists an origin, or has no list."""
    keys = ApiKey.objects.filter(kind=PUBLIC, revoked_at=None).values_list("allowed_origins", flat=True)
    return any(not allowed or is_listed(origin, allowed) for allowed in keys)


def is_listed(origin: str, allowed: Iterable[str]) -> bool:
    """Whether an origin is in a list: as it is, or under `https://*.tenant.com`, with one label for the star."""
    try:
        got = urlsplit(origin.lower())
    except ValueError:
        return False
    label, _, parent = got.netloc.partition(".")
    for pattern in allowed:
        wanted = urlsplit(pattern.lower())
        if got.scheme != wanted.scheme:
            continue
        if wanted.netloc == got.netloc:
            return True
        if wanted.netloc.startswith("*.") and wanted.netloc[2:] == parent and _LABEL.fullmatch(label):
            return True
    return False
