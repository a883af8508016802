"""Identity over HTTP: https://segops.ai/docs/identity-resolution"""

from __future__ import annotations

from django.urls import path
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import identity
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.views import tenant_of
from segops_sandbox.ingestion.events import InvalidEvent, read_ids


class Alias(APIView):
    """`POST /identity/alias/`"""

    def post(self, request: Request) -> Response:
        """Tie a visitor to a user: 201 for a new tie, 200 when the visitor was tied before, to whomever."""
        anonymous_id, user_id = _ids(request, "anonymous_id", "user_id")
        try:
            found = identity.alias(tenant_of(request), anonymous_id, user_id)
        except identity.LoopError as exc:
            raise field_error("user_id", str(exc)) from None
        answer = {
            "anonymous_id": anonymous_id,
            "alias_id": identity.visitor(anonymous_id),
            "user_id": user_id,
            "canonical_id": found.canonical_id,
            "created": found.created,
        }
        return Response(answer, status=status.HTTP_201_CREATED if found.created else status.HTTP_200_OK)


class Merge(APIView):
    """`POST /identity/merge/`"""

    def post(self, request: Request) -> Response:
        """Make one user part of another."""
        from_id, into_id = _ids(request, "from_user_id", "into_user_id")
        try:
            found = identity.merge(tenant_of(request), from_id, into_id)
        except identity.LoopError as exc:
            raise field_error("into_user_id", str(exc)) from None
        return Response(
            {
                "from_user_id": from_id,
                "into_user_id": into_id,
                "canonical_id": found.canonical_id,
                "merged": True,
            }
        )


def _ids(request: Request, *names: str) -> list[str]:
    try:
        return read_ids(request.data, *names)
    except InvalidEvent as exc:
        raise ValidationError(exc.errors) from None


urlpatterns = [path("identity/alias/", Alias.as_view()), path("identity/merge/", Merge.as_view())]
