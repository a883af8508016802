"""The command line matches the contract in both directions: a command for each operation, and no other command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from segops_admin.cli.commands import RESOURCES, TOOLS, find, takes, verbs
from segops_admin.testing import Script

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "id": "12",
    "export_id": "14",
    "job_id": "3",
    "segment_id": "5",
    "user_id": "user 42",
    "anonymous_id": "anon-7",
    "from_user_id": "user-1",
    "into_user_id": "user-2",
    "event_type": "purchase",
    "q": "red shoes",
}
OBJECT = {"name": "x", "n": 1.5}
ARRAY = [{"sku": "a"}, {"sku": "b"}]
ARRAYS = ("rows", "events")


def given(operation: Any, tmp_path: Path) -> tuple[list[str], dict[str, Any]]:
    """Words for an operation's required arguments, and the values that they stand for."""
    words, values = [], {}
    for name in (arg for arg in operation.args if "?" not in arg and "=" not in arg and arg != "*"):
        if name == "data":
            (tmp_path / "products.csv").write_bytes(b"sku\n1\n")
            words.append(str(tmp_path / "products.csv"))
        elif name == "to":
            words.append(str(tmp_path / "out.csv"))
        elif name in SAMPLES:
            words.append(SAMPLES[name])
            values[name] = SAMPLES[name]
        else:
            values[name] = ARRAY if name in ARRAYS else OBJECT
            words.append(json.dumps(values[name]))
    return words, values


def filled(template: str, values: dict[str, Any]) -> str:
    for name, value in {**values, "method": "PATCH"}.items():
        if isinstance(value, str):
            template = template.replace("{" + name + "}", value.replace(" ", "%20"))
    return template


def test_every_operation_of_the_contract_has_its_command(operation: Any) -> None:
    command = find(*operation.command)
    assert command is not None, f"no command {' '.join(operation.command)}"
    if not operation.repeats:
        assert (command.namespace, command.method) == (operation.namespace, operation.name)


def test_every_command_is_in_the_contract_except_the_tools(operations: list[Any]) -> None:
    shell = yaml.safe_load((ROOT / "spec" / "cli.yaml").read_text(encoding="utf-8"))
    known = {operation.command for operation in operations}
    for resource in RESOURCES:
        for verb, command in verbs(resource).items():
            assert ((resource, verb) in known) is bool(command.method)
    assert set(TOOLS) == set(shell["tools"])


def test_a_command_takes_the_arguments_that_the_contract_names(operation: Any) -> None:
    command = find(*operation.command)
    assert command is not None
    if operation.positionals:
        assert [argument.shown for argument in command.arguments] == operation.positionals
    else:
        assert command.arguments == ()


def test_a_command_has_the_flags_that_the_contract_names(operation: Any) -> None:
    command = find(*operation.command)
    assert command is not None
    for flag in operation.flags:
        name = flag[2:]
        assert takes(command, name) or name in command.known_query, f"{flag} of {command.name}"
    if any("--KEY" in word for word in operation.words):
        assert command.query is not None


def test_a_command_that_mutates_takes_an_idempotency_key_and_no_other_does(operation: Any) -> None:
    command = find(*operation.command)
    assert command is not None
    if operation.request:
        assert ("idempotency-key" in command.options) == operation.mutates


def test_a_command_sends_the_request_of_the_contract(sending: Any, cli: Any, tmp_path: Path) -> None:
    """With --dry-run, which runs the SDK up to the socket. Operations that poll are tested in test_waiting."""
    words, values = given(sending, tmp_path)
    if sending.iterates:
        words.append("--all")
    sent = cli(*sending.command, *words, "--dry-run").json
    request = filled(sending.request or _iterated(sending), values)
    assert f"{sent['method']} {sent['url'].split('/api', 1)[1].split('?')[0]}" == request
    if isinstance(sending.query, dict):
        assert sent["query"] == {key: values[name] for key, name in sending.query.items() if name in values}
    if sending.multipart:
        assert sent["multipart"]["field"] == next(iter(sending.multipart))
    elif isinstance(sending.body, dict):
        assert set(sent["body"]) == set(sending.body)
        assert {**sent["body"], "format": None} == {**_body(sending.body, values), "format": None}
    elif sending.body:
        assert sent["body"] == values[sending.body]
    else:
        assert "body" not in sent
    assert ("Idempotency-Key" in sent["headers"]) == bool(sending.mutates)


def _iterated(operation: Any) -> str:
    if operation.name == "iterate_members":
        return "GET /segments/{id}/members/"
    return f"GET {getattr(Script().client(), operation.namespace)._path}"


def _body(mapping: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    return {key: values.get(name) for key, name in mapping.items()}


def test_update_can_replace_the_whole_record(cli: Any) -> None:
    sent = cli("segments", "update", "12", '{"name":"x"}', "--method=PUT", "--dry-run").json
    assert (sent["method"], sent["body"]) == ("PUT", {"name": "x"})
