"""Pagination, one page at a time or several ahead."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
from typing import Any

import pytest
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY, eventually, threads

from segops_admin import AsyncSegOpsAdmin, SegOpsArgumentError, SegOpsBadRequestError, SegOpsDecodeError
from segops_admin.testing import FakeTime, Script, member_pages, pages, reply

PREFETCH = "segops-prefetch"


def page(number: int, of: int, size: int = 2, *, count: bool = True) -> dict[str, Any]:
    """Page ``number`` of a listing whose items are numbered from 0."""
    start = (number - 1) * size
    envelope: dict[str, Any] = {
        "next": f"https://elsewhere.test/?cursor=ignored&page={number + 1}" if number < of else None,
        "previous": None,
        "results": [{"id": start + offset} for offset in range(size)],
    }
    if count:
        envelope["count"] = of * size
    return envelope


def asked_page(seen: Any) -> int:
    return int(dict(seen.query)["page"])


def ids(items: Any) -> list[int]:
    return [item["id"] for item in items]


# ------------------------------------------------------------------------------------------------ one at a time


def test_iteration_requests_page_after_page_until_there_is_no_next(serve: Any, connect: Any) -> None:
    server = serve(*[Reply(json=page(number, 3)) for number in (1, 2, 3)])
    iteration = connect(server).segments.iterate({"page_size": 2, "q": "a b"})
    assert ids(iteration) == [0, 1, 2, 3, 4, 5]
    assert [dict(seen.query) for seen in server.requests] == [
        {"page_size": "2", "q": "a b", "page": str(number)} for number in (1, 2, 3)
    ]
    assert server.connections == 1


def test_nothing_is_asked_for_before_the_first_item_and_no_page_before_it_is_needed(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=page(1, 3)), Reply(json=page(2, 3)))
    iteration = connect(server).segments.iterate()
    assert server.connections == 0
    next(iteration)
    next(iteration)
    assert len(server.requests) == 1
    next(iteration)
    assert len(server.requests) == 2


@pytest.mark.parametrize("start", [3, "3"])
def test_iteration_begins_at_the_callers_page_and_leaves_the_callers_parameters_alone(
    start: Any, serve: Any, connect: Any
) -> None:
    server = serve(Reply(json=page(3, 4)), Reply(json=page(4, 4)))
    parameters = {"page": start, "q": "x"}
    assert ids(connect(server).segments.iterate(parameters)) == [4, 5, 6, 7]
    assert parameters == {"page": start, "q": "x"}
    assert [asked_page(seen) for seen in server.requests] == [3, 4]


def test_page_none_means_the_first(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=page(1, 1)))
    assert ids(connect(server).segments.iterate({"page": None})) == [0, 1]


@pytest.mark.parametrize("bad", ["abc", 0, -1, "0", 1.5, True, [1], ""])
def test_a_page_that_is_not_a_count_is_refused_at_once_and_nothing_is_sent(bad: Any) -> None:
    script = Script()
    with pytest.raises(SegOpsArgumentError, match="page must be a whole number from 1 up"):
        script.client().segments.iterate({"page": bad})


@pytest.mark.parametrize("bad", [-1, "x", 1.5, True])
def test_a_prefetch_that_is_not_a_count_is_refused_at_once(bad: Any) -> None:
    with pytest.raises(SegOpsArgumentError, match="prefetch must be a whole number from 0 up"):
        Script().client().segments.iterate(prefetch=bad)


@pytest.mark.parametrize("way", ["blocking", "asyncio"])
def test_a_page_is_given_up_while_the_next_one_is_on_its_way(way: str, serve: Any, connect: Any) -> None:
    def items_alive() -> int:
        return sum(type(each) is dict and "mark of this test" in each for each in gc.get_objects())

    def items_gone() -> None:  # by the server, once it has the request for the second page
        eventually(lambda: items_alive() == 0, "the first page is given up")

    first = page(1, of=2)
    first["results"] = [{**item, "mark of this test": []} for item in first["results"]]
    answer = Reply(json=first)
    del first
    server = serve(answer, Raw(items_gone, *Reply(json=page(2, of=2)).parts, close=False))
    if way == "blocking":
        iteration = connect(server).segments.iterate()
        assert [next(iteration)["id"] for _ in range(4)] == [0, 1, 2, 3]
        return

    async def main() -> None:
        async with AsyncSegOpsAdmin(KEY, base_url=server.url) as client:
            iteration = client.segments.iterate()
            assert [(await iteration.__anext__())["id"] for _ in range(4)] == [0, 1, 2, 3]

    asyncio.run(main())


def test_a_bare_array_is_the_only_page(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[{"id": 1}, {"id": 2}]))
    assert ids(connect(server).queries.iterate()) == [1, 2]


def test_an_empty_listing_yields_nothing(serve: Any, connect: Any) -> None:
    server = serve(Reply(json={"count": 0, "next": None, "results": []}), Reply(json=[]))
    client = connect(server)
    assert list(client.segments.iterate()) == list(client.queries.iterate()) == []


NO_PAGES = {
    "an object without results": reply({"detail": "moved"}),
    "results that are no list": reply({"results": {"id": 1}, "next": None}),
    "results that are null": reply({"results": None, "next": None}),
    "a number": reply(7),
    "nothing": reply(),
    "HTML": reply(text="<html>"),
}


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("name", NO_PAGES)
def test_a_reply_that_is_not_a_page_stops_the_iteration_with_an_error(name: str, prefetch: int) -> None:
    script = Script(reply(page(1, 2)), NO_PAGES[name])
    iteration = script.client().segments.iterate(prefetch=prefetch)
    assert [next(iteration)["id"], next(iteration)["id"]] == [0, 1]
    with pytest.raises(SegOpsDecodeError) as caught:
        next(iteration)
    assert "/segments/" in str(caught.value)


def test_an_empty_page_that_names_a_next_one_is_not_followed_for_ever() -> None:
    script = Script(reply({"count": 9, "next": "?page=2", "results": []}))
    with pytest.raises(SegOpsDecodeError, match="empty page that names a next one"):
        list(script.client().segments.iterate())


def test_a_page_that_fails_is_retried_within_the_iteration(serve: Any, connect: Any, time: FakeTime) -> None:
    server = serve(Reply(json=page(1, 2)), Reply(503), Hangup(), Reply(json=page(2, 2)))
    assert ids(connect(server).segments.iterate()) == [0, 1, 2, 3]
    assert time.sleeps == [1.0]  # the 503; the connection that then ended had been kept, and is reopened at no cost


def test_paginate_iterates_over_what_no_method_wraps(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=page(1, 2)), Reply(json=page(2, 2)))
    assert ids(connect(server).http.paginate("/new/things/", {"a": 1})) == [0, 1, 2, 3]
    assert [seen.target for seen in server.requests] == [f"/api/new/things/?a=1&page={number}" for number in (1, 2)]


# ------------------------------------------------------------------------------------------------ prefetch


class Gates:
    """Answers a listing; each page waits until it is released."""

    def __init__(self, pages: int, **options: Any) -> None:
        self.open = {number: threading.Event() for number in range(1, pages + 50)}
        self.pages = pages
        self.options = options

    def __call__(self, seen: Any) -> Reply:
        number = asked_page(seen)
        if number > self.pages:
            return Reply(404, json={"detail": "Invalid page."})
        return Reply(json=page(number, self.pages, **self.options), after=self.open[number])

    def let(self, *numbers: int) -> None:
        for number in numbers:
            self.open[number].set()


def test_pages_are_fetched_ahead_at_once_and_handed_out_in_order(serve: Any, connect: Any) -> None:
    gates = Gates(6)
    server = serve(answer=gates)
    iteration = connect(server).segments.iterate(prefetch=3)
    gates.let(1)
    assert next(iteration)["id"] == 0
    server.wait_for_requests(4)  # pages 2, 3 and 4 are under way together, while page 1 is being read
    assert sorted(asked_page(seen) for seen in server.requests) == [1, 2, 3, 4]
    gates.let(4, 3)  # and come back in the wrong order
    assert next(iteration)["id"] == 1
    gates.let(2, 5, 6)
    assert ids(iteration) == list(range(2, 12))
    assert sorted(asked_page(seen) for seen in server.requests) == [1, 2, 3, 4, 5, 6]


def test_one_page_is_prefetched_while_the_one_before_is_read(serve: Any, connect: Any) -> None:
    gates = Gates(4)
    server = serve(answer=gates)
    iteration = connect(server).segments.iterate(prefetch=1)
    for number in (1, 2, 3):
        gates.let(number)
        next(iteration)
        server.wait_for_requests(number + 1)
        next(iteration)
        assert len(server.requests) == number + 1
    gates.let(4)
    assert ids(iteration) == [6, 7]


@pytest.mark.parametrize("prefetch", [1, 2, 5, 50])
@pytest.mark.parametrize("last", [1, 2, 3, 7])
@pytest.mark.parametrize("count", [True, False], ids=["count", "no count"])
def test_no_page_beyond_the_last_is_asked_for(count: bool, last: int, prefetch: int, serve: Any, connect: Any) -> None:
    server = serve(
        answer=lambda seen: (
            Reply(json=page(asked_page(seen), last, count=count)) if asked_page(seen) <= last else Reply(404)
        )
    )
    assert ids(connect(server).segments.iterate(prefetch=prefetch)) == list(range(2 * last))
    assert sorted(asked_page(seen) for seen in server.requests) == list(range(1, last + 1))


def test_asyncio_asks_for_one_page_ahead_where_no_count_tells_of_more(serve: Any) -> None:
    asked = threading.Event()

    def answer(seen: Any) -> Reply:
        if asked_page(seen) == 2:
            asked.set()
        return Reply(json=page(asked_page(seen), 3, count=False))

    async def begin(url: str) -> bool:
        async with AsyncSegOpsAdmin(KEY, base_url=url) as client:
            iteration = client.segments.iterate(prefetch=2)
            await iteration.__anext__()
            was_asked = await asyncio.to_thread(asked.wait, 60)
            await iteration.aclose()
            return was_asked

    assert asyncio.run(begin(serve(answer=answer).url))


def test_a_listing_that_grows_during_the_iteration_is_read_to_its_end(serve: Any, connect: Any) -> None:
    def answer(seen: Any) -> Reply:
        number = asked_page(seen)
        return Reply(json=page(number, 3 if number == 1 else 5))

    server = serve(answer=answer)
    assert ids(connect(server).segments.iterate(prefetch=4)) == list(range(10))


def test_a_listing_that_shrinks_during_the_iteration_ends_at_its_new_end(serve: Any, connect: Any) -> None:
    def answer(seen: Any) -> Reply:
        number = asked_page(seen)
        return Reply(404) if number > 2 else Reply(json=page(number, 9 if number == 1 else 2))

    server = serve(answer=answer)
    assert ids(connect(server).segments.iterate(prefetch=3)) == [0, 1, 2, 3]


def test_an_error_surfaces_where_its_page_would_have_come(serve: Any, connect: Any) -> None:
    gates = Gates(5)

    def answer(seen: Any) -> Reply:
        return Reply(400, json={"detail": "third"}) if asked_page(seen) == 3 else gates(seen)

    server = serve(answer=answer)
    iteration = connect(server).segments.iterate(prefetch=4)
    gates.let(1)
    got = [next(iteration)["id"], next(iteration)["id"]]
    server.wait_for_requests(5)
    gates.let(2, 4, 5)
    got += [next(iteration)["id"], next(iteration)["id"]]
    with pytest.raises(SegOpsBadRequestError, match="third"):
        next(iteration)
    assert got == [0, 1, 2, 3]
    eventually(lambda: not threads(PREFETCH), "the threads end with the iteration")


@pytest.mark.parametrize("how", ["break", "close", "drop", "error in the loop"])
def test_leaving_an_iteration_early_leaves_no_thread_behind(how: str, serve: Any, connect: Any) -> None:
    gates = Gates(9)
    server = serve(answer=gates)
    iteration = connect(server).segments.iterate(prefetch=3)
    gates.let(1, 2)
    next(iteration)
    next(iteration)
    next(iteration)
    assert threads(PREFETCH)
    gates.let(*range(3, 10))
    if how == "close":
        iteration.close()
    elif how == "error in the loop":
        with contextlib.suppress(KeyError):
            for _ in iteration:
                raise KeyError
    elif how == "break":
        for _ in iteration:
            break
    del iteration
    gc.collect()
    eventually(lambda: not threads(PREFETCH), "the threads end")
    assert len(server.requests) < 9


def test_leaving_early_does_not_wait_for_pages_that_are_under_way(serve: Any, connect: Any) -> None:
    gates = Gates(9)
    server = serve(answer=gates)
    iteration = connect(server).segments.iterate(prefetch=3)
    gates.let(1)
    next(iteration)
    server.wait_for_requests(4)
    iteration.close()  # otherwise it would wait forever: those pages come only now
    gates.let(*range(2, 10))
    eventually(lambda: not threads(PREFETCH), "the threads end")


def test_an_invalid_page_leaves_no_thread_behind_while_its_error_is_kept(serve: Any, connect: Any) -> None:
    server = serve(answer=lambda seen: Reply(json=page(1, 9) if asked_page(seen) == 1 else {"detail": "moved"}))
    iteration = connect(server).segments.iterate(prefetch=2)
    with pytest.raises(SegOpsDecodeError) as caught:
        list(iteration)
    eventually(lambda: not threads(PREFETCH), "the threads end")
    assert caught.value.__traceback__ is not None


def test_a_bare_array_starts_no_thread(serve: Any, connect: Any) -> None:
    server = serve(Reply(json=[{"id": 1}]))
    assert ids(connect(server).queries.iterate(prefetch=8)) == [1]
    assert not threads(PREFETCH)


# ------------------------------------------------------------------------------------------------ cursors


def test_members_are_iterated_by_cursor(serve: Any, connect: Any) -> None:
    server = serve(
        Reply(json={"results": [{"user_id": "a"}], "next_cursor": "c/1+="}),
        Reply(json={"results": [], "next_cursor": "c2"}),
        Reply(json={"results": [{"user_id": "b"}], "next_cursor": None}),
    )
    iteration = connect(server).segments.iterate_members("7/8", {"limit": 1})
    assert server.connections == 0
    assert [member["user_id"] for member in iteration] == ["a", "b"]
    assert [seen.query for seen in server.requests] == [
        [("limit", "1")],
        [("limit", "1"), ("cursor", "c/1+=")],
        [("limit", "1"), ("cursor", "c2")],
    ]
    assert {seen.raw_path for seen in server.requests} == {"/api/segments/7%2F8/members/"}


def test_iteration_by_cursor_begins_at_the_callers_and_leaves_the_callers_parameters_alone() -> None:
    script = Script(*member_pages(["a", "b", "c"], limit=2))
    parameters = {"cursor": "here"}
    assert len(list(script.client().segments.iterate_members(7, parameters))) == 3
    assert [request.query["cursor"] for request in script.requests] == [["here"], ["cursor-1"]]
    assert parameters == {"cursor": "here"}


def test_a_cursor_that_leads_back_to_itself_is_not_followed_for_ever() -> None:
    looping = reply({"results": [{"user_id": "a"}], "next_cursor": "same"})
    script = Script(looping, looping)
    with pytest.raises(SegOpsDecodeError, match="next_cursor is the cursor that was sent"):
        list(script.client().segments.iterate_members(7))


@pytest.mark.parametrize("answer", [reply([]), reply({"next_cursor": None}), reply(), reply({"results": "ab"})])
def test_what_is_not_a_page_of_members_is_an_error(answer: Any) -> None:
    with pytest.raises(SegOpsDecodeError, match="not a page"):
        list(Script(answer).client().segments.iterate_members(7))


@pytest.mark.parametrize(("items", "size"), [(0, 5), (1, 5), (5, 5), (6, 5), (11, 5)])
def test_canned_pages_yield_the_items_that_they_were_made_from(items: int, size: int) -> None:
    records = [{"id": number} for number in range(items)]
    script = Script(*pages(records, size))
    assert list(script.client().segments.iterate(prefetch=0)) == records
    script.assert_done()


def test_a_program_exits_without_waiting_for_unused_prefetched_pages() -> None:
    program = """
