"""The encoding of ids, queries and bodies: servers decode what was given."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import math
import uuid
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import Reply, Seen

from segops_admin import SegOpsArgumentError
from segops_admin._wire.encoding import encode_json, encode_path, encode_query, iso8601
from segops_admin._wire.paths import path, segment
from segops_admin.testing import Script, reply

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
UTC = datetime.timezone.utc


# ------------------------------------------------------------------------------------------------ ids


@given(id=TEXT.filter(lambda text: text not in ("", ".", "..")))
def test_any_text_is_one_segment_and_itself_after_decoding(id: str) -> None:
    encoded = segment(id)
    assert encoded.isascii()
    assert not set(encoded) & set("/?#\\ %") - {"%"}
    assert unquote(encoded, errors="strict") == id
    assert urlsplit(f"https://host/api/segments/{encoded}/compute/").path == f"/api/segments/{encoded}/compute/"


@given(ids=st.tuples(TEXT, TEXT).filter(lambda pair: not {"", ".", ".."} & set(pair)))
def test_two_ids_in_one_path_stay_where_they_belong(ids: tuple[str, str]) -> None:
    segments = path("/explorer/users/{}/segments/{}/explain/", *ids).split("/")
    assert [unquote(part) for part in segments] == ["", "explorer", "users", ids[0], "segments", ids[1], "explain", ""]


HOSTILE = [
    "a/b",
    "../users",
    "1/compute",
    "a?b=c",
    "a#b",
    "a b",
    "Größe",
    "🛒",
    "%2e%2e",
    "%00",
    "{}",
    "{0}",
    "a\\b",
    "a;b",
    "\n",
    "a@b.c",
    "x" * 5000,
]


def test_hostile_ids_arrive_over_the_wire_as_they_were(serve: Any, connect: Any) -> None:
    server = serve(answer=lambda seen: Reply(json={"id": seen.segments[3]}))
    client = connect(server)
    for id in HOSTILE:
        assert client.segments.get(id) == {"id": id}
    assert all(len(seen.segments) == 5 for seen in server.requests)


CALLS_WITH_IDS: list[Any] = [
    lambda c, id: c.segments.get(id),
    lambda c, id: c.segments.update(id, {}),
    lambda c, id: c.segments.delete(id),
    lambda c, id: c.segments.estimate(id),
    lambda c, id: c.segments.versions(id),
    lambda c, id: c.segments.recompute(id),
    lambda c, id: c.segments.members(id),
    lambda c, id: next(c.segments.iterate_members(id)),
    lambda c, id: c.segments.export(id),
    lambda c, id: c.segments.export_status(id, 1),
    lambda c, id: c.segments.download_export(id, "never-written"),
    lambda c, id: c.segments.wait_for_recompute(id, since=None),
    lambda c, id: c.product_segments.recompute(id),
    lambda c, id: c.products.score(id),
    lambda c, id: c.products.get_score(id),
    lambda c, id: c.products.import_status(id),
    lambda c, id: c.products.confirm_import(id, {}),
    lambda c, id: c.products.wait_for_import(id),
    lambda c, id: c.activations.sync(id),
    lambda c, id: c.users.get(id),
    lambda c, id: c.users.events(id),
    lambda c, id: c.users.segments(id),
    lambda c, id: c.users.explain(id, 1),
    lambda c, id: c.users.explain("u", id),
    lambda c, id: c.queries.run(id),
    lambda c, id: c.queries.results(id),
    lambda c, id: c.pages.regenerate(id),
    lambda c, id: c.pages.build(id, {}),
    lambda c, id: c.pages.publish(id),
    lambda c, id: c.pages.export(id),
]


@pytest.mark.parametrize(
    "bad", ["", ".", "..", None, True, 1.5, 2.0**53, b"7", "\ud800", [1], {"id": 1}, decimal.Decimal(7)]
)
def test_an_invalid_id_is_refused_everywhere_and_nothing_is_sent(bad: Any) -> None:
    for call in CALLS_WITH_IDS:
        script = Script()
        with pytest.raises(SegOpsArgumentError):
            call(script.client(), bad)
        assert script.requests == []


@pytest.mark.parametrize("bad", ["", None, True, 1.5])
def test_an_invalid_id_is_refused_in_a_query_too(bad: Any) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError):
        script.client().segments.membership(bad)
    with pytest.raises(SegOpsArgumentError):
        script.client().segments.export_status(7, bad)
    assert script.requests == []


def test_an_argument_error_is_a_value_error_that_says_what_was_given() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Script().client().segments.delete("")
    with pytest.raises(ValueError, match=r"'\.\.' is not an id"):
        Script().client().segments.get("..")


@pytest.mark.parametrize("id", [7, "7", 2**80, uuid.UUID(int=7)])
def test_numbers_text_and_uuids_are_ids(id: Any) -> None:
    script = Script(reply({}))
    script.client().segments.get(id)
    assert script.requests[0].path == f"/segments/{id}/"


class Colour(enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 3


class Counted:
    """A whole number of another library, such as numpy's."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("id", "segment"), [(Colour.RED, "red"), (Size.LARGE, "3"), (7.0, "7"), (-0.0, "0"), (Counted(), "7")]
)
def test_the_value_of_an_enumeration_and_whole_numbers_of_any_kind_are_ids(id: Any, segment: str) -> None:
    script = Script(reply({}))
    script.client().segments.get(id)
    assert script.requests[0].path == f"/segments/{segment}/"


