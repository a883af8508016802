"""Event schemas over HTTP: https://segops.ai/docs/event-tracking/schema"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from segops_sandbox.http.errors import field_error
from segops_sandbox.http.serializers import check_unique
from segops_sandbox.http.views import TenantViewSet
from segops_sandbox.ingestion.events import Errors, read_payload, read_text
from segops_sandbox.ingestion.schemas import TYPES, check, infer
from segops_sandbox.models import EventSchema


class EventSchemaSerializer(serializers.ModelSerializer[EventSchema]):
    """The properties of one event type."""

    class Meta:
        model = EventSchema
        fields = ("id", "event_type", "description", "properties", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")

    def validate_event_type(self, value: str) -> str:
        """Unique in the tenant."""
        check_unique(self, EventSchema, "event_type", value)
        return value

    def validate_properties(self, value: Any) -> list[dict[str, Any]]:
        """A list of `{name, type, required}`, no name twice."""
        if not isinstance(value, list):
            raise serializers.ValidationError("Expected a list of properties.")
        problems: list[str] = []
        checked = [_checked(f"properties[{index}]", item, problems) for index, item in enumerate(value)]
        names = [item["name"] for item in checked]
        problems += [f'"{name}" appears twice.' for name in dict.fromkeys(names) if names.count(name) > 1]
        if problems:
            raise serializers.ValidationError(problems)
        return checked


class EventSchemaViewSet(TenantViewSet):
    """`/schemas/`"""

    model = EventSchema
    serializer_class = EventSchemaSerializer

    @action(detail=False, methods=["post"])
    def infer(self, request: Request) -> Response:
        """Propose properties from sample events; nothing is stored."""
        payloads: dict[str, list[dict[str, Any]]] = {}
        for event_type, payload in _samples(request.data):
            payloads.setdefault(event_type, []).append(payload)
        found = [_inferred(event_type, samples) for event_type, samples in payloads.items()]
        return Response({**found[0], "schemas": found} if len(found) > 1 else found[0])

    @action(detail=False, methods=["post"])
    def validate(self, request: Request) -> Response:
        """Check a payload as ingestion would; nothing is stored."""
        body = request.data if isinstance(request.data, dict) else {}
        errors: Errors = {}
        event_type, (payload, _) = read_text(body, "event_type", errors), read_payload(body, errors)
        if body.get("payload") is None:  # an event may lack a payload, but then there is nothing to check
            errors["payload"] = ["This field is required."]
        if errors:
            raise serializers.ValidationError(errors)
        schema = get_object_or_404(EventSchema, tenant=self.tenant, event_type=event_type)
        _, failures = check(schema.properties, payload)
        return Response({"valid": not failures, "errors": failures})


def _samples(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Event types and payloads of sample events. Raises a 400 that names the first that is none."""
    events = body.get("events") if isinstance(body, dict) else None
    if events is None or events == []:
        raise field_error("events", "This field is required.")
    if not isinstance(events, list):
        raise field_error("events", f'Expected a list of items but got type "{type(events).__name__}".')
    for index, event in enumerate(events):
        if not isinstance(event, dict):
            raise field_error("events", f"events[{index}]: Expected an object with event_type and payload.")
        errors: Errors = {}
        event_type, (payload, _) = read_text(event, "event_type", errors), read_payload(event, errors)
        for name, messages in errors.items():
            raise field_error("events", f"events[{index}].{name}: {messages[0]}")
        yield event_type, payload


def _inferred(event_type: str, samples: list[dict[str, Any]]) -> dict[str, Any]:
    found = infer(samples)
    schema = {"event_type": event_type, "properties": found.properties}
    return {**schema, "conflicts": found.conflicts} if found.conflicts else schema


def _checked(where: str, item: Any, problems: list[str]) -> dict[str, Any]:
    if not isinstance(item, dict):
        problems.append(f"{where}: Expected an object with name, type and required.")
        return {"name": where}
    name, kind, required = item.get("name"), item.get("type", "string"), item.get("required", False)
    if not isinstance(name, str) or not name.strip():
        problems.append(f"{where}.name: This field is required.")
        name = where
    if kind not in TYPES:
        problems.append(f'{where}.type: "{kind}" is not a valid choice.')
    if not isinstance(required, bool):
        problems.append(f"{where}.required: Must be a valid boolean.")
    return {"name": name, "type": kind, "required": required}


_router = SimpleRouter()
_router.register("schemas", EventSchemaViewSet, basename="schema")
urlpatterns = _router.urls
