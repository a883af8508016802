"""The purchase log of a fictional music shop: 2,357 customers from January 1997 to the end of June 1998.

It is made by the usual model of repeat buying: each customer orders at a rate of their own, and some day stops for
good. Most buy once and are gone, a few keep coming back. Whole-number arithmetic on the Mersenne Twister only, so that
the log is the same on every machine and every version of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

CUSTOMERS: Final = 2357
OPENING: Final = date(1997, 1, 1)
COHORT_DAYS: Final = 90  # everybody's first order falls into the first quarter
DAYS: Final = 546  # the last one is 1998-06-30

_SEED: Final = 1997
# Of a thousand customers, how many order again with this chance a week, and stop with that chance a week, of 10,000.
_HABITS: Final = ((530, 45, 400), (230, 300, 160), (160, 880, 120), (70, 1900, 80), (10, 4600, 40))
_PRICES: Final = (1149, 1197, 1297, 1349, 1399, 1429, 1449, 1499, 1577, 1699, 2199, 2999)  # cents
_SHIPPING: Final = (0, 0, 0, 299, 399)


@dataclass(frozen=True)
class Purchase:
    """One order: who, on which day, how many CDs, and the sum in US dollars."""

    user_id: str
    day: date
    items: int
    total: float


def purchases() -> Iterator[Purchase]:
    """All orders, by customer and then by day."""
    random = Random(_SEED)  # data for a demo, no secret

    def below(limit: int) -> int:
        # random() is the one method whose values Python promises to keep.
        return int(random.random() * limit)

    for number in range(1, CUSTOMERS + 1):
        user_id = f"customer-{number:04}"
        rate, stop = _habit(below(1000))
        day = below(COHORT_DAYS)
        yield _order(user_id, day, below)
        for week in range(day + 1, DAYS - 6, 7):
            drawn = below(10_000)
            if drawn < stop:
                break
            if drawn < stop + rate:
                yield _order(user_id, week + below(7), below)


def _habit(percentile: int) -> tuple[int, int]:
    for share, rate, stop in _HABITS:
        if percentile < share:
            return rate, stop
        percentile -= share
    raise AssertionError("the shares of _HABITS add up to 1000")


def _order(user_id: str, day: int, below: Callable[[int], int]) -> Purchase:
    items = 1
    while items < 40 and below(100) < 56:
        items += 1
    cents = sum(_PRICES[below(len(_PRICES))] for _ in range(items)) + _SHIPPING[below(len(_SHIPPING))]
    return Purchase(user_id, OPENING + timedelta(days=day), items, cents / 100)
