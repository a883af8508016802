"""The table of hostile replies through the TypeScript SDK on some runtime, over TCP and over TLS."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import trustme
from hostile_replies import HostileReply, hostile_replies
from hostile_server import HostileServer

CLIENT = Path(__file__).with_name("hostile_client.mjs")


class _Client:
    """A program that makes one call after the other."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        (folder / CLIENT.name).write_bytes(CLIENT.read_bytes())
        self._node = subprocess.Popen(
            [*command, CLIENT.name],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, url: str, call: str) -> dict[str, Any]:
        """The outcome of a call, and of the one after it."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"url": url, "call": call}) + "\n")
        self._node.stdin.flush()
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer

    def close(self) -> None:
        """Ends the program."""
        self._node.communicate("", timeout=30)


def _told(outcome: dict[str, Any]) -> tuple[Any, ...]:
    if "value" in outcome:
        return "value", outcome["value"]
    return "error", outcome["error"], outcome.get("status") if outcome["error"] == "api" else None


def _wrong(row: HostileReply, answer: dict[str, Any], connections: list[int]) -> str:
    outcomes = [
        ("error", one[1], one[2] or answer["outcome"].get("status") if one[1] == "api" else None)
        if one[0] == "error"
        else one
        for one in row.outcomes
    ]
    if _told(answer["outcome"]) not in outcomes:
        return f"{row.name}: {answer['outcome']}, not one of {outcomes}"
    if answer["next"] != {"value": [2]}:
        return f"{row.name}: the call after it ended in {answer['next']}"
    if not row.kept and len(set(connections)) < 2:
        return f"{row.name}: the connection was used again"
    return ""


def wrong_outcomes(
    command: Sequence[str], project: Path, environment: Callable[..., dict[str, str]]
) -> tuple[int, list[str]]:
    """How many replies were played, and the outcome of each that is not as the table says.

    Args:
        command: what runs a program, such as a Node.
        project: a folder that has the package installed.
        environment: gives the program's variables, with those that it is called with.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(project / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    plain, secure = HostileServer(), HostileServer(context)
    client = _Client(command, project, environment(NODE_EXTRA_CA_CERTS=str(project / "authority.pem")))
    wrong, played = [], 0
    try:
        for server in (plain, secure):
            for row in hostile_replies():
                if row.tls and server is plain:
                    continue
                server.play(row)
                wrong.append(_wrong(row, client.ask(server.url, row.call), server.on))
                played += 1
    finally:
        client.close()
        plain.close()
        secure.close()
    return played, [each for each in wrong if each]
