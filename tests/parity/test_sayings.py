"""What an error speaks of that should not have come: found by what the cases expect errors to say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from segops_parity.cases import Case
from segops_parity.sayings import Sayings


def sayings(*said: tuple[str, str]) -> Sayings:
    """Of cases that expect an error of the SDK to say something, and what they show."""
    steps = [SimpleNamespace(outcome={"error": {"message": [text]}}, covers=shown.split()) for text, shown in said]
    return Sayings([cast(Case, SimpleNamespace(steps=steps))])


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("GET /x/: the timeout must be above 0, not -1.", "config.options-checked"),
        ("the timeout must be above 0 or null", "wait.timeout"),  # the longest text that fits
        ("nothing of the kind", None),
        ("A word that two share is expected.", None),
        ("A word that two share, though the timeout must be above 0", None),  # the longest tells nothing
    ],
)
def test_a_message_speaks_of_what_the_cases_show_that_expect_it(message: str, about: str | None) -> None:
    known = sayings(
        ("the timeout must be above 0", "config.options-checked error.wording"),
        ("the timeout must be above 0 or null", "wait.timeout"),
        *(("A word that two share, though the", f"some.behaviour-{n}") for n in range(2)),
        *(("A word that two share", f"some.behaviour-{n}") for n in range(2)),
    )
    assert known.about(message) == about


def test_the_flags_and_values_that_a_message_names_make_no_difference() -> None:
    known = sayings(("--interval takes no value: 'x' was given", "cli.flag-values"))
    assert known.about("error: --rows takes no value: '2' was given.", by_command=True) == "cli.flag-values"
    assert known.about("--rows takes no value: '2' was given.") is None  # what the SDK says is of no command
