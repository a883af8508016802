"""The asyncio client: the same values and errors, cancellation that leaves nothing behind, one event loop."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Hangup, Raw, Reply
from sdk_client import KEY, shown

from segops_admin import (
    AsyncHTTPTransport,
    AsyncSegOpsAdmin,
    SegOpsApiError,
    SegOpsArgumentError,
    SegOpsConfigError,
    SegOpsConnectionError,
    SegOpsNotFoundError,
)
from segops_admin import SegOpsTimeoutError as Timeout
from segops_admin._transport.async_stream import AsyncStream
from segops_admin._transport.limits import Limits
from segops_admin._transport.protocol import Request
from segops_admin.testing import FakeTime

DONE = {"id": 7}


def client_of(server: Any, **options: Any) -> AsyncSegOpsAdmin:
    return AsyncSegOpsAdmin(KEY, base_url=server.url, _runtime=FakeTime(), **{"timeout": 20.0, **options})


def test_calls_give_what_the_blocking_client_gives(serve: Any, tmp_path: Path) -> None:
    server = serve(
        Reply(json=DONE, gzip=True),
        Reply(201, json=DONE),
        Reply(204),
        Reply(503),
        Reply(json=[1], chunked=1),
        Reply(404, json={"detail": "Not found."}),
        Reply(body=b"user_id\n" * 9000),
    )

    async def main() -> None:
        async with client_of(server) as client:
            assert await client.segments.get("a/b") == DONE
            assert await client.segments.create({"name": "Ä"}) == DONE
            assert await client.segments.delete(7) is None
            assert await client.http.request("GET", "/x/") == [1]
            with pytest.raises(SegOpsNotFoundError, match="Check the id"):
                await client.segments.get(8)
            assert await client.segments.download_export(5, tmp_path / "x.csv") == 72_000
        with pytest.raises(SegOpsConfigError, match="closed"):
            await client.segments.list()

    asyncio.run(main())
    assert server.requests[1].json == {"name": "Ä"}
    assert server.connections == 1
    server.wait_for(lambda: server.open_connections == 0)


@pytest.mark.parametrize("prefetch", [0, 3])
def test_iteration_yields_every_item_in_order(prefetch: int, serve: Any) -> None:
    def page(seen: Any) -> Reply:
        number = int(dict(seen.query)["page"])
        return Reply(json={"count": 10, "next": "x" if number < 5 else None, "results": [number * 2, number * 2 + 1]})

    server = serve(answer=page)

    async def main() -> list[int]:
        async with client_of(server) as client:
            return [item async for item in client.segments.iterate(prefetch=prefetch)]

    assert asyncio.run(main()) == list(range(2, 12))
    assert len(server.requests) == 5


def test_leaving_an_iteration_early_cancels_its_prefetched_pages(serve: Any) -> None:
    gate = threading.Event()
    first = Reply(json={"count": 99, "next": "x", "results": [1]})
    server = serve(answer=lambda seen: first if dict(seen.query)["page"] == "1" else Reply(json={}, after=gate))

    async def main() -> None:
        async with client_of(server) as client:
            iteration = client.segments.iterate(prefetch=3)
            assert await iteration.__anext__() == 1
            await iteration.aclose()
            assert len(asyncio.all_tasks()) == 1
            gate.set()

    asyncio.run(main())


def test_an_early_answer_counts_though_the_upload_is_still_coming(serve: Any) -> None:
    # The server answers after the head and closes: the rest of the body meets a reset.
    server = serve(Reply(413, json={"detail": "Too large."}, close=True, read="head"), Reply(json=[]))

    async def main() -> Any:
        async with client_of(server) as client:
            with pytest.raises(SegOpsApiError, match="Too large") as caught:
                await client.products.import_csv((b"s" * 319 + b"\n") * 99_000)
            assert caught.value.status == 413
            return await client.segments.list()

    assert asyncio.run(main()) == []
    assert server.connections == 2


def test_an_upload_takes_an_async_iterator(serve: Any) -> None:
    server = serve(Reply(503), Reply(201, json=DONE))

    async def rows() -> AsyncIterator[bytes]:
        yield b"sku\n"
        yield b"A-1\n"

    async def main() -> Any:
        async with client_of(server) as client:
            return await client.products.import_csv(rows(), "a.csv")

    assert asyncio.run(main()) == DONE
    assert b"sku\nA-1\n" in server.requests[1].body
    assert server.requests[0].digest == server.requests[1].digest


def test_a_wrong_file_name_is_refused_before_an_endless_iterator_is_read(serve: Any) -> None:
    server = serve()

    async def rows() -> AsyncIterator[bytes]:
        while True:
            yield b"sku\n"

    async def main() -> None:
        async with client_of(server) as client:
            with pytest.raises(SegOpsArgumentError, match="A file name must be text, not 5"):
                await client.products.import_csv(rows(), 5)  # type: ignore[arg-type]

    asyncio.run(main())
    assert server.requests == []


def test_a_cancelled_call_leaves_no_task_and_no_connection_and_the_next_call_works(serve: Any) -> None:
    never = threading.Event()
    server = serve(Raw(never), Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1", never), Reply(json=[2]))

    async def main() -> None:
        async with client_of(server) as client:
            for asked in (1, 2):
                call = asyncio.ensure_future(client.segments.list())
                while len(server.requests) < asked:
                    await asyncio.sleep(0.005)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                assert len(asyncio.all_tasks()) == 1
            assert await client.segments.list() == [2]
            assert repr(client._transport._made[0]) == "<AsyncHTTPTransport 1 idle>"

    asyncio.run(main())
    server.wait_for(lambda: server.open_connections == 0)


def test_five_hundred_tasks_share_a_client_within_its_connections_and_mix_no_replies(serve: Any) -> None:
    server = serve(answer=lambda seen: Reply(json={"id": seen.segments[3]}))

    async def main() -> int:
        async with client_of(server, max_connections=20) as client:

            async def work(task: int) -> int:
                wrong = 0
                for number in range(4):
                    wanted = f"{task}-{number}"
                    wrong += (await client.segments.get(wanted))["id"] != wanted  # type: ignore[comparison-overlap]
                return wrong

            return sum(await asyncio.gather(*map(work, range(500))))

    assert asyncio.run(main()) == 0
    assert len(server.requests) == 2000
    assert server.connections <= 20


def test_a_read_gives_no_more_than_was_asked_for(serve: Any) -> None:
    more = threading.Event()
    server = serve(Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01", more, b"23456789"))

    async def main() -> list[bytes]:
        transport = AsyncHTTPTransport()
        body = (await transport.send(Request("GET", f"{server.url}/x/", [], timeout=20.0))).body
        blocks = [await body.read(1)]
        more.set()  # so that the next read takes what is left of one block, and the rest of another
        blocks += [await body.read(amount) for amount in (4, 0, 4, 4)]
        await transport.close()
        return blocks

    assert asyncio.run(main()) == [b"0", b"1234", b"", b"5678", b"9"]


@pytest.mark.parametrize("turn_comes", ["before", "after"])
def test_a_call_that_is_cancelled_as_its_turn_comes_leaves_it_to_the_next(turn_comes: str, serve: Any) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]))

    async def main() -> bytes:
        transport = AsyncHTTPTransport(max_connections=1)

        def call() -> Any:
            return transport.send(Request("GET", f"{server.url}/x/", [], timeout=5.0))

        first = await call()
        second, third = asyncio.ensure_future(call()), asyncio.ensure_future(call())
        while len(transport._queue) < 2:
            await asyncio.sleep(0)
        if turn_comes == "before":
            await first.body.read()  # the second one's turn
            assert len(transport._queue) == 1
            second.cancel()
        else:
            second.cancel()
            first.body.close()  # before it has heard that it is cancelled
            assert len(transport._queue) == 0
        body: bytes = await (await third).body.read()
        await transport.close()
        assert second.cancelled()
        return body

    assert asyncio.run(main()) == b"[2]"
    assert server.connections == (1 if turn_comes == "before" else 2)


def test_the_connection_unused_for_longest_makes_room_wherever_it_leads(serve: Any) -> None:
    busy, other, new = (serve(answer=lambda seen: Reply(json={})) for _ in range(3))

    async def main() -> None:
        transport = AsyncHTTPTransport(max_connections=3)

        async def call(server: Any) -> Any:
            return await transport.send(Request("GET", f"{server.url}/x/", []))

        first, second = await call(busy), await call(busy)
        await first.body.read()
        await (await call(other)).body.read()
        await second.body.read()
        await (await call(new)).body.read()
        await asyncio.to_thread(busy.wait_for, lambda: busy.open_connections == 1)
        assert (other.open_connections, new.open_connections) == (1, 1)
        await (await call(busy)).body.read()
        assert [seen.connection for seen in busy.requests] == [1, 2, 2]
        await transport.close()

    asyncio.run(main())


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere a full queue of connections is refused, not left to wait"
)
def test_a_connection_that_nobody_takes_ends_in_time_and_leaves_no_task(free_sockets: Any) -> None:
    listener = free_sockets()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(3):  # as many as wait to be taken, and more
        other = free_sockets()
        other.setblocking(False)
        other.connect_ex(listener.getsockname())

    async def main() -> set[Any]:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        client = AsyncSegOpsAdmin(KEY, base_url=url, timeout=0.1, max_retries=0, _runtime=FakeTime())
        with pytest.raises(Timeout, match=r"no connection to .* in time"):
            await client.segments.list()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await client.close()
        return left

    assert asyncio.run(main()) == set()


@pytest.fixture
def free_sockets() -> Iterator[Any]:
    """Makes sockets, which are closed afterwards."""
    made: list[socket.socket] = []

    def make() -> socket.socket:
        made.append(socket.socket())
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_an_upload_ends_with_its_connection_though_nothing_has_to_be_waited_for(serve: Any) -> None:
    server = serve(Hangup(reset=True, read="head"))
    taken: list[int] = []

    class Body:
        length = 100_000

        def __iter__(self) -> Any:
            yield b"x" * 100
            server.wait_for_end(1)
            for number in range(999):
                taken.append(number)
                yield b"x" * 100

    async def main() -> None:
        transport = AsyncHTTPTransport()
        with pytest.raises(SegOpsConnectionError, match="closed the connection"):
            await transport.send(Request("POST", f"{server.url}/x/", [("Content-Length", "100000")], Body()))  # type: ignore[arg-type]
        await transport.close()

    asyncio.run(main())
    assert len(taken) < 5


def test_what_comes_while_its_reader_is_being_cancelled_disturbs_nothing(serve: Any) -> None:
    server = serve(Raw(threading.Event()))
    failures: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        transport = AsyncHTTPTransport()
        task = asyncio.ensure_future(transport.send(Request("GET", f"{server.url}/x/", [], timeout=20.0)))
        while not transport._open or next(iter(transport._open))._waiter is None:
            await asyncio.sleep(0)
        (connection,) = transport._open
        server.wait_for_requests(1)
        task.cancel()
        connection.get_buffer(1)[:1] = b"H"
        connection.buffer_updated(1)  # as the event loop calls it, before the task has been resumed
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.close()

    asyncio.run(main())
    assert failures == []


class Paused:
    """A transport of the event loop that notes whether it is to read."""

    def __init__(self) -> None:
        self.reads = True

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        """Nobody looks."""

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def abort(self) -> None:
        """There is nothing to close."""


def test_a_server_that_sends_what_nobody_reads_is_left_waiting() -> None:
    async def main() -> None:
        stream, transport, limits = AsyncStream(), Paused(), Limits(Request("GET", "http://host/", []))
        stream.connection_made(transport)
        for _ in range(2):
            for _ in range(32):  # a MiB, which may wait
                stream.buffer_updated(32 * 1024)
                assert transport.reads
            stream.buffer_updated(1)
            assert not transport.reads
            assert len(await stream.receive(limits)) == 1024 * 1024 + 1
            assert transport.reads

    asyncio.run(main())


def test_so_is_one_that_speaks_tls() -> None:
    async def main() -> None:
        stream, transport, limits = AsyncStream(), Paused(), Limits(Request("GET", "https://host/", []))
        stream.connection_made(transport)
        handshake = asyncio.ensure_future(stream.start_tls(ssl.create_default_context(), "host", limits))
        while stream._waiter is None:
            await asyncio.sleep(0)
        for _ in range(32):
            stream.buffer_updated(32 * 1024)
            assert transport.reads
        stream.buffer_updated(1)
        assert not transport.reads
        handshake.cancel()
        with pytest.raises(asyncio.CancelledError):
            await handshake
        stream.abort()

    asyncio.run(main())


@pytest.mark.parametrize("ends", [False, True])
def test_what_comes_before_a_handshake_is_heard_in_it(ends: bool) -> None:
    async def main() -> None:
        stream, limits = AsyncStream(), Limits(Request("GET", "https://host/", []))
        stream.connection_made(Paused())
        stream.get_buffer(1)[:5] = b"hello"
        if ends:
            stream.eof_received()
        else:
            stream.buffer_updated(5)
        with pytest.raises(ssl.SSLError, match="EOF" if ends else "WRONG_VERSION_NUMBER"):
            await stream.start_tls(ssl.create_default_context(), "host", limits)

    asyncio.run(main())


def test_silence_is_a_timeout_and_a_drip_ends_with_the_deadline(serve: Any) -> None:
    never = threading.Event()
    drip = [part for _ in range(400) for part in (b"1", lambda: threading.Event().wait(0.01))]
    slow = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", *drip)
    server = serve(Reply(json=[1]), Raw(never), Reply(json=[2]), slow)

    async def main() -> None:
        async with client_of(server, max_retries=0) as client:
            # The connection is there already: on a busy machine making it may take longer than so short a timeout.
            assert await client.segments.list() == [1]
            with pytest.raises(Timeout, match="silent for too long"):
                await client.with_options(timeout=0.1).segments.list()
            assert await client.segments.list() == [2]
            with pytest.raises(Timeout, match="the deadline has passed"):
                await client.with_options(deadline=0.3).segments.list()

    asyncio.run(main())


def test_a_lost_reply_to_a_write_says_what_may_have_been_done(serve: Any) -> None:
    server = serve(Hangup())

    async def main() -> None:
        async with client_of(server) as client:
            await client.segments.create({})

    with pytest.raises(SegOpsConnectionError, match="may have executed it") as caught:
        asyncio.run(main())
    assert KEY not in shown(caught.value)


def test_tls_is_verified_and_a_connection_that_is_cut_is_an_error(serve: Any, server_tls: Any, trusted: str) -> None:
    server = serve(Reply(json=[1]), Reply(json=[2]), tls=server_tls, name="localhost")

    async def main() -> list[Any]:
        async with client_of(server) as client:
            return [await client.segments.list(), await client.segments.list()]

    assert asyncio.run(main()) == [[1], [2]]
    assert server.connections == 1


def test_small_requests_are_not_held_back(serve: Any) -> None:
    server = serve(Reply(json=[1]))
    transport = AsyncHTTPTransport()

    async def main() -> int:
        async with client_of(server, transport=transport) as client:
            await client.segments.list()
            ((connection,),) = transport._idle.values()
            opened: Any = connection._transport.get_extra_info("socket")
            return int(opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    assert asyncio.run(main()) != 0


def test_a_client_belongs_to_one_event_loop(serve: Any) -> None:
    server = serve(Reply(json=[1]))
    client = client_of(server)
    first = asyncio.new_event_loop()
    assert first.run_until_complete(client.segments.list()) == [1]
    with pytest.raises(SegOpsConfigError, match="another event loop"):
        asyncio.run(client.segments.list())
    first.run_until_complete(client.close())
    first.close()
