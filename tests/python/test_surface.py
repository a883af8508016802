"""The surface of the SDK is that of the contract, no less and no more."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import types
from pathlib import Path
from typing import Any

import pytest
import yaml
from repository import ROOT

import segops_admin
from segops_admin import SegOpsAdmin
from segops_admin.testing import Script, reply

CONTRACT = yaml.safe_load((ROOT / "spec/admin.yaml").read_text("utf-8"))
NAMESPACES = CONTRACT["namespaces"]
RESOURCES = Path(segops_admin.__file__).parent / "resources"


def operations(namespace: str) -> dict[str, dict[str, Any]]:
    """The methods that the contract gives a namespace, the shared six spelled out."""
    told = NAMESPACES[namespace]
    shared = {name: CONTRACT["crud_methods"][name] for name in told.get("crud", ())}
    return {**shared, **told.get("methods", {})}


OPERATIONS = [(namespace, name) for namespace in NAMESPACES for name in operations(namespace)]


def mutates(operation: dict[str, Any]) -> bool:
    return bool(operation.get("mutates"))


@pytest.fixture(scope="module")
def client() -> SegOpsAdmin:
    return Script().client()


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


# ------------------------------------------------------------------------------------------------ names


def test_the_client_has_the_contracts_namespaces_and_no_others(client: SegOpsAdmin) -> None:
    assert public(client) == {*NAMESPACES, "http", "close", "with_options"}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_has_the_contracts_methods_and_no_others(namespace: str, client: SegOpsAdmin) -> None:
    assert public(getattr(client, namespace)) == set(operations(namespace))


def test_the_published_package_and_the_additions_are_all_there() -> None:
    published = [
        (namespace, name) for namespace, name in OPERATIONS if operations(namespace)[name].get("since", "0.2") == "0.2"
    ]
    assert len(published) == 85
    assert len(OPERATIONS) > len(published)


# ------------------------------------------------------------------------------------------------ arguments


def contracted(operation: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Each argument's kind and default, as the contract writes them."""
    arguments: dict[str, tuple[Any, Any]] = {}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for written in operation["args"]:
        if written == "*":
            kind = inspect.Parameter.KEYWORD_ONLY
            continue
        name, equals, text = written.partition("=")
        default: Any = inspect.Parameter.empty
        if equals:
            default = yaml.safe_load(text)
        elif name.endswith("?"):
            name, default = name[:-1], None
        arguments[name] = (kind, default)
    if mutates(operation):
        arguments["idempotency_key"] = (inspect.Parameter.KEYWORD_ONLY, None)
    return arguments


@pytest.mark.parametrize(("namespace", "name"), OPERATIONS)
def test_a_method_takes_the_contracts_arguments_and_no_others(namespace: str, name: str, client: SegOpsAdmin) -> None:
    signature = inspect.signature(getattr(getattr(client, namespace), name))
    offered = {parameter.name: (parameter.kind, parameter.default) for parameter in signature.parameters.values()}
    assert offered == contracted(operations(namespace)[name])
    assert list(offered) == list(contracted(operations(namespace)[name]))


# ------------------------------------------------------------------------------------------------ requests

VALUES: dict[str, Any] = {
    "id": "a/b",
    "export_id": 5,
    "job_id": 6,
    "segment_id": 8,
    "user_id": "u@x",
    "params": {"limit": 5},
    "rows": [{"sku": "A-1"}],
    "events": [{"event_type": "x"}],
    "data": b"sku\n",
    "filename": "a.csv",
    "q": "lamp",
    "format": None,
}
OBJECTS = ("body", "definition", "payload", "event")


def sample(operation: dict[str, Any]) -> dict[str, Any]:
    """A value for each argument of an operation but the idempotency key."""
    values: dict[str, Any] = {}
    for name, (_, default) in contracted(operation).items():
        if name == "idempotency_key":
            continue
        if name == "format":
            values[name] = operation["formats"][-1]
        elif name == "method":
            values[name] = default
        elif name in OBJECTS:
            values[name] = {"name": name}
        else:
            values[name] = VALUES.get(name, name)
    return values


SENDING = [pair for pair in OPERATIONS if "request" in operations(pair[0])[pair[1]]]


@pytest.mark.parametrize(("namespace", "name"), [pair for pair in SENDING if pair[1] != "download_export"])
def test_a_method_sends_the_contracts_request(namespace: str, name: str) -> None:
    operation = operations(namespace)[name]
    values = sample(operation)
    script = Script(reply({"ok": 1}))
    getattr(getattr(script.client(), namespace), name)(**values)
    (sent,) = script.requests

    quoted = {key: str(value).replace("/", "%2F").replace("@", "%40") for key, value in values.items()}
    method, path = operation["request"].format(path=NAMESPACES[namespace].get("path"), **quoted).split(" ")
    assert (sent.method, sent.path) == (method, path)

    query: dict[str, list[str]] = {}
    asked = operation.get("query")
    for key, argument in {"*": asked}.items() if isinstance(asked, str) else (asked or {}).items():
        value = values[argument]
        query.update({k: [str(v)] for k, v in value.items()} if key == "*" else {key: [str(value)]})
    assert sent.query == query

    body = operation.get("body")
    if "multipart" in operation:
        assert b'name="file"; filename="a.csv"' in sent.content
    elif body is None:
        assert (sent.content, sent.headers.get("Content-Type")) == (b"", None)
    else:
        wanted = values[body] if isinstance(body, str) else {key: values[argument] for key, argument in body.items()}
        assert sent.json == wanted
    assert ("Idempotency-Key" in sent.headers) is mutates(operation)


