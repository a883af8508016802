"""HTTPS through a proxy of the environment, over the TypeScript SDK: a tunnel that sees neither key nor request."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path
from typing import Callable

import pytest
import trustme
from scripted_server import Reply, ScriptedServer, Tunnel

pytestmark = pytest.mark.needs_workspace

PROGRAM = """
import { SegOpsAdmin } from "@segops/admin";

const client = new SegOpsAdmin({ apiKey: "sk_test_tunnel", baseUrl: process.argv[2], maxRetries: 0 });
console.log(JSON.stringify([await client.segments.list(), await client.segments.create({ name: "x" })]));
"""


def test_https_goes_through_the_proxy_in_a_tunnel(which: str, run: Callable[..., str], project: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(project / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    (project / "it.mjs").write_text(PROGRAM)
    with (
        ScriptedServer(Reply(json=[1]), Reply(json={"id": 2}), tls=context, name="localhost") as server,
        ScriptedServer(Tunnel("127.0.0.1", server.port)) as proxy,
    ):
        variables = {
            "HTTPS_PROXY": f"ada:se%3Acret@127.0.0.1:{proxy.port}",
            "NODE_EXTRA_CA_CERTS": str(project / "authority.pem"),
        }
        assert run(which, "node", "it.mjs", server.url, cwd=project, **variables) == '[[1],{"id":2}]\n'
        (seen,) = proxy.requests
        assert seen.line == f"CONNECT localhost:{server.port} HTTP/1.1"
        assert seen.header("Proxy-Authorization") == "Basic " + base64.b64encode(b"ada:se:cret").decode()
        assert seen.header("Authorization") is None
        assert [request.header("Proxy-Authorization") for request in server.requests] == [None, None]
        assert server.connections == 1
