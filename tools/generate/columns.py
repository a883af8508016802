"""The columns of listings, for `--output=table` and `--output=csv` of both command lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generate.commands import resources
from generate.heads import python_head, typescript_head
from generate.python_types import formatted
from segops_parity.contract import Contract, Operation

__all__ = ["columns"]

_FIRST = ("id", "sku", "user_id", "name", "title", "query_text", "event_type", "type", "status", "member_count")
_HEAD = "The columns of listings."
_LAST = ("description", "tenant")
_ABOUT = {
    "COLUMNS": "By command, the keys of its records that a table shows, the telling ones first.",
    "OTHER_KEYS": "By command, the keys that hold lists or objects.",
}


def columns(contract: Contract) -> dict[str, str]:
    """The texts of the modules, by their paths."""
    plain, nested = {}, {}
    for name, operation in _listings(contract):
        keys = _keys(contract, operation)
        plain[name] = sorted((key for key, is_plain in keys.items() if is_plain), key=_rank)
        nested[name] = [key for key, is_plain in keys.items() if not is_plain]
    tables = {"COLUMNS": plain, "OTHER_KEYS": nested}
    python = python_head(_HEAD)
    python += "from __future__ import annotations\n\n__all__ = ['COLUMNS', 'OTHER_KEYS']\n\n"
    typescript = typescript_head(_HEAD)
    for name, table in tables.items():
        joined = {command: " ".join(keys) for command, keys in table.items() if keys}
        python += f'{name} = {joined!r}\n"""{_ABOUT[name]}"""\n\n'
        text = json.dumps(joined, indent=2)
        typescript += f"\n/** {_ABOUT[name]} */\nexport const {name}: Readonly<Record<string, string>> = {text};\n"
    return {
        "python/src/segops_admin/cli/columns.py": formatted(python, "columns.py"),
        "typescript-fixtures/admin/src/cli/columns.ts": typescript,
    }


def _listings(contract: Contract) -> Iterator[tuple[str, Operation]]:
    for resource in resources(contract):
        for command in resource.commands:
            yield f"{resource.name} {command.verb}", command.operation


def _keys(contract: Contract, operation: Operation) -> dict[str, bool]:
    """The keys of what is one row each, and whether each holds neither lists nor objects."""
    record = operation.returns.record
    if record is None:
        return {}
    properties = contract.record(record).schema.get("properties", {})
    if operation.returns.kind not in ("page", "array"):
        items = properties.get("results", {}).get("items", {})
        if "properties" in items:
            properties = items["properties"]
        elif "$ref" in items or "x-type" in items:
            name = (items.get("x-type") or items["$ref"]).removesuffix(".yaml")
            properties = contract.record(name).schema.get("properties", {})
    return {key: _is_plain(contract, schema) for key, schema in properties.items() if not schema.get("deprecated")}


def _is_plain(contract: Contract, schema: Mapping[str, Any]) -> bool:
    if "$ref" in schema or "x-type" in schema:
        name = str(schema.get("x-type") or schema["$ref"]).removesuffix(".yaml")
        return contract.record(name).is_enumeration
    kinds = schema.get("type", [])
    return not ({kinds} if isinstance(kinds, str) else set(kinds)) & {"array", "object"} and "anyOf" not in schema


def _rank(key: str) -> tuple[int, int]:
    return (_FIRST.index(key), 0) if key in _FIRST else (len(_FIRST) + (key in _LAST), 0)
