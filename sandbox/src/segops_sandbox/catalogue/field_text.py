"""A product's field as text, in SQL: what PostgreSQL's `data ->> field` gives, on both databases."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db.models import F, Func, TextField

from segops_sandbox.catalogue.fields import as_text

# A key that SQLite's paths can name as it is, whichever way it is stored.
_PLAIN_KEY = re.compile(r"[ !#-\[\]-~]+")


class FieldText(Func):
    """The text of one key of a JSON column; null where it is missing or null."""

    output_field = TextField()

    def __init__(self, column: str, key: str) -> None:
        super().__init__(F(column))
        self.key = key

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        """`->>`; the cast, because of a number it would take the key for a place in a list."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} ->> %s::text)", [*params, self.key]

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        """Texts and booleans by SQLite itself; what PostgreSQL prints in its own way by a function."""
        connection.ensure_connection()
        connection.connection.create_function("segops_field_text", 2, _field_text, deterministic=True)
        column, params = compiler.compile(self.source_expressions[0])
        ours, ours_params = f"segops_field_text({column}, %s)", [*params, self.key]
        if not _PLAIN_KEY.fullmatch(self.key):
            return ours, ours_params
        at = [*params, f'$."{self.key}"']
        return (
            f"(CASE json_type({column}, %s) WHEN 'text' THEN json_extract({column}, %s) WHEN 'true' THEN 'true' "
            f"WHEN 'false' THEN 'false' WHEN 'integer' THEN {ours} WHEN 'real' THEN {ours} WHEN 'array' THEN {ours} "
            f"WHEN 'object' THEN {ours} END)",
            [*at, *at, *(ours_params * 4)],
        )


def _field_text(data: str, key: str) -> str | None:
    value = json.loads(data).get(key)
    return None if value is None else as_text(value)
