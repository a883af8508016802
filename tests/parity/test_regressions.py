"""Known regressions can be written into the sources as they are; one that cannot is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from repository import ROOT

from segops_parity.project import Project
from segops_parity.regressions import broken_regressions, stale_regressions

ENTRY = (
    '{id: %s, about: an example, breaks: [retry.delay], file: _call/retry.py, was: "%s", becomes: "what it becomes"}'
)


def test_every_known_regression_applies() -> None:
    assert stale_regressions(Project.find()) == []


@pytest.mark.needs_workspace
def test_every_known_regression_leaves_source_that_can_be_read() -> None:
    assert broken_regressions(Project.find()) == []


@pytest.mark.needs_workspace
@pytest.mark.parametrize(
    ("file", "was", "becomes", "told"),
    [
        ("_call/retry.py", "def delay(", "def (", "invalid syntax"),
        ("call/observe.ts", "if (onReply !== undefined)", "if (onReply !== undefined", "Expected"),
    ],
)
def test_a_regression_that_leaves_no_source_is_named(
    tmp_path: Path, file: str, was: str, becomes: str, told: str
) -> None:
    entry = {"id": "a-slip", "about": "an example", "breaks": ["retry.delay"]}
    (tmp_path / "parity").mkdir()
    written = json.dumps({"regressions": [{**entry, "file": file, "was": was, "becomes": becomes}]})
    (tmp_path / "parity/regressions.yaml").write_text(written, encoding="utf-8")
    for name in ("python", "typescript-fixtures"):
        (tmp_path / name).symlink_to(ROOT / name)
    (line,) = broken_regressions(replace(Project.find(), root=tmp_path))
    assert "a-slip" in line
    assert told in line


def test_a_regression_whose_text_is_gone_or_stands_there_twice_is_named(tmp_path: Path) -> None:
    entries = [("applies", "def delay("), ("is-gone", "no such text"), ("stands-twice", "return")]
    (tmp_path / "parity").mkdir()
    written = "regressions:\n" + "".join(f"  - {ENTRY % entry}\n" for entry in entries)
    (tmp_path / "parity/regressions.yaml").write_text(written, encoding="utf-8")
    (tmp_path / "python").symlink_to(ROOT / "python")
    told = stale_regressions(replace(Project.find(), root=tmp_path))
    assert [line.split(": ")[1] for line in told] == ["is-gone", "stands-twice"]
    assert "expected once in _call/retry.py: 'no such text'" in told[0]
