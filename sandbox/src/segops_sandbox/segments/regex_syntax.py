"""Patterns of the dialect, parsed into a tree; the dialect is described in `regex.py`."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LENGTH = 1000
# PostgreSQL counts no further.
MAX_REPEAT = 255
_MAX_DEPTH = 50
_LAST = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]

_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 13), (32, 32))
_ANY: Ranges = ((0, _LAST),)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


class RegexError(ValueError):
    """The pattern is not of the dialect; the text says what and where."""


@dataclass(frozen=True)
class Chars:
    """One character out of some ranges."""

    ranges: Ranges


@dataclass(frozen=True)
class Anchor:
    """`^` or `$`."""

    sign: str


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """Between `least` and `most` times; None is without end."""

    item: Node
    least: int
    most: int | None


Node = Chars | Anchor | Sequence | Choice | Repeat


def parse(pattern: str) -> Node:
    """The pattern as a tree. Raises RegexError."""
    if len(pattern) > MAX_LENGTH:
        raise RegexError(f"longer than {MAX_LENGTH} characters")
    parser = _Parser(pattern)
    node = parser.choice(0)
    if parser.at < len(pattern):
        raise parser.error("unbalanced )")
    return node


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def error(self, what: str) -> RegexError:
        return RegexError(f"{what} at position {self.at}")

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        if not self.pattern.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def choice(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise self.error("groups nested too deeply")
        items = [self.sequence(depth)]
        while self.take("|"):
            items.append(self.sequence(depth))
        return items[0] if len(items) == 1 else Choice(tuple(items))

    def sequence(self, depth: int) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeat(depth))
        return Sequence(tuple(items))

    def repeat(self, depth: int) -> Node:
        start = self.at
        item = self.atom(depth)
        times = self.quantifier()
        if times is None:
            return item
        if isinstance(item, Anchor):
            self.at = start
            raise self.error("an anchor cannot be repeated")
        self.take("?")  # lazy: the same yes or no
        if self.peek() in ("*", "+", "?") or self.peek() == "{":
            raise self.error("nothing to repeat (two quantifiers in a row)")
        return Repeat(item, *times)

    def quantifier(self) -> tuple[int, int | None] | None:
        for sign, times in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return times
        if not self.take("{"):
            return None
        least = self.number()
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self.number()
        if not self.take("}"):
            raise self.error("expected } of a quantifier (write \\{ for the character)")
        if max(least, most or 0) > MAX_REPEAT:
            raise self.error(f"more than {MAX_REPEAT} repetitions")
        if most is not None and most < least:
            raise self.error("the largest number of repetitions is less than the smallest")
        return least, most

    def number(self) -> int:
        start = self.at
        while self.peek() in tuple("0123456789"):
            self.at += 1
        if start == self.at:
            raise self.error("expected a number (write \\{ for the character)")
        return int(self.pattern[start : self.at])

    def atom(self, depth: int) -> Node:
        if self.take("("):
            return self.group(depth)
        if self.take("["):
            return self.char_class()
        if self.take("."):
            return Chars(_ANY)
        if self.take("\\"):
            return Chars(self.escape())
        sign = self.peek()
        if sign in ("*", "+", "?"):
            raise self.error("nothing to repeat")
        if sign == "{":
            raise self.error("nothing to repeat (write \\{ for the character)")
        self.at += 1
        return Anchor(sign) if sign in ("^", "$") else Chars(_one(sign))

    def group(self, depth: int) -> Node:
        if self.peek() == "?" and not self.take("?:"):
            raise self.error("look-around, inline flags and named groups are not supported")
        node = self.choice(depth + 1)
        if not self.take(")"):
            raise self.error("missing )")
        return node

    def escape(self) -> Ranges:
        sign = self.peek()
        self.at += 1
        sets = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
        if sign and sign in "dwsDWS":
            ranges = sets[sign.lower()]
            return ranges if sign.islower() else _complement(ranges)
        if sign in _CONTROLS:
            return _one(_CONTROLS[sign])
        if sign == "" or (sign.isascii() and sign.isalnum()):
            self.at -= 1
            raise self.error(f"\\{sign} is not supported" if sign else "a single \\ at the end")
        return _one(sign)

    def char_class(self) -> Node:
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            first = self.class_item()
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                last = self.class_item()
                if not (_is_single(first) and _is_single(last)) or last[0][0] < first[0][0]:
                    raise self.error("bad range in a class")
                first = ((first[0][0], last[0][0]),)
            ranges.extend(first)
        if not ranges:
            raise self.error("an empty class (write \\] for the character)")
        merged = _merge(ranges)
        return Chars(_complement(merged) if negated else merged)

    def class_item(self) -> Ranges:
        if self.take("\\"):
            return self.escape()
        sign = self.peek()
        if sign == "":
            raise self.error("missing ]")
        if sign == "[":
            raise self.error("a [ inside a class needs a backslash")
        self.at += 1
        return _one(sign)


def _one(sign: str) -> Ranges:
    return ((ord(sign), ord(sign)),)


def _is_single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _merge(ranges: list[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _complement(ranges: Ranges) -> Ranges:
    gaps, start = [], 0
    for low, high in _merge(list(ranges)):
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        gaps.append((start, _LAST))
    return tuple(gaps)
