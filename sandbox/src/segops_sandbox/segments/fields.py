"""One condition of a definition, read field by field, noting what is wrong and where.

Messages look like `conditions[0].operator: "foo" is not a valid choice.`
"""

from __future__ import annotations

from typing import Any, Final

from segops_sandbox.segments import operators
from segops_sandbox.segments.operators import BadValue

# A little over 270 years: in microseconds from any year it still is a 64-bit integer.
MAX_DAYS: Final = 100_000


class DefinitionError(ValueError):
    """What is wrong with a definition, all of it."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class Fields:
    """Reads the fields of one condition, notes what is wrong, and continues with a stand-in that is never used."""

    def __init__(self, raw: dict[str, Any], path: str, errors: list[str]) -> None:
        self.raw, self.path, self.errors = raw, path, errors

    def allow(self, *names: str) -> None:
        for name in self.raw:
            if name != "type" and name not in names:
                self.wrong(name, "Unknown field.")

    def wrong(self, name: str, message: str) -> None:
        self.errors.append(f"{self.path}.{name}: {message}")

    def required(self, name: str) -> Any:
        value = self.raw.get(name)
        if value is None:
            self.wrong(name, "This field is required." if name not in self.raw else "This field may not be null.")
        return value

    def text(self, name: str) -> str:
        value = self.required(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(name, "Not a valid string.")
            return ""
        if not value:
            self.wrong(name, "This field may not be blank.")
        return value

    def choice(self, name: str, options: tuple[str, ...]) -> str:
        value = self.required(name)
        if value is not None and (not isinstance(value, str) or value not in options):
            self.wrong(name, f"{quoted(value)} is not a valid choice.")
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | float:
        value = self.required(name)
        if value is None:
            return 0
        try:
            return operators.number(value)
        except BadValue as exc:
            self.wrong(name, str(exc))
            return 0

    def days(self, name: str, *, optional: bool = False) -> Any:
        """A number of days; None when it is optional and not there. Only a recency may be of 0 days."""
        if optional and self.raw.get(name) is None:
            return None
        known = len(self.errors)
        value = self.number(name)
        if len(self.errors) == known:
            if value > MAX_DAYS:
                self.wrong(name, f"Ensure this value is less than or equal to {MAX_DAYS}.")
            elif value < 0 or (optional and value == 0):
                self.wrong(name, f"Ensure this value is greater than {'0' if optional else 'or equal to 0'}.")
        return value

    def boolean(self, name: str) -> bool:
        value = self.raw.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, "Must be a valid boolean.")
        return value is True


def quoted(value: Any) -> str:
    """A value as messages show it."""
    return f'"{value}"'


def read_segment_id(raw: Any) -> int | None:
    """A segment's id, given as an integer or as a string of digits; None for anything else."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 19:
        return int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 2**63 else None
