"""Drift: a recording to the side, compared with the cassettes.

Additive: a key more. Breaking: a key, a type, a status or a request that is not as it was. Volatile: another value of
the same type, such as a time or a count.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

from segops_parity._files import ContractError
from segops_parity.canonical import difference, load_json
from segops_parity.cassettes import Interaction, load_cassette, save_cassette
from segops_parity.contract import Contract
from segops_parity.record import record
from segops_parity.suite import Suite

__all__ = ["classify", "drift_lines"]


def drift_lines(suite: Suite, pattern: str, api: tuple[str, str] | None) -> tuple[list[str], bool]:
    """One line for each difference, and whether one of them is breaking."""
    import tempfile
    from pathlib import Path

    project = suite.project
    schema = suite.contract.path / "schema" / "cassette-metadata.schema.json"
    unchecked: dict[str, str] = {}
    fresh = record(suite.contract, suite.scenarios, project.cassettes, pattern=pattern, api=api, unchecked=unchecked)
    lines = [f"not checked  {name}: {reason}" for name, reason in sorted(unchecked.items())]
    # Another workspace holds other texts, lists and definitions: what the contract does not name is its owner's.
    named = None if api is None else property_names(suite.contract)
    with tempfile.TemporaryDirectory(prefix="parity-drift-") as folder:
        for file, data in sorted(fresh.items()):
            side = Path(folder) / "side.yaml"
            save_cassette(side, data)
            name = str(file.relative_to(project.cassettes))
            try:
                old = load_cassette(file, schema)
            except ContractError:
                lines.append(f"new       {name}")
                continue
            new = load_cassette(side, schema)
            if len(old.interactions) != len(new.interactions):
                lines.append(f"breaking  {name}: {len(old.interactions)} requests became {len(new.interactions)}")
            for one, other in zip(old.interactions, new.interactions, strict=False):
                lines += [f"{kind:9} {name}: {told}" for kind, told in classify(one, other, named)]
    return lines, any(line.startswith("breaking") for line in lines)


def property_names(contract: Contract) -> frozenset[str]:
    """The names of all properties of the contract's records."""
    return frozenset(name for record in contract.records.values() for name in record.schema.get("properties", {}))


def classify(old: Interaction, new: Interaction, named: Set[str] | None = None) -> Iterable[tuple[str, str]]:
    """Kind and place of each difference between two recordings of one request.

    Args:
        named: where the two are of different workspaces, the only keys whose coming and going means anything.
    """
    if old.status != new.status:
        yield "breaking", f"status {old.status} became {new.status}"
    before, after = (_comparable(each) for each in (old, new))
    for line in difference(before, after):
        free = named is not None and not line["at"].startswith("/request") and not named & {*line["at"].split("/")[-1:]}
        yield (
            "volatile" if free else _kind(line),
            f"{line['at']}: {line.get('expected', 'absent')!r} became {line.get('found', 'absent')!r}"[:200],
        )


def _comparable(each: Interaction) -> Any:
    try:
        body = load_json(each.reply_body)
    except ValueError:
        body = {"bytes": len(each.reply_body)}
    request = {name: value for name, value in each.request().items() if name != "headers"}
    return {"request": request, "reply": body}


def _kind(line: dict[str, Any]) -> str:
    if line["at"].startswith("/request"):
        return "breaking"
    if line.get("absent") == "expected":
        return "additive"
    if line.get("absent") == "found":
        return "breaking"
    expected, found = line["expected"], line["found"]
    if expected is None or found is None or type(expected) is type(found):
        return "volatile"
    return "breaking"
