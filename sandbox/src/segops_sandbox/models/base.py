"""What most rows share: an owner, and times that follow the sandbox's clock."""

from __future__ import annotations

from typing import Any

from django.db import models

from segops_sandbox import clock


def empty_definition() -> dict[str, Any]:
    """The definition of a segment that nobody has given rules yet."""
    return {"logic": "AND", "conditions": []}


class Stamped(models.Model):
    """A row that knows when it was made and last saved, by the sandbox's clock."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save and stamp; a save of named fields stamps only when `updated_at` is among them."""
        if not self._state.adding:
            self.updated_at = clock.now()
        super().save(*args, **kwargs)
