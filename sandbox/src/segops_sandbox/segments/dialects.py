"""What do SQLite and PostgreSQL say differently? JSON values, text order and the regular expression.

A property is first selected as two columns, `kind` (its JSON type) and `value`; the other functions make conditions
out of these. All compare alike: numbers as numbers, texts by code point, and never across types.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Protocol

from segops_sandbox.segments import regex
from segops_sandbox.segments.sql import Sql, join, sql, values


class Dialect(Protocol):
    """The part of the compiler that knows the database."""

    # For ORDER BY: texts by code point.
    text_order: Sql
    # Of a row with `kind` and `value`; null where the property is of another type.
    number: Sql
    text: Sql
    # Whether the property is there (null is not), and whether it is there and not an empty list.
    present: Sql
    filled: Sql

    def property(self, payload: Sql, name: str) -> Sql:
        """The columns `kind` and `value` of a payload's property."""

    def boolean(self, value: bool) -> Sql:
        """Whether the property is that boolean."""

    def numeric(self, value: float) -> Any:
        """A number as a parameter that compares exactly with `number`."""

    def rounded(self, expression: Sql) -> Sql:
        """An aggregate rounded to 6 decimals, so that the order of addition cannot decide."""

    def holds(self, part: str) -> Sql:
        """Whether the text contains a text."""

    def has_item(self, item: Any) -> Sql:
        """Whether the property is a list with such an item."""

    def matches(self, pattern: str) -> Sql:
        """Whether the text matches a regular expression of the dialect in `regex.py`."""

    def prepare(self, connection: Any) -> None:
        """Make a Django connection ready for compiled queries."""


# Of these keys SQLite's paths can't speak: the quote ends the key, and the others are stored escaped.
_ODD_KEY = re.compile(r'["\\\x00-\x1f]')


class SQLite:
    """SQLite with its JSON functions, from 3.35 on."""

    text_order = sql("")
    number = sql("(CASE WHEN kind IN ('integer', 'real') THEN value END)")
    text = sql("(CASE WHEN kind = 'text' THEN value END)")
    present = sql("kind <> 'null'")
    filled = sql("kind <> 'null' AND NOT (kind = 'array' AND value = '[]')")

    def property(self, payload: Sql, name: str) -> Sql:
        if _ODD_KEY.search(name):
            return sql(
                "(SELECT type FROM json_each({payload}) WHERE key = {name}) AS kind, "
                "(SELECT value FROM json_each({payload}) WHERE key = {name}) AS value",
                payload=payload,
                name=name,
            )
        path = f'$."{name}"'
        return sql(
            "json_type({payload}, {path}) AS kind, json_extract({payload}, {path}) AS value", payload=payload, path=path
        )

    def boolean(self, value: bool) -> Sql:
        return sql("kind = {kind}", kind="true" if value else "false")

    def numeric(self, value: float) -> Any:
        return value

    def rounded(self, expression: Sql) -> Sql:
        return sql("ROUND({expression}, 6)", expression=expression)

    def holds(self, part: str) -> Sql:
        return sql("instr({text}, {part}) > 0", text=self.text, part=part)

    def has_item(self, item: Any) -> Sql:
        if isinstance(item, bool):
            same = sql("item.type = {kind}", kind="true" if item else "false")
        elif isinstance(item, str):
            same = sql("item.type = 'text' AND item.value = {item}", item=item)
        else:
            same = sql("item.type IN ('integer', 'real') AND item.value = {item}", item=item)
        return sql(
            "EXISTS (SELECT 1 FROM json_each(CASE WHEN kind = 'array' THEN value END) AS item WHERE {same})", same=same
        )

    def matches(self, pattern: str) -> Sql:
        return sql("segops_matches({text}, {pattern})", text=self.text, pattern=pattern)

    def prepare(self, connection: Any) -> None:
        connection.ensure_connection()
        connection.connection.create_function("segops_matches", 2, regex.matches, deterministic=True)


class PostgreSQL:
    """PostgreSQL with jsonb, from 12 on."""

    text_order = sql(' COLLATE "C"')
    number = sql("(CASE WHEN kind = 'number' THEN (value #>> '{{}}')::numeric END)")
    text = sql("""(CASE WHEN kind = 'string' THEN value #>> '{{}}' END COLLATE "C")""")
    present = sql("kind <> 'null'")
    filled = sql("kind <> 'null' AND value <> '[]'::jsonb")

    def property(self, payload: Sql, name: str) -> Sql:
        return sql(
            "jsonb_typeof({payload}::jsonb -> {name}::text) AS kind, {payload}::jsonb -> {name}::text AS value",
            payload=payload,
            name=name,
        )

    def boolean(self, value: bool) -> Sql:
        return sql("value = {value}::jsonb", value=json.dumps(value))

    def numeric(self, value: float) -> Any:
        return Decimal(repr(value)) if isinstance(value, float) else value

    def rounded(self, expression: Sql) -> Sql:
        return sql("ROUND({expression}, 6)", expression=expression)

    def holds(self, part: str) -> Sql:
        return sql("strpos({text}, {part}) > 0", text=self.text, part=part)

    def has_item(self, item: Any) -> Sql:
        return sql(
            "EXISTS (SELECT 1 FROM jsonb_array_elements(CASE WHEN kind = 'array' THEN value ELSE '[]' END) "
            "AS item (value) WHERE item.value = {item}::jsonb)",
            item=json.dumps(item, ensure_ascii=False),
        )

    def matches(self, pattern: str) -> Sql:
        return sql("{text} ~ {pattern}", text=self.text, pattern=regex.postgres(pattern))

    def prepare(self, connection: Any) -> None:
        """Nothing to do."""


def dialect_of(connection: Any) -> Dialect:
    """The dialect of a Django connection."""
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()


def either(conditions: list[Sql]) -> Sql:
    """Whether any of some conditions holds; of none, none does."""
    return sql("({any})", any=join(" OR ", conditions)) if conditions else sql("(1 = 0)")


def one_of(expression: Sql, items: list[Any]) -> Sql:
    """Whether an expression is one of some parameters."""
    return sql("{expression} IN ({items})", expression=expression, items=values(items))
