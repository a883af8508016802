"""The user explorer and the event sandbox over HTTP: https://segops.ai/docs/api/explorer, https://segops.ai/docs/sandbox"""

from __future__ import annotations

from django.urls import path
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock, explorer
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.paging import limit_of
from segops_sandbox.http.views import tenant_of
from segops_sandbox.identity import resolve
from segops_sandbox.ingestion.events import InvalidEvent, encode, parse_moment, read
from segops_sandbox.models import Segment
from segops_sandbox.segments import live
from segops_sandbox.segments.definition import DefinitionError
from segops_sandbox.segments.explain import explain
from segops_sandbox.segments.references import checked
from segops_sandbox.segments.relations import SimulatedEvent


class Users(APIView):
    """`GET /explorer/users/?q=&limit=`"""

    def get(self, request: Request) -> Response:
        """Search users by id."""
        limit = limit_of(request, default=20, most=100)
        found = explorer.search(tenant_of(request).pk, request.query_params.get("q", ""), limit)
        return Response({"count": found.count, "results": found.users})


class Profile(APIView):
    """`GET /explorer/users/<user_id>/`"""

    def get(self, request: Request, user_id: str) -> Response:
        """A user's counts and properties."""
        user = resolve(tenant_of(request).pk, user_id)
        found = None if user is None else explorer.profile(user)
        if found is None:
            raise NotFound()
        return Response(found)


class Events(APIView):
    """`GET /explorer/users/<user_id>/events/?event_type=&since=&limit=`"""

    def get(self, request: Request, user_id: str) -> Response:
        """A user's events, newest first; an unknown user has none."""
        limit = limit_of(request, default=50, most=500)
        since = request.query_params.get("since")
        moment = None if since is None else parse_moment(since)
        if since is not None and moment is None:
            raise field_error("since", "Use an ISO 8601 date or time, such as 2026-04-25 or 2026-04-25T12:00:00Z.")
        user = resolve(tenant_of(request).pk, user_id)
        if user is None:
            return Response({"count": 0, "results": []})
        events = explorer.events(user)
        if event_type := request.query_params.get("event_type"):
            events = events.filter(event_type=event_type)
        if moment is not None:
            events = events.filter(occurred_at__gte=clock.to_micros(moment))
        return Response({"count": events.count(), "results": [explorer.event_json(e) for e in events[:limit]]})


class Segments(APIView):
    """`GET /explorer/users/<user_id>/segments/`"""

    def get(self, request: Request, user_id: str) -> Response:
        """The segments that the user is a stored member of."""
        rows = explorer.memberships(tenant_of(request).pk, user_id)
        return Response([explorer.membership_json(row) for row in rows])


class Explain(APIView):
    """`GET /explorer/users/<user_id>/segments/<segment_id>/explain/`"""

    def get(self, request: Request, user_id: str, segment_id: int) -> Response:
        """Each condition of a segment with the user's value; evaluated now."""
        tenant = tenant_of(request)
        segment = Segment.objects.filter(tenant=tenant, pk=segment_id).first()
        if segment is None:
            raise NotFound()
        try:
            definition = checked(tenant.pk, segment.definition, segment.pk)
        except DefinitionError as exc:
            raise ValidationError({"definition": exc.messages}) from None
        user = resolve(tenant.pk, user_id)
        return Response(explain(tenant.pk, None if user is None else user.pk, definition))


class Publish(APIView):
    """`POST /explorer/sandbox/publish/`"""

    own_transactions = True  # it writes nothing, so it need not wait for the write lock

    def post(self, request: Request) -> Response:
        """Which segments an event would let its user enter or leave; the event is not stored."""
        try:
            event = read(request.data, uid=None, now=clock.now_micros())
        except InvalidEvent as exc:
            raise ValidationError(exc.errors) from None
        tenant = tenant_of(request)
        user = resolve(tenant.pk, event.user_id)
        simulated = SimulatedEvent(event.event_type, event.occurred_at, encode(event.payload))
        change = live.simulate(tenant.pk, None if user is None else user.pk, simulated)
        return Response(
            {
                "published": True,
                "entered": [{"id": segment.pk, "name": segment.name} for segment in change.entered],
                "exited": [{"id": segment.pk, "name": segment.name} for segment in change.exited],
                "unchanged_count": change.unchanged,
            }
        )


urlpatterns = [
    path("explorer/users/", Users.as_view()),
    path("explorer/users/<encoded:user_id>/", Profile.as_view()),
    path("explorer/users/<encoded:user_id>/events/", Events.as_view()),
    path("explorer/users/<encoded:user_id>/segments/", Segments.as_view()),
    path("explorer/users/<encoded:user_id>/segments/<int:segment_id>/explain/", Explain.as_view()),
    path("explorer/sandbox/publish/", Publish.as_view()),
]
