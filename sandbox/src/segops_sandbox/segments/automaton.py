"""Search for a parsed pattern in a text, by an automaton that follows all alternatives at once, built as it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from segops_sandbox.segments.regex_syntax import (
    Anchor,
    Chars,
    Choice,
    Node,
    Ranges,
    RegexError,
    Repeat,
    Sequence,
)

MAX_STATES = 5000
_KEPT = 2000


@dataclass
class _State:
    """A set of places in the pattern that the text so far may have reached."""

    places: frozenset[int]
    accepts: bool
    accepts_at_end: bool
    next: dict[str, _State] = field(default_factory=dict)


class Pattern:
    """A pattern to search with. Safe to share between threads: racing threads only compute the same entry twice."""

    def __init__(self, node: Node) -> None:
        self._free: list[list[int]] = []  # from a place to places that need no character
        self._guarded: list[tuple[str, int] | None] = []  # through an anchor
        self._chars: list[tuple[Ranges, int] | None] = []  # by one character
        self._accept = self._place()
        self._entry = self._build(node, self._accept)
        self._states: dict[frozenset[int], _State] = {}
        start = self._closure([self._entry], "^")
        at_end = self._closure(start, "^$")
        self._start = _State(start, self._accept in start, self._accept in at_end)

    def search(self, text: str) -> bool:
        """Whether the pattern occurs anywhere in the text."""
        state = self._start
        if state.accepts:
            return True
        for char in text:
            following = state.next.get(char)
            state = self._step(state, char) if following is None else following
            if state.accepts:
                return True
        return state.accepts_at_end

    def _step(self, state: _State, char: str) -> _State:
        code = ord(char)
        reached = [self._entry]  # a match may begin at any place of the text
        for place in state.places:
            edge = self._chars[place]
            if edge is not None and any(low <= code <= high for low, high in edge[0]):
                reached.append(edge[1])
        places = self._closure(reached, "")
        following = self._states.get(places)
        if following is None:
            if len(self._states) >= _KEPT:
                self._forget()
            following = _State(places, self._accept in places, self._accept in self._closure(places, "$"))
            self._states[places] = following
        state.next[char] = following
        return following

    def _forget(self) -> None:
        """Clear the cache: a text may lead through more states than are worth keeping."""
        for state in (self._start, *self._states.values()):
            state.next.clear()
        self._states.clear()

    def _closure(self, places: Iterable[int], anchors: str) -> frozenset[int]:
        seen = set(places)
        waiting = list(seen)
        while waiting:
            place = waiting.pop()
            guarded = self._guarded[place]
            free = self._free[place]
            if guarded is not None and guarded[0] in anchors:
                free = [*free, guarded[1]]
            for target in free:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def _place(self, *free: int) -> int:
        if len(self._free) >= MAX_STATES:
            raise RegexError("the pattern is too large (its repetitions multiply)")
        self._free.append(list(free))
        self._guarded.append(None)
        self._chars.append(None)
        return len(self._free) - 1

    def _build(self, node: Node, then: int) -> int:
        """Places for a node that lead on to `then`; returns where they begin."""
        if isinstance(node, Chars):
            place = self._place()
            self._chars[place] = (node.ranges, then)
            return place
        if isinstance(node, Anchor):
            place = self._place()
            self._guarded[place] = (node.sign, then)
            return place
        if isinstance(node, Sequence):
            for item in reversed(node.items):
                then = self._build(item, then)
            return then
        if isinstance(node, Choice):
            return self._place(*[self._build(item, then) for item in node.items])
        return self._build_repeat(node, then)

    def _build_repeat(self, node: Repeat, then: int) -> int:
        if node.most is None:
            loop = self._place(then)
            self._free[loop].append(self._build(node.item, loop))
            then = loop
        else:
            leave = then
            for _ in range(node.most - node.least):
                then = self._place(leave, self._build(node.item, then))
        for _ in range(node.least):
            then = self._build(node.item, then)
        return then
