"""The mutant that is on in this process, and those that were reached. Only instrumented sources import it."""

import os

active = int(os.environ.get("SEGOPS_MUTANT", "0"))
reached: set[int] = set()
steps = 0
limit = 0


class Endless(BaseException):
    """More steps than the bound allows: the mutant does not come to an end."""


def at(first: int, last: int) -> bool:
    """Whether one of the mutants from `first` to `last` is on, at their place, which is hereby reached."""
    global steps
    reached.add(first)
    steps += 1
    if limit and steps > limit:
        raise Endless
    return first <= active <= last


def tick() -> None:
    """A turn of a loop."""
    global steps
    steps += 1
    if limit and steps > limit:
        raise Endless


def turn(mutant: int, bound: int) -> dict[str, object]:
    """Switch to a mutant (0 for none); tells what was reached since the last time."""
    global active, reached, steps, limit
    told = {"reached": sorted(reached), "steps": steps, "endless": bool(limit and steps > limit)}
    active, reached, steps, limit = mutant, set(), 0, bound
    return told
