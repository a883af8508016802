"""The replay server's connections: TLS with valid and invalid certificates, tunnels, and how each reply ends."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from segops_parity.cases import API_KEY
from segops_parity.replay import PlaySession, ReplayServer
from segops_parity.replies import Reply, written_reply

REQUEST = b"GET /x/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer(API_KEY) as made:
        yield made


def port_of(session: PlaySession) -> int:
    return int(session.base_url.split(":")[2].split("/")[0])


def trusting(server: ReplayServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.certificates.environment["SSL_CERT_FILE"])


def received(peer: socket.socket) -> bytes:
    """All that comes until the connection ends."""
    blocks = []
    while block := peer.recv(65536):
        blocks.append(block)
    return b"".join(blocks)


def test_a_case_over_tls_is_served_with_a_certificate_that_verifies(server: ReplayServer) -> None:
    session = server.open(tls="trusted")
    session.begin([written_reply({"raw": "HTTP/1.1 200 OK\r\n\r\nhello", "end": "notify"})])
    assert session.base_url.startswith("https://localhost:")
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
        with trusting(server).wrap_socket(plain, server_hostname="localhost") as peer:
            peer.sendall(REQUEST)
            assert received(peer) == b"HTTP/1.1 200 OK\r\n\r\nhello"
    assert len(session.connections) == 1


@pytest.mark.parametrize(
    ("kind", "why"), [("expired", "expired"), ("stranger", "local issuer"), ("other-host", "mismatch")]
)
def test_a_certificate_that_must_be_refused_is_refused_for_its_own_reason(
    server: ReplayServer, kind: str, why: str
) -> None:
    session = server.open(tls=kind)
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
        with pytest.raises(ssl.SSLCertVerificationError, match=why):
            trusting(server).wrap_socket(plain, server_hostname="localhost")


def test_a_tls_client_hello_to_a_plain_server_is_answered_at_once(server: ReplayServer) -> None:
    session = server.open(tls="none")
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
        with pytest.raises(ssl.SSLError, match=r"(?i)wrong.version"):
            trusting(server).wrap_socket(plain, server_hostname="localhost")


def test_a_truncated_tls_connection_is_distinguished_from_a_closed_one(server: ReplayServer) -> None:
    ends = {}
    for end in ("notify", "cut"):
        session = server.open(tls="trusted")
        session.begin([written_reply({"raw": "HTTP/1.1 200 OK\r\n\r\n", "end": end})])
        with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
            context = trusting(server)
            # Python 3.10 and 3.11 have OpenSSL 3 take a cut for a proper end, if they are built to.
            context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
            with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as peer:
                peer.sendall(REQUEST)
                try:
                    ends[end] = received(peer)
                except ssl.SSLError as error:
                    # 3.11.2 has no class of its own for it yet.
                    is_cut = isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING"
                    ends[end] = b"cut" if is_cut else str(error).encode()
    assert ends == {"notify": b"HTTP/1.1 200 OK\r\n\r\n", "cut": b"cut"}


def test_a_tunnel_leads_to_tls_over_the_same_connection(server: ReplayServer) -> None:
    session = server.open(fresh=True)
    tunnel = {"raw": "HTTP/1.1 200 OK\r\n\r\n", "tunnel": "trusted"}
    session.begin([written_reply(tunnel), written_reply({"raw": "HTTP/1.1 200 OK\r\n\r\nhello", "end": "notify"})])
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
        plain.sendall(b"CONNECT segops.example:443 HTTP/1.1\r\nHost: segops.example:443\r\n\r\n")
        assert plain.recv(65536) == b"HTTP/1.1 200 OK\r\n\r\n"
        with trusting(server).wrap_socket(plain, server_hostname="segops.example") as peer:
            peer.sendall(REQUEST)
            assert received(peer).endswith(b"hello")
    assert [each["method"] for each in session.seen] == ["CONNECT", "GET"]
    assert [each["raw"]["tunneled"] for each in session.seen] == [False, True]
    assert len(session.connections) == 1


def test_the_next_step_begins_when_the_connection_has_ended_as_its_reply_says(server: ReplayServer) -> None:
    session = server.open(fresh=True)
    ended = {}
    for end in ("close", "reset"):
        session.begin([Reply(0, (), b"", raw=b"HTTP/1.1 200 OK\r\n\r\n", end=end)])
        with socket.create_connection(("127.0.0.1", port_of(session)), 10) as peer:
            peer.sendall(REQUEST)
            try:
                while peer.recv(65536):
                    pass
                ended[end] = "closed"
            except ConnectionResetError:
                ended[end] = "reset"
            session.begin([])
    assert ended == {"close": "closed", "reset": "reset"}


def test_a_held_reply_is_sent_when_its_call_is_to_be_finished_and_not_before(server: ReplayServer) -> None:
    session = server.open(fresh=True)
    session.begin([replace(written_reply({"raw": "HTTP/1.1 200 OK\r\n\r\n", "keep": True}), held="a")])
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as peer:
        peer.sendall(REQUEST)
        peer.settimeout(0.05)
        with pytest.raises(TimeoutError):
            peer.recv(1)
        peer.settimeout(10)
        session.finish("a")
        assert peer.recv(1) == b"H"


@pytest.mark.parametrize("tls", ["", "trusted"])
def test_a_connection_counts_as_open_until_the_client_closes_it_though_its_reply_stalls(
    server: ReplayServer, tls: str
) -> None:
    session = server.open(fresh=True, tls=tls)
    session.begin([replace(written_reply({"status": 200}), fault="stall")])
    with socket.create_connection(("127.0.0.1", port_of(session)), 10) as plain:
        peer = trusting(server).wrap_socket(plain, server_hostname="localhost") if tls else plain
        peer.sendall(REQUEST)
        assert session.still_open(1) == 1
        peer.close()
    assert session.still_open(0) == 0
