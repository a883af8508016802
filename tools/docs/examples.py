"""One call of an operation, written in each language that offers it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from segops_parity.contract import Argument, Operation

# The scenarios' markers for values that YAML cannot hold, and how each language writes them.
_SPECIAL = {
    "$sink": {"python": '"export.parquet"', "typescript": '"export.parquet"', "shell": "export.parquet"},
    "$bytes": {"python": '"catalogue.csv"', "typescript": '"catalogue.csv"', "shell": "catalogue.csv"},
    "$path": {"python": '"catalogue.csv"', "typescript": '"catalogue.csv"', "shell": "catalogue.csv"},
    "$callback": {"python": "print", "typescript": "console.log", "shell": ""},
}
_WALKS = {"items"}
_WIDTH = 72


def python(operation: Operation, arguments: Mapping[str, Any], *, asynchronous: bool = False) -> str:
    """The call in Python: ``client.segments.get(1)``."""
    words = [_python_argument(operation.argument(name), value) for name, value in arguments.items()]
    call = f"client.{operation.id}({', '.join(words)})"
    if operation.returns.kind in _WALKS:
        loop = "async for" if asynchronous else "for"
        return f"{loop} item in {call}:\n    print(item)"
    return f"{'await ' if asynchronous else ''}{call}"


def typescript(operation: Operation, arguments: Mapping[str, Any]) -> str:
    """The call in TypeScript: ``await client.segments.get(1);``; keyword arguments go into a last object."""
    words, options = [], []
    for name, value in arguments.items():
        argument = operation.argument(name)
        text = _literal(value, "typescript")
        if argument.keyword_only:
            options.append(f"{argument.typescript}: {text}")
        else:
            words.append(text)
    if options:
        words.append("{ " + ", ".join(options) + " }")
    call = f"client.{operation.typescript_id}({', '.join(words)})"
    if operation.returns.kind in _WALKS:
        return f"for await (const item of {call}) {{\n  console.log(item);\n}}"
    return f"await {call};"


def shell(operation: Operation, arguments: Mapping[str, Any]) -> str:
    """The command: ``segops-admin segments get 1``; what it reads from a file is written as JSON."""
    command = operation.cli
    left = {name: value for name, value in arguments.items() if not _is_callback(value)}
    words = ["segops-admin", command.resource, command.verb]
    for placeholder in command.positionals:
        name = _argument_of(placeholder, operation, left)
        words.append(_word(left.pop(name)) if name else {"BODY": "{}"}.get(placeholder, f"<{placeholder}>"))
    if operation.id.endswith(".iterate") and "--all" not in words:
        words.append("--all")
    for name, value in left.items():
        if isinstance(value, Mapping) and not _special(value):
            words += [f"--{key}={_word(each)}" for key, each in value.items()]
        elif any(flag.name.replace("-", "_") == name for flag in command.flags):
            words.append(f"--{name.replace('_', '-')}={_word(value)}")
    words += [f"--{flag.name}" for flag in command.flags if flag.required and flag.value is None]
    return " ".join(word if word.startswith("<") else shlex.quote(word) for word in words)


def _argument_of(placeholder: str, operation: Operation, left: Mapping[str, Any]) -> str | None:
    """The argument that a positional sets: that of its name, or the next that takes a body, a file or a target."""
    if placeholder.lower() in left:
        return placeholder.lower()
    kinds = {"BODY": ("object", "array"), "CSV": ("file", "path"), "OUT": ("sink",)}.get(placeholder, ())
    return next((name for name in left if operation.argument(name).type in kinds), None)


def _python_argument(argument: Argument, value: Any) -> str:
    text = _literal(value, "python")
    return f"{argument.name}={text}" if argument.keyword_only else text


def _special(value: Any) -> str | None:
    first = str(next(iter(value), "")) if isinstance(value, Mapping) else ""
    return first if first in _SPECIAL else None


def _is_callback(value: Any) -> bool:
    return _special(value) == "$callback"


def _literal(value: Any, language: str, indent: str = "") -> str:
    """A value in Python or TypeScript, on one line if it fits and one entry a line otherwise."""
    special = _special(value)
    if special:
        return _SPECIAL[special][language]
    if not isinstance(value, (Mapping, list)):
        return (
            repr(value)
            if language == "python" and not isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )
    inner = indent + ("    " if language == "python" else "  ")
    if isinstance(value, Mapping):
        opening, closing = "{}"
        entries = [f"{_key(key, language)}: {_literal(each, language, inner)}" for key, each in value.items()]
    else:
        opening, closing = "[]"
        entries = [_literal(each, language, inner) for each in value]
    padding = " " if opening == "{" and entries and language == "typescript" else ""
    line = opening + padding + ", ".join(entries) + padding + closing
    if len(line) + len(indent) <= _WIDTH and "\n" not in line:
        return line
    return "\n".join([opening, *(f"{inner}{entry}," for entry in entries), indent + closing])


def _key(name: str, language: str) -> str:
    return name if language == "typescript" and name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _word(value: Any) -> str:
    special = _special(value)
    if special:
        return _SPECIAL[special]["shell"]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
