"""The manual page, checked by mandoc and man."""

from __future__ import annotations

import re
import subprocess

from generate.manual import PATHS
from programs import program
from repository import ROOT

from segops_admin.cli.commands import GLOBAL, RESOURCES, TOOLS

PAGE = ROOT / PATHS[0]


def test_mandoc_finds_nothing_to_say_of_it() -> None:
    done = subprocess.run([program("mandoc"), "-Tlint", str(PAGE)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_command_and_flag_is_in_it() -> None:
    shown = subprocess.run(
        [program("mandoc"), "-Tascii", "-Owidth=500", str(PAGE)], capture_output=True, text=True, timeout=60
    ).stdout
    lines = {line.strip() for line in plain(shown).splitlines()}
    commands = [command for resource in RESOURCES.values() for command in resource.commands.values()]
    for command in [*commands, *TOOLS.values()]:
        (grammar,) = (
            line for line in lines if f"{line} ".startswith(f"segops-admin {command.name} ") and is_grammar(line)
        )
        flags = [f"--{option.name}" for option in command.options.values()]
        flags += [f"--{name.replace('_', '-')}=" for name in command.known_query]
        assert not [flag for flag in flags if flag not in grammar], grammar
    listed = {found[1] for found in (re.match(r"(?:-\w, )?--([\w-]+)", line) for line in lines) if found}
    assert set(GLOBAL) <= listed


def is_grammar(line: str) -> bool:
    return all(word.startswith("[") or "." not in word for word in line.split())


def plain(text: str) -> str:
    """The text of man's output, with overstriking for bold and underlining removed."""
    found = ""
    for character in text:
        found = found[:-1] if character == "\b" else found + character
    return found
