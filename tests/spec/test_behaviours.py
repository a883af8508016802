"""The behaviours of the contract: what they cover, and how selectors are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segops_parity.contract import FLAGS, SUBJECTS, Contract, Selector


def test_every_area_has_behaviours(contract: Contract) -> None:
    assert {behaviour.area for behaviour in contract.behaviours.values()} == set(contract.areas)


def test_every_behaviour_applies_to_an_operation_or_says_what_else(contract: Contract) -> None:
    for behaviour in contract.behaviours.values():
        covered = [op.id for op in contract.operations.values() if behaviour.applies_to(op)]
        assert bool(covered) != (behaviour.selector.subject in SUBJECTS), behaviour.id


def test_every_operation_is_covered_by_several_behaviours(contract: Contract) -> None:
    for operation in contract.operations.values():
        covering = [b.id for b in contract.behaviours.values() if b.applies_to(operation)]
        # Operations that queue a job and wait, or import in parts, consist of others, which are covered.
        assert len(covering) >= 5 or operation.flags & {"queues", "splits"}, operation.id


def test_every_flag_is_explained_in_the_file_and_used(contract: Contract, spec: Path) -> None:
    header = (spec / "behaviours.yaml").read_text(encoding="utf-8").partition("\nareas:")[0]
    words = set(re.findall(r"[a-z-]+", header))
    assert set(FLAGS) | set(SUBJECTS) <= words
    used = {flag for b in contract.behaviours.values() for term in b.selector.terms for flag, _ in term}
    assert used == set(FLAGS)


def test_keys_of_their_own_go_with_mutating_operations_only(contract: Contract) -> None:
    sent, absent = (contract.behaviours[f"request.idempotency-key{end}"] for end in ("", "-absent"))
    for operation in contract.operations.values():
        if operation.request is not None:
            assert sent.applies_to(operation) is operation.mutates
            assert absent.applies_to(operation) is not operation.mutates


def test_a_lost_reply_is_either_retried_or_final(contract: Contract) -> None:
    retried = contract.behaviours["retry.lost-reply-is-retried"]
    final = contract.behaviours["retry.lost-reply-is-final"]
    for operation in contract.operations.values():
        both = (retried.applies_to(operation), final.applies_to(operation))
        if operation.request is None:
            assert both == (False, False)
        elif operation.name == "update" and operation.crud:
            assert both == (True, True)  # PUT is retried, PATCH is not
        else:
            assert both in ((True, False), (False, True)), operation.id
    assert retried.applies_to(contract.operations["segments.preview"])
    assert final.applies_to(contract.operations["products.import_csv"])


def test_every_redirect_is_answered_for(contract: Contract) -> None:
    for operation in contract.operations.values():
        if operation.request is not None:
            other_origin = [
                name
                for name in ("other-origin-refused", "writes-not-followed", "download-leaves-without-key")
                if contract.behaviours[f"redirect.{name}"].applies_to(operation)
            ]
            assert len(other_origin) == 1, operation.id


def test_the_figures_of_the_retry_delay_give_its_example(contract: Contract) -> None:
    behaviour = contract.behaviours["retry.delay"]
    figures = behaviour.figures
    delays = [min(figures["longest"], figures["base"] ** n) for n in range(7)]
    assert behaviour.example is not None
    assert f"With r = 0: {', '.join(str(delay) for delay in delays)} seconds" in behaviour.example
    half = [delay * (1 - 0.5 * figures["jitter"]) for delay in delays[:3]]
    assert f"With r = 0.5: {', '.join(f'{delay:g}' for delay in half)}." in behaviour.example


def test_error_classes_and_statuses_name_the_same_classes(contract: Contract) -> None:
    below = contract.behaviours["error.classes"].figures["below"]
    by_status = contract.behaviours["error.by-status"].figures
    assert set(by_status.values()) == set(below["SegOpsApiError"])


def test_a_behaviour_of_one_language_says_which(contract: Contract) -> None:
    assert contract.behaviours["error.pickles"].languages == ("python",)
    assert contract.behaviours["transport.fetch"].languages == ("typescript",)
    assert contract.behaviours["retry.delay"].languages == ("python", "typescript")


_FACTORS = st.tuples(st.sampled_from(sorted(FLAGS)), st.booleans())
_TERMS = st.lists(_FACTORS, min_size=1, max_size=3, unique_by=lambda factor: factor[0])


@given(st.lists(_TERMS, min_size=1, max_size=3), st.sets(st.sampled_from(sorted(FLAGS))))
def test_a_selector_means_what_its_words_mean(terms: list[list[tuple[str, bool]]], flags: set[str]) -> None:
    text = " or ".join(" and ".join(flag if wanted else f"not {flag}" for flag, wanted in term) for term in terms)
    names = {flag.replace("-", "_"): flag in flags for flag in FLAGS}
    # Python's own and, or, not bind the same way.
    assert Selector.parse(text).matches(flags) is eval(text.replace("-", "_"), {"__builtins__": {}}, names)


@pytest.mark.parametrize(
    "text", ["", "changes", "mutates and", "mutates or client", "not not get", "get and not get", "get  and put"]
)
def test_a_broken_selector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Selector.parse(text)
