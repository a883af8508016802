"""The types that both SDKs have to offer, as the contract's records, bodies and query parameters ask for them.

Each type by its name: of an object its keys, each ``required`` or ``optional``, with ``or null`` where it may be null;
of an enumeration its words; of a union of named types its members. ``*`` stands for what else is allowed. Read from the
contract here, and not from what generates the types of the SDKs, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from segops_parity.contract import Contract, Record

__all__ = ["expected_types"]

Told = dict[str, dict[str, str]]
_OPEN = {"*": "open"}


def expected_types(contract: Contract) -> Told:
    """What each type has to be."""
    found: Told = {}
    collections = {each.record for each in contract.namespaces.values() if each.record}
    for record in contract.records.values():
        found.update(_of_record(record, is_collection=record.name in collections))
    for operation in contract.operations.values():
        if operation.returns.kind == "page":
            found[f"{operation.returns.record}Page"] = dict(_PAGE)
        if operation.params and operation.iterates is None:
            found[_params_name(operation)] = _params(operation.params)
    for namespace in contract.namespaces.values():
        if namespace.also is not None:
            found[f"{namespace.record}Page"] = dict(_PAGE)
            found[f"{namespace.record}Listing"] = {f"{namespace.record}Page": "a member"}
    return found


_PAGE = {
    "count": "required",
    "next": "required or null",
    "previous": "required or null",
    "results": "required",
}


def _of_record(record: Record, *, is_collection: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """A record as it comes back, its parts, and the forms in which it is sent."""
    schema = record.schema
    if record.is_enumeration:
        yield record.name, _words(schema, str(schema["x-source"]))
        return
    always = {*schema.get("required", ()), *schema.get("x-assured", ())}
    sent_only = bool(record.requests) and not record.required_to_create
    own = _keys(schema["properties"], always, sent=sent_only)
    yield record.name, {**own, **(_OPEN if sent_only and _is_open(schema) and own else {})}
    yield from _parts(schema["properties"])
    if record.required_to_create:
        writable = {key: value for key, value in schema["properties"].items() if not value.get("readOnly")}
        more = _OPEN if _is_open(schema) else {}
        create = {**_keys(writable, {*record.required_to_create}, sent=True), **more}
        yield f"{record.name}{'Create' if is_collection else 'Input'}", create
        if is_collection:
            yield f"{record.name}Update", {**_keys(writable, set(), sent=True), **more}


def _is_open(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("x-open-input")) or "additionalProperties" in schema


def _keys(properties: Mapping[str, Any], required: set[str], *, sent: bool) -> dict[str, str]:
    found = {}
    for key, schema in properties.items():
        kinds = (schema.get("x-input", schema) if sent else schema).get("type", ())
        nullable = "null" in kinds if isinstance(kinds, list) else False
        found[key] = f"{'required' if key in required else 'optional'}{' or null' if nullable else ''}"
    return found


def _parts(node: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """The named parts of a schema, at any depth."""
    if isinstance(node, list):
        for each in node:
            yield from _parts(each)
    elif isinstance(node, Mapping):
        name = node.get("title")
        if isinstance(name, str):
            if "enum" in node:
                yield name, _words(node, str(node.get("x-values") or node.get("x-source", "documented")))
            elif "oneOf" in node:
                yield name, {str(each["title"]): "a member" for each in node["oneOf"]}
            elif "properties" in node:
                required = {*node.get("required", ())} - {*node.get("x-optional-to-save", ())}
                yield name, _keys(node["properties"], required, sent=False)
        for each in node.values():
            yield from _parts(each)


def _words(schema: Mapping[str, Any], mark: str) -> dict[str, str]:
    """An enumeration: closed where its words are documented."""
    return {**dict.fromkeys(schema["enum"], "a word"), **({} if mark == "documented" else _OPEN)}


def _params_name(operation: Any) -> str:
    if operation.crud:
        return f"{operation.returns.record}ListParams"
    words = f"{operation.namespace}_{operation.name}".split("_")
    return "".join(word.capitalize() for word in words) + "Params"


def _params(params: Mapping[str, Any]) -> dict[str, str]:
    """Every parameter may be left out, and a null is as good as nothing."""
    return {key: "open" if key == "*" else "optional or null" for key in params}
