# Derived from resources/schemas.py by `make generate`. Change that.
"""Schemas of events. Source: https://segops.ai/docs/event-tracking/schema"""

from __future__ import annotations

from .._wire.bodies import checked_object, checked_rows
from ._crud import AsyncCollection

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..types import (
        EventSchema,
        EventSchemaCreate,
        EventSchemaListParams,
        EventSchemaPage,
        EventSchemaUpdate,
        InferredSchema,
        SampleEvent,
        Validation,
    )

__all__ = ["AsyncSchemas"]


class AsyncSchemas(
    AsyncCollection["EventSchema", "EventSchemaPage", "EventSchemaCreate", "EventSchemaUpdate", "EventSchemaListParams"]
):
    """Schemas of events: which properties an event type has, and which it must have."""

    _name = "schemas"
    _path = "/schemas/"

    async def infer(self, events: Iterable[SampleEvent]) -> InferredSchema:
        """Proposes a schema from sample events; nothing is saved.

        Args:
            events: ``{"user_id": …, "event_type": …, "payload": {…}}`` each.
        """
        answer: InferredSchema = await self._post_read_only(
            "infer", "/schemas/infer/", {"events": checked_rows("events", events)}
        )
        return answer

    async def validate(self, event_type: str, payload: Mapping[str, Any]) -> Validation:
        """Checks a payload against the schema of its event type, as ingestion would.

        Args:
            event_type: the event's type.
            payload: its properties.

        Raises:
            SegOpsNotFoundError: that event type has no schema.
        """
        body = {"event_type": event_type, "payload": checked_object("payload", payload)}
        answer: Validation = await self._post_read_only("validate", "/schemas/validate/", body)
        return answer