@given(text=TEXT)
def test_a_path_given_to_request_never_leaves_the_base_url(text: str) -> None:
    try:
        encoded = encode_path(text)
    except SegOpsArgumentError:
        return
    url = urlsplit("https://host/api" + encoded)
    assert (url.scheme, url.netloc, url.fragment) == ("https", "host", "")
    assert url.path.startswith("/api/")
    assert not {".", ".."} & {unquote(part) for part in url.path.split("/")}


# ------------------------------------------------------------------------------------------------ queries


@given(pairs=st.dictionaries(TEXT.filter(bool), TEXT))
def test_a_query_of_text_is_read_back_as_it_was(pairs: dict[str, str]) -> None:
    assert dict(parse_qsl(encode_query(pairs), keep_blank_values=True, strict_parsing=bool(pairs))) == pairs


@given(values=st.lists(st.one_of(TEXT, st.integers(), st.none())))
def test_a_list_in_a_query_repeats_its_key_and_skips_none(values: list[Any]) -> None:
    read = parse_qsl(encode_query({"tag[]": values}), keep_blank_values=True)
    assert read == [("tag[]", str(value)) for value in values if value is not None]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1.5, "1.5"),
        (10.0, "10"),
        (-0.0, "0"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (9007199254740991.0, "9007199254740991"),
        (9007199254740993, "9007199254740993"),
        (decimal.Decimal("9.90"), "9.90"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime.date(2026, 4, 25), "2026-04-25"),
        (datetime.datetime(2026, 4, 25, 12, tzinfo=UTC), "2026-04-25T12:00:00Z"),
        (datetime.datetime(2026, 4, 25, 12, 0, 0, 250, tzinfo=UTC), "2026-04-25T12:00:00.000250Z"),
        (
            datetime.datetime(2026, 4, 25, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30))),
            "2026-04-24T19:30:00Z",
        ),
        (Colour.RED, "red"),
        (Size.LARGE, "3"),
        ("", ""),
        ("a+b c&d=é", "a+b c&d=é"),
    ],
)
def test_values_of_a_query_are_written_as_the_server_reads_them(
    value: Any, sent: str, serve: Any, connect: Any
) -> None:
    server = serve(Reply(json=[]))
    connect(server).segments.list({"key": value, "gone": None})
    assert server.requests[0].query == [("key", sent)]


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    assert iso8601(datetime.datetime(2026, 4, 25, 12)) == "2026-04-25T12:00:00Z"  # noqa: DTZ001 -- the subject


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1},
        b"bytes",
        {1, 2},
        object(),
        math.nan,
        math.inf,
        -math.inf,
        decimal.Decimal("NaN"),
        decimal.Decimal("-Infinity"),
        [math.nan],
        [[1]],
        "\ud800",
    ],
    ids=lambda value: type(value).__name__ + ascii(value)[:9],
)
def test_what_has_no_place_in_a_query_is_refused_and_nothing_is_sent(value: Any) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError):
        script.client().segments.list({"key": value})
    assert script.requests == []


