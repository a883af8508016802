"""Segments over HTTP: https://segops.ai/docs/api/segments"""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import explorer
from segops_sandbox.api import exports
from segops_sandbox.http.errors import field_error
from segops_sandbox.http.paging import limit_of
from segops_sandbox.http.views import TenantViewSet, tenant_of
from segops_sandbox.models import Segment, SegmentVersion
from segops_sandbox.segments import compute_job, members, queries
from segops_sandbox.segments.definition import Definition, DefinitionError
from segops_sandbox.segments.references import check_on_save, checked
from segops_sandbox.timestamps import isoformat

SEGMENT_TYPES = ("rule", "ai", "lookalike")
_REQUIRED = "This field is required."


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """A segment; saving checks only the structure of its definition."""

    name = serializers.CharField(max_length=255, error_messages={"blank": _REQUIRED})
    tenant = serializers.IntegerField(source="tenant_id", required=False)
    segment_type = serializers.ChoiceField(choices=SEGMENT_TYPES, required=False)

    class Meta:
        model = Segment
        fields = (
            "id",
            "tenant",
            "name",
            "description",
            "segment_type",
            "definition",
            "is_active",
            "status",
            "member_count",
            "last_computed_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("status", "member_count", "last_computed_at", "created_at", "updated_at")

    def validate_tenant(self, value: int) -> int:
        """The key determines the tenant; naming it is allowed, naming another one is not."""
        if value != self.context["view"].tenant.pk:
            raise serializers.ValidationError("The key belongs to another tenant.")
        return value

    def validate_definition(self, value: Any) -> Any:
        """Refuse a definition of the wrong structure."""
        try:
            check_on_save(self.context["view"].tenant.pk, value, self.instance.pk if self.instance else None)
        except DefinitionError as exc:
            raise serializers.ValidationError(exc.messages) from None
        return value


class SegmentViewSet(TenantViewSet):
    """`/segments/` and what can be done with one segment."""

    model = Segment
    serializer_class = SegmentSerializer

    def perform_create(self, serializer: Any) -> None:
        """A definition that comes with a new segment is its first version."""
        serializer.validated_data.pop("tenant_id", None)
        segment = serializer.save(tenant=self.tenant)
        if "definition" in serializer.validated_data:
            self._add_version(segment)

    def perform_update(self, serializer: Any) -> None:
        """A changed definition is a new version; saving computes nothing."""
        serializer.validated_data.pop("tenant_id", None)
        before = Segment.objects.select_for_update().get(pk=serializer.instance.pk).definition
        # Named fields only: a job may be storing its results in the others.
        segment = serializer.instance
        for name, value in serializer.validated_data.items():
            setattr(segment, name, value)
        segment.save(update_fields=[*serializer.validated_data, "updated_at"])
        if segment.definition != before:
            self._add_version(segment)

    def versions(self, request: Request, pk: int) -> Response:
        """`GET /segments/<id>/versions/`: every saved definition, newest first."""
        return Response([_version_json(each) for each in self.get_object().versions.order_by("-version")])

    def estimate(self, request: Request, pk: int) -> Response:
        """`POST /segments/<id>/estimate/`: how many users the saved definition matches now."""
        segment = self.get_object()
        count = queries.estimate(self.tenant.pk, _checked(self.tenant.pk, segment.definition, segment.pk))
        return Response({"segment_id": segment.pk, "estimated_count": count, "matched_users": count, "sampled": False})

    def compute(self, request: Request, pk: int) -> Response:
        """`POST /segments/<id>/compute/`: queue a recompute; while one waits, this is no second one."""
        try:
            compute_job.request(self.get_object())
        except DefinitionError as exc:
            raise _invalid(exc) from None
        return Response({"status": "queued"}, status=status.HTTP_202_ACCEPTED)

    def members(self, request: Request, pk: int) -> Response:
        """`GET /segments/<id>/members/?limit=&cursor=`: the stored members by id."""
        segment = self.get_object()
        limit = limit_of(request, default=1000, most=1000)
        try:
            page = members.page(segment, limit, request.query_params.get("cursor"))
        except members.BadCursor:
            raise NotFound("Invalid cursor") from None
        # Most have the time of the last compute: it is written once.
        times = {computed_at: isoformat(computed_at) for computed_at in {each for _, each in page.members}}
        results = [{"user_id": user_id, "computed_at": times[computed_at]} for user_id, computed_at in page.members]
        return Response(
            {
                "count": page.count,
                "results": results,
                "members": [each["user_id"] for each in results],
                "next_cursor": page.next_cursor,
            }
        )

    def _add_version(self, segment: Segment) -> None:
        credential: Any = self.request.auth
        latest = segment.versions.order_by("-version").values_list("version", flat=True).first()
        SegmentVersion.objects.create(
            segment=segment,
            version=(latest or 0) + 1,
            definition=segment.definition,
            created_by=credential.label,
        )


class Preview(APIView):
    """`POST /segments/preview/`"""

    own_transactions = True  # it writes nothing, so it need not wait for the write lock

    def post(self, request: Request) -> Response:
        """How many users a definition matches, some of their ids, and the SQL."""
        body = request.data if isinstance(request.data, dict) else {}
        if "definition" not in body:
            raise field_error("definition", _REQUIRED)
        limit = body.get("limit", 10)
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise field_error("limit", "A valid integer is required.")
        if not 1 <= limit <= 100:
            raise field_error("limit", "Ensure this value is between 1 and 100.")
        tenant = tenant_of(request)
        found = queries.preview(tenant.pk, _checked(tenant.pk, body["definition"], None), limit)
        return Response({"matched_users": found.matched, "sample_user_ids": found.sample, "sql": found.sql})


class MembershipCheck(APIView):
    """`GET /segments/membership/?user_id=`"""

    def get(self, request: Request) -> Response:
        """Which segments a user is a stored member of; an unknown user of none."""
        user_id = request.query_params.get("user_id")
        if not user_id:
            raise field_error("user_id", "This query parameter is required.")
        rows = explorer.memberships(tenant_of(request).pk, user_id)
        return Response(
            {
                "user_id": user_id,
                "segment_ids": [row.segment_id for row in rows],
                "segments": [
                    {
                        "segment_id": row.segment_id,
                        "segment_name": row.segment_name,
                        "computed_at": isoformat(row.computed_at),
                    }
                    for row in rows
                ],
            }
        )


def _checked(tenant_id: int, raw: Any, own_id: int | None) -> Definition:
    try:
        return checked(tenant_id, raw, own_id)
    except DefinitionError as exc:
        raise _invalid(exc) from None


def _invalid(exc: DefinitionError) -> ValidationError:
    return ValidationError({"definition": exc.messages})


def _version_json(version: SegmentVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "version": version.version,
        "definition": version.definition,
        "created_at": isoformat(version.created_at),
        "created_by": version.created_by,
    }


def _view(**actions: Any) -> Any:
    return SegmentViewSet.as_view(actions)


urlpatterns = [
    path("segments/", _view(get="list", post="create")),
    path("segments/preview/", Preview.as_view()),
    path("segments/membership/", MembershipCheck.as_view()),
    path(
        "segments/<int:pk>/",
        _view(get="retrieve", put="update", patch="partial_update", delete="destroy"),
    ),
    path("segments/<int:pk>/versions/", _view(get="versions")),
    path("segments/<int:pk>/estimate/", _view(post="estimate")),
    path("segments/<int:pk>/compute/", _view(post="compute")),
    path("segments/<int:pk>/members/", _view(get="members")),
    *exports.urlpatterns,
]
