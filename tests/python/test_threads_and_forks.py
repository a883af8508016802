"""A client shared by threads, and in a forked process."""

from __future__ import annotations

import os
import threading
from typing import Any, Callable

import pytest
from scripted_server import Reply, ScriptedServer

from segops_admin import SegOpsAdmin, SegOpsConfigError

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    # The scripted server's threads exist in the parent only; the child uses none of their locks.
    pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning"),
]


def in_a_child(work: Callable[[], None]) -> None:
    """Runs ``work`` in a forked child, and fails if it does."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001 -- the child must not return into pytest
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0, "the child failed; its traceback is above"


def echo(seen: Any) -> Reply:
    return Reply(json={"id": seen.segments[3], "connection": seen.connection})


def test_a_forked_child_opens_connections_of_its_own(serve: Any, connect: Any) -> None:
    server: ScriptedServer = serve(answer=echo)
    client: SegOpsAdmin = connect(server)
    assert client.segments.get("before")["connection"] == 1

    def child() -> None:
        for number in range(3):
            answer = client.segments.get(f"child-{number}")
            assert answer == {"id": f"child-{number}", "connection": 2}
        client.close()

    in_a_child(child)
    # The parent's connection has survived that the child closed the client.
    assert client.segments.get("after") == {"id": "after", "connection": 1}


def test_tls_connections_survive_a_fork_that_ends(serve: Any, connect: Any, server_tls: Any, trusted: str) -> None:
    server: ScriptedServer = serve(answer=echo, tls=server_tls, name="localhost")
    client: SegOpsAdmin = connect(server)
    assert client.segments.get("before")["connection"] == 1

    def child() -> None:
        assert client.segments.get("child") == {"id": "child", "connection": 2}

    in_a_child(child)
    assert client.segments.get("after") == {"id": "after", "connection": 1}


def test_a_fork_while_the_pool_is_locked_does_not_hang_the_child(serve: Any, connect: Any) -> None:
    server: ScriptedServer = serve(answer=echo)
    client: SegOpsAdmin = connect(server)
    client.segments.get("before")
    pool = client._transport._made[0]
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with pool._free:  # type: ignore[attr-defined]
            locked.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(20)
    try:

        def child() -> None:
            import signal

            signal.alarm(20)
            assert client.segments.get("child")["id"] == "child"

        in_a_child(child)
    finally:
        done.set()
        holder.join()


def test_forked_children_draw_different_idempotency_keys(serve: Any, connect: Any) -> None:
    server: ScriptedServer = serve(answer=lambda seen: Reply(201, json={}))
    client: SegOpsAdmin = connect(server)
    client.segments.create({})
    for _ in range(3):
        in_a_child(lambda: client.segments.create({}) and None)
    client.segments.create({})
    assert len({seen.header("Idempotency-Key") for seen in server.requests}) == 5


def test_an_iteration_that_has_asked_for_pages_ahead_cannot_go_on_in_a_forked_child(serve: Any, connect: Any) -> None:
    def page(seen: Any) -> Reply:
        number = int(dict(seen.query)["page"])
        return Reply(json={"results": [{"id": number}], "next": None if number == 3 else "n", "count": 3})

    server: ScriptedServer = serve(answer=page)
    client: SegOpsAdmin = connect(server)
    segments = client.segments.iterate(prefetch=1)
    assert next(segments) == {"id": 1}

    def go_on() -> None:
        with pytest.raises(SegOpsConfigError, match="Start a new one in the child"):
            next(segments)

    in_a_child(go_on)
    assert [segment["id"] for segment in segments] == [2, 3]
