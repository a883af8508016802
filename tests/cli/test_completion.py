"""Completion in bash, zsh and fish, by running the shells themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
from programs import program
from terminals import Terminal

from segops_admin.cli.commands import GLOBAL, RESOURCES, TOOLS, verbs
from segops_admin.cli.completion import FILES, candidates
from segops_admin.cli.shells import SCRIPTS

Complete = Callable[..., "list[str]"]


def words(*typed: str) -> list[str]:
    return [line.split("\t")[0] for line in candidates(typed)]


# ------------------------------------------------------------------------------------------- which words


def test_the_first_word_is_a_resource_or_a_tool() -> None:
    assert set(words("")) == {*RESOURCES, *TOOLS, "help"}
    assert words("seg") == ["segments"]
    assert words("produ") == ["product-segments", "products"]


@pytest.mark.parametrize("resource", list(RESOURCES))
def test_the_second_word_is_a_verb(resource: str) -> None:
    assert words(resource, "") == list(verbs(resource))


def test_a_global_option_before_the_command_does_not_confuse() -> None:
    assert words("--timeout", "5", "-v", "--api-url=http://x", "segments", "exp") == ["export", "export-status"]
    assert words("segments", "--compact", "memb") == ["members", "membership"]


def test_the_value_of_a_query_parameter_is_no_argument() -> None:
    assert words("pages", "query", "--limit", "5", "shoes", "--segm") == ["--segment-id="]
    assert words("segments", "members", "--limit", "") == []


def test_flags_are_those_of_the_command_and_the_global_ones() -> None:
    everywhere = [f"--{option.name}{'=' if option.value else ''}" for option in GLOBAL.values()]
    assert words("--") == everywhere
    assert words("segments", "export", "3", "--") == [
        "--format=",
        "--idempotency-key=",
        "--wait",
        "--wait-timeout=",
        "--interval=",
        "--to=",
        *everywhere,
    ]
    assert words("segments", "list", "--page") == ["--page=", "--page-size="]
    assert words("segments", "members", "12", "--al") == ["--all"]


@pytest.mark.parametrize("typed", [["--format", ""], ["--format="]])
def test_the_values_of_a_flag_are_completed(typed: list[str]) -> None:
    prefix = typed[-1]
    assert words("pages", "export", "8", *typed) == [prefix + "tsx", prefix + "html", prefix + "json"]
    assert words("segments", "update", "8", "{}", "--method=PU") == ["--method=PUT"]


def test_files_are_completed_where_a_file_is_wanted() -> None:
    for typed in (
        ["segments", "create", ""],
        ["segments", "update", "12", "bod"],
        ["products", "import", ""],
        ["segments", "download-export", "14", ""],
        ["segments", "export", "12", "--to", ""],
        ["segments", "export", "12", "--to=x"],
        ["products", "import", "x.csv", "--confirm="],
        ["schemas", "validate", "purchase", ""],
    ):
        assert words(*typed) == [FILES], typed
    assert words("segments", "get", "") == []
    assert words("segments", "create", "x.json", "") == []


def test_tools_and_topics_are_completed() -> None:
    assert words("completion", "") == ["bash", "zsh", "fish", "powershell", "install"]
    assert words("api", "P") == ["POST", "PUT", "PATCH"]
    assert words("help", "e") == ["environment", "exit-codes"]
    assert words("help", "segments", "rec") == ["recompute"]


def test_every_candidate_says_what_it_is() -> None:
    for typed in ([""], ["segments", ""], ["segments", "export", "3", "--"]):
        for line in candidates(typed):
            assert line.split("\t")[1], line


def test_unknown_words_complete_to_nothing() -> None:
    for typed in (["bogus", ""], ["segments", "bogus", ""], ["--bogus="], ["segments", "get", "1", "2", ""], []):
        assert candidates(typed) == []


def test_an_unknown_shell_is_a_usage_error(cli: Any) -> None:
    result = cli("completion", "tcsh")
    assert (result.code, result.out) == (2, "")
    assert "bash, zsh, fish" in result.err


# ------------------------------------------------------------------------------------------- the shells


@pytest.fixture
def place(tmp_path: Path, environment: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """A folder with some files, and an environment in which `segops-admin` is the command under test."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "body one.json").write_text("{}")
    (home / "big.csv").write_text("sku")
    (home / "folder").mkdir()
    program = tmp_path / "bin" / "segops-admin"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m segops_admin "$@"\n')
    program.chmod(0o755)
    own = {**environment, "HOME": str(home), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    own.update(TERM="dumb", XDG_CONFIG_HOME=str(tmp_path / "config"), XDG_DATA_HOME=str(tmp_path / "data"))
    own.pop("ZDOTDIR", None)
    return home, own


BASH = """
source <(segops-admin completion bash)
COMP_LINE=$1
COMP_POINT=${2:-${#COMP_LINE}}
_segops_admin segops-admin 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def bash(place: tuple[Path, dict[str, str]]) -> Complete:
    path = program("bash")

    def complete(*typed: str) -> list[str]:
        home, environment = place
        done = subprocess.run(
            [path, "--norc", "-c", BASH, "bash", *typed],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.stderr == ""
        return sorted(line for line in done.stdout.splitlines() if line)

    return complete


def test_bash_completes_commands(bash: Complete) -> None:
    assert bash("segops-admin produ") == ["product-segments", "products"]
    assert bash("segops-admin segments exp") == ["export", "export-status"]
    assert bash("segops-admin segments export 3 --wa") == ["--wait", "--wait-timeout="]
    assert bash("segops-admin segments exp and more", "25") == ["export", "export-status"]


def test_bash_completes_after_readline_word_breaks(bash: Complete) -> None:
    assert bash("segops-admin pages export 8 --format=") == ["html", "json", "tsx"]
    assert bash("segops-admin pages export 8 --format=h") == ["html"]
    assert bash("segops-admin --timeout=5 segments vers") == ["versions"]
    assert bash("segops-admin --api-url=http://127.0.0.1:8000/api segments vers") == ["versions"]
    assert bash("segops-admin segments vers 2>&1 --api-url http://x:1/api") == []
    assert bash("segops-admin 2>&1 > out.txt segments vers") == ["versions"]


def test_bash_completes_files(bash: Complete) -> None:
    assert bash("segops-admin segments create b") == ["big.csv", "body one.json"]
    assert bash("segops-admin segments export 3 --to=fo") == ["folder"]
    assert bash("segops-admin segments create ") == ["big.csv", "body one.json", "folder"]
    assert bash("segops-admin segments list > bi") == ["big.csv"]
    assert bash("segops-admin segments list 2>bi") == ["big.csv"]


def test_bash_completes_within_an_open_quote(bash: Complete) -> None:
    assert bash('segops-admin segments create "body o') == ["body one.json"]
    assert bash("segops-admin segments create 'bo") == ["body one.json"]
    assert bash('segops-admin segments export 3 --to="fo') == ["folder"]
    assert bash("segops-admin segments create body\\ o") == ["body one.json"]


def test_fish_completes(place: tuple[Path, dict[str, str]]) -> None:
    path = program("fish")
    home, environment = place
    asked = {
        "segops-admin produ": ["product-segments", "products"],
        "segops-admin segments exp": ["export", "export-status"],
        "segops-admin segments export 3 --wa": ["--wait", "--wait-timeout="],
        "segops-admin pages export 8 --format=h": ["--format=html"],
        "segops-admin segments create b": ["big.csv", "body one.json"],
        "segops-admin segments export 3 --to=bi": ["--to=big.csv"],
        "segops-admin --timeout 5 segments vers": ["versions"],
        "segops-admin segments get ": [],
    }
    lines = ["segops-admin completion fish | source"]
    for line in asked:
        lines += [f"echo '>>> {line}<'", f"complete -C '{line}'"]
    done = subprocess.run(
        [path, "--no-config", "-c", "\n".join(lines)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    answers = {}
    for block in done.stdout.split(">>> ")[1:]:
        line, _, rest = block.partition("<\n")
        answers[line] = sorted(word.split("\t")[0].replace("\\ ", " ") for word in rest.splitlines())
    assert answers == asked
    assert "\tQueues a recompute" in _fish_description(path, home, environment)


def _fish_description(program: str, home: Path, environment: dict[str, str]) -> str:
    script = "segops-admin completion fish | source; complete -C 'segops-admin segments recom'"
    return subprocess.run(
        [program, "--no-config", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=30
    ).stdout


def installed(place: tuple[Path, dict[str, str]], *words: str, **more: str) -> tuple[dict[str, Any], str]:
    home, environment = place
    command = ["segops-admin", "completion", "install", *words]
    done = subprocess.run(command, cwd=home, env={**environment, **more}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_installing_completion_is_complete_idempotent_and_says_what_is_left_to_do(
    shell: str, place: tuple[Path, dict[str, str]]
) -> None:
    told, advice = installed(place, shell)
    path = Path(told["path"])
    assert path.read_text(encoding="utf-8") == SCRIPTS[shell]
    assert (told["shell"], told["changed"]) == (shell, True)
    assert shell == "fish" or str(path.parent) in advice
    assert list(path.parent.iterdir()) == [path]
    assert installed(place, SHELL=f"/bin/{shell}")[0] == {**told, "changed": False}


def test_fish_and_zsh_find_what_was_installed(place: tuple[Path, dict[str, str]]) -> None:
    home, environment = place
    installed(place, "fish")
    ask = [program("fish"), "-c", "complete -C 'segops-admin segments exp'"]
    found = subprocess.run(ask, cwd=home, env=environment, capture_output=True, text=True, timeout=60).stdout
    assert [line.split("\t")[0] for line in found.splitlines()] == ["export", "export-status"]
    _, advice = installed(place, "zsh")
    script = f"{advice.partition(': ')[2]}; autoload -Uz compinit && compinit -u -D; print ${{_comps[segops-admin]}}"
    ask = [program("zsh"), "-f", "-c", script]
    found = subprocess.run(ask, cwd=home, env=environment, capture_output=True, text=True, timeout=60).stdout
    assert found.strip() == "_segops-admin"


def test_without_a_known_shell_the_command_asks_for_one(place: tuple[Path, dict[str, str]]) -> None:
    home, environment = place
    command = ["segops-admin", "completion", "install"]
    done = subprocess.run(command, cwd=home, env={**environment, "SHELL": "/bin/ksh"}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "segops-admin completion install bash|zsh|fish|powershell" in done.stderr


class Shell(Terminal):
    """An interactive shell at a terminal."""

    def __init__(self, words: list[str], place: tuple[Path, dict[str, str]], *settings: str) -> None:
        super().__init__(words, place[1], cwd=place[0], columns=200)
        self._commands = 0
        for line in settings:
            self.run(line)

    def run(self, line: str) -> None:
        """Runs a line to its end. The quotes keep the echo of what was typed from looking like the end."""
        self._commands += 1
        self.send(f"{line}; echo do''ne{self._commands}.\n")
        self.until(f"done{self._commands}.")

    def complete(self, typed: str, expected: str) -> str:
        """Types something and a tab, waits until ``expected`` is shown, and clears the line."""
        self.send(typed + "\t")
        shown = self.until(expected)
        self.send("\x15")  # Ctrl-U empties the line
        self.run("true")
        return shown


def test_bash_completes_what_is_typed(place: tuple[Path, dict[str, str]]) -> None:
    """Through Readline itself, which breaks words at ``=``, ``:`` and redirections, and opens quotes."""
    words = [program("bash"), "--norc", "--noprofile", "-i"]
    settings = ["PS1='$ '", "bind 'set enable-bracketed-paste off'", "source <(segops-admin completion bash)"]
    (place[0] / "a:b.json").write_text("{}")
    with Shell(words, place, *settings) as bash:
        bash.complete("segops-admin segm", "ents ")
        bash.complete("segops-admin --api-url=http://127.0.0.1:8000/api segments recom", "pute ")
        # Behind 2>&1 bash itself sees another command, "1", and asks nobody; other redirections are passed over.
        bash.complete("segops-admin 2>err.txt segments vers", "ions ")
        bash.complete("segops-admin segments export 3 --form", "at=")
        bash.complete("segops-admin pages export 8 --format=h", "tml ")
        bash.complete('segops-admin segments create "bo', 'dy one.json" ')
        bash.complete("segops-admin segments create 'body o", "ne.json' ")
        bash.complete("segops-admin segments create bo", "dy\\ one.json ")
        bash.complete("segops-admin segments create a:", "b.json ")
        bash.complete("segops-admin segments export 3 --to=bi", "g.csv ")
        bash.complete("segops-admin segments list 2>bi", "g.csv ")


def test_zsh_completes(place: tuple[Path, dict[str, str]]) -> None:
    settings = [
        "unsetopt zle_bracketed_paste 2>/dev/null; setopt no_beep no_list_beep",
        "autoload -Uz compinit && compinit -u -D; source <(segops-admin completion zsh)",
    ]
    with Shell([program("zsh"), "-f", "-i"], place, *settings) as zsh:
        zsh.complete("segops-admin segm", "segments ")
        zsh.complete("segops-admin segments recom", "recompute ")
        zsh.complete("segops-admin segments export 3 --t", "--to=")
        zsh.complete("segops-admin pages export 8 --format=h", "--format=html")
        zsh.complete("segops-admin segments create bi", "big.csv")
        zsh.complete("segops-admin segments create bo", "body\\ one.json")
        zsh.complete("segops-admin segments export 3 --to=bi", "--to=big.csv")
        zsh.complete("segops-admin --timeout 5 segments vers", "versions ")
        listed = zsh.complete("segops-admin produ\t", "products          -- The product catalogue")
        assert "product-segments  -- Segments of products" in listed
