"""The JSON Schemas of the contract are themselves valid and strict, and every file names its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

SCHEMAS = (
    "admin",
    "behaviours",
    "cassette-metadata",
    "cli",
    "deviations",
    "protocol",
    "record",
    "scenario",
    "surface",
    "webhooks",
)


def _read(spec: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((spec / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return content


def _objects(schema: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
            yield where, schema
        for key, value in schema.items():
            yield from _objects(value, f"{where}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _objects(value, f"{where}/{index}")


def test_every_schema_is_tested(spec: Path) -> None:
    assert sorted(file.name for file in (spec / "schema").iterdir()) == [f"{name}.schema.json" for name in SCHEMAS]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid(spec: Path, name: str) -> None:
    Draft202012Validator.check_schema(_read(spec, name))


# Hand-written files are checked strictly; messages and recordings carry values of any shape.
@pytest.mark.parametrize("name", [name for name in SCHEMAS if name not in ("cassette-metadata", "protocol")])
def test_a_schema_allows_no_key_that_it_does_not_know(spec: Path, name: str) -> None:
    objects = list(_objects(_read(spec, name)))
    assert objects
    assert [where for where, each in objects if each.get("additionalProperties") is not False] == []


def test_editors_find_the_schema_of_every_file(spec: Path) -> None:
    for file in sorted(spec.rglob("*.yaml")):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema="), file
        assert (file.parent / first.partition("=")[2]).is_file(), file


def test_other_yaml_readers_see_the_same_contract(spec: Path) -> None:
    """No file holds a token on which YAML readers differ: an unquoted date, yes, an escaped surrogate."""
    for file in sorted(spec.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        plain = yaml.load(text, yaml.SafeLoader)
        assert json.loads(json.dumps(plain)) == plain, file
        if hasattr(yaml, "CSafeLoader"):
            assert yaml.load(text, yaml.CSafeLoader) == plain, file