@pytest.mark.parametrize(("namespace", "name"), [pair for pair in SENDING if mutates(operations(pair[0])[pair[1]])])
def test_a_method_that_mutates_takes_a_key_of_the_callers(namespace: str, name: str) -> None:
    script = Script(reply({"ok": 1}))
    getattr(getattr(script.client(), namespace), name)(**sample(operations(namespace)[name]), idempotency_key="own")
    assert script.requests[0].headers["Idempotency-Key"] == "own"


@pytest.mark.parametrize(
    ("namespace", "name"), [pair for pair in OPERATIONS if "formats" in operations(pair[0])[pair[1]]]
)
def test_a_method_accepts_exactly_the_contracts_formats(namespace: str, name: str) -> None:
    formats = operations(namespace)[name]["formats"]
    for format in formats:
        script = Script(reply({}))
        getattr(getattr(script.client(), namespace), name)(7, format=format)
        assert script.requests[0].json == {"format": format}
    with pytest.raises(ValueError, match=f"{formats[-1]}, not 'other'"):
        getattr(getattr(Script().client(), namespace), name)(7, format="other")


# ------------------------------------------------------------------------------------------------ records


def returned() -> dict[tuple[str, str], str]:
    """What each method is annotated to return, with the shared six's type variables filled in."""
    found: dict[tuple[str, str], str] = {}
    shared = annotations(RESOURCES / "_crud.py")["Collection"][0]
    namespaces = {name: type(value) for name, value in vars(Script().client()).items() if name in NAMESPACES}
    by_class = {kind.__name__: name for name, own in namespaces.items() for kind in own.__mro__}
    for path in RESOURCES.glob("[a-z]*.py"):
        for kind, (methods, parameters) in annotations(path).items():
            namespace = by_class[kind]
            for method, text in methods.items():
                found[namespace, method] = text
            if parameters:
                record, listing, *_ = parameters
                for method, text in shared.items():
                    found[namespace, method] = text.replace("Record", record).replace("Listing", listing, 1)
    return found


def annotations(path: Path) -> dict[str, tuple[dict[str, str], list[str]]]:
    """Each class's methods with what they return, and the parameters of its base."""
    classes: dict[str, tuple[dict[str, str], list[str]]] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = {
                item.name: ast.unparse(item.returns)
                for item in node.body
                if isinstance(item, ast.FunctionDef) and not item.name.startswith("_") and item.returns is not None
            }
            base = node.bases[0] if node.bases else None
            inner = base.slice if isinstance(base, ast.Subscript) else None
            parameters = (
                [item.value for item in inner.elts if isinstance(item, ast.Constant)]
                if isinstance(inner, ast.Tuple)
                else []
            )
            classes[node.name] = (methods, [str(parameter) for parameter in parameters])
    return classes


RETURNED = returned()


def in_python(written: str, namespace: str) -> set[str]:
    """The annotations that stand for what the contract says is returned."""
    told = NAMESPACES[namespace]
    written = written.replace("{record}", told.get("record", "")).replace("{list}", told.get("list", ""))
    if written == "null":
        return {"None"}
    if written == "bytes":
        return {"int"}
    if written.startswith("items<"):
        return {f"Generator[{written[6:-1]}, None, None]"}
    if written.startswith("Page<"):
        return {f"{written[5:-1]}Page"}
    if written.endswith("[]"):
        return {f"list[{written[:-2]}]", f"{written[:-2]}Listing"}
    return {written}


@pytest.mark.parametrize(("namespace", "name"), OPERATIONS)
def test_a_method_returns_the_contracts_record(namespace: str, name: str) -> None:
    assert RETURNED[namespace, name] in in_python(operations(namespace)[name]["returns"], namespace)


# ------------------------------------------------------------------------------------------------ arguments' types


def arguments_types() -> dict[tuple[str, str, str], str]:
    """What each argument is annotated to be, with the shared six's type variables filled in."""
    found: dict[tuple[str, str, str], str] = {}
    by_class = {type(value): name for name, value in vars(Script().client()).items() if name in NAMESPACES}
    for kind, namespace in by_class.items():
        bases = ast.parse(Path(inspect.getfile(kind)).read_text("utf-8")).body
        (node,) = [each for each in bases if isinstance(each, ast.ClassDef)]
        inner = node.bases[0].slice if isinstance(node.bases[0], ast.Subscript) else None
        given = inner.elts if isinstance(inner, ast.Tuple) else []
        names = [str(item.value) for item in given if isinstance(item, ast.Constant)]
        filled = dict(zip(("Record", "Listing", "Create", "Update", "Params"), names))
        for name in operations(namespace):
            for argument, written in getattr(kind, name).__annotations__.items():
                word, *rest = written.split(" ", 1)
                found[namespace, name, argument] = " ".join([filled.get(word, word), *rest])
    return found