import threading
from segops_admin.testing import Script, pages

class Stalling(Script):
    def send(self, request):
        if request.url.endswith(("page=1", "page=2")):
            return super().send(request)
        threading.Event().wait()

iteration = Stalling(*pages(list(range(10)), 1)).client().segments.iterate(prefetch=4)
print(next(iteration), next(iteration))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stdout) == (0, "0 1\n"), ran.stderr


def test_a_cursor_that_is_true_is_not_the_cursor_1() -> None:
    script = Script(
        reply({"results": [{"user_id": "a"}], "next_cursor": 1}),
        reply({"results": [{"user_id": "a"}], "next_cursor": None}),
    )
    assert list(script.client().segments.iterate_members(1, {"cursor": True})) == [{"user_id": "a"}] * 2
    assert [request.query["cursor"] for request in script.requests] == [["true"], ["1"]]


@pytest.mark.parametrize("method", ["iterate", "iterate_members"])
def test_parameters_that_the_caller_changes_afterwards_are_sent_as_they_were(method: str) -> None:
    script = Script(reply({"results": [], "next": None, "next_cursor": None}))
    query = {"page_size": 5}
    arguments = [query] if method == "iterate" else [1, query]
    members = getattr(script.client().segments, method)(*arguments)
    query["page_size"] = 6
    assert list(members) == []
    assert "page_size=5" in script.requests[0].url
