"""Many calls at once, and calls that are interrupted or cancelled anywhere: no mixed reply, nothing left open.

A small number of each in the suite; ``make test-long`` plays 16 threads x 2,000 calls, 500 tasks x 50, and 1,000
interrupts and cancellations.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from echo_server import echo_server
from sdk_client import KEY

import segops_admin
from segops_admin import AsyncSegOpsAdmin, HTTPTransport, SegOpsAdmin

SOURCES = os.path.dirname(segops_admin.__file__)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with echo_server() as made:
        yield made


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


def open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_threads_on_one_client_get_their_own_replies(url: str, long: bool) -> None:
    threads, calls = 16, 2000 if long else 60
    wrong: list[Any] = []
    transport = HTTPTransport(max_connections=8)  # fewer than threads: connections pass between threads all the time
    with SegOpsAdmin(KEY, base_url=url, transport=transport) as client:

        def work(first: int) -> None:
            for number in range(first, first + calls):
                got = client.segments.get(number)["id"]
                if got != number:
                    wrong.append((number, got))

        workers = [threading.Thread(target=work, args=(index * calls,)) for index in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert wrong == []


def test_tasks_on_one_client_get_their_own_replies(url: str, long: bool) -> None:
    tasks, calls = (500, 50) if long else (100, 10)

    async def main() -> list[Any]:
        wrong: list[Any] = []
        async with AsyncSegOpsAdmin(KEY, base_url=url, max_connections=40) as client:

            async def work(first: int) -> None:
                for number in range(first, first + calls):
                    got = (await client.segments.get(number))["id"]
                    if got != number:
                        wrong.append((number, got))

            await asyncio.gather(*[work(index * calls) for index in range(tasks)])
        return wrong

    assert asyncio.run(main()) == []


class InterruptAt:
    """Raises KeyboardInterrupt before the n-th line of the SDK's own that is executed in this thread."""

    def __init__(self, line: int) -> None:
        self._left = line

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(SOURCES) or "__del__" in callers(frame):
            return None  # the interpreter swallows what is raised in __del__
        if event == "line":
            self._left -= 1
            if self._left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


def callers(frame: FrameType | None) -> list[str]:
    names = []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def interrupted(client: SegOpsAdmin, line: int) -> bool:
    """Makes a call that is interrupted before that line; False if it was over before."""
    before = sys.gettrace()
    try:
        sys.settrace(InterruptAt(line))
        assert client.segments.get(1)["id"] == 1
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


# Between two lines a socket may have no owner yet: the interpreter closes it, with a ResourceWarning.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_call_that_is_interrupted_anywhere_leaves_nothing_and_the_next_one_works(url: str, long: bool) -> None:
    chance = random.Random(9)
    with SegOpsAdmin(KEY, base_url=url) as client:
        most = 1
        while interrupted(client, most):  # how many lines a call is
            most *= 2
    gc.collect()
    files = open_files()
    count = 0
    for number in range(1000 if long else 80):
        with SegOpsAdmin(KEY, base_url=url, max_connections=1) as client:
            if number % 2:
                client.segments.get(3)  # so that the interrupt meets a kept connection
            count += interrupted(client, chance.randrange(1, most))
            assert client.segments.get(2)["id"] == 2
    gc.collect()
    assert count > (200 if long else 16)
    assert open_files() == files


def test_a_call_that_is_cancelled_anywhere_leaves_nothing_and_the_next_one_works(url: str, long: bool) -> None:
    chance = random.Random(9)

    async def main() -> int:
        cancelled = 0
        for number in range(1000 if long else 100):
            async with AsyncSegOpsAdmin(KEY, base_url=url, max_connections=1) as client:
                if number % 2:
                    await client.segments.get(3)
                task = asyncio.ensure_future(client.segments.get(1))
                for _ in range(chance.randrange(1, 12)):  # turns of the event loop
                    await asyncio.sleep(0)
                task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    cancelled += 1
                assert (await client.segments.get(2))["id"] == 2
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return cancelled

    asyncio.run(main())
    gc.collect()
    files = open_files()
    assert asyncio.run(main()) > (300 if long else 20)
    gc.collect()
    assert open_files() == files
