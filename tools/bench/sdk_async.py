"""The rows about ``AsyncSegOpsAdmin`` in the table of sdk.py."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Callable

from measuring import measured, report

from segops_admin import AsyncHTTPTransport, AsyncSegOpsAdmin

__all__ = ["gets_beside_aiohttp", "pages_one_by_one"]

GETS = 1000
CONNECTIONS = 50


def pages_one_by_one(
    key: str, port: int, context: ssl.SSLContext, bare: Callable[[], object], items: int, runs: int
) -> None:
    """100 pages over TLS, one page at a time, beside a bare blocking loop."""
    loop = asyncio.new_event_loop()
    client = AsyncSegOpsAdmin(
        key, base_url=f"https://localhost:{port}/api", transport=AsyncHTTPTransport(ssl_context=context)
    )

    async def iterate() -> None:
        count = 0
        async for _ in client.segments.iterate():
            count += 1
        assert count == items

    ratio = measured(lambda: loop.run_until_complete(iterate()), bare, runs)
    report("the same, asyncio, one page at a time / the bare loop", ratio, "<= 1.25")
    loop.run_until_complete(client.close())
    loop.close()


def gets_beside_aiohttp(key: str, port: int, folder: str, runs: int) -> None:
    """1,000 gets at once over 50 connections, beside aiohttp doing the same."""
    sys.path.append(folder)
    from aiohttp import ClientSession, TCPConnector

    loop = asyncio.new_event_loop()
    client = AsyncSegOpsAdmin(key, base_url=f"http://127.0.0.1:{port}/api", max_connections=CONNECTIONS)
    headers = {"Authorization": f"ApiKey {key}", "Accept": "application/json", "User-Agent": "bare"}

    async def ours() -> None:
        found = await asyncio.gather(*[client.segments.get(number) for number in range(GETS)])
        assert len(found) == GETS
        assert all(each["is_active"] for each in found)

    async def session() -> ClientSession:
        return ClientSession(connector=TCPConnector(limit=CONNECTIONS), headers=headers)

    theirs = loop.run_until_complete(session())

    async def get(number: int) -> dict[str, object]:
        async with theirs.get(f"http://127.0.0.1:{port}/api/segments/{number}/") as reply:
            assert reply.status == 200
            found: dict[str, object] = json.loads(await reply.read())
            return found

    async def aiohttp() -> None:
        found = await asyncio.gather(*[get(number) for number in range(GETS)])
        assert all(each["is_active"] for each in found)

    run = loop.run_until_complete
    ratio = measured(lambda: run(ours()), lambda: run(aiohttp()), runs)
    report("1,000 gets over 50 connections, asyncio / aiohttp", ratio, "<= 1.0")
    run(theirs.close())
    run(client.close())
    loop.close()
