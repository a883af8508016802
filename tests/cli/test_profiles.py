"""Profiles: permissions of the file, redaction, and confirmation prompts."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from terminals import Terminal

KEY = "sk_test_profile_1234567890"


@pytest.fixture
def file(environment: dict[str, str]) -> Path:
    return Path(environment["XDG_CONFIG_HOME"]) / "segops" / "config.json"


def written(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(content))
    file.chmod(0o600)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes there")
def test_the_file_is_for_its_owner_only_whatever_the_umask(cli: Any, file: Path) -> None:
    before = os.umask(0)
    try:
        assert cli("config", "set", "api_key", "-", stdin=f"{KEY}\n".encode()).code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == ["config.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_file_that_is_linked_to_stays_linked_to(cli: Any, file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    written(file, {"profiles": {}})
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert cli("config", "set", "timeout", "5").code == 0
    assert file.is_symlink()
    assert json.loads(elsewhere.read_text())["profiles"] == {"default": {"timeout": 5.0}}


def test_a_key_is_shown_nowhere(cli: Any, file: Path, server: Any) -> None:
    written(file, {"profiles": {"default": {"api_key": KEY}}})
    server.reply({"detail": f"The key {KEY} is revoked."}, status=401)
    for words in (["config", "list"], ["config", "get", "api_key"], ["doctor", "--dry-run"], ["segments", "get", "1"]):
        result = cli(*words, SEGOPS_API_KEY=None)
        assert KEY not in result.out + result.err
    assert f"ApiKey {KEY}" in server.requests[0].headers.values()


def test_what_a_failing_command_prints_is_not_repeated(process: Any, file: Path) -> None:
    program = f"import sys; print('{KEY}'); sys.exit(3)"
    written(file, {"profiles": {"default": {"api_key_command": f'"{sys.executable}" -c "{program}"'}}})
    result = process("segments", "list", SEGOPS_API_KEY="")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: the api_key_command of profile 'default' failed with exit code 3.\n"


def test_nothing_in_a_command_is_expanded(cli: Any, file: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    command = f"echo sk_test_$HOME ; touch {mark} && touch `echo {mark}` $(touch {mark})"
    written(file, {"profiles": {"default": {"api_key_command": command}}})
    cli("segments", "list", "--dry-run", SEGOPS_API_KEY=None)
    assert not mark.exists()


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("YES", 0), ("n", 2), ("", 2)])
def test_a_protected_profile_asks_on_a_terminal(
    answer: str, code: int, server: Any, file: Path, command: Any, environment: dict[str, str]
) -> None:
    written(file, {"profiles": {"default": {"protected": True}}})
    if code == 0:
        server.reply(status=204)
    with Terminal(command("segments", "delete", "12"), environment, streams=["stdin", "stderr"]) as terminal:
        shown = terminal.until("[y/N]")
        assert f"profile 'default' ({server.url}) is protected, and segments delete changes something." in shown
        terminal.send(f"{answer}\n")
        assert terminal.ended().code == code
    assert server.lines == (["DELETE /segments/12/"] if code == 0 else [])


def test_without_a_profile_no_file_is_made(cli: Any, file: Path, server: Any) -> None:
    server.reply({"id": 1})
    assert cli("segments", "get", "1").code == 0
    assert cli("config", "list").json == []
    assert not file.parent.exists()
