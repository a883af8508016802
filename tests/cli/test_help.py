"""Help, at each level."""

from __future__ import annotations

import inspect
import json
import shlex
import subprocess
from typing import Any

import pytest

import segops_admin
from segops_admin.cli.commands import RESOURCES, TOOLS, find, verbs
from segops_admin.cli.help import TOPICS, text
from segops_admin.cli.parsing import parse
from segops_admin.testing import Script

COMMANDS = [(resource, verb) for resource in RESOURCES for verb in verbs(resource)]
METHODS = [words for words in COMMANDS if verbs(words[0])[words[1]].method]
COMMANDS_AND_TOOLS = [*COMMANDS, *((tool,) for tool in TOOLS)]


def test_the_top_level_names_every_command_and_option(cli: Any) -> None:
    out = cli("--help").out
    for resource, entry in RESOURCES.items():
        if entry.is_group:
            assert f"  {resource} {'|'.join(entry.words)}  " in out
            continue
        assert f"  {resource}\n" in out
        for verb in verbs(resource):
            assert verb in out.split(f"  {resource}\n", 1)[1]
    for word in (*TOOLS, "--api-url=URL", "--timeout=SECONDS", "--max-retries=N", "-v", "--compact", "--dry-run"):
        assert word in out


@pytest.mark.parametrize("resource", list(RESOURCES))
def test_help_on_a_resource_lists_its_verbs_with_what_they_do(resource: str, cli: Any) -> None:
    result = cli(resource, "--help", SEGOPS_API_KEY=None)
    assert result.code == 0
    assert cli("help", resource).out == result.out == cli(resource, "help").out
    for verb, command in verbs(resource).items():
        assert f"  {verb}" in result.out
        assert command.summary.split()[0] in result.out
    assert "Example:" in result.out


@pytest.mark.parametrize("words", COMMANDS_AND_TOOLS, ids=" ".join)
def test_help_on_a_command_has_usage_arguments_flags_and_an_example(words: tuple[str, ...], cli: Any) -> None:
    result = cli(*words, "--help", SEGOPS_API_KEY=None)
    command = find(*words)
    assert command is not None
    assert result.code == 0
    assert result.err == ""
    assert cli("help", *words).out == result.out == cli("--help", *words).out == cli(*words, "-h").out
    assert f"usage: segops-admin {' '.join(words)}" in result.out
    for argument in command.arguments:
        assert f"  <{argument.shown}>  " in result.out
        assert argument.about
    for option in command.options.values():
        assert f"  --{option.name}" in result.out
        assert option.about
    assert f"Example:\n  segops-admin {' '.join(words)}" in result.out
    assert result.out.isascii()
    assert "`" not in result.out
    assert "\\u" not in result.out
    assert max(map(len, result.out.splitlines())) <= 100


@pytest.mark.parametrize("words", COMMANDS_AND_TOOLS, ids=" ".join)
def test_the_example_of_a_command_is_a_command_line_that_is_understood(words: tuple[str, ...]) -> None:
    command = find(*words)
    assert command is not None
    program, *rest = shlex.split(command.example)
    line = parse(rest)
    assert program == "segops-admin"
    assert line.command is not None
    assert line.command.words == words
    assert len(line.arguments) == len(command.arguments)


@pytest.mark.parametrize("topic", list(TOPICS))
def test_help_on_a_topic_has_an_example(topic: str, cli: Any) -> None:
    result = cli("help", topic)
    assert (result.code, result.err) == (0, "")
    assert "Example:\n  " in result.out
    assert result.out.isascii()


def test_the_topics_name_every_variable_and_exit_code(cli: Any) -> None:
    environment = cli("help", "environment").out
    for name in ("SEGOPS_API_KEY", "SEGOPS_API_URL", "SEGOPS_TIMEOUT", "SEGOPS_MAX_RETRIES", "SEGOPS_DEBUG"):
        assert name in environment
    codes = cli("help", "exit-codes").out
    for code in ("  0 ", "  1 ", "  2 ", "  130 "):
        assert code in codes


def test_a_resource_without_a_verb_gets_its_help_on_standard_error_and_2(cli: Any) -> None:
    result = cli("segments")
    assert (result.code, result.out) == (2, "")
    assert result.err.strip() == text(["segments"]).strip()


def test_help_is_shown_whatever_else_is_wrong(cli: Any, server: Any) -> None:
    for words in (["segments", "get", "--bogus", "--help"], ["segments", "get", "1", "2", "-h"], ["-h", "--nope"]):
        result = cli(*words)
        assert result.code == 0
        assert "usage: segops-admin" in result.out
    assert server.requests == []


def test_version_is_that_of_the_package(cli: Any) -> None:
    assert cli("--version").out == f"segops-admin {segops_admin.__version__}\n"
    assert cli("--version", SEGOPS_API_KEY=None).code == 0


@pytest.mark.parametrize("words", METHODS, ids=" ".join)
def test_help_says_of_a_command_what_the_docstring_says_of_its_method(words: tuple[str, ...]) -> None:
    """The classes are written by hand, and compared with the table that is generated from the contract."""
    command = find(*words)
    assert command is not None
    if not command.method:
        return  # a tool
    namespace = getattr(Script().client(), command.namespace)
    documented = inspect.getdoc(getattr(namespace, command.method)) or ""
    assert " ".join(documented.split("\n\n")[0].split()).replace("``", "").replace("\u2026", "...") == command.summary
    assert RESOURCES[words[0]].summary == " ".join((inspect.getdoc(type(namespace)) or "").split()).replace("``", "")
    for details in command.details:
        assert details.replace("-", "_") in " ".join(documented.split()).replace("``", "").replace("-", "_")


def test_without_docstrings_help_is_the_same_and_everything_works(command: Any, environment: Any) -> None:
    program, *words = command("segments", "export", "12", "--format=parquet", "--dry-run", "--compact")
    done = subprocess.run([program, "-OO", *words], env=environment, capture_output=True, text=True, timeout=30)
    assert (done.returncode, json.loads(done.stdout)["body"]) == (0, {"format": "parquet"})
    for asked in (["--help"], ["segments", "--help"], ["products", "import", "--help"]):
        line = [*words[: words.index("segments")], *asked]
        told, bare = (
            subprocess.run([program, *flags, *line], env=environment, capture_output=True, text=True, timeout=30).stdout
            for flags in ([], ["-OO"])
        )
        assert told == bare
        assert "usage: segops-admin" in told


@pytest.mark.needs_workspace
def test_each_condition_in_the_topic_on_definitions_is_one_that_the_contract_accepts(cli: Any) -> None:
    """Read from what is printed, and held against the record's schema."""
    import json
    from dataclasses import replace

    from segops_parity.contract import load

    lines = [line.strip() for line in cli("help", "definitions").out.splitlines() if line.startswith('  {"type"')]
    conditions = [json.loads(line) for line in lines]
    assert len({condition["type"] for condition in conditions}) == 7
    contract = load()
    definition = replace(contract.operations["segments.preview"].returns, record="SegmentDefinition")
    assert contract.records.check(definition, {"conditions": conditions}) == []
    for condition in conditions:
        without = {key: value for key, value in condition.items() if key != "type"}
        assert contract.records.check(definition, {"conditions": [without]}) != []
