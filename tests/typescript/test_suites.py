"""The package's own tests pass on the oldest Node that is supported and on a current one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Callable

import pytest

pytestmark = pytest.mark.needs_workspace

Run = Callable[..., str]
Attempt = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_own_tests_pass(which: str, run: Run, built: Path) -> None:
    files = sorted(path.name for path in (built / "test").glob("*.test.ts"))
    assert len(files) >= 14
    out = run(which, "node", "scripts/test.mjs", "--no-compile")
    # The oldest Node counts files, and the tests of each file in its output; a current one counts tests.
    counts = [int(number) for number in re.findall(r"^\s*(?:#|ℹ) pass (\d+)$", out, re.MULTILINE)]
    assert max(counts) >= (len(files) if which == "oldest" else 300), out[-2000:]
    assert not re.search(r"^\s*(?:#|ℹ) (?:fail|skipped|todo|cancelled) [1-9]", out, re.MULTILINE)


def test_the_nodes_are_the_oldest_supported_and_a_current_one(run: Run) -> None:
    oldest, current = (run(which, "node", "--version").strip() for which in ("oldest", "current"))
    assert oldest.startswith("v18.4.")
    assert int(current[1:].split(".")[0]) >= 22


def test_an_unusable_node_is_named(attempt: Attempt) -> None:
    done = attempt("oldest", "node", "--version", SEGOPS_NODE="/nowhere/node")
    assert done.returncode == 2
    assert "SEGOPS_NODE is not an executable file: /nowhere/node" in done.stderr


def test_a_program_that_leaves_objects_to_clean_up_ends(which: str, run: Run, tmp_path: Path) -> None:
    """As fetch does. Without tools/exit.cjs this spins on Node 18.4 (nodejs/node#47748)."""
    program = tmp_path / "program.cjs"
    program.write_text("""
        globalThis.registry = new FinalizationRegistry(() => undefined);
        process.on("exit", () => {
          for (let i = 0; i < 100; i++) globalThis.registry.register({}, 1);
          gc();
          console.log("over");
        });
    """)
    assert run(which, "node", "--expose-gc", str(program)) == "over\n"


def test_segops_node_decides_which_node_is_used(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "node"
    own.write_text('#!/bin/sh\necho "mine $*"\n')
    own.chmod(0o755)
    assert run("current", "node", "--x", SEGOPS_NODE=str(own)) == "mine --x\n"
