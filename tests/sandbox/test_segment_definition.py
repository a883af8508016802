"""Definitions that are refused, when, and with which messages. No database: these are the pure parts."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segops_sandbox.segments import regex
from segops_sandbox.segments.definition import DefinitionError, check_structure, parse
from segops_sandbox.segments.regex_syntax import RegexError

COUNT = {"type": "event_count", "event_type": "x", "operator": "gte", "value": 1}
MONETARY = {
    "type": "monetary", "event_type": "x", "property": "p", "metric": "sum", "operator": "gte", "value": 1
}  # fmt: skip
TRAIT = {"type": "user_property", "property": "p", "operator": "eq", "value": "x"}
STEPS = {"type": "event_sequence", "events": ["a", "b"]}
OTHER = {"type": "segment_membership", "segment_id": 7, "operator": "in"}


def messages(check: Any, definition: Any) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        check(definition)
    return caught.value.messages


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (None, "Expected an object with logic and conditions."),
        ([], "Expected an object with logic and conditions."),
        ({"logic": "XOR", "conditions": []}, 'logic: "XOR" is not a valid choice.'),
        ({"logic": None, "conditions": []}, 'logic: "None" is not a valid choice.'),
        ({"conditions": {}}, "conditions: Expected a list of items."),
        ({"conditions": ["x"]}, "conditions[0]: Expected an object."),
        ({"conditions": [{}]}, "conditions[0].type: This field is required."),
        ({"conditions": [COUNT, {"type": "nope"}]}, 'conditions[1].type: "nope" is not a valid choice.'),
        ({"conditions": [{"type": ["event_count"]}]}, "conditions[0].type: \"['event_count']\" is not a valid choice."),
        ({"conditions": [{"logic": "OR", "conditions": []}]}, "conditions[0].type: This field is required."),
    ],
)
def test_a_broken_structure_is_refused_on_save_and_on_evaluation(definition: Any, message: str) -> None:
    assert messages(check_structure, definition) == [message]
    assert messages(parse, definition) == [message]


def test_what_is_inside_a_condition_may_be_saved_unfinished() -> None:
    check_structure({"conditions": [{"type": "monetary", "operator": "gte", "value": 100}]})
    check_structure({})
    assert messages(parse, {"conditions": [{"type": "monetary", "operator": "gte", "value": 100}]}) == [
        "conditions[0].event_type: This field is required.",
        "conditions[0].property: This field is required.",
        "conditions[0].metric: This field is required.",
    ]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({**COUNT, "extra": 1}, "extra: Unknown field."),
        ({**COUNT, "operator": "contains"}, 'operator: "contains" is not a valid choice.'),
        ({**COUNT, "operator": ["gte"]}, "operator: \"['gte']\" is not a valid choice."),
        ({**COUNT, "event_type": 5}, "event_type: Not a valid string."),
        ({**COUNT, "event_type": ""}, "event_type: This field may not be blank."),
        ({**COUNT, "value": "1"}, "value: A valid number is required."),
        ({**COUNT, "value": True}, "value: A valid number is required."),
        ({**COUNT, "value": None}, "value: This field may not be null."),
        ({**COUNT, "value": float("inf")}, "value: A finite number is required."),
        ({**COUNT, "value": 10**400}, "value: The number is too large."),
        ({**COUNT, "window_days": 0}, "window_days: Ensure this value is greater than 0."),
        ({**COUNT, "window_days": -1}, "window_days: Ensure this value is greater than 0."),
        ({**COUNT, "window_days": 10**9}, "window_days: Ensure this value is less than or equal to 100000."),
        (
            {"type": "recency", "event_type": "x", "operator": "gte", "window_days": 1},
            'operator: "gte" is not a valid choice.',
        ),
        (
            {"type": "recency", "event_type": "x", "operator": "gt", "window_days": -1},
            "window_days: Ensure this value is greater than or equal to 0.",
        ),
        (
            {"type": "recency", "event_type": "x", "operator": "gt", "window_days": 1, "value": 3},
            "value: Unknown field.",
        ),
        ({**MONETARY, "metric": "min"}, 'metric: "min" is not a valid choice.'),
        ({**MONETARY, "window_days": 3}, "window_days: Unknown field."),
        ({**TRAIT, "operator": "like"}, 'operator: "like" is not a valid choice.'),
        ({**TRAIT, "event_type": "x"}, "event_type: Unknown field."),
        ({"type": "user_property", "property": "p", "operator": "eq"}, "value: This field is required."),
        ({**TRAIT, "value": {"a": 1}}, "value: Expected a string, a number or a boolean."),
        ({**TRAIT, "operator": "gt", "value": True}, 'value: "gt" needs a number or a string.'),
        ({**TRAIT, "operator": "in"}, 'value: Expected a list of items for "in".'),
        ({**TRAIT, "operator": "in", "value": [None]}, "value: Expected a string, a number or a boolean."),
        ({**TRAIT, "operator": "in", "value": ["x"] * 501}, "value: Ensure this field has no more than 500 elements."),
        (
            {**TRAIT, "operator": "between", "value": 1},
            "value: The upper bound is missing: give value2, or value as a list of two.",
        ),
        (
            {**TRAIT, "operator": "between", "value": 1, "value2": "z"},
            "value: The bounds must be two numbers or two strings.",
        ),
        (
            {**TRAIT, "operator": "between", "value": [1, 2, 3]},
            "value: Expected a lower and an upper bound: value and value2, or value as a list of two.",
        ),
        ({**TRAIT, "operator": "starts_with", "value": 5}, 'value: "starts_with" needs a string.'),
        (
            {**TRAIT, "operator": "matches_regex", "value": "(a"},
            "value: Invalid regular expression: missing ) at position 2.",
        ),
        ({**TRAIT, "value_type": "money"}, 'value_type: "money" is not a valid choice.'),
        ({**TRAIT, "value_type": "number"}, "value: A valid number is required."),
        ({**TRAIT, "value_type": "boolean"}, "value: Must be a valid boolean."),
        ({**STEPS, "events": ["a"]}, "events: Ensure this field has between 2 and 20 elements."),
        ({**STEPS, "events": "ab"}, "events: Expected a list of items."),
        ({**STEPS, "events": ["a", 5]}, "events[1]: Expected the name of an event type."),
        ({**STEPS, "strict": "yes"}, "strict: Must be a valid boolean."),
        ({**OTHER, "segment_id": "seven"}, "segment_id: A valid integer is required."),
        ({**OTHER, "segment_id": True}, "segment_id: A valid integer is required."),
        ({**OTHER, "operator": "eq"}, 'operator: "eq" is not a valid choice.'),
    ],
)
def test_a_wrong_field_is_named_with_its_place(condition: dict[str, Any], message: str) -> None:
    assert messages(parse, {"conditions": [COUNT, condition]}) == [f"conditions[1].{message}"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = messages(parse, {"color": 1, "conditions": [{**COUNT, "operator": "?"}, {**STEPS, "events": []}]})
    assert [text.partition(":")[0] for text in found] == ["color", "conditions[0].operator", "conditions[1].events"]


def test_an_empty_definition_matches_nobody_by_mistake_nor_everybody() -> None:
    assert messages(parse, {"logic": "AND", "conditions": []}) == ["conditions: This list may not be empty."]
    assert messages(parse, {"conditions": [COUNT] * 51}) == [
        "conditions: Ensure this field has no more than 50 elements."
    ]


def test_form_texts_become_what_value_type_says() -> None:
    def operand(**fields: Any) -> Any:
        return parse({"conditions": [{**TRAIT, **fields}]}).conditions[0].operand  # type: ignore[union-attr]

    assert operand(value="5", value_type="number") == 5
    assert operand(operator="between", value="1", value2="2.5", value_type="price") == (1, 2.5)
    assert operand(value="true", value_type="boolean") is True
    assert operand(value="5") == "5"
    assert parse({"conditions": [{**OTHER, "segment_id": "7"}]}).conditions[0].segment_id == 7  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "pattern",
    [
        *["(", "a)", "[a", "[]", "[z-a]", "*a", "a**", "a{3,1}", "a{", "a{1", "a{999}", "\\", r"\b", r"\1", r"(a)\1"],
        *["(?i)a", "(?=a)", "(?<name>a)", "^*", "((a{200}){200}){200}", "(" * 60 + ")" * 60, "a" * 1001, "[[:alpha:]]"],
    ],
)
def test_a_regular_expression_outside_the_dialect_is_refused(pattern: str) -> None:
    with pytest.raises(RegexError):
        regex.compile(pattern)
    assert messages(parse, {"conditions": [{**TRAIT, "operator": "matches_regex", "value": pattern}]})


literals = st.sampled_from(["a", "b", "c", "0", "é", " ", "\\.", "\\n", "\\(", ".", "\\d", "\\w", "\\S", "[ab]"])
classes = st.sampled_from(["[^a]", "[a-c0-9]", "[\\d-]", "[^\\w ]", "[a\\]]"])
pieces = st.recursive(
    literals | classes | st.sampled_from(["^", "$"]),
    lambda inner: (
        st.lists(inner, max_size=3).map("".join)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + "|".join(parts) + ")")
        | st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,3}", "*?", "+?"]))
    ),
    max_leaves=6,
)
subjects = st.text("abc0é .\n(]-", max_size=8)


@settings(max_examples=500, deadline=None)
@given(pieces, st.lists(subjects, min_size=1, max_size=5))
def test_the_dialect_means_what_pythons_regular_expressions_mean(pattern: str, several: list[str]) -> None:
    # In the dialect `.` is any character and `$` only the end of the text; \\d and \\w are ASCII.
    python = re.compile(pattern.replace("$", "\\Z"), re.DOTALL | re.ASCII)
    for text in several:
        assert regex.compile(pattern).search(text) == bool(python.search(text)), (pattern, text)


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|a)*$", "(a*)*b", "(a?){100}a{100}$", "a*a*a*a*a*a*b"])
def test_no_pattern_hangs_the_server(pattern: str) -> None:
    started = time.process_time()
    assert not regex.compile(pattern).search("a" * 2000 + "c")
    assert time.process_time() - started < 5
