"""What the methods of both SDKs have to take and give, as the contract's arguments, records and answers ask for it.

Of each argument what it may be, by the words of `segops_parity.type_surface`: ``text``, ``number``, the name of a type,
a list in brackets, words in quotes. ``returns`` is what a method gives, ``each X`` where it goes through them one by
one, ``nothing`` where there is nothing to give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from segops_parity._notation import Argument
from segops_parity.contract import Contract, Operation
from segops_parity.type_surface import kind_in, params_name

__all__ = ["expected_signature"]

_KINDS: Mapping[str, str] = {
    "id": "Id",
    "text": "text",
    "file": "FileData",
    "sink": "Sink",
    "path": "PathLike | text",
    "seconds": "number",
    "count": "integer",
    "callback": "a function",
    "object": "{any}",
}
"""What an argument of a type may be."""
_IN_TYPESCRIPT: Mapping[str, str] = {**_KINDS, "path": "text", "object": "Fields"}

_LOOSE = ("WithLooseConditions", "WithLooseDefinition")


def expected_signature(contract: Contract, operation: Operation, language: str) -> dict[str, str]:
    """Of each argument of an operation, by the contract's name, what it has to be; and what is returned."""
    taken = {each.name: _argument(contract, operation, each, language) for each in operation.arguments}
    return {**taken, "returns": _returned(contract, operation, language)}


def _argument(contract: Contract, operation: Operation, argument: Argument, language: str) -> str:
    if argument.type == "query":
        listing = contract.operations[operation.iterates] if operation.iterates else operation
        return params_name(listing)
    if argument.type == "enum":
        return " | ".join(sorted(map(json.dumps, argument.values)))
    record = _record(contract, operation, argument)
    if argument.type == "array" and record:
        return f"[{record}]"
    known = _IN_TYPESCRIPT if language == "typescript" else _KINDS
    kinds = [record or kind_in(known[argument.type], language)]
    if language == "typescript" and argument.type == "object" and _holds_definition(contract, operation):
        kinds += [f"{kind}<{record}>" for kind in _LOOSE]  # from a variable, whose words have widened to text
    if language == "typescript" and record == "SegmentDefinition":
        kinds += ["LooseConditions", "LooseDefinition"]
    return " | ".join(sorted(kinds))


def _record(contract: Contract, operation: Operation, argument: Argument) -> str:
    """The type that an argument has to be of, or nothing if any object will do."""
    if operation.crud and argument.name == "body":
        return f"{operation.returns.record}{'Create' if operation.name == 'create' else 'Update'}"
    taker = _confirming(contract, operation) if operation.splits else operation
    wanted = f"{taker.namespace}.{taker.name}.{argument.name}"
    for record in contract.records.values():
        if wanted in record.requests:
            return f"{record.name}Input" if record.required_to_create else record.name
    return ""


def _confirming(contract: Contract, operation: Operation) -> Operation:
    """The operation that an import in parts takes its body for."""
    own = contract.namespaces[operation.namespace].operations.values()
    return next(each for each in own if each.name.startswith("confirm_"))


def _holds_definition(contract: Contract, operation: Operation) -> bool:
    record = contract.records.get(str(operation.returns.record)) if operation.crud else None
    return record is not None and "definition" in record.schema["properties"]


def _returned(contract: Contract, operation: Operation, language: str) -> str:
    kind, record = operation.returns.kind, operation.returns.record
    namespace = contract.namespaces[operation.namespace]
    if operation.crud and operation.name == "list" and namespace.also is not None:
        return f"{record}Listing"
    forms = {
        "page": f"{record}Page",
        "array": f"[{record}]",
        "items": f"each {record}",
        "null": "nothing",
        "bytes": kind_in("integer", language),
    }
    return forms.get(kind, str(record))
