"""The demo data set: orders of a music shop as events, and three segments of its customers.

Making it needs nothing but the standard library, so that it can also be sent through the API from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from segops_sandbox.demo.purchase_log import Purchase, purchases

__all__ = ["AS_OF", "SEGMENTS", "Purchase", "events", "load", "purchases"]

# The day after the last purchase: a good time to freeze the clock at.
AS_OF: Final = "1998-07-01T00:00:00Z"

SEGMENTS: Final[list[dict[str, Any]]] = [
    {
        "name": "Spent 100 or more",
        "description": "Customers whose orders add up to at least 100 dollars.",
        "definition": {
            "logic": "AND",
            "conditions": [
                {
                    "type": "monetary",
                    "event_type": "order_placed",
                    "property": "total",
                    "metric": "sum",
                    "operator": "gte",
                    "value": 100,
                }
            ],
        },
    },
    {
        "name": "Lapsed 90 days",
        "description": "Customers without an order for more than 90 days.",
        "definition": {
            "logic": "AND",
            "conditions": [{"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 90}],
        },
    },
    {
        "name": "Came back in 1998",
        "description": "Customers with at least two orders in the last 181 days.",
        "definition": {
            "logic": "AND",
            "conditions": [
                {
                    "type": "event_count",
                    "event_type": "order_placed",
                    "operator": "gte",
                    "value": 2,
                    "window_days": 181,
                }
            ],
        },
    },
]


def events(orders: Iterable[Purchase]) -> Iterator[dict[str, Any]]:
    """The events to track for orders: who a customer is with the first one, and each order.

    The traits are what the log says: when a customer first bought, and the month of it.
    """
    known: set[str] = set()
    for purchase in orders:
        at = f"{purchase.day.isoformat()}T00:00:00Z"
        if purchase.user_id not in known:
            known.add(purchase.user_id)
            traits = {"first_purchase": purchase.day.isoformat(), "cohort": purchase.day.isoformat()[:7]}
            yield _event(purchase.user_id, "context_identified", at, traits)
        payload = {"total": purchase.total, "currency": "USD", "items": purchase.items}
        yield _event(purchase.user_id, "order_placed", at, payload)


def load(tenant: Any) -> None:
    """Store the events and the segments above in a tenant, once: a tenant that has them is left alone."""
    from segops_sandbox.demo.loader import load_into

    load_into(tenant)


def _event(user_id: str, event_type: str, at: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"user_id": user_id, "event_type": event_type, "occurred_at": at, "payload": payload}
