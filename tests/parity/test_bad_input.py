"""Does whatever is broken get one error that names the file, the place and what was expected?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from segops_parity._files import ContractError
from segops_parity.deviations import load_deviations
from segops_parity.mutation import load_mutants
from segops_parity.project import Project
from segops_parity.reports.difference import read_report
from segops_parity.suite import open_suite

Break = Callable[[str], str]


def refused(copy: Path, file: str, change: Break) -> str:
    path = copy / file
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the test must break something"
    path.write_text(after, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        open_suite(Project(copy))
    assert str(path) in str(caught.value) or path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        (
            "parity/scenarios/segments.yaml",
            lambda t: t + "  gett: {args: {}}\n",
            "expected an operation of the contract",
        ),
        (
            "parity/scenarios/segments.yaml",
            lambda t: t.replace("get: {args: {id: 1}", "get: {args: {idd: 1}"),
            "expected arguments of segments.get (id)",
        ),
        (
            "parity/scenarios/segments.yaml",
            lambda t: t.replace("get: {args: {id: 1}", "get: {args: {}"),
            "expected the argument id",
        ),
        ("parity/scenarios/segments.yaml", lambda t: t.replace("segments:\n", "segments:\n  x: [\n", 1), "line "),
        (
            "parity/scenarios/behaviours.yaml",
            lambda t: t.replace("retry.delay", "retry.delai"),
            "expected a behaviour of the contract; found 'retry.delai'",
        ),
        ("parity/scenarios/behaviours.yaml", lambda t: t.replace("fault: stall", "fault: stal"), "expected"),
        ("parity/scenarios/behaviours.yaml", lambda t: t.replace("applies: json", "applies: jason"), "is none of"),
        (
            "parity/cassettes/segments/get/happy.yaml",
            lambda t: t.replace("origin: recorded", "origin: made-up"),
            "expected recorded or synthetic",
        ),
        (
            "parity/cassettes/segments/get/happy.yaml",
            lambda t: t.replace("case: segments.get/happy", "case: segments.list/happy"),
            "where the file is kept",
        ),
        (
            "parity/cassettes/segments/get/happy.yaml",
            lambda t: t.replace("https://api.segops.test/api", "https://elsewhere.test"),
            "expected an address below",
        ),
        ("parity/cassettes/segments/get/happy.yaml", lambda t: t[: len(t) // 3], ""),
    ],
)
def test_a_broken_file_is_named_with_its_place(copy: Path, file: str, change: Break, told: str) -> None:
    assert told in refused(copy, file, change)


def test_a_cassette_that_is_not_there_says_how_to_get_it(copy: Path) -> None:
    (copy / "parity/cassettes/segments/get/happy.yaml").unlink()
    with pytest.raises(ContractError, match="segops-parity record"):
        open_suite(Project(copy))


ENTRY = """deviations:
  - {match: "a/b", kind: bug, reason: Twenty letters at the least., owner: me, added: "2026-01-01",
     expires: "2026-02-01", fingerprint: 0123456789ab}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2026-02-01", "2026-09-01", "within 90 days"),
        ("kind: bug", "kind: feature", "expected bug, intentional or upstream"),
        ("kind: bug", "kind: intentional", "docs"),
        ("owner: me, ", "", "owner"),
        ("Twenty letters at the least.", "short", "expected a sentence"),
        ("0123456789ab", "xyz", "expected the 12 hexadecimal digits"),
    ],
)
def test_a_broken_deviation_is_named_with_its_place(copy: Path, old: str, new: str, told: str) -> None:
    file = copy / "parity/deviations.yaml"
    schema = copy / "spec/schema/deviations.schema.json"
    file.write_text(ENTRY, encoding="utf-8")
    assert load_deviations(file, schema)[0].owner == "me"
    file.write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError, match=told) as caught:
        load_deviations(file, schema)
    assert str(file) in str(caught.value)


def test_a_mutant_that_names_no_behaviour_is_refused(copy: Path) -> None:
    file = copy / "parity/mutants.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("check: request.accept}", "check: request.acept}"), encoding="utf-8"
    )
    with pytest.raises(ContractError, match="expected a behaviour of the contract"):
        load_mutants(file, ["request.accept"])


def test_a_report_is_read_by_lines_whatever_its_texts_hold(tmp_path: Path) -> None:
    file = tmp_path / "report.ndjson"
    file.write_text('{"type":"header","x":"\u2028"}\n{"type":"footer"}\n', encoding="utf-8")
    assert read_report(file)[0]["x"] == "\u2028"


@pytest.mark.parametrize(
    ("text", "told"), [('{"type": "header"}\n', "cut short"), ("{", "expected one JSON object"), ("", "cut short")]
)
def test_a_report_that_was_cut_short_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "report.ndjson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=told):
        read_report(file)
