"""The controls of the sandbox: faults, a clean start, the clock, jobs, tenants, and what arrived."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from segops_sandbox import clock, jobs, workspace
from segops_sandbox.control.serializers import (
    AccountSerializer,
    ClockSerializer,
    FaultSerializer,
    JobsSerializer,
    PlanSerializer,
    ResetSerializer,
    ShopifySerializer,
    TenantSerializer,
)
from segops_sandbox.http import faults, guard, journal
from segops_sandbox.http.errors import field_error
from segops_sandbox.models import IngestionError, Job, Tenant
from segops_sandbox.timestamps import isoformat, isoformat_micros


class MaySteer(BasePermission):
    """Clients on this machine with the token of the ready line; no page of another site (`http/guard.py`)."""

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False with a message that says what is missing."""
        if not guard.may_steer(request._request):
            self.message = "The sandbox's controls answer loopback clients only, unless it has --remote-controls."
        elif guard.is_foreign(request.headers):
            self.message = "A page of another site may not use the sandbox's controls."
        elif not guard.has_token(request._request):
            self.message = f"The controls need control_token of the ready line, as the header {guard.TOKEN_HEADER}."
        else:
            return True
        return False


class ControlView(APIView):
    """A control: no credential of the API, but the token of this process."""

    authentication_classes = ()
    permission_classes = (MaySteer,)


class Faults(ControlView):
    """Trouble on request."""

    def get(self, request: Request) -> Response:
        """What has not been used up."""
        return Response(faults.left())

    def post(self, request: Request) -> Response:
        """Add one fault, or a list of them in their order."""
        many = isinstance(request.data, list)
        serializer = FaultSerializer(data=request.data, many=many)
        serializer.is_valid(raise_exception=True)
        added: list[faults.Fault] = list(serializer.validated_data) if many else [serializer.validated_data]
        faults.add(added)
        answer = [fault.as_dict() for fault in added]
        return Response(answer if many else answer[0], status=status.HTTP_201_CREATED)

    def delete(self, request: Request) -> Response:
        """Forget them all."""
        faults.clear()
        return Response(status=status.HTTP_204_NO_CONTENT)


class Requests(ControlView):
    """What arrived under /api/."""

    def get(self, request: Request) -> Response:
        """The newest 1,000 requests, oldest first."""
        return Response(journal.entries())

    def delete(self, request: Request) -> Response:
        """Forget them."""
        journal.clear()
        return Response(status=status.HTTP_204_NO_CONTENT)


class IngestionErrors(ControlView):
    """Events that a schema had dropped, which the platform shows under Ingestion → Recent Errors."""

    def get(self, request: Request) -> Response:
        """The newest 1,000 of each tenant, oldest first."""
        found = IngestionError.objects.select_related("tenant").order_by("pk")
        return Response([_ingestion_error(error) for error in found])

    def delete(self, request: Request) -> Response:
        """Forget them."""
        IngestionError.objects.all().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class Reset(ControlView):
    """A clean workspace."""

    own_transactions = True

    def post(self, request: Request) -> Response:
        """Empty everything; then `now`, `jobs` and `plan` where they are given, and `{"demo": true}` the demo data."""
        serializer = ResetSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        try:
            key = workspace.reset()
        except workspace.ServersAtWork as exc:
            return Response({"detail": str(exc)}, status=status.HTTP_409_CONFLICT)
        if "now" in wanted:
            clock.freeze(wanted["now"])
        if "jobs" in wanted:
            jobs.set_mode(wanted["jobs"])
        if "plan" in wanted:
            Tenant.objects.filter(pk=key.tenant_id).update(plan=wanted["plan"])
        if wanted["demo"]:
            workspace.load_demo(key.tenant)
        return Response({"api_key": key.key, "now": isoformat(clock.now())})


