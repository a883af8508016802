"""Events, read from JSON field by field, with the reasons when one is none."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from segops_sandbox import clock
from segops_sandbox.identity import MAX_ID, visitor

Errors = dict[str, list[str]]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

# An integer that may be beyond what any database compares as a number has at least this many digits.
_MAYBE_HUGE = re.compile(r"\d{300}")


@dataclass(frozen=True)
class Incoming:
    """An accepted event; `occurred_at` in microseconds since 1970, `visitor` a raw id or empty."""

    user_id: str
    event_type: str
    occurred_at: int
    payload: dict[str, Any]
    # The payload as it is stored, unless a schema changes it.
    encoded: str
    visitor: str = ""


class InvalidEvent(ValueError):
    """What is wrong with an event or a pair of ids, by field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


def read(raw: Any, *, uid: str | None, now: int) -> Incoming:
    """An event from decoded JSON. Raises InvalidEvent.

    Args:
        raw: the decoded item.
        uid: the user id that the sender's session is pinned to; replaces the event's own.
        now: the time of receipt, for events that do not say when they occurred.
    """
    if not isinstance(raw, dict):
        raise InvalidEvent({"non_field_errors": ["Invalid data. Expected a dictionary."]})
    errors: Errors = {}
    payload, encoded = read_payload(raw, errors)
    event = Incoming(
        user_id=uid if uid is not None else read_text(raw, "user_id", errors),
        event_type=read_text(raw, "event_type", errors),
        occurred_at=read_time(raw, "occurred_at", now, errors),
        payload=payload,
        encoded=encoded,
        visitor=_visitor(raw, errors),
    )
    if errors:
        raise InvalidEvent(errors)
    return event


def read_text(raw: dict[str, Any], name: str, errors: Errors) -> str:
    """A required text of at most 255 characters that is not blank."""
    value = raw.get(name)
    if value is None:
        errors[name] = ["This field is required." if name not in raw else "This field may not be null."]
    elif not isinstance(value, str):
        errors[name] = ["Not a valid string."]
    elif not value.strip():
        errors[name] = ["This field may not be blank."]
    elif len(value) > MAX_ID:
        errors[name] = [f"Ensure this field has no more than {MAX_ID} characters."]
    else:
        return value
    return ""


def read_ids(body: Any, *names: str) -> list[str]:
    """Required texts of a body. Raises InvalidEvent."""
    if not isinstance(body, dict):
        raise InvalidEvent({"non_field_errors": ["Invalid data. Expected a dictionary."]})
    errors: Errors = {}
    found = [read_text(body, name, errors) for name in names]
    if errors:
        raise InvalidEvent(errors)
    return found


def read_time(raw: dict[str, Any], name: str, default: int, errors: Errors) -> int:
    """An optional ISO 8601 date or time, in microseconds since 1970."""
    value = raw.get(name)
    if value is None:
        return default
    moment = parse_moment(value) if isinstance(value, str) else None
    if moment is None:
        errors[name] = ["Datetime has wrong format. Use ISO 8601, such as 2026-04-25T12:00:00Z."]
        return default
    return clock.to_micros(moment)


def parse_moment(text: str) -> datetime | None:
    """An ISO 8601 time or date (its first moment), aware; UTC where it does not say otherwise.

    None when it is neither, or lies outside the years 1 to 9999 of UTC, which nothing could show again.
    """
    try:
        moment = parse_datetime(text)
        if moment is None:
            day = parse_date(text)
            moment = None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001
        if moment is None or moment.tzinfo is None:
            return None if moment is None else moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def read_payload(raw: dict[str, Any], errors: Errors) -> tuple[dict[str, Any], str]:
    """An optional object, decoded and encoded."""
    payload = raw.get("payload")
    if payload is None:
        return {}, "{}"
    if not isinstance(payload, dict):
        errors["payload"] = ["Expected an object."]
        return {}, "{}"
    try:
        text = encode(payload)
        if _MAYBE_HUGE.search(text):
            _check_numbers(payload)
    except ValueError:
        errors["payload"] = ["A number in it is too large."]
        return {}, "{}"
    return payload, text


def encode(payload: dict[str, Any]) -> str:
    """A payload as it is stored. Raises ValueError for a number that JSON can't say."""
    return _ENCODER.encode(payload)


def _visitor(raw: dict[str, Any], errors: Errors) -> str:
    value = raw.get("anonymous_id")
    if value is None or value == "":
        return ""
    name = read_text(raw, "anonymous_id", errors)
    return visitor(name) if name else ""


def _check_numbers(value: Any) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_numbers(item)
    elif isinstance(value, int):
        try:
            math.isfinite(value)
        except OverflowError:
            raise ValueError("too large") from None
