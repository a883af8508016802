"""The receiver of ``segops-admin listen`` at its end, in the process of the test."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from segops_admin.cli import receiver


@pytest.mark.parametrize(
    "said", [b"", b"POST / HTTP/1.1\r\nContent-", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}"]
)
def test_a_sender_that_says_no_more_holds_up_nobody_who_ends(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver._Handler, "timeout", None)  # what would end it at last
    taken = receiver.Receiver(urlsplit("http://127.0.0.1:9/"), "whsec_test_1", lambda told: None)
    at = urlsplit(taken.url)
    with socket.create_connection((at.hostname, at.port)) as sender:
        with taken:
            sender.sendall(said)
            while not taken._server.reading:
                pass  # until it has been accepted
        assert b"200" not in sender.recv(1000)
    assert not taken._server.reading
