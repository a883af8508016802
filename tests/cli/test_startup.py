"""What the command line loads, and when: measured by the modules in memory, not by a clock."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import segops_admin

# Modules that are too expensive to load for help.
HEAVY = [
    "argparse",
    "asyncio",
    "concurrent.futures",
    "dataclasses",
    "difflib",
    "email",
    "http",
    "http.client",
    "inspect",
    "json",
    "logging",
    "random",
    "re",
    "select",
    "shlex",
    "socket",
    "ssl",
    "tempfile",
    "textwrap",
    "threading",
    "traceback",
    "typing",
    "urllib",
    "urllib.parse",
    "uuid",
    "warnings",
]

CHECK = """
import sys
before = set(sys.modules)
from segops_admin.cli import main
sys.stdout = open("/dev/null", "w")
code = main({words!r})
sys.stdout.close()
sys.__stdout__.write(repr((code, sorted(set(sys.modules) - before))))
"""


def loaded(words: list[str], environment: dict[str, str]) -> tuple[int, list[str]]:
    # Without site (-S), whose .pth files load what they like.
    home = str(Path(segops_admin.__path__[0]).parent)
    done = subprocess.run(
        [sys.executable, "-S", "-c", CHECK.format(words=words)],
        env={**environment, "PYTHONPATH": home},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    code, modules = ast.literal_eval(done.stdout)
    return code, modules


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["--help"], 0),
        (["--version"], 0),
        (["segments", "--help"], 0),
        (["segments", "export", "--help"], 0),
        (["help", "exit-codes"], 0),
        (["completion", "bash"], 0),
        (["__complete", "segments", ""], 0),
        (["segments", "get"], 2),
        (["segments", "get", "1", "2"], 2),
        (["segments", "list", "--timeout"], 2),
    ],
)
def test_help_version_and_usage_errors_load_nothing_heavy(words: list[str], code: int, environment: Any) -> None:
    exit_code, modules = loaded(words, environment)
    assert exit_code == code
    assert [name for name in HEAVY if name in modules] == []


def test_a_dry_run_loads_neither_the_network_nor_what_it_does_not_send(environment: Any) -> None:
    code, modules = loaded(["segments", "list", "--dry-run"], environment)
    assert code == 0
    dear = {
        "datetime",
        "decimal",
        "difflib",
        "http.client",
        "logging",
        "shlex",
        "socket",
        "ssl",
        "threading",
        "uuid",
        "zlib",
    }
    assert not dear & set(modules)


PROGRAM = """
import atexit, sys
from segops_admin.cli import program
{before}
sys.argv = ["segops-admin", *{words!r}]
sys.exit(program())
"""


def ended(words: list[str], environment: dict[str, str], before: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(words=words, before=before)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "code"), [(["--version"], 0), (["segments", "get"], 2), (["segments", "get", "1"], 1)]
)
def test_the_installed_program_ends_with_all_that_was_said_and_the_exit_code(
    words: list[str], code: int, environment: Any
) -> None:
    exit_code, said = ended(words, environment)
    assert exit_code == code
    assert said.startswith("segops-admin" if code == 0 else "error: ")
    assert said.endswith("\n")


@pytest.mark.parametrize(
    "before",
    [
        "atexit.register(print, 'done')",
        "import threading; threading.Thread(target=lambda: (threading.main_thread().join(), print('done'))).start()",
    ],
)
def test_what_is_left_to_be_done_at_the_end_is_done(before: str, environment: Any) -> None:
    code, said = ended(["--version"], environment, before)
    assert (code, sorted(said.split())) == (0, sorted(f"done segops-admin {segops_admin.__version__}".split()))


def test_a_suggestion_loads_difflib_and_no_network(environment: Any) -> None:
    code, modules = loaded(["segmnts"], environment)
    assert code == 2
    assert "difflib" in modules
    assert not {"ssl", "http.client", "json", "logging"} & set(modules)


def test_logging_is_loaded_only_if_it_is_asked_for(environment: Any) -> None:
    _, quiet = loaded(["segments", "list"], environment)
    _, verbose = loaded(["segments", "list", "-v"], environment)
    assert "ssl" in quiet
    assert "logging" in verbose
    assert "logging" not in quiet
