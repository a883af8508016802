"""Code written for the published package 0.2.2 sends the same requests and gets the same values."""

from __future__ import annotations

import inspect
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from scripted_server import Reply, Seen
from sdk_client import KEY

from segops_admin import Paginated, SegOpsAdmin, SegOpsApiError, SegOpsConfigError, SegOpsDecodeError

TABLE = yaml.safe_load(Path(__file__).with_name("published_0_2_2.yaml").read_text("utf-8"))


def facts() -> list[dict[str, Any]]:
    """Every call of the table, the shared six spelled out for each collection."""
    spelled = [
        {**fact, "call": f"{namespace}.{fact['call']}", "sends": fact["sends"].format(base=base)}
        for namespace, base in TABLE["collections"].items()
        for fact in TABLE["collection_calls"]
    ]
    return spelled + TABLE["calls"]


FACTS = facts()


def name_of(fact: dict[str, Any]) -> str:
    return f"{fact['call']}({', '.join(fact.get('args', ()))})"


def arguments(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value["bytes"].encode() if isinstance(value, dict) and set(value) == {"bytes"} else value
        for name, value in fact.get("args", {}).items()
    }


def call(client: SegOpsAdmin, fact: dict[str, Any], *, by_name: bool = False) -> Any:
    namespace, method = fact["call"].split(".")
    given = arguments(fact)
    named = {name: value for name, value in given.items() if by_name or name in fact.get("by_name", ())}
    positional = [value for name, value in given.items() if name not in named]
    return getattr(getattr(client, namespace), method)(*positional, **named)


def judge(seen: Seen, fact: dict[str, Any]) -> None:
    """Compares a request with a fact."""
    method, target = fact["sends"].split(" ")
    assert (seen.method, seen.target) == (method, "/api" + target)
    for name, value in TABLE["headers"].items():
        assert seen.header(name) == value.format(key=KEY)
    if "part" in fact:
        content_type = seen.header("Content-Type") or ""
        message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + seen.body)
        (part,) = message.get_payload()
        assert {
            "field": part.get_param("name", header="content-disposition"),
            "filename": part.get_filename(),
            "type": part["Content-Type"],
            "content": part.get_payload(decode=True).decode(),
        } == fact["part"]
        assert [name for name, _ in part.items()] == ["Content-Disposition", "Content-Type"]
    elif "body" in fact:
        assert seen.json == fact["body"]
        assert seen.header("Content-Type") == "application/json"
    else:
        assert (seen.body, seen.header("Content-Type")) == (b"", None)
    if fact.get("key"):
        assert seen.header("Idempotency-Key")


def test_the_table_holds_all_85_methods() -> None:
    assert len({fact["call"] for fact in FACTS}) == 85


@pytest.mark.parametrize("by_name", [False, True], ids=["by position", "by name"])
@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_a_published_call_sends_the_same_request(fact: dict[str, Any], by_name: bool, serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[{"id": 1}]))
    answer = call(connect(server), fact, by_name=by_name)
    if fact["returns"] == "items":
        assert list(answer) == [{"id": 1}]
    judge(server.requests[0], fact)


ANSWERS: dict[str, tuple[Any, Any]] = {
    "an object": (lambda: Reply(200, json={"id": 7, "more": {"a": [None]}}), {"id": 7, "more": {"a": [None]}}),
    "an envelope": (
        lambda: Reply(200, json={"count": 1, "next": None, "previous": None, "results": [{"id": 1}]}),
        {"count": 1, "next": None, "previous": None, "results": [{"id": 1}]},
    ),
    "a bare array": (lambda: Reply(200, json=[{"id": 1}]), [{"id": 1}]),
    "created": (lambda: Reply(201, json={"id": 7}), {"id": 7}),
    "queued": (lambda: Reply(202, json={"status": "queued"}), {"status": "queued"}),
    "204": (lambda: Reply(204), None),
    "an empty 200": (lambda: Reply(200, body=b""), None),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact["returns"] != "items"], ids=name_of)
def test_a_published_call_returns_the_same_value(fact: dict[str, Any], name: str, serve: Any, connect: Any) -> None:
    answer, value = ANSWERS[name]
    if value is None and fact["returns"] != "null":
        # 0.2.2 gave None where a record was due: docs/upgrading.md.
        with pytest.raises(SegOpsDecodeError, match="it is empty where a record"):
            call(connect(serve(answer())), fact)
        return
    got = call(connect(serve(answer())), fact)
    assert got == (None if fact["returns"] == "null" else value)
    assert type(got) in (type(value), type(None))


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact["returns"] == "items"], ids=name_of)
def test_a_published_iteration_yields_the_same_items(fact: dict[str, Any], serve: Any, connect: Any) -> None:
    server = serve(
        Reply(json={"count": 3, "next": "https://x/?page=9", "results": [{"id": 1}, {"id": 2}]}),
        Reply(json={"count": 3, "next": None, "results": [{"id": 3}]}),
        Reply(json=[{"id": 4}]),
    )
    client = connect(server)
    iteration = call(client, fact)
    assert inspect.isgenerator(iteration)
    assert server.requests == []
    assert [item["id"] for item in iteration] == [1, 2, 3]
    assert [item["id"] for item in call(client, fact)] == [4]
    judge(server.requests[0], fact)
    first = int(dict(server.requests[0].query)["page"])
    assert [int(dict(seen.query)["page"]) for seen in server.requests] == [first, first + 1, first]


def test_the_published_way_to_what_is_not_wrapped_still_works(serve: Any, connect: Any) -> None:
    server = serve(Reply(json={"ok": 1}), Reply(204), Reply(json=[1]), Reply(json=[1, 2]))
    http = connect(server).http
    assert http.request("POST", "/new/", body={"a": 1}, query={"b": 2}, idempotent=True) == {"ok": 1}
    assert http.request("POST", "/upload/", form=("file", "a.csv", b"sku\n")) is None
    assert http.request("GET", "/new/") == [1]
    assert list(http.paginate("/new/", {"q": "x"})) == [1, 2]
    assert [seen.target for seen in server.requests] == [
        "/api/new/?b=2",
        "/api/upload/",
        "/api/new/",
        "/api/new/?q=x&page=1",
    ]
    assert server.requests[0].header("Idempotency-Key")
    assert server.requests[1].header("Idempotency-Key") is None


def test_the_published_errors_are_caught_as_before(serve: Any, connect: Any) -> None:
    server = serve(Reply(404, json={"detail": "Not found."}))
    with pytest.raises(SegOpsApiError) as caught:
        connect(server).segments.get(1)
    assert (caught.value.status, caught.value.body) == (404, {"detail": "Not found."})
    for key in ("", "pk_1", "mk_1", "nonsense"):
        with pytest.raises(SegOpsConfigError):
            SegOpsAdmin(api_key=key)
    with pytest.raises(SegOpsConfigError):
        SegOpsAdmin("pk_1", base_url="https://x.example/api", max_retries=2)


def test_the_published_page_object_still_works() -> None:
    envelope = {"count": 2, "next": "n", "previous": None, "results": [{"id": 1}]}
    page = Paginated.from_dict(envelope)
    assert (page.count, page.next, page.previous, page.results) == (2, "n", None, [{"id": 1}])
    assert Paginated.from_dict({}).results == []
    assert Paginated(1, None, None, ["x"]).results == ["x"]
    assert Paginated.from_dict(envelope, cast=lambda item: item["id"]).results == [1]
    assert Paginated[int] is not None
