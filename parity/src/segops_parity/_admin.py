"""The entries of ``admin.yaml`` made into operations, and checked to hold together."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segops_parity._files import ContractError, Problems
from segops_parity._model import Namespace, Operation, Request
from segops_parity._notation import Argument, Returns, camel_case, parse_arguments, parse_command, parse_returns
from segops_parity.records import Records
from segops_parity.selector import FLAGS

__all__ = ["AdminReader"]

CRUD_SINCE = "0.2"  # the shared six are those of the published package


class AdminReader:
    """Turns the entries of admin.yaml into operations, and says where one does not hold together."""

    def __init__(self, file: Path, content: dict[str, Any], records: Records) -> None:
        self.file = file
        self.content = content
        self.records = records

    def namespace(self, name: str, entry: dict[str, Any]) -> Namespace:
        where = f"namespaces.{name}"
        self._known(where + ".source", entry["source"], self.content["sources"], "a source")
        entries = {method: self._crud(method, entry, where) for method in entry.get("crud", ())}
        for method, own in entry.get("methods", {}).items():
            if method in entries:
                self._fail(f"{where}.methods.{method}", "expected a name that `crud` does not have already")
            entries[method] = own
        operations: dict[str, Operation] = {}
        problems = Problems()
        for method, own in entries.items():
            with problems.gathered():
                operations[method] = self._operation(name, method, own, entries)
        problems.report()
        return Namespace(
            name=name,
            typescript=camel_case(name),
            summary=entry["summary"],
            path=entry.get("path"),
            record=entry.get("record"),
            also=self._parse(where + ".also", parse_returns, entry["also"]) if "also" in entry else None,
            source=entry["source"],
            operations=operations,
        )

    def _crud(self, method: str, namespace: dict[str, Any], where: str) -> dict[str, Any]:
        template = dict(self.content["crud_methods"][method])
        known = {"path": namespace["path"], "record": namespace["record"], "list": namespace["list"]}
        for key in ("request", "returns"):
            if key in template:
                # {id} and {method} are arguments and stay; {path}, {record} and {list} are the namespace's.
                template[key] = re.sub(r"\{(path|record|list)\}", lambda m: known[m[1]], template[key])
        self._known(f"{where}.record", namespace["record"], self.records, "a record of records/")
        if "params" in template:
            self._known(
                f"crud_methods.{method}.params", template["params"], self.content["parameters"], "a set of `parameters`"
            )
            template["params"] = {**self.content["parameters"][template["params"]], **namespace.get("params", {})}
        return {**template, "source": namespace["source"], "since": CRUD_SINCE, "crud": True}

    def _operation(
        self, namespace: str, method: str, entry: dict[str, Any], siblings: Mapping[str, dict[str, Any]]
    ) -> Operation:
        where = f"crud_methods.{method}" if entry.get("crud") else f"namespaces.{namespace}.methods.{method}"
        declared = dict(self.content["arguments"])
        for argument, kind in entry.get("types", {}).items():
            self._known(f"{where}.types", argument, declared, "an argument of `arguments`")
            declared[argument] = {**declared[argument], "type": kind}
        arguments = self._parse(f"{where}.args", parse_arguments, entry["args"], declared, entry.get("formats"))
        told = entry.get("about", {})
        for argument in told:
            self._known(f"{where}.about", argument, {each.name for each in arguments}, "an argument of this method")
        arguments = tuple(replace(each, about=told.get(each.name, each.about)) for each in arguments)
        returns: Returns = self._parse(f"{where}.returns", parse_returns, entry["returns"])
        if returns.record is not None:
            self._known(f"{where}.returns", returns.record, self.records, "a record of records/")
        self._known(f"{where}.source", entry["source"], self.content["sources"], "a source")
        target = entry.get("iterates") or entry.get("polls")
        if target is not None:
            self._check_target(where, entry, target, siblings)
        if "splits" in entry and "multipart" not in siblings.get(entry["splits"], {}):
            self._fail(
                f"{where}.splits", f"expected a method of this namespace that sends a file; found {entry['splits']!r}"
            )
        request = _request(entry, arguments)
        query = {"*": entry["query"]} if isinstance(entry.get("query"), str) else entry.get("query", {})
        multipart = {part: (names[0], names[1]) for part, names in entry.get("multipart", {}).items()}
        if request is not None:
            self._check_wiring(where, arguments, request, query, entry.get("body"), multipart)
        iterated = siblings[entry["iterates"]] if "iterates" in entry else {}
        paginates = entry.get("paginates") or iterated.get("paginates")
        return Operation(
            namespace=namespace,
            name=method,
            typescript=entry.get("typescript", camel_case(method)),
            summary=entry["summary"],
            details=tuple(entry.get("details", ())),
            arguments=arguments,
            request=request,
            query=query,
            params=entry.get("params") or iterated.get("params") or {},
            body=entry.get("body"),
            multipart=multipart,
            success=tuple(entry.get("success", ())),
            mutates=entry.get("mutates", False),
            paginates=paginates,
            returns=returns,
            iterates=f"{namespace}.{entry['iterates']}" if "iterates" in entry else None,
            job=self._job(where, entry, siblings),
            polls=f"{namespace}.{entry['polls']}" if "polls" in entry else None,
            splits=f"{namespace}.{entry['splits']}" if "splits" in entry else None,
            done={key: tuple(values) for key, values in entry.get("done", {}).items()},
            failed={key: tuple(values) for key, values in entry.get("failed", {}).items()},
            cli=self._parse(f"{where}.cli", parse_command, namespace, entry["cli"]),
            source=entry["source"],
            source_url=self.content["sources"][entry["source"]],
            since=entry["since"],
            crud=bool(entry.get("crud")),
            flags=_flags(entry, arguments, request, query, paginates),
            hash=_hash(namespace, method, entry, arguments),
        )

    def _job(self, where: str, entry: dict[str, Any], siblings: Mapping[str, dict[str, Any]]) -> Mapping[str, str]:
        job: dict[str, str] = entry.get("job", {})
        for key, method in job.items():
            if key not in ("id", "since"):
                self._known(f"{where}.job.{key}", method, siblings, "a method of this namespace")
        if job and "polls" not in siblings[job["wait"]]:
            self._fail(f"{where}.job.wait", f"expected a method that polls; {job['wait']!r} does not")
        return job

    def _check_target(
        self, where: str, entry: dict[str, Any], target: str, siblings: Mapping[str, dict[str, Any]]
    ) -> None:
        key = "iterates" if "iterates" in entry else "polls"
        if "request" not in siblings.get(target, {}):
            self._fail(f"{where}.{key}", f"expected a method of this namespace that has a request; found {target!r}")
        if key == "iterates" and "paginates" not in siblings[target]:
            self._fail(f"{where}.iterates", f"expected a method that paginates; {target!r} does not")
        needed = [name for name in siblings[target]["args"] if re.fullmatch(r"\w+", name)]
        if entry["args"][: len(needed)] != needed:
            self._fail(f"{where}.args", f"expected to begin with those of {target!r}: {', '.join(needed)}")

    def _check_wiring(
        self,
        where: str,
        arguments: tuple[Argument, ...],
        request: Request,
        query: Mapping[str, str],
        body: str | Mapping[str, str] | None,
        multipart: Mapping[str, tuple[str, str]],
    ) -> None:
        """Every argument goes somewhere, and nothing is sent that is no argument."""
        parts = {
            "request": list(request.placeholders),
            "query": list(query.values()),
            "body": [body] if isinstance(body, str) else list((body or {}).values()),
            "multipart": [name for names in multipart.values() for name in names],
        }
        names = {argument.name for argument in arguments}
        for key, used in parts.items():
            for name in used:
                self._known(f"{where}.{key}", name, names, "an argument of this method")
        for argument in arguments:
            # A sink takes the answer, `method` is the verb itself; neither is sent.
            unsent = argument.type == "sink" or (argument.name == "method" and len(request.methods) > 1)
            if not unsent and not any(argument.name in used for used in parts.values()):
                self._fail(f"{where}.args", f"expected every argument to be sent; {argument.name!r} is not")

    def _parse(self, where: str, parse: Any, *arguments: Any) -> Any:
        try:
            return parse(*arguments)
        except ValueError as error:
            raise ContractError(self.file, where, str(error)) from error

    def _known(self, where: str, name: str, known: Any, what: str) -> None:
        if name not in known:
            self._fail(where, f"expected {what}; found {name!r}")

    def _fail(self, where: str, problem: str) -> None:
        raise ContractError(self.file, where, problem)


def _request(entry: dict[str, Any], arguments: tuple[Argument, ...]) -> Request | None:
    if "request" not in entry:
        return None
    method, path = entry["request"].split(" ", 1)
    if method != "{method}":
        return Request((method,), path)
    return Request(next(argument.values for argument in arguments if argument.name == "method"), path)


def _flags(
    entry: dict[str, Any],
    arguments: tuple[Argument, ...],
    request: Request | None,
    query: Mapping[str, str],
    paginates: str | None,
) -> frozenset[str]:
    types = {argument.type for argument in arguments}
    flags = {
        "request": request is not None,
        "mutates": entry.get("mutates", False),
        "reads": request is not None and not entry["mutates"],
        "json": "body" in entry,
        "multipart": "multipart" in entry,
        "bodyless": request is not None and "body" not in entry and "multipart" not in entry,
        "query": bool(query),
        "params": "query" in types,
        "path-id": request is not None and bool(request.placeholders),
        "choices": "enum" in types,
        "page": paginates == "page",
        "cursor": paginates == "cursor",
        "iterates": "iterates" in entry,
        "polls": "polls" in entry,
        "queues": "queues" in entry,
        "splits": "splits" in entry,
        "states": "done" in entry,
        "downloads": "sink" in types,
    }
    methods = {method.lower() for method in request.methods} if request is not None else set()
    flags.update({name: name in methods for name in ("get", "post", "put", "patch", "delete")})
    assert flags.keys() == FLAGS.keys()
    return frozenset(name for name, is_set in flags.items() if is_set)


def _hash(namespace: str, method: str, entry: dict[str, Any], arguments: tuple[Argument, ...]) -> str:
    # What a query may hold is for types and help: a cassette does not depend on it.
    untold = ("summary", "source", "since", "crud", "params", "details", "about", "job")
    told = {key: value for key, value in entry.items() if key not in untold}
    told["args"] = [
        [argument.name, argument.type, argument.required, argument.default, argument.keyword_only, argument.values]
        for argument in arguments
    ]
    text = json.dumps([namespace, method, told], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