def test_no_parameters_leave_no_question_mark(serve: Any, connect: Any) -> None:
    server = serve(*[Reply(json=[])] * 4)
    client = connect(server)
    for parameters in (None, {}, {"a": None}, {"a": []}):
        client.segments.list(parameters)
    assert {seen.target for seen in server.requests} == {"/api/segments/"}


def test_the_fixed_part_of_a_query_comes_first_and_is_not_lost(serve: Any, connect: Any) -> None:
    server = serve(Reply(json={}))
    connect(server).pages.query("red lamp", {"limit": 5})
    seen: Seen = server.requests[0]
    assert (seen.raw_path, seen.query) == ("/api/ai-pages/query", [("q", "red lamp"), ("limit", "5")])


# ------------------------------------------------------------------------------------------------ bodies

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(body=JSON_VALUES)
def test_a_body_is_read_back_as_it_was(body: Any) -> None:
    encoded = encode_json(body)
    assert json.loads(encoded.decode("utf-8")) == body
    assert encoded == json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (datetime.date(2026, 4, 25), b'"2026-04-25"'),
        (datetime.datetime(2026, 4, 25, 12, tzinfo=UTC), b'"2026-04-25T12:00:00Z"'),
        (decimal.Decimal("19.90"), b'"19.90"'),
        (uuid.UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Size.LARGE, b"3"),
        (2**70, b"1180591620717411303424"),
        ((1, 2), b"[1,2]"),
        ("\u2028</script>\x00", '"\u2028</script>\\u0000"'.encode()),
        ({}, b"{}"),
        ([], b"[]"),
        (0, b"0"),
        ("", b'""'),
        (False, b"false"),
    ],
)
def test_values_of_a_body_have_one_form(value: Any, sent: bytes) -> None:
    assert encode_json(value) == sent
    assert encode_json({"a": value}) == b'{"a":' + sent + b"}"


def circular() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def deep() -> list[Any]:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        {math.nan: 1},
        decimal.Decimal("NaN"),
        decimal.Decimal("Infinity"),
        {1, 2},
        b"x",
        object,
        circular(),
        "\ud800",
        {(1, 2): 3},
    ],
    ids=lambda value: type(value).__name__ + ascii(value)[:7],
)
def test_what_has_no_json_form_is_refused_and_nothing_is_sent(value: Any) -> None:
    script = Script()
    for body in (value, {"deep": [value]}):
        with pytest.raises(SegOpsArgumentError, match="cannot be sent as JSON"):
            script.client().http.request("POST", "/x/", body=body)
        with pytest.raises(SegOpsArgumentError):
            script.client().segments.create({"definition": body})
    assert script.requests == []


def test_a_body_may_have_as_many_levels_as_a_reply() -> None:
    levels = 500
    assert encode_json(json.loads("[" * levels + "]" * levels)) == b"[" * levels + b"]" * levels
    with pytest.raises(SegOpsArgumentError, match="nested too deeply"):
        encode_json(json.loads("[" * (levels + 1) + "]" * (levels + 1)))
    assert encode_json({"text": "[" * 600}) == b'{"text":"' + b"[" * 600 + b'"}'


def test_a_body_nested_too_deeply_is_refused() -> None:
    nested = deep()
    with pytest.raises(SegOpsArgumentError, match="cannot be sent as JSON"):
        encode_json(nested)
    while nested:  # unnested step by step: freeing it at once would recurse as deeply
        nested = nested.pop()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda c: c.segments.export(7, format="xlsx"), "csv or parquet, not 'xlsx'"),
        (lambda c: c.pages.export(7, format="pdf"), "tsx, html or json, not 'pdf'"),
        (lambda c: c.segments.update(7, {}, method="GET"), "PATCH or PUT, not 'GET'"),
        (lambda c: c.segments.update(7, {}, method="patch"), "PATCH or PUT, not 'patch'"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused_and_nothing_is_sent(call: Any, says: str) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match=says):
        call(script.client())
    assert script.requests == []
