"""The values that the contract is read into: namespaces, operations, behaviours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segops_parity._notation import Argument, Command, Returns, camel_case
from segops_parity.selector import Selector

__all__ = ["LANGUAGES", "Behaviour", "Namespace", "Operation", "Request"]

LANGUAGES = ("python", "typescript")


@dataclass(frozen=True)
class Request:
    """A request line. `methods` holds one HTTP method, or those that the ``method`` argument chooses from."""

    methods: tuple[str, ...]
    path: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The arguments that the path holds, in order."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


@dataclass(frozen=True)
class Operation:
    """One method of one namespace.

    `query` maps query keys to arguments, ``"*"`` standing for "each key of this argument"; `body` maps JSON keys to
    arguments, or is the name of the argument that is the body; `multipart` maps part names to (content, file name).
    `params` describes the keys that the query argument is known to take, each by a schema as in records/; ``"*"`` among
    them stands for further ones.
    `job` tells how to follow up what was started: ``wait`` names the method that waits for it, ``id`` the key of the
    answer with its id, ``confirm`` and ``download`` the methods for what lies between.
    An operation that `iterates`, `polls` or `splits` names the operation whose request it repeats; it has no `request`.
    """

    namespace: str
    name: str
    typescript: str
    summary: str
    details: tuple[str, ...]
    arguments: tuple[Argument, ...]
    request: Request | None
    query: Mapping[str, str]
    params: Mapping[str, Mapping[str, Any]]
    body: str | Mapping[str, str] | None
    multipart: Mapping[str, tuple[str, str]]
    success: tuple[int, ...]
    mutates: bool
    paginates: str | None
    returns: Returns
    iterates: str | None
    polls: str | None
    splits: str | None
    job: Mapping[str, str]
    done: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, tuple[str, ...]]
    cli: Command
    source: str
    source_url: str
    since: str
    crud: bool
    flags: frozenset[str]
    hash: str
    """Changes with whatever a caller or the server can tell; wording, source page and version do not count."""

    @property
    def repeats(self) -> str | None:
        """The operation whose request it repeats, if it has none of its own."""
        return self.iterates or self.polls or self.splits

    @property
    def id(self) -> str:
        """``namespace.method``, the name that cases, reports and OpenAPI use."""
        return f"{self.namespace}.{self.name}"

    @property
    def typescript_id(self) -> str:
        """The same in TypeScript: ``productSegments.recompute``."""
        return f"{camel_case(self.namespace)}.{self.typescript}"

    def argument(self, name: str) -> Argument:
        """The argument of that name; raises KeyError if there is none."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(f"{self.id} has no argument {name!r}")


@dataclass(frozen=True)
class Namespace:
    """One attribute of the client, with its operations by method name.

    `also` is a second form of what its ``list`` returns, where the published pages differ.
    """

    name: str
    typescript: str
    summary: str
    path: str | None
    record: str | None
    also: Returns | None
    source: str
    operations: Mapping[str, Operation]


@dataclass(frozen=True)
class Behaviour:
    """What no single operation owns: one rule, and the operations that it covers."""

    id: str
    rule: str
    selector: Selector
    languages: tuple[str, ...]
    figures: Mapping[str, Any]
    example: str | None

    @property
    def area(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]

    def binds(self, language: str) -> bool:
        """Whether an SDK in that language has to show it; in a third language, what both of ours have to."""
        return language in self.languages or (language not in LANGUAGES and set(self.languages) == set(LANGUAGES))

    def applies_to(self, operation: Operation) -> bool:
        """Whether this behaviour shows on that operation."""
        return self.selector.matches(operation.flags)
