"""Shared fixtures of the SDK's tests: a clean environment, scripted servers, clients with a fake clock."""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator
from typing import Any, Callable

import pytest
import trustme
from scripted_server import ScriptedServer
from sdk_client import KEY

from segops_admin import SegOpsAdmin, _config
from segops_admin.testing import FakeTime


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, address or proxy of the machine's own."""
    for name in os.environ:
        if name.startswith("SEGOPS_") or name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _nothing_warned_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgets which hosts were warned about: a warning is issued once a process and host."""
    monkeypatch.setattr(_config, "_warned", set())


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Starts scripted servers; at the end of the test they are stopped, and must have played their whole script."""
    with contextlib.ExitStack() as stack:

        def start(*script: Any, **options: Any) -> ScriptedServer:
            return stack.enter_context(ScriptedServer(*script, **options))

        yield start


@pytest.fixture
def time() -> FakeTime:
    """The fake clock of the clients that ``connect`` makes; ``time.sleeps`` records their waits."""
    return FakeTime()


@pytest.fixture
def connect(time: FakeTime) -> Iterator[Callable[..., SegOpsAdmin]]:
    """Makes clients of a scripted server, over real sockets and with a fake clock."""
    with contextlib.ExitStack() as stack:

        def make(server: ScriptedServer | str, **options: Any) -> SegOpsAdmin:
            options = {"timeout": 20.0, "base_url": server if isinstance(server, str) else server.url, **options}
            return stack.enter_context(SegOpsAdmin(KEY, _runtime=time, **options))

        yield make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A private certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """The server's side of TLS, for localhost and 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes the process trust that authority, by ``SSL_CERT_FILE``."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return str(path)
