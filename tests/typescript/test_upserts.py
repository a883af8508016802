"""``products bulk-upsert`` of JSON Lines: each language resumes an upload of either."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Hangup, Raw, Reply, ScriptedServer, Seen
from typescript_package import WORKSPACE, clean_environment

pytestmark = pytest.mark.needs_workspace

KEY = "sk_test_0123456789abcdef"
STATE = "rows.jsonl.segops-upsert.json"
LANGUAGES = ["python", "typescript"]


class Command:
    """The command of a language, with a file of five products that are sent two at a time."""

    def __init__(self, built: Path, folder: Path) -> None:
        self._built = built
        self.file = folder / "rows.jsonl"
        self.file.write_text("".join(f'{{"sku": "{name}"}}\n' for name in "ABCDE"))
        self.state = folder / STATE

    def start(self, language: str, server: ScriptedServer, *more: str, key: str = KEY) -> subprocess.Popen[str]:
        script = str(self._built / "dist/esm/cli/bin.js")
        node = [str(WORKSPACE / "tools/node.sh"), "current", "node", script]
        words = [sys.executable, "-m", "segops_admin"] if language == "python" else node
        own = {"SEGOPS_API_KEY": key, "SEGOPS_API_URL": server.url, "SEGOPS_MAX_RETRIES": "0"}
        return subprocess.Popen(
            [*words, "products", "bulk-upsert", self.file.name, "--rows=2", "--compact", *more],
            cwd=self.file.parent,
            env=clean_environment(**own, XDG_CONFIG_HOME=str(self.file.parent)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, language: str, server: ScriptedServer, *more: str, key: str = KEY) -> tuple[int, str, str]:
        process = self.start(language, server, *more, key=key)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture
def command(built: Path, tmp_path: Path) -> Command:
    return Command(built, tmp_path)


def done(*errors: dict[str, Any]) -> Raw:
    return Reply(json={"created": 1, "updated": 1, "errors": list(errors)})


def sent(requests: list[Seen]) -> list[tuple[str, str | None]]:
    """The products of each request, and its idempotency key."""
    return [
        ("".join(row["sku"] for row in request.json["products"]), request.header("Idempotency-Key"))
        for request in requests
    ]


@pytest.mark.parametrize("first", LANGUAGES)
@pytest.mark.parametrize("second", LANGUAGES)
def test_an_upload_that_was_killed_resumes_with_the_batch_that_was_under_way(
    first: str, second: str, command: Command
) -> None:
    never = threading.Event()
    error = {"index": 1, "sku": "B", "error": "Bad."}
    with ScriptedServer(done(error), Reply(after=never), done(), Reply(json={"created": 1})) as server:
        process = command.start(first, server)
        server.wait_for_requests(2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert command.state.exists()
        code, out, err = command.run(second, server)
        (one, _), (under_way, key), (again, same), (last, _) = sent(server.requests)
    assert (one, under_way, again, last) == ("AB", "CD", "CD", "E")
    assert key == same is not None
    assert (code, err) == (0, "")
    assert json.loads(out) == {"created": 3, "updated": 2, "errors": [error]}
    assert [path.name for path in command.file.parent.iterdir()] == ["rows.jsonl"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_that_is_refused_is_sent_under_a_new_key(language: str, command: Command) -> None:
    with ScriptedServer(done(), Reply(402, json={"detail": "Quota."}), done(), done()) as server:
        code, _, err = command.run(language, server)
        assert code == 1
        assert err.endswith("The first 2 rows were sent. Run the same command again to resume.\n")
        assert command.run(language, server)[0] == 0
        (_, refused), (_, retried) = sent(server.requests)[1:3]
    assert refused != retried  # the server repeats what it answered to a key
    assert not command.state.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_different_upload_of_the_file_is_refused_once_something_was_sent(language: str, command: Command) -> None:
    with ScriptedServer(done(), Hangup(), Hangup()) as server:
        assert command.run(language, server)[0] == 1
        whole = command.file.read_text()
        for change, more, key, said in (
            ("{}\n", [], KEY, "rows.jsonl has changed since its upload was begun; the first 2 rows of it were sent."),
            ("", ["--rows=3"], KEY, "the upload of rows.jsonl was begun with 2 rows a request; the first 2 rows"),
            ("", [], KEY + "x", "the upload of rows.jsonl was begun with another API key; the first 2 rows"),
        ):
            command.file.write_text(whole + change.replace("{}", '{"sku": "F"}'))
            code, out, err = command.run(language, server, *more, key=key)
            assert (code, out) == (2, "")
            assert said in err
            assert f"delete {command.state.name!r} to start over." in err
        command.file.write_text(whole)
        command.state.write_text("{}")
        code, out, err = command.run(language, server)
        assert (code, "is not the state file of an upload: move it away to start over" in err) == (2, True)
        command.state.unlink()
        assert command.run(language, server)[0] == 1  # nothing is known to have been sent
        assert json.loads(command.state.read_text())["sent"] == 0
        assert len(server.requests) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_sent_nothing_is_left(language: str, command: Command) -> None:
    with ScriptedServer(Reply(403, json={"detail": "No."})) as server:
        code, _, err = command.run(language, server)
        assert (code, "to resume" in err, command.state.exists()) == (1, False, False)
        code, out, _ = command.run(language, server, "--dry-run")
        assert (code, command.state.exists()) == (0, False)
        assert [row["sku"] for row in json.loads(out)["body"]["products"]] == ["A", "B"]
