"""The types that both SDKs have to offer, as the contract's records, bodies and query parameters ask for them.

Each type by its name: of an object its keys, each ``required`` or ``optional``, with ``or null`` where it may be null,
and what a value may be; of an enumeration its words; of a union of named types its members. ``*`` stands for what else
is allowed. A value is ``text``, ``integer``, ``number``, ``boolean``, ``moment`` (a time as its language has it),
``any``, a word in quotes, the name of a type, a list of values in brackets or a map to them in braces; ``|`` stands
between alternatives. Read from the contract here, and not from what generates the types of the SDKs, so that the two
can disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from segops_parity.contract import Contract, Operation, Record

__all__ = ["expected_types", "kind_in", "params_name"]

Told = dict[str, dict[str, str]]
_OPEN = {"*": "open"}


def expected_types(contract: Contract, language: str) -> Told:
    """What each type has to be."""
    return _Expected(contract, kind_in("integer", language)).all()


def kind_in(kind: str, language: str) -> str:
    """What may be in a language: JavaScript has one type for all numbers."""
    return "number" if (kind, language) == ("integer", "typescript") else kind


class _Expected:
    def __init__(self, contract: Contract, integer: str) -> None:
        self._contract = contract
        self._kinds = {"string": "text", "integer": integer, "number": "number", "boolean": "boolean"}

    def all(self) -> Told:
        """All types by their names."""
        found: Told = {}
        collections = {each.record for each in self._contract.namespaces.values() if each.record}
        for record in self._contract.records.values():
            found.update(self._of_record(record, is_collection=record.name in collections))
        for operation in self._contract.operations.values():
            if operation.returns.kind == "page":
                found[f"{operation.returns.record}Page"] = self._page(str(operation.returns.record))
            if operation.params and operation.iterates is None:
                found[params_name(operation)] = self._params(operation.params)
        for namespace in self._contract.namespaces.values():
            if namespace.also is not None:
                found[f"{namespace.record}Page"] = self._page(str(namespace.record))
                found[f"{namespace.record}Listing"] = {f"{namespace.record}Page": "a member"}
        return found

    def _page(self, record: str) -> dict[str, str]:
        return {
            "count": f"required: {self._kinds['integer']}",
            "next": "required or null: text",
            "previous": "required or null: text",
            "results": f"required: [{record}]",
        }

    def _of_record(self, record: Record, *, is_collection: bool) -> Iterator[tuple[str, dict[str, str]]]:
        """A record as it comes back, its parts, and the forms in which it is sent."""
        schema = record.schema
        if record.is_enumeration:
            yield record.name, _words(schema)
            return
        always = {*schema.get("required", ()), *schema.get("x-assured", ())}
        sent_only = bool(record.requests) and not record.required_to_create
        own = self._keys(schema["properties"], always, sent=sent_only)
        yield record.name, {**own, **(_OPEN if sent_only and _is_open(schema) and own else {})}
        yield from self._parts(schema["properties"], sent=sent_only)
        if record.required_to_create:
            writable = {key: value for key, value in schema["properties"].items() if not value.get("readOnly")}
            more = _OPEN if _is_open(schema) else {}
            create = {**self._keys(writable, {*record.required_to_create}, sent=True), **more}
            yield f"{record.name}{'Create' if is_collection else 'Input'}", create
            if is_collection:
                yield f"{record.name}Update", {**self._keys(writable, set(), sent=True), **more}

    def _keys(self, properties: Mapping[str, Any], required: set[str], *, sent: bool) -> dict[str, str]:
        found = {}
        for key, schema in properties.items():
            kinds = self._alternatives(schema, sent=sent)
            null = " or null" if "null" in kinds else ""
            found[key] = f"{'required' if key in required else 'optional'}{null}: {_joined(kinds)}"
        return found

    def _parts(self, node: Any, *, sent: bool) -> Iterator[tuple[str, dict[str, str]]]:
        """The named parts of a schema, at any depth."""
        if isinstance(node, list):
            for each in node:
                yield from self._parts(each, sent=sent)
        elif isinstance(node, Mapping):
            name = node.get("title")
            if isinstance(name, str):
                if "enum" in node:
                    yield name, _words(node)
                elif "oneOf" in node:
                    yield name, {str(each["title"]): "a member" for each in node["oneOf"]}
                elif "properties" in node:
                    required = {*node.get("required", ())} - {*node.get("x-optional-to-save", ())}
                    yield name, self._keys(node["properties"], required, sent=sent)
            for each in node.values():
                yield from self._parts(each, sent=sent)

    def _params(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Every parameter may be left out, a null is as good as nothing, and a number may be written as text."""
        found = {}
        for key, schema in params.items():
            kinds = self._alternatives(schema, sent=True)
            kinds |= {"text"} if self._kinds["integer"] in kinds else set()
            found[key] = "open" if key == "*" else f"optional or null: {_joined(kinds)}"
        return found

    def _alternatives(self, schema: Mapping[str, Any], *, sent: bool) -> set[str]:
        """What a value may be."""
        schema = schema["x-input"] if sent and "x-input" in schema else schema
        if reference := str(schema.get("x-type") or schema.get("$ref", "")).removesuffix(".yaml"):
            record = self._contract.records[reference]
            if record.is_enumeration:
                return _quoted(record.schema)
            return {reference, f"{reference}Input"} if sent and record.required_to_create else {reference}
        if "const" in schema:
            return {json.dumps(schema["const"])}
        if "enum" in schema:
            return _quoted(schema)
        if branches := schema.get("anyOf") or schema.get("oneOf"):
            return {kind for each in branches for kind in self._alternatives(each, sent=sent)}
        if "title" in schema:
            return {schema["title"]}
        kinds = schema.get("type", "any")
        found: set[str] = set()
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            if kind == "array":
                found.add(f"[{_joined(self._alternatives(schema.get('items', {}), sent=sent))}]")
            elif kind == "object":
                values = self._alternatives(schema.get("additionalProperties", {}), sent=sent)
                found.add(f"{{{_joined(values)}{' or null' if 'null' in values else ''}}}")
            else:
                found.add(self._kinds.get(kind, kind))
            if sent and kind == "string" and schema.get("format") == "date-time":
                found.add("moment")
        return found


def _is_open(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("x-open-input")) or "additionalProperties" in schema


def _joined(kinds: set[str]) -> str:
    return " | ".join(sorted(kinds - {"null"}))


def _quoted(schema: Mapping[str, Any]) -> set[str]:
    """The words of an enumeration as what a value may be."""
    return {"text" if word == "*" else json.dumps(word) for word in _words(schema)}


def _words(schema: Mapping[str, Any]) -> dict[str, str]:
    """An enumeration: closed where its words are documented."""
    mark = schema.get("x-values") or schema.get("x-source", "documented")
    return {**dict.fromkeys(schema["enum"], "a word"), **({} if mark == "documented" else _OPEN)}


def params_name(operation: Operation) -> str:
    """The type of an operation's query parameters."""
    if operation.crud:
        return f"{operation.returns.record}ListParams"
    words = f"{operation.namespace}_{operation.name}".split("_")
    return "".join(word.capitalize() for word in words) + "Params"
