"""Completion, help, signatures and validation, as editors, notebooks and frameworks use them."""

from __future__ import annotations

import inspect
import pydoc
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import jedi
import pytest
from pydantic import TypeAdapter, ValidationError

from segops_admin import AsyncSegOpsAdmin, SegOpsAdmin, types

CLIENT = "from segops_admin import SegOpsAdmin\nclient = SegOpsAdmin('sk_test')\n"
SEGMENT = {
    "id": 7,
    "name": "Customers",
    "description": "",
    "segment_type": "rule",
    "definition": {"logic": "AND", "conditions": []},
    "is_active": True,
    "member_count": 3,
    "last_computed_at": None,
    "created_at": "2026-04-25T12:00:00Z",
    "updated_at": "2026-04-25T12:00:00Z",
}
NAMESPACES = {
    "segments", "product_segments", "products", "schemas", "activations", "users", "identity", "queries", "pages",
    "analytics",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps what jedi has parsed in the repository: by default it is in a home, which may be missing."""
    monkeypatch.setattr(jedi.settings, "cache_directory", str(Path(__file__).parents[2] / "build/jedi"))


def completed(line: str) -> set[str]:
    """What jedi, which completes in IPython and Jupyter, offers at the end of a line."""
    source = str(Path(types.__file__).parents[1])
    script = jedi.Script(CLIENT + line, project=jedi.Project(source, sys_path=[source, *sys.path]))
    return {completion.name.strip("'\"") for completion in script.complete()}


def test_completion_offers_the_namespaces() -> None:
    assert completed("client.") >= NAMESPACES


def test_completion_offers_the_methods_of_a_namespace_its_own_and_the_shared_ones() -> None:
    assert completed("client.segments.") >= {"list", "iterate", "get", "create", "update", "delete", "preview"}


@pytest.mark.parametrize("call", ["get(7)", "create({})", "preview({})"])
def test_completion_offers_the_keys_of_a_record(call: str) -> None:
    if sys.version_info < (3, 10) and "preview" not in call:
        pytest.skip("the last jedi for Python 3.9 does not follow a type variable to the record")
    wanted = {"matched_users", "sql"} if "preview" in call else {"id", "name", "member_count", "status"}
    assert completed(f"answer = client.segments.{call}\nanswer['") >= wanted


def test_help_on_the_client_lists_the_namespaces() -> None:
    text = pydoc.plain(pydoc.render_doc(SegOpsAdmin))
    for name in NAMESPACES:
        assert f"{name} = <class 'segops_admin.resources." in text


def test_help_on_a_method_of_a_namespace_tells_its_signature_arguments_and_errors() -> None:
    text = pydoc.plain(pydoc.render_doc(SegOpsAdmin.segments.create))
    assert "create(self, body" in text
    for word in ("idempotency_key", "body: its fields", "SegOpsBadRequestError"):
        assert word in text


def test_a_signature_is_exact_on_the_class_and_on_an_instance() -> None:
    with SegOpsAdmin("sk_test") as client:
        for namespace in NAMESPACES:
            on_class, on_instance = getattr(SegOpsAdmin, namespace), getattr(client, namespace)
            assert type(on_instance) is on_class
            for name, method in inspect.getmembers(on_instance, inspect.ismethod):
                if not name.startswith("_"):
                    _, *parameters = inspect.signature(getattr(on_class, name)).parameters.values()
                    assert list(inspect.signature(method).parameters.values()) == parameters
                    assert all(each.kind is not each.VAR_KEYWORD for each in parameters)


@pytest.mark.parametrize("client", [SegOpsAdmin, AsyncSegOpsAdmin])
def test_the_shared_methods_name_the_types_of_their_namespace(client: Any) -> None:
    create = inspect.signature(client.segments.create)
    assert create.parameters["body"].annotation == "SegmentCreate"
    assert create.return_annotation == "Segment"
    assert inspect.signature(client.products.list).parameters["params"].annotation == "ProductListParams | None"
    assert "[Activation, None" in inspect.signature(client.activations.iterate).return_annotation
    assert client.segments.create.__qualname__.endswith("Segments.create")
    told = {name: str(inspect.signature(getattr(client.queries, name))) for name in ("get", "update", "delete")}
    assert not [text for text in told.values() if "Record" in text or "Update'" in text.replace("AIQueryUpdate'", "")]


def test_pydantic_validates_records_and_bodies() -> None:
    adapter = TypeAdapter(types.Segment)
    assert adapter.validate_python(SEGMENT)["member_count"] == 3
    for broken in ({**SEGMENT, "id": "seven"}, {key: SEGMENT[key] for key in SEGMENT if key != "id"}):
        with pytest.raises(ValidationError):
            adapter.validate_python(broken)
    created = TypeAdapter(types.SegmentCreate)
    assert created.validate_python({"name": "x"}) == {"name": "x"}
    with pytest.raises(ValidationError):
        created.validate_python({"name": "x", "segment_type": "rules"})


def test_pydantic_takes_every_type() -> None:
    for name in types.__all__:
        TypeAdapter(getattr(types, name))


WITHOUT = """
import sys
sys.modules["typing_extensions"] = None
import typing
from segops_admin import types
assert types.Segment.__required_keys__ >= {"id", "name"}, types.Segment.__required_keys__
assert "status" in types.Segment.__optional_keys__
assert all(typing.get_type_hints(value) for value in vars(types).values() if hasattr(value, "__required_keys__"))
"""


def test_without_typing_extensions_the_types_are_the_same() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT], check=True, timeout=30)


def test_every_public_type_is_documented_and_can_be_looked_into() -> None:
    shapes: dict[str, Any] = {name: getattr(types, name) for name in types.__all__}
    assert len(shapes) > 120
    for name, value in shapes.items():
        if hasattr(value, "__required_keys__"):
            assert (value.__doc__ or "").strip(), name
            assert typing.get_type_hints(value), name
