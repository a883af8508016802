"""A server that echoes the id that it was asked for, on many connections at once, in a subprocess.

with echo_server() as url:
    ...client.segments.get(17) is {"id": 17, "pad": …}
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

__all__ = ["echo_server"]

SOURCE = r"""
import asyncio, json, re, sys

class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.received = transport, b""

    def data_received(self, data):
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            number = int(re.search(rb"/(\d+)/ ", head)[1])
            body = json.dumps({"id": number, "pad": "x" * (number * 7919 % 5000)}).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            whole = head + body
            half = len(whole) // 2 if number % 3 else len(whole)  # many replies come in two pieces
            self.transport.write(whole[:half])
            asyncio.get_running_loop().call_soon(self.transport.write, whole[half:])

async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"""


@contextlib.contextmanager
def echo_server() -> Iterator[str]:
    """The base URL of a server that runs until the end of the block."""
    command = [sys.executable, "-c", SOURCE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/api"
        finally:
            server.stdin.close()
            server.stdout.close()
