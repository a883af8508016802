"""The short notations of ``admin.yaml``: arguments, return values, command lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Argument", "Command", "Flag", "Returns", "camel_case", "parse_arguments", "parse_command", "parse_returns"]

ArgumentType = Literal[
    "id", "text", "query", "object", "array", "file", "enum", "sink", "seconds", "callback", "count", "path"
]  # fmt: skip
ReturnKind = Literal["record", "page", "array", "items", "null", "bytes"]

_ARGUMENT = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?P<optional>\?)?(=(?P<default>.+))?")
_RETURNS = re.compile(r"(?P<wrap>Page|items)<(?P<inner>\w+)>|(?P<element>\w+)\[\]|(?P<record>\w+)")
_FLAG = re.compile(r"(?P<open>\[)?--(?P<name>[A-Za-z][\w-]*)(=(?P<value>[^\]]+))?(?P<close>\])?")
_POSITIONAL = re.compile(r"<(?P<name>\w+)>")


@dataclass(frozen=True)
class Argument:
    """One argument of a method. `default` is None when there is none; `values` lists what an enum allows."""

    name: str
    type: ArgumentType
    about: str
    required: bool
    default: str | float | int | None
    keyword_only: bool
    values: tuple[str, ...] = ()

    @property
    def typescript(self) -> str:
        """The name in TypeScript."""
        return camel_case(self.name)


@dataclass(frozen=True)
class Returns:
    """What a method gives back: `kind` says how the record is wrapped, `text` is the notation as written."""

    kind: ReturnKind
    record: str | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Flag:
    """One flag of a command; `value` is the placeholder of its value, None for a switch."""

    name: str
    value: str | None
    required: bool


@dataclass(frozen=True)
class Command:
    """The shell's words for a method: ``segops-admin <resource> <verb> <positionals> [flags]``."""

    resource: str
    verb: str
    positionals: tuple[str, ...]
    flags: tuple[Flag, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.resource} {self.text}"


def camel_case(name: str) -> str:
    """The TypeScript form of a name: ``bulk_upsert`` is ``bulkUpsert``."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def parse_arguments(
    notation: list[str], declared: dict[str, dict[str, Any]], values: list[str] | None
) -> tuple[Argument, ...]:
    """The arguments of a method, in order; raises ValueError on one that cannot be called as written.

    `declared` is the contract's ``arguments``; `values` the operation's own choices for an enum that declares none.
    """
    arguments: list[Argument] = []
    keyword_only = False
    for text in notation:
        if text == "*":
            if keyword_only:
                raise ValueError('expected one "*"; found two')
            keyword_only = True
            continue
        argument = _parse_argument(text, declared, values, keyword_only)
        if any(argument.name == other.name for other in arguments):
            raise ValueError(f"expected each argument once; {argument.name!r} appears twice")
        if argument.required and not keyword_only and any(not other.required for other in arguments):
            raise ValueError(f"expected required arguments first; {argument.name!r} follows an optional one")
        arguments.append(argument)
    if notation and notation[-1] == "*":
        raise ValueError('expected an argument after "*"')
    return tuple(arguments)


def _parse_argument(
    text: str, declared: dict[str, dict[str, Any]], values: list[str] | None, keyword_only: bool
) -> Argument:
    match = _ARGUMENT.fullmatch(text)
    if match is None or (match["optional"] and match["default"]):
        raise ValueError(f'expected name, name?, name=default or "*"; found {text!r}')
    name = match["name"]
    if name not in declared:
        raise ValueError(f"expected an argument declared under `arguments`; found {name!r}")
    kind: ArgumentType = declared[name]["type"]
    choices = tuple(declared[name].get("values") or values or ()) if kind == "enum" else ()
    if kind == "enum" and not choices:
        raise ValueError(f"expected `formats`, the values that {name!r} may have")
    default = _default(match["default"], kind, choices) if match["default"] is not None else None
    required = not match["optional"] and default is None
    return Argument(name, kind, declared[name]["about"], required, default, keyword_only, choices)


def _default(text: str, kind: ArgumentType, choices: tuple[str, ...]) -> str | float | int:
    if kind == "enum":
        if text not in choices:
            raise ValueError(f"expected a default out of {', '.join(choices)}; found {text!r}")
        return text
    if kind == "count" and text.isdecimal():
        return int(text)
    if kind == "seconds" and re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    if kind == "text":
        return text
    raise ValueError(f"expected a default of type {kind}; found {text!r}")


def parse_returns(text: str) -> Returns:
    """What ``returns`` says: ``R``, ``Page<R>``, ``items<R>``, ``R[]``, ``null`` or ``bytes``, with R a record."""
    if text == "null":
        return Returns("null", None, text)
    if text == "bytes":
        return Returns("bytes", None, text)
    match = _RETURNS.fullmatch(text)
    if match is None:
        raise ValueError(f"expected R, Page<R>, items<R>, R[], null or bytes; found {text!r}")
    if match["wrap"]:
        return Returns("page" if match["wrap"] == "Page" else "items", match["inner"], text)
    if match["element"]:
        return Returns("array", match["element"], text)
    return Returns("record", match["record"], text)


def parse_command(resource: str, text: str) -> Command:
    """The command that ``cli`` describes, such as ``export <id> [--format=csv|parquet] [--wait]``."""
    verb, *words = text.split()
    if not re.fullmatch(r"[a-z][a-z-]*", verb):
        raise ValueError(f"expected a verb in lower case first; found {verb!r}")
    positionals: list[str] = []
    flags: list[Flag] = []
    for word in words:
        if found := _POSITIONAL.fullmatch(word):
            positionals.append(found["name"])
        elif (found := _FLAG.fullmatch(word)) and bool(found["open"]) == bool(found["close"]):
            flags.append(Flag(found["name"], found["value"], required=not found["open"]))
        else:
            raise ValueError(f"expected <x>, --x, [--x] or [--x=V]; found {word!r}")
    return Command(resource.replace("_", "-"), verb, tuple(positionals), tuple(flags), text)
