"""Differences between SQLite and PostgreSQL: JSON values, text order and the regular expression.

A property is first selected as two columns, `kind` (its JSON type) and `value`; the other functions make conditions
out of these. All compare alike: numbers as numbers, texts by code point, and never across types.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Protocol

from segops_sandbox.segments import regex, scalars
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
    # Of an entry: its text, that without the blanks around it, its number, its amount as a price. Null without one.
    plain_text: Sql
    trimmed: Sql
    plain_number: Sql
    amount: Sql

    def property(self, payload: Sql, name: str, *, escaped: bool = False) -> Sql:
        """The columns `kind` and `value` of a payload's property.

        `escaped` says that names which are not ASCII are stored with `\\u` escapes, as in Django's JSON fields.
        """

    def column(self, name: Sql) -> Sql:
        """A column of text as `kind` and `value`."""

    def entries(self, rows: Sql, *, split: bool = False) -> Sql:
        """From rows of `kind` and `value`, those of each entry of a list, and of what is no list.

        Null, blank texts, empty lists and empty objects are left out.

        With `split`, a text is a list too, of what stands between its commas.
        """

    def boolean(self, value: bool) -> Sql:
        """Whether the property is that boolean."""

    def numeric(self, value: float) -> Any:
        """A number as a parameter that compares exactly with `number`."""

    def rounded(self, expression: Sql) -> Sql:
        """An aggregate rounded to 6 decimals, so that the order of addition cannot decide."""

    def holds(self, part: str, text: Sql | None = None) -> Sql:
        """Whether the text, or another one, contains a text."""

    def has_item(self, item: Any) -> Sql:
        """Whether the property is a list with such an item."""

    def matches(self, pattern: str) -> Sql:
        """Whether the text matches a regular expression of the dialect in `regex.py`."""

    def prepare(self, connection: Any) -> None:
        """Make a Django connection ready for compiled queries."""


# Of these keys SQLite's paths can't speak: the quote ends the key, and the others are stored escaped.
_ODD_KEY = re.compile(r'["\\\x00-\x1f]')


_SQLITE_TRIM = "trim({text}, char(9, 10, 11, 12, 13, 32))"


def _sqlite_number(kind: Sql, value: Sql) -> Sql:
    return sql(
        "CASE WHEN {kind} = 'text' THEN segops_number({value}) "
        "WHEN {kind} IN ('integer', 'real') AND {value} BETWEEN -{most} AND {most} THEN CAST({value} AS REAL) END",
        kind=kind,
        value=value,
        most=Sql(str(scalars.MOST)),
    )


class SQLite:
    """SQLite with its JSON functions, from 3.35 on."""

    text_order = sql("")
    number = sql("(CASE WHEN kind IN ('integer', 'real') THEN value END)")
    text = sql("(CASE WHEN kind = 'text' THEN value END)")
    present = sql("kind <> 'null'")
    filled = sql("kind <> 'null' AND NOT (kind = 'array' AND value = '[]')")
    plain_text = sql(
        "(CASE kind WHEN 'text' THEN value WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        "WHEN 'integer' THEN segops_text(value) WHEN 'real' THEN segops_text(value) END)"
    )
    trimmed = sql(_SQLITE_TRIM, text=plain_text)
    plain_number = sql("({number})", number=_sqlite_number(sql("kind"), sql("value")))
    amount = sql(
        "(CASE WHEN kind = 'object' THEN {of_amount} ELSE {number} END)",
        of_amount=_sqlite_number(sql("json_type(value, '$.amount')"), sql("json_extract(value, '$.amount')")),
        number=_sqlite_number(sql("kind"), sql("value")),
    )

    def property(self, payload: Sql, name: str, *, escaped: bool = False) -> Sql:
        if _ODD_KEY.search(name) or (escaped and not name.isascii()):
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

    def column(self, name: Sql) -> Sql:
        return sql("'text' AS kind, {name} AS value", name=name)

    def entries(self, rows: Sql, *, split: bool = False) -> Sql:
        # Quoting escapes quotes and backslashes but no comma, so that the text becomes a list by its commas.
        parts = sql(""" WHEN 'text' THEN '[' || replace(json_quote(v.value), ',', '","') || ']'""")
        return sql(
            "SELECT kind, value\nFROM (\n"
            "  SELECT COALESCE(item.type, v.kind) AS kind,\n"
            "    CASE WHEN item.type IS NULL THEN v.value ELSE item.value END AS value\n"
            "  FROM (\n    {rows}\n  ) AS v\n"
            "  LEFT JOIN json_each(CASE v.kind WHEN 'array' THEN v.value{parts} END) AS item ON TRUE\n"
            ") AS e\n"
            "WHERE kind <> 'null' AND NOT (kind IN ('array', 'object') AND value IN ('[]', '{{}}'))\n"
            "  AND NOT (kind = 'text' AND {trimmed} = '')",
            rows=rows,
            parts=parts if split else sql(""),
            trimmed=sql(_SQLITE_TRIM, text=sql("value")),
        )

    def boolean(self, value: bool) -> Sql:
        return sql("kind = {kind}", kind="true" if value else "false")

    def numeric(self, value: float) -> Any:
        return value

    def rounded(self, expression: Sql) -> Sql:
        return sql("ROUND({expression}, 6)", expression=expression)

    def holds(self, part: str, text: Sql | None = None) -> Sql:
        return sql("instr({text}, {part}) > 0", text=text or self.text, part=part)

    def has_item(self, item: Any) -> Sql:
        if isinstance(item, bool):
            same = sql("item.type = {kind}", kind="true" if item else "false")
        elif isinstance(item, str):
            same = sql("item.type = 'text' AND item.value = {item}", item=item)
        else:
            same = sql("item.type IN ('integer', 'real') AND item.value = {item}", item=item)
        # Named first: as an argument of json_each, `value` would be that of json_each itself.
        return sql(
            "EXISTS (SELECT 1 FROM (SELECT CASE WHEN kind = 'array' THEN value END AS list) AS held, "
            "json_each(held.list) AS item WHERE {same})",
            same=same,
        )

    def matches(self, pattern: str) -> Sql:
        return sql("segops_matches({text}, {pattern})", text=self.text, pattern=pattern)

    def prepare(self, connection: Any) -> None:
        connection.ensure_connection()
        connection.connection.create_function("segops_matches", 2, regex.matches, deterministic=True)
        connection.connection.create_function("segops_number", 1, scalars.number_of, deterministic=True)
        connection.connection.create_function("segops_text", 1, scalars.text_of, deterministic=True)


_PG_TRIM = r"btrim({text}, E' \t\n\x0B\f\r')"


def _pg_number(value: Sql) -> Sql:
    """CASE decides first: a text that is no numeral cannot be cast."""
    text = sql("({value} #>> '{{}}')", value=value)
    return sql(
        "CASE jsonb_typeof({value}) WHEN 'string' THEN CASE WHEN {trimmed} ~ '{numeral}' THEN {trimmed}::float8 END "
        "WHEN 'number' THEN CASE WHEN abs({text}::numeric) <= {most} THEN {text}::float8 END END",
        value=value,
        text=text,
        trimmed=sql(_PG_TRIM, text=text),
        numeral=Sql(f"^({scalars.NUMERAL})$"),
        most=Sql(str(scalars.MOST)),
    )


class PostgreSQL:
    """PostgreSQL with jsonb, from 12 on."""

    text_order = sql(' COLLATE "C"')
    number = sql("(CASE WHEN kind = 'number' THEN (value #>> '{{}}')::numeric END)")
    text = sql("""(CASE WHEN kind = 'string' THEN value #>> '{{}}' END COLLATE "C")""")
    present = sql("kind <> 'null'")
    filled = sql("kind <> 'null' AND value <> '[]'::jsonb")
    plain_text = sql(
        "(CASE WHEN kind IN ('string', 'boolean') THEN value #>> '{{}}' WHEN kind = 'number' THEN "
        "CASE WHEN abs((value #>> '{{}}')::numeric) <= {most} THEN value #>> '{{}}' END END)",
        most=Sql(str(scalars.MOST_AS_TEXT)),
    )
    trimmed = sql(_PG_TRIM, text=plain_text)
    plain_number = sql("({number})", number=_pg_number(sql("value")))
    amount = sql(
        "(CASE WHEN kind = 'object' THEN {of_amount} ELSE {number} END)",
        of_amount=_pg_number(sql("(value -> 'amount')")),
        number=_pg_number(sql("value")),
    )

    def property(self, payload: Sql, name: str, *, escaped: bool = False) -> Sql:
        return sql(
            "jsonb_typeof({payload}::jsonb -> {name}::text) AS kind, {payload}::jsonb -> {name}::text AS value",
            payload=payload,
            name=name,
        )

    def column(self, name: Sql) -> Sql:
        return sql("'string' AS kind, to_jsonb({name}) AS value", name=name)

    def entries(self, rows: Sql, *, split: bool = False) -> Sql:
        parts = sql(" WHEN 'string' THEN to_jsonb(string_to_array(v.value #>> '{{}}', ','))")
        return sql(
            "SELECT kind, value\nFROM (\n"
            "  SELECT COALESCE(jsonb_typeof(item.value), v.kind) AS kind, COALESCE(item.value, v.value) AS value\n"
            "  FROM (\n    {rows}\n  ) AS v\n"
            "  LEFT JOIN jsonb_array_elements(CASE v.kind WHEN 'array' THEN v.value{parts} END) AS item (value)\n"
            "    ON TRUE\n"
            ") AS e\n"
            "WHERE kind <> 'null' AND value NOT IN ('[]'::jsonb, '{{}}'::jsonb) AND {trimmed} <> ''",
            rows=rows,
            parts=parts if split else sql(""),
            trimmed=sql(_PG_TRIM, text=sql("(value #>> '{{}}')")),
        )

    def boolean(self, value: bool) -> Sql:
        return sql("value = {value}::jsonb", value=json.dumps(value))

    def numeric(self, value: float) -> Any:
        return Decimal(repr(value)) if isinstance(value, float) else value

    def rounded(self, expression: Sql) -> Sql:
        return sql("ROUND({expression}, 6)", expression=expression)

    def holds(self, part: str, text: Sql | None = None) -> Sql:
        return sql("strpos({text}, {part}) > 0", text=text or self.text, part=part)

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
