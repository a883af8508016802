"""The types that all cells of a column could have without losing a character."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from segops_sandbox.catalogue.cells import from_cell, is_datetime, is_url, keeps_its_figures, reads_back

# In the order in which a type is proposed. A list is never guessed: "Last, First" is one name.
GUESSED: Final = ("number", "price", "boolean", "url", "datetime")
_TEXTS: Final = {"url": is_url, "datetime": is_datetime}


@dataclass
class Column:
    """A column, while its cells are looked at one after the other.

    Attributes:
        types: those in which no filled cell so far would lose anything.
        filled: how many cells are not blank; `blank`: how many are.
        currencies: whether a cell names one.
    """

    types: list[str] = field(default_factory=lambda: list(GUESSED))
    filled: int = 0
    blank: int = 0
    currencies: bool = False
    # The words for true and false: with one for each, the text can be told from the value.
    _words: dict[bool, str] = field(default_factory=dict)

    def look_at(self, cell: str) -> None:
        """Add one cell."""
        cell = cell.strip()
        if not cell:
            self.blank += 1
            return
        self.filled += 1
        if self.types:
            self.types = [kind for kind in self.types if self._survives(cell, kind)]
            self.currencies = self.currencies or ("price" in self.types and "number" not in self.types)

    def _survives(self, cell: str, kind: str) -> bool:
        """Whether a cell is a value of a type from which its own text can be told: `1.5` as a number, not `1.50`."""
        if kind in _TEXTS:
            return _TEXTS[kind](cell)
        value, problem = from_cell(cell, kind)
        if problem is not None:
            return False
        if kind == "boolean":
            return self._words.setdefault(bool(value), cell) == cell
        return keeps_its_figures(cell, value) if kind == "price" else reads_back(value, cell)
