"""``segops_admin.testing``: users test their own code without patching."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import pytest

from segops_admin import SegOpsConnectionError, SegOpsServerError, Transport, testing
from segops_admin.testing import FakeTime, Script, member_pages, no_connection, pages, reply


def test_the_example_of_the_module_works() -> None:
    def largest_segment(client: Any) -> int:
        return max(client.segments.iterate(), key=lambda segment: segment["member_count"])["id"]

    script = Script(reply({"results": [{"id": 7, "member_count": 3}], "next": None}))
    assert largest_segment(script.client()) == 7
    assert script.requests[0].path == "/segments/"


def test_replies_are_given_in_order_and_requests_are_kept() -> None:
    script = Script(reply({"id": 1}), reply(status=204), reply(text="plain"))
    client = script.client()
    assert client.segments.create({"name": "Ä"}, idempotency_key="k") == {"id": 1}
    assert client.segments.delete(1) is None
    assert client.http.request("GET", "/x/", query={"a": [1, 2], "b": ""}) == "plain"
    create, delete, read = script.requests
    assert (create.method, create.path, create.json) == ("POST", "/segments/", {"name": "Ä"})
    assert create.headers["idempotency-key"] == "k"
    assert (delete.method, delete.path, delete.content) == ("DELETE", "/segments/1/", b"")
    assert read.query == {"a": ["1", "2"], "b": [""]}
    assert repr(read) == "<SentRequest GET /x/>"


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_a_content_type_that_is_given_goes_before_that_of_the_body(name: str) -> None:
    assert reply(text="a,b", headers={name: "text/csv"}).headers == {name: "text/csv"}


def test_the_key_is_not_among_what_is_kept() -> None:
    script = Script(reply([]))
    script.client().segments.list()
    assert testing.API_KEY not in repr(vars(script.requests[0]))


def test_a_request_beyond_the_script_fails_and_is_named() -> None:
    with pytest.raises(AssertionError, match=r"GET https://api\.segops\.test/api/segments/ was asked for"):
        Script().client().segments.list()


def test_a_script_that_was_not_played_to_its_end_can_be_detected() -> None:
    script = Script(reply([]), reply([]))
    script.client().segments.list()
    with pytest.raises(AssertionError, match="1 scripted reply was never asked for"):
        script.assert_done()
    script.client().segments.list()
    script.assert_done()


def test_errors_can_be_scripted_and_time_does_not_run() -> None:
    script = Script(no_connection(), reply(status=429, headers={"Retry-After": "7"}), reply([]))
    assert script.client().segments.list() == []
    assert script.time.sleeps == [1.0, 7.0]
    assert script.time.now() == 1_700_000_008.0
    with pytest.raises(SegOpsConnectionError, match="no route"):
        Script(no_connection("no route")).client(max_retries=0).segments.list()


def test_a_reply_has_the_status_that_fits_its_body_by_default() -> None:
    assert [reply().status, reply([]).status, reply(text="").status, reply(status=503).status] == [204, 200, 204, 503]
    assert reply({"a": 1}, headers={"Content-Type": "text/plain"}).headers == {"Content-Type": "text/plain"}


def test_options_of_the_client_are_passed_on() -> None:
    script = Script(reply(status=500))
    with pytest.raises(SegOpsServerError):
        script.client(max_retries=0).segments.list()


def test_an_upload_is_kept_whole() -> None:
    script = Script(reply({"job_id": 1}))
    script.client().products.import_csv(b"sku\nA-1\n")
    assert b"\r\n\r\nsku\nA-1\n\r\n--" in script.requests[0].content


def test_canned_pages_and_members_are_what_the_platform_would_send() -> None:
    first, second = pages([{"id": 1}, {"id": 2}, {"id": 3}], page_size=2)
    assert b'"next": "https://api.segops.test/api/?page=2"' in first.body
    assert b'"next": null' in second.body
    assert len(pages([])) == len(member_pages([])) == 1
    assert len(pages([{"id": 1}, {"id": 2}], page_size=2)) == 1, "no empty page behind a full one"
    script = Script(*member_pages([f"u{n}" for n in range(5)], limit=2))
    assert [member["user_id"] for member in script.client().segments.iterate_members(7)] == [f"u{n}" for n in range(5)]


def test_fake_time_is_a_clock_of_its_own() -> None:
    time = FakeTime(start=5.0, random=0.5)
    time.sleep(2.5)
    assert (time.now(), time.monotonic(), time.random(), time.sleeps) == (7.5, 7.5, 0.5, [2.5])


def test_a_script_is_a_transport_like_any_other() -> None:
    transport: Transport = Script()
    transport.close()
    transport.close()


def test_a_script_is_played_to_the_client_for_asyncio_too() -> None:
    script = Script(*pages([{"id": 1}, {"id": 2}, {"id": 3}], page_size=2), reply(status=429), reply({"id": 9}))

    async def program() -> tuple[list[int], int]:
        async with script.async_client() as client:
            ids = [segment["id"] async for segment in client.segments.iterate()]
            return ids, (await client.segments.create({"name": "Ä"}, idempotency_key="k"))["id"]

    assert asyncio.run(program()) == ([1, 2, 3], 9)
    assert script.time.sleeps == [1.0]
    assert [(sent.method, sent.query.get("page")) for sent in script.requests[:2]] == [("GET", ["1"]), ("GET", ["2"])]
    assert script.requests[-1].json == {"name": "Ä"}
    script.assert_done()


def test_errors_uploads_and_downloads_can_be_scripted_for_asyncio() -> None:
    async def blocks() -> Any:
        yield b"sku\n"
        yield b"A-1\n"

    async def program() -> int:
        client = script.async_client(max_retries=0)
        with pytest.raises(SegOpsConnectionError, match="no route"):
            await client.segments.list()
        with pytest.raises(SegOpsServerError):
            await client.segments.list()
        await client.products.import_csv(blocks())
        return await client.segments.download_export(7, sink)

    script, sink = (
        Script(no_connection("no route"), reply(status=500), reply({"job_id": 1}), reply(content=b"u1\n")),
        BytesIO(),
    )
    assert asyncio.run(program()) == 3
    assert sink.getvalue() == b"u1\n"
    assert b"\r\n\r\nsku\nA-1\n\r\n--" in script.requests[2].content


def test_other_tasks_get_their_turn_while_a_script_is_played() -> None:
    async def program() -> list[int]:
        client = script.async_client()
        return [segment["id"] for segment in await asyncio.gather(*map(client.segments.get, (1, 2, 3)))]

    script = Script(*(reply({"id": number}) for number in (1, 2, 3)))
    assert asyncio.run(program()) == [1, 2, 3]
    assert [sent.path for sent in script.requests] == ["/segments/1/", "/segments/2/", "/segments/3/"]


def test_a_request_beyond_the_script_fails_for_asyncio_too() -> None:
    async def program() -> None:
        await Script().async_client().segments.list()

    with pytest.raises(AssertionError, match="the script is at its end"):
        asyncio.run(program())