ARGUMENTS_TYPES = arguments_types()


@pytest.mark.parametrize(("namespace", "name"), OPERATIONS)
def test_an_argument_that_is_a_body_or_a_query_has_a_type_of_its_own(namespace: str, name: str) -> None:
    from segops_admin import types as public

    for argument, (_, default) in contracted(operations(namespace)[name]).items():
        kind = CONTRACT["arguments"].get(argument, {}).get("type")
        kind = operations(namespace)[name].get("types", {}).get(argument, kind)
        text = ARGUMENTS_TYPES[namespace, name, argument]
        if kind in ("object", "array", "query") and argument != "payload":
            (inner,) = re.fullmatch(r"(?:Iterable\[)?(\w+)\]?(?: \| None)?", text).groups()  # type: ignore[union-attr]
            assert inner in public.__all__, text
            # A body is required, but for the mapping of an import in parts.
            assert text.endswith("| None") == (default is None)
        if kind == "enum":
            values = CONTRACT["arguments"][argument].get("values") or operations(namespace)[name]["formats"]
            assert text == f"Literal[{', '.join(map(repr, values))}]"
            assert default in values


# ------------------------------------------------------------------------------------------------ exports, docs


def test_all_is_sorted_and_each_name_can_be_imported() -> None:
    exported = segops_admin.__all__
    assert len(exported) == len(set(exported))
    for name in exported:
        value = getattr(segops_admin, name)
        assert name == "__version__" or value.__name__ == name
    assert set(exported) <= set(dir(segops_admin))


def test_all_lists_every_public_name_of_the_package() -> None:
    """The names that type checkers see, that ``__all__`` lists and that can be imported are one set."""
    tree = ast.parse(Path(segops_admin.__file__).read_text("utf-8"))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level for alias in node.names
    }
    assert imported == set(segops_admin.__all__)
    for name in segops_admin.__all__:
        getattr(segops_admin, name)
    here = {
        name
        for name, value in vars(segops_admin).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType) and name != "TYPE_CHECKING"
    }
    assert here == set(segops_admin.__all__) - {"__version__"}


def test_what_the_published_package_exports_is_still_exported() -> None:
    published = {
        "SegOpsAdmin", "SegOpsApiError", "SegOpsConfigError", "Paginated", "Segment", "ProductSegment", "Product",
        "EventSchema", "Activation", "AIQuery", "GeneratedPage", "ExportJob",
    }  # fmt: skip
    assert published <= set(segops_admin.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'segops_admin' has no attribute 'SegOpsClient'"):
        segops_admin.SegOpsClient  # noqa: B018 -- the subject


MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(segops_admin.__path__, "segops_admin.")
    if "cli" not in module.name and not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_a_modules_all_is_right_and_all_that_is_public_in_it_is_documented(name: str) -> None:
    if name == "segops_admin.opentelemetry":
        pytest.importorskip("opentelemetry.trace")  # tests without the workspace do without extras
    module = importlib.import_module(name)
    assert module.__doc__ or name.endswith("_version")
    for exported in getattr(module, "__all__", ()):
        value = getattr(module, exported)
        if getattr(value, "__module__", "") == name and (inspect.isclass(value) or inspect.isfunction(value)):
            documented(value)


def documented(value: Any) -> None:
    """One line first, then, if there is more, an empty one."""
    where = f"{value.__module__}.{value.__qualname__}"
    first, *rest = (value.__doc__ or "").split("\n")
    assert first.strip(), f"{where} has no docstring"
    assert first.strip()[-1] in ".?!", f"the first line of {where} is no sentence: {first!r}"
    assert not rest or not rest[0].strip(), f"the first line of {where} goes on: {rest[0]!r}"
    if inspect.isclass(value) and issubclass(value, dict) is False:
        for name, member in vars(value).items():
            plain = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if not name.startswith("_") and inspect.isfunction(plain):
                documented(plain)


def test_every_public_method_is_annotated() -> None:
    for namespace, name in OPERATIONS:
        method = getattr(getattr(SegOpsAdmin("sk_1"), namespace), name)
        assert set(method.__annotations__) == {*inspect.signature(method).parameters, "return"}


def test_the_version_is_written_once_and_is_that_of_the_distribution() -> None:
    import re

    assert re.fullmatch(r"\d+\.\d+\.\d+([a-z]+\d+)?", segops_admin.__version__)
    project = (ROOT / "python/pyproject.toml").read_text("utf-8")
    assert 'dynamic = ["version"]' in project
    assert segops_admin.__version__ not in project
