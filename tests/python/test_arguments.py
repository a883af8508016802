"""Arguments that cannot be sent are refused before anything is, in a short error that names them and their type."""

from __future__ import annotations

import asyncio
import datetime
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from segops_admin import SegOpsArgumentError
from segops_admin.testing import Script, reply


class DataFrame:
    """Stands for pandas': iterating over one gives the names of its columns."""

    columns = ("sku", "name")

    def __iter__(self) -> Any:
        return iter(self.columns)


NO_ROWS = "rows must be a list of objects"
EAST = datetime.timezone(datetime.timedelta(hours=14))
REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rows as a mapping": (
        lambda c: c.products.bulk_upsert({"sku": 1}),
        f"{NO_ROWS}, not an object",
    ),
    "rows as text": (lambda c: c.products.bulk_upsert("A-1"), "rows must be a list of objects, not 'A-1'"),
    "rows as bytes": (lambda c: c.products.bulk_upsert(b"A-1"), "rows must be a list of objects, not bytes"),
    "rows as nothing": (lambda c: c.products.bulk_upsert(None), "rows must be a list of objects, not null"),
    "rows as a table": (
        lambda c: c.products.bulk_upsert(DataFrame()),
        f"{NO_ROWS}, not a DataFrame",
    ),
    "rows of text": (lambda c: c.products.bulk_upsert(["A-1"]), "rows must hold objects, not 'A-1'"),
    "events as text": (lambda c: c.schemas.infer("x"), "events must be a list of objects, not 'x'"),
    "payload as a list": (lambda c: c.schemas.validate("x", []), "payload must be an object, not an array"),
    "query as text": (lambda c: c.segments.list("page=2"), "Query parameters must be an object, not 'page=2'"),
    "query as a number": (lambda c: c.users.search(5), "Query parameters must be an object, not 5"),
    "query of a search": (lambda c: c.pages.query("tent", 5), "Query parameters must be an object, not 5"),
    "nothing to create": (lambda c: c.segments.create(None), "body must be an object, not null"),
    "text to change": (lambda c: c.segments.update(1, "x"), "body must be an object, not 'x'"),
    "a schema as a list": (lambda c: c.products.replace_schema([]), "body must be an object, not an array"),
    "a definition as text": (lambda c: c.segments.preview("x"), "definition must be an object, not 'x'"),
    "an event as a number": (lambda c: c.users.publish_sandbox(1), "event must be an object, not 1"),
    "a file name": (lambda c: c.products.import_csv(b"sku", 7), "A file name must be text, not 7"),
    "a time before all in a query": (
        lambda c: c.segments.list({"at": datetime.datetime(1, 1, 1, tzinfo=EAST)}),
        "The time 0001-01-01T00:00:00+14:00 has no form in UTC: it is out of range",
    ),
    "a time before all in a body": (
        lambda c: c.segments.create({"at": datetime.datetime(1, 1, 1, tzinfo=EAST)}),
        "The time 0001-01-01T00:00:00+14:00 has no form in UTC: it is out of range",
    ),
}


@pytest.mark.parametrize(("call", "told"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_before_anything_is_sent(call: Callable[[Any], Any], told: str) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError) as caught:
        call(script.client())
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 200

    async def program() -> Any:
        made = call(script.async_client())
        return await made if inspect.isawaitable(made) else made

    with pytest.raises(SegOpsArgumentError) as again:
        asyncio.run(program())
    assert str(again.value) == str(caught.value)
    assert not script.requests


def test_iteration_with_invalid_parameters_is_refused_before_anything_is_sent() -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="Query parameters must be an object, not 'page=2'"):
        next(script.client().segments.iterate("page=2"))  # type: ignore[arg-type]
    assert not script.requests


def test_rows_may_come_from_a_generator_and_are_sent_as_a_list() -> None:
    script = Script(reply({"created": 2}))
    script.client().products.bulk_upsert({"sku": sku} for sku in ("A-1", "A-2"))
    assert script.requests[0].json == {"products": [{"sku": "A-1"}, {"sku": "A-2"}]}
