"""The figures of the contract, which know whether a case or a check has read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segops_parity._model import Behaviour

__all__ = ["Figures", "unread"]


class Figures(dict[str, Any]):
    """The numbers and names in one rule. What is asked for by its name has been read."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The figure of that name."""
        self.read.add(name)
        return super().get(name, default)


def unread(behaviours: Iterable[Behaviour], excused: Iterable[str]) -> Iterator[str]:
    """The figures that nothing has read, as ``behaviour.figure``.

    Args:
        excused: behaviours that no case can show; tests of one language hold their figures.
    """
    reasons = set(excused)
    for each in behaviours:
        if each.id not in reasons and isinstance(each.figures, Figures):
            yield from (f"{each.id}.{name}" for name in each.figures if name not in each.figures.read)
