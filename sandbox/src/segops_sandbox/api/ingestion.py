"""Ingestion over HTTP: https://segops.ai/docs/api/ingestion"""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock
from segops_sandbox.http.atomicity import begin
from segops_sandbox.http.auth import SESSION
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.permissions import DEFAULT_KINDS
from segops_sandbox.http.views import tenant_of
from segops_sandbox.ingestion import bots
from segops_sandbox.ingestion.events import Incoming, InvalidEvent, read
from segops_sandbox.ingestion.store import store

MAX_BATCH = 500


class Track(APIView):
    """`POST /ingestion/track/`"""

    credential_kinds = DEFAULT_KINDS | {SESSION}
    begins_late = True

    def post(self, request: Request) -> Response:
        """Queue one event. One that violates a schema is dropped later in the pipeline, so it is a 202 too."""
        try:
            event = read(request.data, uid=_uid(request), now=clock.now_micros())
        except InvalidEvent as exc:
            raise ValidationError(exc.errors) from None
        _store(request, [event])
        return Response({"queued": True}, status=status.HTTP_202_ACCEPTED)


class TrackBatch(APIView):
    """`POST /ingestion/track/batch/`"""

    credential_kinds = DEFAULT_KINDS | {SESSION}
    begins_late = True

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
    """The user id that a session's events are forced to."""
    credential: Any = request.auth
    return credential.uid  # type: ignore[no-any-return]


def _store(request: Request, events: list[Incoming]) -> int:
    begin(request._request)
    return store(tenant_of(request), events, bot_class=bots.classify(request.headers.get("User-Agent", "")))


urlpatterns = [
    path("ingestion/track/", Track.as_view()),
    path("ingestion/track/batch/", TrackBatch.as_view()),
]
