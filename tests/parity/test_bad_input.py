"""Broken input is one error, without a traceback, that names the file, the place and what was expected."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import ROOT

from segops_parity._files import ContractError
from segops_parity.deviations import load_deviations
from segops_parity.project import Project, find_lanes
from segops_parity.reports.difference import read_report
from segops_parity.runner import check
from segops_parity.sibling import find_package
from segops_parity.suite import Suite, open_suite

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


CLIENT, SHELL, FAMILIES, HOSTILE = (
    f"parity/scenarios/{name}.yaml" for name in ("client", "shell", "behaviours", "hostile")
)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        (CLIENT, lambda t: t.replace("[config.options-checked]", "[config.option-checked]", 1), "'config.option-check"),
        (CLIENT, lambda t: t.replace("requests: [GET /segments/1/, ", "requests: [", 1), "and 2 replies"),
        (CLIENT, lambda t: t.replace("- case: closed\n", "- case: options\n"), "'options' is that of client.yaml"),
        (CLIENT, lambda t: t.replace("{name: negative time, ", "{name: no time, "), "'no time' appears twice"),
        (SHELL, lambda t: t.replace("covers: [cli.", "covers: [cly.", 1), "found 'cly."),
        (SHELL, lambda t: t.replace("case: unknown-verb,", "case: unknown-command,"), "'unknown-command' is that of"),
        (FAMILIES, lambda t: t.replace("- family: silence\n", "- family: redirects\n"), "'redirects' is that of"),
        (HOSTILE, lambda t: t.replace("[response.too-deep]", "[response.deep]"), "found 'response.deep' in 'too deep'"),
        (HOSTILE, lambda t: t.replace("covers: [response.too-deep]", "covers: []"), "expected ids of behaviours"),
    ],
)
def test_a_broken_scenario_is_named_with_its_line(copy: Path, file: str, change: Break, told: str) -> None:
    text = refused(copy, file, change)
    place, _, rest = text.partition(": ")
    assert told in rest
    name, _, line = place.rpartition(":")
    assert name == str(copy / file)
    assert (copy / file).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip(), "the line is there"


def test_all_errors_are_reported_at_once_each_with_its_line_and_the_schema_that_says_so(copy: Path) -> None:
    for file, old, new in (
        ("spec/admin.yaml", "POST /segments/preview/", "SEND /segments/preview/"),
        ("spec/admin.yaml", 'since: "0.2"', "since: 0.2"),
        ("spec/records/Member.yaml", "title: Member", "title: User"),
    ):
        path = copy / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = parity("--root", str(copy), "hygiene")
    assert (done.returncode, done.stdout) == (2, "")
    first, *lines = done.stderr.splitlines()
    assert first == "segops-parity: 3 problems:"
    lines.sort()
    line = 1 + (copy / "spec/admin.yaml").read_text(encoding="utf-8").partition("SEND ")[0].count("\n")
    assert lines[0].startswith(
        f"  {copy}/spec/admin.yaml:{line}: namespaces.segments.methods.preview.request: expected"
    )
    assert "(admin.schema.json#/properties/namespaces/" in lines[0]
    assert "namespaces.segments.methods.preview.since: expected" in lines[1]
    assert lines[2] == f"  {copy}/spec/records/Member.yaml:4: title: expected the file's name, 'Member'; found 'User'"


def parity(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "segops_parity", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_option_that_cannot_be_used_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    check = ("check", "--lane=python-http", "--case=segments.get/happy", f"--report={tmp_path / 'report'}")
    for words, variables, told in (
        (check, {"PARITY_TODAY": "yesterday"}, "PARITY_TODAY: expected a day such as 2026-05-01; found 'yesterday'"),
        ((*check, f"--report={tmp_path / 'file'}"), {}, f"--report: {tmp_path / 'file'}: expected a folder that can"),
        ((*check, "--driver=perl driver.pl"), {}, "--driver: perl driver.pl: expected NAME=COMMAND"),
        ((*check, "--driver=python=driver"), {}, "--driver: python=driver: expected NAME=COMMAND with a name that no"),
        ((*check, "--driver=mine=sh 'x"), {}, "expected a command as a shell reads it: No closing quotation"),
    ):
        done = parity(*words, **variables)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert done.stderr.count("\n") == 1, done.stderr
        assert told in done.stderr


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("{", "package.json: expected JSON: Expecting property name"),
        ("[]", 'expected exports with an "import" for "."'),
        ('{"exports": {".": {"import": ["./x.js"]}}}', 'expected exports with an "import" for "."'),
    ],
)
def test_a_sibling_whose_manifest_is_broken_is_untestable_and_says_why(
    tmp_path: Path, manifest: str, told: str
) -> None:
    (tmp_path / "package.json").write_text(manifest, encoding="utf-8")
    assert told in find_package(ROOT, str(tmp_path))[1]


def test_a_sibling_that_is_not_a_tarball_or_would_write_elsewhere_is_untestable(tmp_path: Path) -> None:
    (tmp_path / "no.tgz").write_bytes(b"not a tarball")
    assert "expected a tarball of npm pack" in find_package(ROOT, str(tmp_path / "no.tgz"))[1]
    with tarfile.open(tmp_path / "climbs.tgz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../climbed"))
    assert "expected a tarball of npm pack" in find_package(ROOT, str(tmp_path / "climbs.tgz"))[1]


def test_a_sibling_that_cannot_be_loaded_is_a_fault_with_what_it_said(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module", "exports": {".": {"import": "./x.js"}}}')
    (tmp_path / "x.js").write_text("throw new Error('this build is broken');")
    lanes = [each for each in find_lanes(suite.project, sibling=str(tmp_path)) if each.name == "typescript-current"]
    outcome = check(suite, lanes, pattern="segments.get/happy", whole=False)
    assert outcome.exit_code == 2
    assert "this build is broken" in outcome.faulty[0]


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
