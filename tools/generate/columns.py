"""The columns of listings, for `--output=table` and `--output=csv` of both command lines."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
        keys = contract.records.columns(operation.returns)
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


def _rank(key: str) -> tuple[int, int]:
    return (_FIRST.index(key), 0) if key in _FIRST else (len(_FIRST) + (key in _LAST), 0)
