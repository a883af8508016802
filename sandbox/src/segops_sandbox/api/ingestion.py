"""Ingestion over HTTP: https://segops.ai/docs/api/ingestion"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock
from segops_sandbox.api.auth import OpenAuthentication
from segops_sandbox.http.atomicity import begin
from segops_sandbox.http.auth import SESSION
from segops_sandbox.http.cors import refuse_foreign_origins
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.permissions import DEFAULT_KINDS
from segops_sandbox.http.views import tenant_of
from segops_sandbox.ingestion import bots
from segops_sandbox.ingestion.events import Incoming, InvalidEvent, read
from segops_sandbox.ingestion.shopify import is_signed, receive
from segops_sandbox.ingestion.store import store
from segops_sandbox.models import Tenant

MAX_BATCH = 500
_SIGNATURE = "X-Shopify-Hmac-SHA256"


class IngestionView(APIView):
    """Takes keys and sessions, from pages that their public key lists."""

    credential_kinds = DEFAULT_KINDS | {SESSION}
    begins_late = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse foreign origins before anything of the body is looked at."""
        super().initial(request, *args, **kwargs)
        refuse_foreign_origins(request._request)


class Track(IngestionView):
    """`POST /ingestion/track/`"""

    def post(self, request: Request) -> Response:
        """Queue one event. One that violates a schema is dropped later in the pipeline, so it is a 202 too."""
        try:
            event = read(request.data, uid=_uid(request), now=clock.now_micros())
        except InvalidEvent as exc:
            raise ValidationError(exc.errors) from None
        _store(request, [event])
        return Response({"queued": True}, status=status.HTTP_202_ACCEPTED)


class TrackBatch(IngestionView):
    """`POST /ingestion/track/batch/`"""

    def post(self, request: Request) -> Response:
        """Queue at most 500 events; those that are none are skipped and counted."""
        items = _items(request.data)
        now = clock.now_micros()
        events: list[Incoming] = []
        for item in items:
            try:
                events.append(read(item, uid=_uid(request), now=now))
            except InvalidEvent:
                continue  # counted below
        queued = _store(request, events)
        return Response({"queued": queued, "skipped": len(items) - queued}, status=status.HTTP_202_ACCEPTED)


class Shopify(APIView):
    """`POST /ingestion/shopify/<tenant>/`: signed by the shop, without a key."""

    authentication_classes = (OpenAuthentication,)
    permission_classes = ()

    def post(self, request: Request, slug: str) -> Response:
        """Queue the event of a webhook; one of an unknown topic or without a user is accepted and ignored."""
        tenant: Tenant = get_object_or_404(Tenant, slug=slug)
        if not tenant.shopify_secret:
            raise ValidationError({"detail": "No Shopify secret is configured for this tenant."})
        if not is_signed(tenant.shopify_secret, request._request.body, request.headers.get(_SIGNATURE, "")):
            raise AuthenticationFailed(f"{_SIGNATURE} is not of this body.")
        topic = request.headers.get("X-Shopify-Topic", "")
        if not topic:
            raise ValidationError({"detail": "X-Shopify-Topic is missing."})
        return Response({"queued": bool(store(tenant, receive(topic, request.data)))}, status=status.HTTP_202_ACCEPTED)


def _items(body: Any) -> list[Any]:
    if not isinstance(body, dict) or "events" not in body:
        raise field_error("events", "This field is required.")
    items = body["events"]
    if not isinstance(items, list):
        raise field_error("events", f'Expected a list of items but got type "{type(items).__name__}".')
    if len(items) > MAX_BATCH:
        raise field_error("events", f"Ensure this field has no more than {MAX_BATCH} elements.")
    return items


def _uid(request: Request) -> str | None:
    """The user id that a session's events are assigned to."""
    credential: Any = request.auth
    return credential.uid  # type: ignore[no-any-return]


def _store(request: Request, events: list[Incoming]) -> int:
    begin(request._request)
    return store(tenant_of(request), events, bot_class=bots.classify(request.headers.get("User-Agent", "")))


urlpatterns = [
    path("ingestion/track/", Track.as_view()),
    path("ingestion/track/batch/", TrackBatch.as_view()),
    path("ingestion/shopify/<encoded:slug>/", Shopify.as_view()),
]
