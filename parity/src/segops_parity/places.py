"""Ids of a real workspace, in place of those of the scenarios while a server is recorded, and put back afterwards.

What a case reads by an id is looked up in the workspace's own lists. Where a list is empty, one is made and deleted
again, if the contract has a `create` and a `delete` for it. What cannot be had is said by case.
"""

from __future__ import annotations

import contextlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from segops_parity._model import Operation
from segops_parity.cases import Case
from segops_parity.cassettes import Interaction
from segops_parity.contract import Contract
from segops_parity.scenarios import Scenarios

__all__ = ["Places"]

_ELSEWHERE = {"user_id": ("users.search", "user_id"), "segment_id": ("segments.list", "id")}
_UNSET = ("unauthorized", "not-found", "bad-request")  # what they ask for need not be there, or must not


class _NotThere(Exception):
    """Something that a case needs is not in the workspace."""


@dataclass
class Places:
    """Finds and makes what cases need. Use it as a context manager: what it made is deleted at the end.

    Attributes:
        api: base URL and key.
        missing: by case, why it cannot be recorded there.
    """

    contract: Contract
    scenarios: Scenarios
    api: tuple[str, str]
    missing: dict[str, str] = field(default_factory=dict)
    _found: dict[str, Any] = field(default_factory=dict)
    _used: dict[str, dict[str, Any]] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)

    def __enter__(self) -> Places:
        return self

    def __exit__(self, *exc: object) -> None:
        for path in reversed(self._made):
            with contextlib.suppress(_NotThere):
                self._ask("DELETE", path)

    def fit(self, cases: Sequence[Case]) -> list[Case]:
        """The cases that can be recorded there, with the ids of the workspace."""
        fitting = []
        for case in cases:
            operation = self.contract.operations[case.operation]
            try:
                fitting.append(case if case.family in _UNSET else self._placed(case, operation))
            except _NotThere as reason:
                self.missing[case.id] = str(reason)
        return fitting

    def put_back(self, case: str, interaction: Interaction) -> Interaction:
        """An interaction with the ids of the scenarios."""
        target, body = interaction.target, interaction.reply_body
        operation = self.contract.operations[case.partition("/")[0]]
        for name, (here, there) in self._used.get(case, {}).items():
            path, mark, query = target.partition("?")
            path = re.sub(rf"/{re.escape(urllib.parse.quote(str(here), safe='~'))}(?=/)", f"/{there}", path, count=1)
            target = path + mark + query
            key = "id" if name in ("id", "segment_id") and operation.returns.kind == "record" else name
            with contextlib.suppress(ValueError):
                value = json.loads(body)
                if isinstance(value, dict) and value.get(key) == here:
                    body = json.dumps({**value, key: there}, ensure_ascii=False, separators=(",", ":")).encode()
        return replace(interaction, target=target, reply_body=body)

    def _placed(self, case: Case, operation: Operation) -> Case:
        assert operation.request is not None
        given = self.scenarios.calls[operation.id].arguments
        used = {name: (self._id(operation, name), given[name]) for name in operation.request.placeholders}
        self._used[case.id] = used
        names = [argument.name for argument in operation.arguments]
        steps = []
        for step in case.steps:
            args = [used[name][0] if name in used else value for name, value in zip(names, step.args, strict=False)]
            steps.append(replace(step, args=(*args, *step.args[len(args) :])))
        return replace(case, steps=tuple(steps))

    def _id(self, operation: Operation, name: str) -> Any:
        listing, key = _ELSEWHERE.get(name, (f"{operation.namespace}.list", "id"))
        if name not in ("id", *_ELSEWHERE) or listing not in self.contract.operations:
            raise _NotThere(f"nothing in the contract lists what {name!r} stands for")
        if listing not in self._found:
            self._found[listing] = self._first(listing, key) or self._make(listing.partition(".")[0])
        if self._found[listing] is None:
            raise _NotThere(f"{listing} is empty, and none can be made")
        return self._found[listing]

    def _first(self, listing: str, key: str) -> Any:
        operation = self.contract.operations[listing]
        assert operation.request is not None
        given = self.scenarios.calls[listing].arguments
        query = {"q": given["q"]} if "q" in given else {}
        answer = self._ask("GET", operation.request.path + (f"?{urllib.parse.urlencode(query)}" if query else ""))
        rows = answer.get("results", ()) if isinstance(answer, Mapping) else answer
        return next((row[key] for row in rows if isinstance(row, Mapping) and key in row), None)

    def _make(self, namespace: str) -> Any:
        operations = self.contract.namespaces[namespace].operations
        if not {"create", "delete"} <= operations.keys():
            return None
        path = self.contract.namespaces[namespace].path
        made = self._ask("POST", str(path), self.scenarios.calls[f"{namespace}.create"].arguments["body"])
        if not isinstance(made, Mapping) or "id" not in made:
            return None
        self._made.append(f"{path}{made['id']}/")
        return made["id"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        url, key = self.api
        headers = {"Authorization": f"ApiKey {key}", "Accept": "application/json", "User-Agent": "segops-parity"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            raise _NotThere(f"{method} {path} answered {error.code}") from error
        except OSError as error:
            raise _NotThere(f"{method} {path}: {error}") from error
        return json.loads(text) if text else None
