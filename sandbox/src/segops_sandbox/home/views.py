"""`GET /`: the workspace as one HTML page, without a script or a build step."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.urls import path

from segops_sandbox.home import facts
from segops_sandbox.home.sparkline import sparkline
from segops_sandbox.http import guard
from segops_sandbox.http.errors import refusal
from segops_sandbox.models import Tenant

# The page shows what callers sent. It runs nothing and loads nothing, whatever that was.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
_LEAST_REFRESH_S, _MOST_REFRESH_S = 1, 3600


def home(request: HttpRequest) -> HttpResponse:
    """The page of the first tenant, or of the one that `?tenant=` names; `?refresh=5` has it load again by itself."""
    if not guard.may_steer(request):
        return refusal(403, "This page is shown to clients on this machine only.")
    if guard.is_foreign(request.headers):
        return refusal(403, "This page does not follow other sites' links. Open its address yourself.")
    if request.method not in ("GET", "HEAD"):
        answer = refusal(405, f'Method "{request.method}" not allowed.')
        answer["Allow"] = "GET, HEAD"
        return answer
    slug = request.GET.get("tenant")
    tenants = Tenant.objects.order_by("pk")
    tenant = tenants.filter(slug=slug).first() if slug else tenants.first()
    if tenant is None:
        return refusal(404, "Not found.")
    context = {**facts.of(tenant), "refresh": _refresh(request), "api": request.build_absolute_uri("/api")}
    context["segments"] = [
        (row.segment, f"{row.segment.member_count:,}", sparkline(row.trend)) for row in context["segments"]
    ]
    context["counts"] = [(name, f"{count:,}") for name, count in context["counts"]]
    response = HttpResponse(_template().render(Context(context)))
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "no-store"
    return response


def _refresh(request: HttpRequest) -> int | None:
    text = request.GET.get("refresh", "")
    if not text.isascii() or not text.isdigit():
        return None
    return max(_LEAST_REFRESH_S, min(int(text[:6]), _MOST_REFRESH_S))


@cache
def _template() -> Template:
    return Engine(dirs=[str(Path(__file__).parent)]).get_template("home.html")


urlpatterns = [path("", home)]
