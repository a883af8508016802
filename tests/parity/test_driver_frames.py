"""What the Python driver says of a key that an error shows: in its traceback, its causes, and what they carry."""

from __future__ import annotations

from typing import Any

import pytest

from segops_parity.drivers.python import frames

KEY = "sk_test_frames_example"


class Hidden(str):
    def __repr__(self) -> str:
        return "<hidden>"


class Holder:
    def __init__(self, value: Any) -> None:
        self.value = value


def fail(value: Any) -> None:
    held = value
    raise OSError(f"failed with {len(str(held))} characters")


def shown(value: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(frames, "_OWN", "another folder")
    try:
        try:
            fail(value)
        except OSError as error:
            raise ValueError("in other words") from error
    except ValueError as error:
        return [each for each in frames.revealed(error, {KEY}) if " fail:" in each]


@pytest.mark.parametrize(
    "value", [f"ApiKey {KEY}", KEY.encode(), {"a": [("b", KEY)]}, {KEY: 1}, [bytearray(KEY.encode())]]
)
def test_a_local_variable_that_holds_the_key_is_named(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(value, monkeypatch) == ["test_driver_frames.py fail: held", "test_driver_frames.py fail: value"]


@pytest.mark.parametrize("value", ["ApiKey", Hidden(KEY), {"a": Hidden(KEY)}, Holder(KEY)])
def test_a_value_that_does_not_print_the_key_is_not(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(value, monkeypatch) == []


def test_what_a_cause_carries_is_looked_at_though_it_is_not_printed() -> None:
    cause, error = OSError("closed"), ValueError("failed")
    cause.request = Holder(KEY)  # type: ignore[attr-defined]
    error.__context__, error.__suppress_context__ = cause, True
    assert frames.revealed(error, {KEY}) == ["OSError.request.value"]


def test_the_text_of_an_error_is_looked_at() -> None:
    assert frames.revealed(ValueError(f"refused {KEY}"), {KEY}) == ["ValueError.args"]
    assert frames.revealed(ValueError("refused"), {KEY}) == []


def test_an_error_that_another_one_was_made_with_is_looked_at() -> None:
    decoding = ValueError("at character 0")
    decoding.doc = f"{KEY} is no JSON"  # type: ignore[attr-defined]
    assert frames.revealed(OSError(decoding), {KEY}) == ["ValueError.doc"]
