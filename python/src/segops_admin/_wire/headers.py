"""The headers of a message: a mapping that ignores case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["Headers", "mention"]


class Headers(Mapping[str, str]):
    """HTTP headers. Look-ups ignore case; a header sent twice reads as one value joined by ``, ``."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        items: Any = pairs
        if type(pairs) is not list:  # those of a reply are one, and are not asked for more
            items = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
        joined: dict[str, tuple[str, str]] = {pair[0].lower(): pair for pair in items}
        if len(joined) != len(items):
            joined = {}
            for name, value in items:
                key = name.lower()
                joined[key] = (joined[key][0], f"{joined[key][1]}, {value}") if key in joined else (name, value)
        self._pairs = joined

    def __getitem__(self, name: str) -> str:
        return self._pairs[name.lower()][1]

    def get(self, name: str, default: Any = None) -> Any:  # Mapping's own goes through KeyError: slow on the hot path
        """The header's value, or ``default``."""
        pair = self._pairs.get(name.lower())
        return default if pair is None else pair[1]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._pairs

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"

    def __reduce__(self) -> tuple[type[Headers], tuple[list[tuple[str, str]]]]:
        return Headers, (list(self.items()),)


def mention(headers: Headers, text: str) -> bool:
    """Whether a header's value holds a text. Without the views of a mapping: each attempt asks."""
    return text in "\n".join([value for _, value in headers._pairs.values()])
