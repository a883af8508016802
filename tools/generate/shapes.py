"""Language-neutral types of the contract's records, bodies and query parameters.

A record's JSON Schema becomes a `Shape`, an enumeration an `Enumeration`, and a named union, list or map an `Alias`.
What is sent has shapes of its own: without the keys that only the server sets, and with those required that a body must
hold. Names come from the contract: a record's own name, or the `title` of a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from segops_parity.contract import Contract, Operation, Record

__all__ = [
    "ANY",
    "Alias",
    "Declaration",
    "Enumeration",
    "Key",
    "ListOf",
    "Literal",
    "MapOf",
    "Named",
    "Scalar",
    "Shape",
    "Shapes",
    "Type",
    "UnionOf",
    "pascal_case",
]

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Scalar:
    """``string``, ``integer``, ``number``, ``boolean``, ``null``, ``time`` (a date-time that is sent), or ``any``."""

    kind: str


@dataclass(frozen=True)
class Literal:
    """One word."""

    value: str


@dataclass(frozen=True)
class Named:
    """A declaration, by its name."""

    name: str


@dataclass(frozen=True)
class ListOf:
    """A JSON array."""

    item: Type
    sent: bool


@dataclass(frozen=True)
class MapOf:
    """A JSON object with keys that are not known beforehand."""

    value: Type
    sent: bool


@dataclass(frozen=True)
class UnionOf:
    """One of several."""

    members: tuple[Type, ...]


Type = Union[Scalar, Literal, Named, ListOf, MapOf, UnionOf]
ANY = Scalar("any")
NULL = Scalar("null")


@dataclass(frozen=True)
class Key:
    """One key of a shape."""

    name: str
    type: Type
    required: bool
    about: str


@dataclass(frozen=True)
class Shape:
    """A JSON object with known keys.

    Attributes:
        extra: what further keys hold, where the workspace may add some of its own; None where a further key is a
            mistake. In what comes back, keys that are not named are possible and not typed.
        sent: whether it is sent only.
    """

    name: str
    about: str
    keys: tuple[Key, ...]
    extra: Type | None = None
    sent: bool = False


@dataclass(frozen=True)
class Enumeration:
    """A set of words: closed, or open where the contract does not know all of them from the documentation."""

    name: str
    about: str
    values: tuple[str, ...]
    closed: bool


@dataclass(frozen=True)
class Alias:
    """A name for a type."""

    name: str
    about: str
    type: Type


Declaration = Union[Shape, Enumeration, Alias]


def pascal_case(name: str) -> str:
    """The form of a type's name: ``iterate_members`` is ``IterateMembers``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


