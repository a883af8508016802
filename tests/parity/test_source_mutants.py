"""Mutants of sources: what is changed, that the copy is the package while none is on, and that parity decides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segops_parity.mutants.copies import load_exceptions
from segops_parity.mutants.mutant import Mutant, named
from segops_parity.mutants.python_schemata import instrument_python
from segops_parity.mutants.run import is_equivalent
from segops_parity.project import Project

SOURCE = '''"""A module."""

from __future__ import annotations

LONGEST = 60


def waits(seconds: int, *, more: int = 0) -> bool:
    """Whether it is waited for."""
    if seconds <= LONGEST and not more:
        return True
    while more > 0:
        more -= 1
    raise ValueError(f"{seconds} s is too long")
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "sources" / "sample"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE)
    return folder


def asked(target: Path, mutant: int, expression: str, limit: int = 0) -> str:
    code = f"import _segops_mutants as m; m.limit = {limit}; import sample; print({expression})"
    env = {**os.environ, "PYTHONPATH": str(target), "SEGOPS_MUTANT": str(mutant)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_one_copy_holds_every_mutant_and_behaves_as_the_source_while_none_is_on(package: Path, tmp_path: Path) -> None:
    found = instrument_python(package, tmp_path / "copy")
    changes = {(each.was, each.becomes): each for each in found.mutants}
    assert asked(tmp_path / "copy", 0, "sample.waits(60), sample.waits.__doc__") == "True Whether it is waited for."
    boundary = changes[("seconds <= LONGEST", "seconds < LONGEST")]
    assert asked(tmp_path / "copy", boundary.number, "sample.waits(60)") == "ValueError: 60 s is too long"
    figure = changes[("60", "59")]
    assert figure.early
    assert figure.uses == "LONGEST"
    assert asked(tmp_path / "copy", figure.number, "sample.waits(60)") == "ValueError: 60 s is too long"
    dropped = changes[("f'{seconds} s is too long'", "f' s is too long'")]
    assert asked(tmp_path / "copy", dropped.number, "sample.waits(61)") == "ValueError:  s is too long"


def test_a_mutant_that_does_not_come_to_an_end_is_ended_by_its_steps_not_by_a_clock(
    package: Path, tmp_path: Path
) -> None:
    found = instrument_python(package, tmp_path / "copy")
    endless = next(each for each in found.mutants if (each.was, each.becomes) == ("more -= 1", "pass"))
    assert asked(tmp_path / "copy", 0, "sample.waits(61, more=3)", limit=1000) == "ValueError: 61 s is too long"
    assert "Endless" in asked(tmp_path / "copy", endless.number, "sample.waits(61, more=3)", limit=1000)


def test_what_was_come_by_is_told_by_the_switch(package: Path, tmp_path: Path) -> None:
    found = instrument_python(package, tmp_path / "copy")
    told = asked(tmp_path / "copy", 0, "(m.turn(0, 0), sample.waits(60), m.turn(0, 0)['reached'])[2]")
    reached = set(json.loads(told))
    late = {each.number for each in found.mutants if each.was.startswith(("raise", "more -="))}
    first = {each.number for each in found.mutants if each.was == "seconds <= LONGEST"}
    assert reached & first
    assert not reached & late


def test_a_mutant_keeps_its_name_while_lines_move(package: Path, tmp_path: Path) -> None:
    before = [each.key for each in instrument_python(package, tmp_path / "one").mutants]
    (package / "__init__.py").write_text(SOURCE.replace("LONGEST = 60", "\n# About the figure.\nLONGEST = 60"))
    assert [each.key for each in instrument_python(package, tmp_path / "two").mutants] == before
    assert len(set(before)) == len(before)


def test_changes_of_the_same_text_in_one_function_are_told_apart() -> None:
    twin = Mutant(1, "python", "a.py", 1, "f", "figure", "1", "2")
    assert [each.key for each in named([twin, twin])] == ["python a.py f: 1 => 2", "python a.py f: 1 => 2 #2"]


def test_every_exception_has_a_reason_that_says_something() -> None:
    exceptions = load_exceptions(Project.find().source_mutants)
    assert all(len(each["reason"]) >= 15 for each in (*exceptions.outside, *exceptions.equivalent))
    assert is_equivalent(Mutant(1, "python", "nowhere.py", 1, "f", "figure", "1", "2"), exceptions) is None
