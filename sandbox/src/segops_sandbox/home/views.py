"""The pages for people: what is in the workspace, what happened last, and forms that steer it.

Rendered on the server; `live.js` asks for a page again by itself, and every page is complete without it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from segops_sandbox.delivery import sign
from segops_sandbox.home import actions, facts
from segops_sandbox.home.sparkline import sparkline
from segops_sandbox.http import faults, guard, journal
from segops_sandbox.http.errors import refusal
from segops_sandbox.http.pages import form_view, page_view
from segops_sandbox.models import Segment, Tenant, WebhookDelivery

_HERE = Path(__file__).parent
# The pages show what callers sent. They run and load what is theirs and nothing else, whatever that was.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_PLACES = (
    ("/", "Overview"),
    ("/users", "Users"),
    ("/requests", "Requests"),
    ("/jobs", "Jobs"),
    ("/deliveries", "Webhooks"),
    ("/controls", "Controls"),
)
_ASSETS = {"style.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8"}


@page_view
def overview(request: HttpRequest) -> HttpResponse:
    """The workspace at a glance."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    found = facts.overview(tenant)
    found["segments"] = [
        (row.segment, f"{row.segment.member_count:,}", sparkline(row.trend)) for row in found["segments"]
    ]
    found["counts"] = [(name, f"{count:,}") for name, count in found["counts"]]
    return _page(request, tenant, "overview.html", **found)


@page_view
def users(request: HttpRequest) -> HttpResponse:
    """A search of users."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    text = request.GET.get("q", "")[:255].replace("\0", "")
    found = facts.users(tenant, text)
    rows = [(user, _user_address(user["user_id"])) for user in found.users]
    count = f"{found.count:,}"
    return _page(request, tenant, "users.html", text=text, users=rows, count=count, count_value=found.count)


@page_view
def user(request: HttpRequest, user_id: str) -> HttpResponse:
    """One user: events, ids, segments."""
    tenant = _tenant(request)
    found = None if tenant is None else facts.user(tenant, user_id)
    if tenant is None or found is None:
        return refusal(404, "Not found.")
    events = [(event, json.dumps(event["payload"], ensure_ascii=False)) for event in found.pop("events")]
    properties = _pretty((found["profile"] or {}).get("properties"))
    return _page(request, tenant, "user.html", user_id=user_id, events=events, properties=properties, **found)


@page_view
def segment(request: HttpRequest, pk: int) -> HttpResponse:
    """One segment: its members, definition and SQL."""
    tenant = _tenant(request)
    row = None if tenant is None else Segment.objects.filter(tenant=tenant, pk=pk).first()
    if tenant is None or row is None:
        return refusal(404, "Not found.")
    found = facts.segment(row, request.GET.get("cursor"))
    if found is None:
        return refusal(404, "Not found.")
    found["members"] = [(id_, _user_address(id_)) for id_ in found["members"]]
    return _page(
        request,
        tenant,
        "segment.html",
        segment=row,
        member_count=f"{row.member_count:,}",
        trend=sparkline(found.pop("trend")),
        definition=_pretty(row.definition),
        **found,
    )


@page_view
def requests(request: HttpRequest) -> HttpResponse:
    """What arrived."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    return _page(request, tenant, "requests.html", requests=journal.newest(200))


@page_view
def one_request(request: HttpRequest, number: int) -> HttpResponse:
    """One request and its answer."""
    tenant = _tenant(request)
    entry = journal.details(number)
    if tenant is None or entry is None:
        return refusal(404, "Not found. The journal keeps the newest 1,000 requests.")
    return _page(
        request,
        tenant,
        "request.html",
        entry=entry,
        body=_readable(entry["body"] or entry["body_base64"]),
        answer_headers=entry["answer_headers"],
        answer=_readable(entry["answer_body"]),
        no_answer="Empty." if entry["answer_headers"] else "It is not kept any more, or never came.",
    )


@page_view
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Background work."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    return _page(request, tenant, "jobs.html", **facts.jobs_of(tenant))


@page_view
def deliveries(request: HttpRequest) -> HttpResponse:
    """Webhooks and what became of their deliveries."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    return _page(request, tenant, "deliveries.html", **facts.webhooks_of(tenant))


@page_view
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery with its body and signature."""
    tenant = _tenant(request)
    rows = WebhookDelivery.objects.select_related("webhook").filter(webhook__tenant=tenant, pk=pk)
    row = rows.first()
    if tenant is None or row is None:
        return refusal(404, "Not found.")
    secret = row.webhook.secret
    signature = sign(row.body.encode(), secret) if secret else ""
    return _page(request, tenant, "delivery.html", delivery=row, body=_readable(row.body), signature=signature)


@page_view
def controls(request: HttpRequest) -> HttpResponse:
    """Clock, faults, snapshots and reset."""
    return controls_page(request)


def controls_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    """The page of the controls, with what was wrong with a form."""
    tenant = _tenant(request)
    if tenant is None:
        return refusal(404, "Not found.")
    response = _page(
        request, tenant, "controls.html", kinds=faults.KINDS, snapshots=facts.snapshots_of(), problem=problem
    )
    response.status_code = 400 if problem else 200
    return response


@page_view
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the pages."""
    return HttpResponse((_HERE / name).read_bytes(), content_type=_ASSETS[name])


def _page(request: HttpRequest, tenant: Tenant, template: str, **context: Any) -> HttpResponse:
    tenants = list(Tenant.objects.order_by("pk"))
    own = tenant.pk != tenants[0].pk
    here = request.path_info
    shared = {
        **facts.shared(tenant),
        "tenants": tenants,
        "tenant_field": own,
        "q": f"?tenant={quote(tenant.slug, safe='')}" if own else "",
        "places": [(address, name, address == here) for address, name in _PLACES],
        "token": guard.control_token(),
        "path": request.get_full_path(),
        "api": request.build_absolute_uri("/api"),
    }
    text = _engine().get_template(template).render(Context({**shared, **context}))
    response = HttpResponse(text)
    response["Content-Security-Policy"] = POLICY
    return response


def _tenant(request: HttpRequest) -> Tenant | None:
    """The workspace that `?tenant=` names; the first one without it."""
    slug = request.GET.get("tenant")
    tenants = Tenant.objects.order_by("pk")
    return tenants.filter(slug=slug).first() if slug else tenants.first()


def _user_address(user_id: str) -> str:
    return f"/users/{quote(user_id, safe='')}"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def _readable(text: str | None) -> str:
    """JSON with line breaks, any other text as it is."""
    try:
        return _pretty(json.loads(text or ""))
    except (ValueError, RecursionError):
        return text or ""


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(_HERE / "templates")])


urlpatterns = [
    path("", overview),
    path("users", users),
    path("users/<encoded:user_id>", user),
    path("segments/<int:pk>", segment),
    path("requests", requests),
    path("requests/<int:number>", one_request),
    path("jobs", jobs_page),
    path("deliveries", deliveries),
    path("deliveries/<int:pk>", delivery),
    path("controls", controls),
    *(path(f"ui/{name}", asset, {"name": name}) for name in _ASSETS),
    *(path(f"ui/{address}", form_view(action)) for address, action in actions.of(controls_page).items()),
]
