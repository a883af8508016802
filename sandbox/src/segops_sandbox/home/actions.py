"""The actions behind the forms of the pages: the same controls that tests use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from rest_framework.serializers import Serializer

from segops_sandbox import clock, jobs, webhooks, workspace
from segops_sandbox.control.serializers import ClockSerializer, FaultSerializer
from segops_sandbox.http import faults
from segops_sandbox.http.errors import refusal
from segops_sandbox.models import Segment, WebhookDelivery
from segops_sandbox.own_data import begin, snapshots
from segops_sandbox.segments import compute_job

Page = Callable[[HttpRequest, str], HttpResponse]
Action = Callable[..., HttpResponse]


def of(page: Page) -> dict[str, Action]:
    """The actions by the address of their form; `page` shows the controls with what was wrong with one."""

    def set_clock(request: HttpRequest) -> HttpResponse:
        serializer = ClockSerializer(data=_filled(request.POST, "now", "advance_seconds"))
        if not serializer.is_valid():
            return page(request, _said(serializer))
        try:
            if "now" in serializer.validated_data:
                clock.freeze(serializer.validated_data["now"])
            else:
                clock.advance(serializer.validated_data["advance_seconds"])
        except (ValueError, OverflowError) as exc:
            return page(request, str(exc))
        jobs.run_after_commit()
        return _back(request)

    def add_fault(request: HttpRequest) -> HttpResponse:
        wanted = _filled(request.POST, "kind", "method", "path", "count", "delay_ms", "retry_after", "status")
        if wanted.get("kind") != faults.STATUS:  # the form has one for every kind
            wanted.pop("status", None)
        serializer = FaultSerializer(data=wanted)
        if not serializer.is_valid():
            return page(request, _said(serializer))
        faults.add([serializer.validated_data])
        return _back(request)

    def save_snapshot(request: HttpRequest) -> HttpResponse:
        try:
            snapshots.save(begin.database_file(), request.POST.get("name", ""))
        except (snapshots.SnapshotError, OSError) as exc:
            return page(request, str(exc))
        return _back(request)

    def reset(request: HttpRequest) -> HttpResponse:
        if request.POST.get("confirm") != "yes":
            return page(request, "Nothing was emptied: say yes first.")
        try:
            key = workspace.reset()
        except workspace.ServersAtWork as exc:
            return page(request, str(exc))
        if request.POST.get("demo") == "yes":
            workspace.load_demo(key.tenant)
        return HttpResponseRedirect("/")

    for slow in (save_snapshot, reset):
        slow.own_transactions = True  # type: ignore[attr-defined]
    return {
        "clock": set_clock,
        "faults": add_fault,
        "faults/clear": clear_faults,
        "jobs/mode": set_mode,
        "jobs/run": run_jobs,
        "segments/<int:pk>/compute": compute,
        "deliveries/<int:pk>/resend": resend,
        "snapshots": save_snapshot,
        "reset": reset,
    }


def clear_faults(request: HttpRequest) -> HttpResponse:
    """Forget the faults."""
    faults.clear()
    return _back(request)


def set_mode(request: HttpRequest) -> HttpResponse:
    """How jobs run from now on."""
    mode = request.POST.get("mode", "")
    if mode not in jobs.MODES:
        return refusal(400, f"Jobs run in one of these ways: {', '.join(jobs.MODES)}.")
    jobs.set_mode(mode)
    return _back(request)


def run_jobs(request: HttpRequest) -> HttpResponse:
    """Run what is queued."""
    while jobs.run_next() is not None:
        pass
    return _back(request)


def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a recompute."""
    segment = Segment.objects.filter(pk=pk).first()
    if segment is None:
        return refusal(404, "Not found.")
    compute_job.request(segment)
    return _back(request)


def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a delivery again, now."""
    delivery = WebhookDelivery.objects.select_related("webhook").filter(pk=pk).first()
    if delivery is None:
        return refusal(404, "Not found.")
    again = webhooks.resend(delivery)
    return HttpResponseRedirect(f"/deliveries/{again.pk}" if again else "/deliveries")


run_jobs.own_transactions = resend.own_transactions = True  # type: ignore[attr-defined]


def _filled(form: QueryDict, *names: str) -> dict[str, Any]:
    values = {name: str(form.get(name, "")).strip() for name in names}
    return {name: value for name, value in values.items() if value}


def _said(serializer: Serializer[Any]) -> str:
    parts: list[str] = []
    for name, messages in serializer.errors.items():
        texts = [str(each) for each in (messages if isinstance(messages, list) else [messages])]
        parts.append(" ".join(texts) if name == "non_field_errors" else f"{name}: {' '.join(texts)}")
    return " ".join(parts)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the form is on; never to another server."""
    address = request.POST.get("next", "/")
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return HttpResponseRedirect(address if own else "/")
