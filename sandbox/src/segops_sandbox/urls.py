"""All paths. Each area lists its own; this module combines them.

Patterns match the path as it was sent, still percent-encoded (`http/wire.py`), so that a user id with a slash
in it stays one segment: `<encoded:user_id>` matches one segment and decodes it.
"""

from __future__ import annotations

from importlib import import_module
from urllib.parse import unquote_to_bytes

from django.urls import include, path, register_converter

AREAS = (
    "auth",
    "keys",
    "segments",
    "explorer",
    "identity",
    "ingestion",
    "products",
    "imports",
    "product_segments",
    "schemas",
    "activations",
    "queries",
    "pages",
    "analytics",
    "webhooks",
)


class EncodedSegment:
    """One path segment of any text, percent-encoded on the wire and decoded for the view."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """The decoded text; not UTF-8 means that no pattern matches (UnicodeDecodeError is a ValueError)."""
        return unquote_to_bytes(value).decode("utf-8")

    def to_url(self, value: str) -> str:
        """Not used: the sandbox builds no links to these paths."""
        raise NotImplementedError


register_converter(EncodedSegment, "encoded")

_areas = [import_module(f"segops_sandbox.api.{area}") for area in AREAS]
urlpatterns = [
    path("api/", include([pattern for area in _areas for pattern in area.urlpatterns])),
    path("_sandbox/", include("segops_sandbox.control.urls")),
    path("", include("segops_sandbox.reference.views")),
    path("", include("segops_sandbox.home.views")),
]
handler400 = "segops_sandbox.http.errors.bad_request"
handler404 = "segops_sandbox.http.errors.not_found"
handler500 = "segops_sandbox.http.errors.server_error"