class Clock(ControlView):
    """The sandbox's time."""

    def get(self, request: Request) -> Response:
        """The time and whether it stands still."""
        return Response({"now": isoformat(clock.now()), "frozen": clock.is_frozen()})

    def post(self, request: Request) -> Response:
        """Stand still at `now`, or move a clock that stands still by `advance_seconds`."""
        serializer = ClockSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if "now" in serializer.validated_data:
            clock.freeze(serializer.validated_data["now"])
        else:
            try:
                clock.advance(serializer.validated_data["advance_seconds"])
            except (ValueError, OverflowError) as exc:
                raise field_error("advance_seconds", str(exc)) from None
        jobs.run_after_commit()
        return self.get(request)


class Jobs(ControlView):
    """Background work."""

    own_transactions = True

    def get(self, request: Request) -> Response:
        """How jobs run, and the newest 100, oldest first; apart from them those that are planned for a later time."""
        now, later = (found.order_by("-pk")[:100] for found in jobs.by_time(Job.objects.all()))
        return Response(
            {
                "mode": jobs.mode(),
                "jobs": [_job(job) for job in reversed(now)],
                "planned": [{**_job(job), "run_at": isoformat(job.run_at)} for job in reversed(later)],
            }
        )

    def post(self, request: Request) -> Response:
        """Change the mode, run some queued jobs now, or both."""
        serializer = JobsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if "mode" in serializer.validated_data:
            jobs.set_mode(serializer.validated_data["mode"])
        ran = []
        for _ in range(serializer.validated_data.get("run", 0)):
            job = jobs.run_next()
            if job is None:
                break
            ran.append(job.pk)
        found = Job.objects.in_bulk(ran)
        return Response({"mode": jobs.mode(), "ran": [_job(found[pk]) for pk in ran if pk in found]})


class Tenants(ControlView):
    """Further tenants."""

    def post(self, request: Request) -> Response:
        """Create one; answers with a key of it."""
        serializer = TenantSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        tenant, key = workspace.add_tenant(**serializer.validated_data)
        return Response({**TenantSerializer(tenant).data, "api_key": key.key}, status=status.HTTP_201_CREATED)


class OneTenant(ControlView):
    """A tenant by its slug."""

    def patch(self, request: Request, slug: str) -> Response:
        """Change its plan."""
        serializer = PlanSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        tenant: Tenant = get_object_or_404(Tenant.objects.select_for_update(), slug=slug)
        tenant.plan = serializer.validated_data["plan"]
        tenant.save(update_fields=["plan"])
        return Response(TenantSerializer(tenant).data)


class Accounts(ControlView):
    """People, for tests of roles."""

    def post(self, request: Request) -> Response:
        """Give an account a role in a tenant; an account that is not there yet is created with the password."""
        serializer = AccountSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        account = workspace.ensure_account(wanted["tenant"], wanted["email"], wanted["password"], wanted["role"])
        answer = {"id": account.pk, "email": account.email, "tenant": wanted["tenant"].slug, "role": wanted["role"]}
        return Response(answer, status=status.HTTP_201_CREATED)


class TenantShopify(ControlView):
    """What a tenant's Shopify webhooks are signed with; the platform has it entered in its settings."""

    def put(self, request: Request, slug: str) -> Response:
        """Set the secret; an empty one has webhooks refused again."""
        serializer = ShopifySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        tenant: Tenant = get_object_or_404(Tenant.objects.select_for_update(), slug=slug)
        tenant.shopify_secret = serializer.validated_data["secret"]
        tenant.save(update_fields=["shopify_secret"])
        return Response({"has_secret": bool(tenant.shopify_secret)})


def _ingestion_error(error: IngestionError) -> dict[str, Any]:
    return {
        "tenant": error.tenant.slug,
        "event_type": error.event_type,
        "occurred_at": None if error.occurred_at is None else isoformat_micros(error.occurred_at),
        "failure": error.failure,
        "received_at": isoformat(error.received_at),
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "kind": job.kind,
        "args": job.args,
        "status": job.status,
        "error": job.error,
        "started_at": isoformat(job.started_at),
        "finished_at": isoformat(job.finished_at),
    }