@dataclass
class Shapes:
    """Every declaration of the contract, what it refers to before it.

    Attributes:
        enumerations, records, inputs, params: the declarations by their names.
    """

    contract: Contract
    enumerations: dict[str, Enumeration] = field(default_factory=dict)
    records: dict[str, Declaration] = field(default_factory=dict)
    inputs: dict[str, Declaration] = field(default_factory=dict)
    params: dict[str, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._at = ""  # the property that is being read, for what is declared in it
        self._collections = {each.record for each in self.contract.namespaces.values()}
        for operation in self.contract.operations.values():
            if operation.returns.record is not None:
                self._record(operation.returns.record)
                if operation.returns.kind == "page":
                    self._page(operation.returns.record)
        for namespace in self.contract.namespaces.values():
            if namespace.also is not None and namespace.record is not None:
                self._listing(namespace.record)
        self._record(self.contract.webhooks.event)
        for record in self.contract.records.values():
            if record.statuses:
                self._record(record.name)
        for operation in self.contract.operations.values():
            for argument in operation.arguments:
                self.input_of(operation, argument.name)
            self.params_of(operation)

    def declarations(self) -> Iterator[Declaration]:
        """All of them, in the order in which they are written."""
        yield from self.enumerations.values()
        yield from self.records.values()
        yield from self.inputs.values()
        yield from self.params.values()

    # ------------------------------------------------------------------------------------------------ operations

    def returned(self, operation: Operation) -> Type | None:
        """The type that an operation returns, or of the items it iterates over; None for nothing and a byte count."""
        record = operation.returns.record
        if record is None:
            return None
        if operation.returns.kind == "page":
            return Named(f"{record}Page")
        namespace = self.contract.namespaces[operation.namespace]
        if operation.returns.kind == "array":
            listing = namespace.also is not None and operation.crud
            return Named(f"{record}Listing") if listing else ListOf(Named(record), sent=False)
        return Named(record)

    def input_of(self, operation: Operation, argument: str) -> Type | None:
        """What an argument takes that is a JSON object or an array of them; None for any other."""
        kind = operation.argument(argument).type
        if kind not in ("object", "array"):
            return None
        target = f"{operation.id}.{argument}"
        for record in self.contract.records.values():
            if target in record.requests:
                named = self._sent(record.name)
                return ListOf(named, sent=True) if kind == "array" else named
        if operation.crud and operation.returns.record is not None:
            return self._body(self.contract.record(operation.returns.record), partial=operation.name == "update")
        return MapOf(ANY, sent=True)

    def params_of(self, operation: Operation) -> Type | None:
        """What an operation's query argument takes; None if it has none."""
        if not any(argument.type == "query" for argument in operation.arguments):
            return None
        if operation.iterates is not None:
            return self.params_of(self.contract.operations[operation.iterates])
        record = operation.returns.record
        owner = record if operation.crud else pascal_case(operation.namespace) + pascal_case(operation.name)
        name = f"{owner}{'List' if operation.crud else ''}Params"
        if name not in self.params:
            keys = tuple(
                Key(key, UnionOf((self._param(schema), NULL)), False, schema["description"])
                for key, schema in operation.params.items()
                if key != "*"
            )
            about = f"Query parameters of `{operation.namespace}.{operation.name}`."
            extra = Named("QueryValue") if "*" in operation.params else None
            self.params[name] = Shape(name, about, keys, extra, sent=True)
        return Named(name)

    def _param(self, schema: Schema) -> Type:
        found = self._type(schema, sent=True)
        return UnionOf((found, Scalar("string"))) if found in (Scalar("integer"), Scalar("number")) else found

    # ------------------------------------------------------------------------------------------------ declarations

    def _record(self, name: str) -> Type:
        """A record, or an enumeration, as it comes back."""
        record = self.contract.record(name)
        if record.is_enumeration:
            return self._enumeration(name, record.schema, record.schema["description"])
        if name not in self.records:
            self._declare(self.records, name, record.schema, sent=False)
        return Named(name)

    def _sent(self, name: str) -> Type:
        """A record as it is sent: an own shape where that differs from how it comes back."""
        record = self.contract.record(name)
        if record.is_enumeration or (name in self.records and not record.required_to_create):
            return self._record(name)
        if record.required_to_create:
            # What came back may be sent again as it is.
            return UnionOf((self._body(record, partial=False), self._record(name)))
        if name not in self.inputs:
            self._declare(self.inputs, name, record.schema, sent=True)
        return Named(name)

    def _body(self, record: Record, *, partial: bool) -> Named:
        """What is sent to create a record, or, if ``partial``, to change it."""
        suffix = "Update" if partial else "Create" if record.name in self._collections else "Input"
        name = record.name + suffix
        if name not in self.inputs:
            own = {key: schema for key, schema in record.schema["properties"].items() if not schema.get("readOnly")}
            what = {
                "Create": "What a new {} is made of",
                "Update": "What may be changed of a {}",
                "Input": "A {}, as it is sent",
            }
            schema = {
                **record.schema,
                "description": f"{what[suffix].format(f'`{record.name}`')}.",
                "properties": own,
                "required": [] if partial else list(record.required_to_create),
            }
            self._declare(self.inputs, name, schema, sent=True)
        return Named(name)

    def _page(self, record: str) -> None:
        link = UnionOf((Scalar("string"), NULL))
        keys = (
            Key("count", Scalar("integer"), True, "How many there are on all pages."),
            Key("next", link, True, "The next page's address; null on the last page."),
            Key("previous", link, True, "The previous page's address; null on the first page."),
            Key("results", ListOf(Named(record), sent=False), True, "This page."),
        )
        self.records[f"{record}Page"] = Shape(f"{record}Page", f"A page of records of type `{record}`.", keys)

    def _listing(self, record: str) -> None:
        self._page(record)
        either = UnionOf((ListOf(Named(record), sent=False), Named(f"{record}Page")))
        about = "The reference shows a bare array, the SDK's page an envelope."
        self.records[f"{record}Listing"] = Alias(f"{record}Listing", about, either)

    def _declare(self, into: dict[str, Any], name: str, schema: Schema, *, sent: bool) -> None:
        """Declares an object or a union, and before it whatever it refers to."""
        about = schema["description"]
        made: Declaration
        if "oneOf" in schema:
            made = Alias(name, about, UnionOf(tuple(self._type(each, sent=sent) for each in schema["oneOf"])))
        elif not schema.get("properties"):
            made = Alias(name, about, MapOf(self._type(schema.get("additionalProperties", {}), sent=sent), sent=sent))
        else:
            required = {*schema.get("required", ()), *schema.get("x-assured", ())} - {
                *schema.get("x-optional-to-save", ())
            }
            keys = []
            for key, value in schema["properties"].items():
                self._at = f"{name}.{key}"
                keys.append(Key(key, self._type(value, sent=sent), key in required, value["description"]))
            is_open = sent and (schema.get("x-open-input") or "additionalProperties" in schema)
            made = Shape(name, about, tuple(keys), ANY if is_open else None, sent)
        if into.setdefault(name, made) != made:
            raise ValueError(f"the contract gives two different types the name {name}")

    def _enumeration(self, name: str, schema: Schema, about: str) -> Named:
        mark = schema.get("x-values") or schema["x-source"]
        made = Enumeration(name, about, tuple(schema["enum"]), mark == "documented")
        if self.enumerations.setdefault(name, made) != made:
            raise ValueError(f"the contract gives two different enumerations the name {name}")
        return Named(name)

    # ------------------------------------------------------------------------------------------------ types

    def _type(self, schema: Schema, *, sent: bool) -> Type:
        """The type of a property, an item or a branch."""
        if sent and "x-input" in schema:
            around = {key: schema[key] for key in ("description", "x-source") if key in schema}
            return self._type({**around, **schema["x-input"]}, sent=sent)
        reference = schema.get("x-type") or schema.get("$ref")
        if reference is not None:
            name = reference.removesuffix(".yaml")
            return self._sent(name) if sent else self._record(name)
        if "const" in schema:
            return Literal(schema["const"])
        if "enum" in schema:
            known = self.enumerations.get(schema["title"])
            about = known.about if known else f"Values of `{self._at}`."
            return self._enumeration(schema["title"], schema, about)
        if "title" in schema:
            # A part of a record comes back unless the record is sent only.
            into = self.inputs if sent and schema["title"] not in self.records else self.records
            self._declare(into, schema["title"], schema, sent=sent)
            return Named(schema["title"])
        if "anyOf" in schema or "oneOf" in schema:
            branches = schema.get("anyOf") or schema["oneOf"]
            return UnionOf(tuple(self._type(each, sent=sent) for each in branches))
        kinds = schema.get("type")
        if kinds is None:
            return ANY
        if isinstance(kinds, str):
            return self._plain(kinds, schema, sent=sent)
        return UnionOf(tuple(self._plain(kind, schema, sent=sent) for kind in kinds))

    def _plain(self, kind: str, schema: Schema, *, sent: bool) -> Type:
        if kind == "array":
            return ListOf(self._type(schema.get("items", {}), sent=sent), sent)
        if kind == "object":
            return MapOf(self._type(schema.get("additionalProperties", {}), sent=sent), sent)
        if kind == "string" and sent and schema.get("format") == "date-time":
            return Scalar("time")
        return Scalar(kind)
