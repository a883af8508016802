"""``--all``: the items that are printed, and when."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

import pytest


def page(numbers: list[int], more: bool, count: int = 5) -> dict[str, Any]:
    return {"count": count, "next": "http://x/?page=2" if more else None, "results": [{"id": n} for n in numbers]}


def test_every_item_is_one_line_of_json_in_order(server: Any, cli: Any) -> None:
    server.reply(page([1, 2], True))
    server.reply(page([3, 4], True))
    server.reply(page([5], False))
    result = cli("segments", "list", "--all", "--page-size=2", "--query=status=ready")
    assert result.out == "".join(f'{{"id":{n}}}\n' for n in range(1, 6))
    assert [request.query["page"] for request in server.requests] == [["1"], ["2"], ["3"]]
    for request in server.requests:
        assert (request.query["page_size"], request.query["status"]) == (["2"], ["ready"])
    assert (result.code, result.err) == (0, "")


def test_iteration_begins_at_the_page_given(server: Any, cli: Any) -> None:
    server.reply(page([5], False))
    cli("segments", "list", "--all", "--page=3")
    assert server.requests[0].query["page"] == ["3"]


def test_a_bare_array_is_iterated_too(server: Any, cli: Any) -> None:
    server.reply([{"id": 1}, {"id": 2}])
    assert cli("queries", "list", "--all").lines == [{"id": 1}, {"id": 2}]


def test_pages_are_fetched_ahead_and_printed_in_order(server: Any, cli: Any) -> None:
    both_under_way = threading.Barrier(2, timeout=10)

    def answer(request: Any) -> Any:
        number = int(request.query["page"][0])
        if number > 1:
            both_under_way.wait()  # neither of the pages 2 and 3 is answered before the other one is asked for
        return page([2 * number - 1, 2 * number], number < 3, count=6)

    server.otherwise = answer
    result = cli("segments", "list", "--all", "--prefetch=2", "--page_size=2")
    assert result.lines == [{"id": n} for n in range(1, 7)]
    assert len(server.requests) == 3


def test_members_are_paged_by_cursor(server: Any, cli: Any) -> None:
    server.reply({"count": 3, "results": [{"user_id": "a"}, {"user_id": "b"}], "next_cursor": "c1"})
    server.reply({"count": 3, "results": [{"user_id": "ü"}], "next_cursor": None})
    result = cli("segments", "members", "12", "--all", "--limit=2")
    assert result.out == '{"user_id":"a"}\n{"user_id":"b"}\n{"user_id":"ü"}\n'
    assert [request.query.get("cursor") for request in server.requests] == [None, ["c1"]]


def test_an_empty_listing_prints_nothing(server: Any, cli: Any) -> None:
    server.reply(page([], False))
    result = cli("segments", "list", "--all")
    assert (result.code, result.out) == (0, "")


def test_items_are_printed_as_they_come(server: Any, command: Any, environment: Any) -> None:
    """The first page is printed while the second one is still awaited."""
    server.reply(page([1, 2], True))
    server.reply(page([3], False), held=True)
    iteration = subprocess.Popen(command("segments", "list", "--all"), env=environment, stdout=subprocess.PIPE)
    assert iteration.stdout is not None
    assert [json.loads(iteration.stdout.readline()) for _ in range(2)] == [{"id": 1}, {"id": 2}]
    server.release.set()
    assert iteration.communicate(timeout=20)[0] == b'{"id":3}\n'
    assert iteration.returncode == 0


def test_iteration_that_fails_midway_exits_1_after_the_items_printed_so_far(server: Any, cli: Any) -> None:
    server.reply(page([1, 2], True))
    server.reply({"detail": "oops"}, status=500)
    result = cli("segments", "list", "--all")
    assert (result.code, result.lines) == (1, [{"id": 1}, {"id": 2}])
    assert "oops" in result.err


@pytest.mark.parametrize("flag", ["--page=0", "--page=x"])
def test_an_invalid_page_is_a_usage_error(flag: str, server: Any, cli: Any) -> None:
    result = cli("segments", "list", "--all", flag)
    assert (result.code, server.requests) == (2, [])
    assert "page must be a whole number" in result.err
