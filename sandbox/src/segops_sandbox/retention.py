"""Retention of logs, newest entries first: a server that runs for weeks has to stay as small as it was."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def keep_newest(entries: QuerySet[Any], number: int) -> None:
    """Forget all but the newest entries of a log."""
    first_to_go = entries.order_by("-pk").values_list("pk", flat=True)[number : number + 1]
    for pk in first_to_go:
        entries.filter(pk__lte=pk).delete()
