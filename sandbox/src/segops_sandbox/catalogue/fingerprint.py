"""The fingerprint of a catalogue: as long as it is equal, no process has written to the catalogue."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Count, DateTimeField, F, Func, IntegerField, Max, Sum, TextField
from django.db.models.functions import Cast

from segops_sandbox import clock
from segops_sandbox.models import Product, Tenant

Fingerprint = tuple[Any, ...]

# A prime beyond a quarter of an hour in microseconds: the sum over millions of rows still fits into 64 bits.
_MODULUS = 1_000_000_007


class _Micros(Func):
    """A time as microseconds, modulo `_MODULUS`."""

    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"MOD((EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint, {_MODULUS})"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Django stores `2026-05-01 12:00:00.123456`, and nothing behind the seconds when there is nothing to say.
        column = self.get_source_expressions()[0]
        sql, params = compiler.compile(column)
        seconds, micros = f"CAST(strftime('%%s', {sql}) AS INTEGER)", f"CAST(substr({sql}, 21, 6) AS INTEGER)"
        return f"(({seconds} * 1000000 + {micros}) %% {_MODULUS})", [*params, *params]


def fingerprint_of(tenant: Tenant) -> Fingerprint:
    """The fingerprint of the catalogue as it is now.

    A running clock stamps each write with a new time, so that the rows' count, ids and times tell them apart. The times
    are summed, since the newest alone would miss an older write that is committed later. A frozen clock stamps
    all writes alike, so there the texts themselves are hashed.
    """
    products = Product.objects.filter(tenant=tenant)
    if clock.is_frozen():
        return ("texts", _hash_of_texts(products))
    figures = products.aggregate(
        count=Count("pk"),
        last=Max("pk"),
        newest=Max("updated_at", output_field=DateTimeField()),
        times=Sum(_Micros(F("updated_at"))),
    )
    return ("times", *figures.values())


def _hash_of_texts(products: Any) -> str:
    digest = hashlib.blake2b(digest_size=16)
    rows = products.order_by("pk").values_list("pk", "sku", "name", Cast("data", TextField()))
    for row in rows.iterator(chunk_size=2000):
        digest.update(repr(row).encode())
    return digest.hexdigest()
