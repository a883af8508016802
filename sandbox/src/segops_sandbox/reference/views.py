"""`GET /docs` and what it loads. The renderer is Swagger UI (Apache-2.0), which drf-spectacular-sidecar brings along.

`openapi.json` beside this module is derived from the contract by `make generate`; nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.urls import path

from segops_sandbox import __version__
from segops_sandbox.http.pages import page_view
from segops_sandbox.models import ApiKey

_HERE = Path(__file__).parent
# Swagger UI writes style attributes and draws with images in the style sheet.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}


@page_view
def docs(request: HttpRequest) -> HttpResponse:
    """The reference, with the key of the first workspace filled in, so that requests can be tried."""
    key = ApiKey.objects.filter(is_primary=True, revoked_at=None).order_by("pk").first()
    response = HttpResponse(_template().render(Context({"key": key.key if key else "", "version": __version__})))
    response["Content-Security-Policy"] = _POLICY
    return response


@page_view
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, with this server as the only one."""
    document = json.loads((_HERE / "openapi.json").read_text(encoding="utf-8"))
    document["servers"] = [{"url": "/api", "description": "This sandbox"}]
    return HttpResponse(json.dumps(document), content_type="application/json")


@page_view
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the page."""
    if name == "start.js":
        return HttpResponse((_HERE / name).read_bytes(), content_type="text/javascript; charset=utf-8")
    response = HttpResponse((_renderer() / name).read_bytes(), content_type=_ASSETS[name])
    response["Cache-Control"] = "max-age=86400"
    return response


@cache
def _renderer() -> Path:
    found = find_spec("drf_spectacular_sidecar")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static/drf_spectacular_sidecar/swagger-ui-dist"


@cache
def _template() -> Template:
    return Engine(dirs=[str(_HERE)]).get_template("docs.html")


urlpatterns = [
    path("docs", docs),
    path("docs/", docs),
    path("docs/openapi.json", openapi),
    *(path(f"docs/{name}", asset, {"name": name}) for name in ("start.js", *_ASSETS)),
]
