"""A server for benchmarks: pages of segments over TLS or plain HTTP, as fast as Python sends bytes.

    python server.py CERTIFICATE-CHAIN|- [DELAY-SECONDS]      pages, a thread for each connection
    python server.py records                                  one segment whatever is asked, by an event loop

Either prints its port, and ends when its stdin does.

It is a process of its own, so that its work is not counted as the client's.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import sys
import threading
import time

PAGES = 100
ITEMS = 50


def page(number: int) -> bytes:
    """One page as Django REST Framework would send it."""
    results = [
        {
            "id": number * ITEMS + index,
            "name": f"Segment {index}",
            "description": "Customers who bought before and have not been back since",
            "definition": {
                "logic": "AND",
                "conditions": [{"type": "recency", "event_type": "order_placed", "operator": "gt", "window_days": 90}],
            },
            "is_active": True,
            "member_count": index * 37,
            "last_computed_at": "2026-04-25T12:00:00Z",
        }
        for index in range(ITEMS)
    ]
    following = f"/api/segments/?page={number + 1}" if number < PAGES else None
    body = json.dumps({"count": PAGES * ITEMS, "next": following, "previous": None, "results": results}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nVary: Accept\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def serve(connection: socket.socket, context: ssl.SSLContext | None, pages: list[bytes], delay: float) -> None:
    """Answers requests on one connection; an upload is read to its end and thrown away."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with context.wrap_socket(connection, server_side=True) if context else connection as peer:
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                block = peer.recv(65536)
                if not block:
                    return
                received += block
            head, received = received.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            left = int(length[1]) - len(received) if length else 0
            while left > 0:
                left -= len(peer.recv(1 << 20))
                received = b""
            number = re.search(rb"[?&]page=(\d+)", head)
            if delay:
                time.sleep(delay)
            peer.sendall(pages[int(number[1]) if number else 1])


class Records(asyncio.Protocol):
    """Answers each request with one segment: many connections at little cost."""

    reply = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport to answer on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Requests come whole here: they are small, and each is sent in one write."""
        self._transport.write(self.reply * data.count(b"\r\n\r\n"))


def record() -> bytes:
    """One segment, as an answer to a get."""
    body = json.dumps(json.loads(page(1).partition(b"\r\n\r\n")[2])["results"][0]).encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve_records() -> None:
    """Listens until stdin ends."""
    Records.reply = record()
    server = await asyncio.get_running_loop().create_server(Records, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Listens until stdin ends."""
    if sys.argv[1] == "records":
        asyncio.run(serve_records())
        return
    context = None
    if sys.argv[1] != "-":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
    delay = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    pages = [page(number) for number in range(PAGES + 1)]
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        print(listener.getsockname()[1], flush=True)

        def accept() -> None:
            while True:
                peer, _ = listener.accept()
                threading.Thread(target=serve, args=(peer, context, pages, delay), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        sys.stdin.read()


if __name__ == "__main__":
    main()
