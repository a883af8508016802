"""Webhooks of a Shopify shop, read as events: https://segops.ai/docs/event-tracking/shopify"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Final

from segops_sandbox import clock
from segops_sandbox.ingestion.events import Incoming, InvalidEvent, parse_moment, read

# What each topic is called here, and when it happened by its body.
_TOPICS: Final = {
    "orders/create": ("order_placed", "created_at"),
    "orders/paid": ("order_paid", "processed_at"),
    "orders/cancelled": ("order_cancelled", "cancelled_at"),
    "customers/create": ("customer_created", "created_at"),
    "checkouts/create": ("checkout_started", "created_at"),
    "checkouts/delete": ("checkout_abandoned", "updated_at"),
}


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether `X-Shopify-Hmac-SHA256` is of this body: an HMAC in base64, with the secret as it is."""
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, signature.strip().encode())


def event_of(topic: str, body: Any, now: int) -> Incoming | None:
    """The event that a webhook tells of; None for a topic that is none, and where nobody can be named.

    Args:
        topic: `X-Shopify-Topic`.
        body: the decoded order, checkout or customer.
        now: the time of receipt, for a body that does not say when.
    """
    if topic not in _TOPICS or not isinstance(body, dict):
        return None
    event_type, said_when = _TOPICS[topic]
    customer = body if topic.startswith("customers/") else body.get("customer")
    user_id = _user_id(body, customer if isinstance(customer, dict) else {})
    when = body.get(said_when)
    raw = {
        "user_id": user_id,
        "event_type": event_type,
        "occurred_at": when if isinstance(when, str) and parse_moment(when) else None,
        "payload": _payload(topic, body, user_id),
    }
    try:
        return read(raw, uid=None, now=now) if user_id else None
    except InvalidEvent:  # an e-mail of more than 255 characters
        return None


def receive(topic: str, body: Any) -> list[Incoming]:
    """What to store of a webhook that arrives now."""
    event = event_of(topic, body, clock.now_micros())
    return [] if event is None else [event]


def _user_id(body: dict[str, Any], customer: dict[str, Any]) -> str:
    """The customer's e-mail, or else the customer's id as text."""
    for email in (customer.get("email"), body.get("email")):
        if isinstance(email, str) and email.strip():
            return email.strip()
    number = customer.get("id")
    return str(number) if isinstance(number, (int, str)) and not isinstance(number, bool) else ""


def _payload(topic: str, body: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The documented keys, each where the body has it."""
    email = body.get("email") or (user_id if "@" in user_id else None)
    if topic.startswith("customers/"):
        return {"email": email} if email else {}
    items = body.get("line_items")
    found = {
        "order_id": body.get("id"),
        "total": _number(body.get("total_price")),
        "currency": body.get("currency"),
        "item_count": _count(items) if isinstance(items, list) else None,
        "email": email,
        "financial_status": body.get("financial_status"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _number(value: Any) -> float | None:
    """Shopify sends amounts as text."""
    try:
        number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < float("inf") else None


def _count(items: list[Any]) -> int:
    """How many pieces were bought; a line without a quantity is one."""
    quantities = [item.get("quantity", 1) if isinstance(item, dict) else 1 for item in items]
    return sum(quantity if type(quantity) is int else 1 for quantity in quantities)
