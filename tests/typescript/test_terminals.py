"""Both command lines on a terminal: escape sequences of a server are inert, and a protected profile asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest
from scripted_server import Reply, ScriptedServer
from terminals import Ended, Terminal
from typescript_package import WORKSPACE, clean_environment

pytestmark = pytest.mark.needs_workspace

KEY = "sk_test_0123456789abcdef"
Program = Callable[..., "list[str]"]


@pytest.fixture(params=["python", "typescript"])
def program(request: pytest.FixtureRequest, built: Path) -> Program:
    """The words that start the command of a language."""
    if request.param == "python":
        return lambda *words: [sys.executable, "-m", "segops_admin", *words]
    return lambda *words: [
        str(WORKSPACE / "tools/node.sh"),
        "current",
        "node",
        str(built / "dist/esm/cli/bin.js"),
        *words,
    ]


def variables(server: ScriptedServer, folder: Path) -> dict[str, str]:
    own = {"SEGOPS_API_KEY": KEY, "SEGOPS_API_URL": server.url, "SEGOPS_MAX_RETRIES": "0"}
    return clean_environment(**own, XDG_CONFIG_HOME=str(folder))


STEERING = "clear\x1b[2J\x9b31m\x07\u202egnp.exe\ra\nb\u00e9"
SHOWN = "clear\\x1b[2J\\x9b31m\\x07\\u202egnp.exe\\ra\nb\u00e9"


@pytest.mark.parametrize("what", ["csv", "download"])
def test_a_server_cannot_steer_a_terminal_and_a_pipe_is_exact(what: str, program: Program, tmp_path: Path) -> None:
    content = f"user_id\r\n{STEERING}\r\n".encode() + b"\xff\r"
    reply: Any = Reply(json=[{"id": 1, "name": STEERING}]) if what == "csv" else Reply(body=content)
    typed = {"csv": ["segments", "list", "-o", "csv"], "download": ["segments", "download-export", "7", "-"]}[what]
    shown, exact = {
        "csv": (f'id,name\r\n1,"{SHOWN}"\r\n', f'id,name\r\n1,"{STEERING}"\r\n'.encode()),
        "download": (f"user_id\r\n{SHOWN}\r\n\ufffd\\r", content),
    }[what]
    with ScriptedServer(reply, reply) as server:
        environment = variables(server, tmp_path)
        with Terminal(program(*typed), environment, streams=["stdout"]) as terminal:
            ended = terminal.ended()
        piped = subprocess.run(program(*typed), env=environment, stdout=subprocess.PIPE, check=True, timeout=60)
    # The terminal itself puts a carriage return before each line feed.
    assert (ended.code, ended.shown.replace("\r\n", "\n")) == (0, shown)
    assert piped.stdout == exact


def answered(program: Program, folder: Path, answer: str) -> tuple[Ended, list[str]]:
    """The outcome of a protected profile's prompt, and the requests that were sent."""
    file = folder / "segops" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"profiles": {"work": {"protected": True}}, "current": "work"}))
    os.chmod(file, 0o600)
    script = [Reply(status=204)] if answer == "yes\n" else []
    with ScriptedServer(*script) as server:
        words = program("segments", "delete", "12")
        with Terminal(words, variables(server, folder), streams=["stdin", "stderr"]) as terminal:
            asked = terminal.until("Carry it out? [y/N] ")
            assert f"profile 'work' ({server.url}) is protected, and segments delete changes something." in asked
            terminal.send(answer)
            ended = terminal.ended()
        return ended, [request.line for request in server.requests]


def test_a_protected_profile_is_obeyed_on_yes(program: Program, tmp_path: Path) -> None:
    ended, requests = answered(program, tmp_path, "yes\n")
    assert (ended.code, json.loads(ended.out)) == (0, {"ok": True})
    assert requests == ["DELETE /api/segments/12/ HTTP/1.1"]


@pytest.mark.parametrize("answer", ["no\n", "\n", "\x04", "\x03"], ids=["no", "nothing", "Ctrl-D", "Ctrl-C"])
def test_nothing_but_yes_executes_it(answer: str, program: Program, tmp_path: Path) -> None:
    ended, requests = answered(program, tmp_path, answer)
    assert (ended.code, ended.out, requests) == (130 if answer == "\x03" else 2, b"", [])
    assert ("interrupted" if answer == "\x03" else "not confirmed. Nothing was sent") in " ".join(ended.shown.split())
