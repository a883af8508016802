""".ci/run fails when it should. Its steps are replaced by a Makefile of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from programs import program
from repository import ROOT, outside_make

GOOD_CHECK = "check:\n\t@echo checked\n"
GOOD_POSTGRES = "test-postgres:\n\t@echo '== 2 passed in 1s =='\n"


def ci_run(folder: Path, makefile: str) -> subprocess.CompletedProcess[str]:
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    head = ".PHONY: check test test-tools test-postgres\ntest-tools:\n"
    (folder / "Makefile").write_text(head + makefile, encoding="utf-8")
    subprocess.run([program("git"), "init", "-q"], cwd=folder, env=outside_make(), check=True)
    return subprocess.run(
        [program("bash"), ".ci/run"],
        cwd=folder,
        env=outside_make(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "closing",
    [
        "===== 12 passed in 0.52s =====",
        "12 passed in 0.52s",
        "= 12 passed, 3 deselected, 1 xfailed in 61.02s (0:01:01) =",
    ],
)
def test_a_run_whose_checks_and_tests_pass_succeeds_and_shows_the_closing_line(tmp_path: Path, closing: str) -> None:
    done = ci_run(tmp_path, GOOD_CHECK + GOOD_POSTGRES + f"test:\n\t@echo '{closing}'\n")
    assert done.returncode == 0, done.stderr
    assert closing in done.stdout


def test_a_failing_check_stops_the_run_before_the_tests(tmp_path: Path) -> None:
    done = ci_run(tmp_path, "check:\n\t@exit 1\ntest:\n\t@echo '== 1 passed in 1s =='\n")
    assert done.returncode != 0
    assert "passed" not in done.stdout


def test_a_failing_test_run_fails_although_its_output_is_copied(tmp_path: Path) -> None:
    done = ci_run(tmp_path, GOOD_CHECK + "test:\n\t@echo '== 1 failed, 3 passed in 1s =='; exit 1\n")
    assert done.returncode != 0


@pytest.mark.parametrize("closing", ["== no tests ran in 0.01s ==", "== 4 skipped in 0.01s ==", "== 0 passed ==", ""])
def test_a_run_in_which_no_test_passed_fails(tmp_path: Path, closing: str) -> None:
    done = ci_run(tmp_path, GOOD_CHECK + GOOD_POSTGRES + f"test:\n\t@echo '{closing}'\n")
    assert done.returncode != 0
    assert "an empty run is a failure" in done.stderr


@pytest.mark.parametrize("outcome", ["== 4 skipped ==", "== 1 failed, 3 passed in 1s =='; exit '1"])
def test_an_empty_or_failing_run_on_postgres_fails(tmp_path: Path, outcome: str) -> None:
    makefile = f"test:\n\t@echo '== 1 passed in 1s =='\ntest-postgres:\n\t@echo '{outcome}'\n"
    assert ci_run(tmp_path, GOOD_CHECK + makefile).returncode != 0


def test_a_run_that_leaves_a_file_behind_fails_and_names_it(tmp_path: Path) -> None:
    messy = "test:\n\t@echo '== 1 passed in 1s =='; touch left-behind.txt\n"
    done = ci_run(tmp_path, GOOD_CHECK + GOOD_POSTGRES + messy)
    assert done.returncode != 0
    assert "left-behind.txt" in done.stderr
