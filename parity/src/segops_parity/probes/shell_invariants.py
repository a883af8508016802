"""What holds of every command line, whatever its words and environment: how it ends, and what it never prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from segops_parity.cases import API_KEY
from segops_parity.contract import Contract

__all__ = ["violations"]

_ENDINGS = ("cli.exit-success", "cli.exit-failure", "cli.exit-usage", "cli.exit-interrupt")
_TRACES = re.compile(
    r"Traceback \(most recent call last\)"
    r'|^\s+File ".+", line \d+'
    r"|^\s+at .+:\d+:\d+\)?$"
    r"|\bnode:internal\b"
    # The runtime's own word for what went wrong, where a message is due.
    r"|\b(?:Type|Key|Value|Attribute|Index|Range|Reference|Syntax|Recursion|Assertion|Unicode\w+|OS)Error\b"
    r"|\[object \w+\]",
    re.MULTILINE,
)
_LONG_ENOUGH = 12
"""Characters of a key: a shorter one can stand in a text by chance."""


def violations(contract: Contract, entry: Mapping[str, Any], step: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """A place, what is found there and what should be, for each that does not hold.

    Args:
        entry: the probe, in the notation of shell.yaml.
        step: of the observation, as it was made.
    """
    codes = [contract.behaviours[name].figures["code"] for name in _ENDINGS]
    code, streams = step["outcome"]["ok"]["exit"], step["streams"]
    if code not in codes:
        yield "exit", code, f"one of {', '.join(map(str, codes))}"
    if code and not streams["stderr"].strip():
        yield "stderr", "", "a message, since it did not succeed"
    for name, text in streams.items():
        if trace := _TRACES.search(text):
            yield name, trace[0].strip(), "no trace of the runtime"
        if any(key in text for key in _keys(entry)):
            yield name, "the key", "no key"
    for request in step["requests"]:
        told = {name: request.get(name) for name in ("target", "body")}
        headers = {name: value for name, value in request["headers"].items() if name != "authorization"}
        if any(key in str((told, headers)) for key in _keys(entry)):
            yield "requests", "the key", "no key but in the Authorization header"


def _keys(entry: Mapping[str, Any]) -> list[str]:
    """The keys that the command has, as far as they are long enough to be told from other text."""
    known = [API_KEY, entry.get("env", {}).get("SEGOPS_API_KEY", "")]
    return [key for key in known if len(key) >= _LONG_ENOUGH]
