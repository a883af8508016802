"""The names that signatures share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, Union

__all__ = ["Id", "Paginated", "Query", "QueryValue"]

T = TypeVar("T")

Id = Union[int, str]
QueryValue = Any
Query = Mapping[str, QueryValue]


class Paginated(Generic[T]):
    """A page envelope as an object, for code that prefers attributes to keys.

    ``Paginated.from_dict(client.segments.list())`` gives ``.count``, ``.next``, ``.previous`` and ``.results``.
    """

    def __init__(self, count: int, next: str | None, previous: str | None, results: list[T]) -> None:
        self.count = count
        self.next = next
        self.previous = previous
        self.results = results

    @classmethod
    def from_dict(cls, data: dict[str, Any], cast: Any = None) -> Paginated[Any]:
        """The page in an envelope; ``cast``, if given, is applied to each of its results."""
        results = data.get("results", [])
        return cls(
            count=data.get("count", 0),
            next=data.get("next"),
            previous=data.get("previous"),
            results=[cast(item) for item in results] if cast is not None else results,
        )

    def __repr__(self) -> str:
        return f"Paginated(count={self.count}, results={len(self.results)}, next={self.next!r})"
