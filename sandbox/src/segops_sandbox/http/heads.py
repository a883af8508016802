"""The head of a request: method, path as it was sent, headers as they were sent, and WSGI's view of them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

# Of the address, and of all headers together.
MAX_BYTES = 64 << 10

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# A proxy's way to say what it wants; every server has to understand it (RFC 9112, 3.2.2).
_ABSOLUTE = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


class NotARequest(Exception):
    """A request that nothing can be done with; `status` is what it is answered."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Head:
    """What comes before the body.

    Attributes:
        method: in capitals.
        raw_path: as it was sent.
        path: the same in one spelling.
        query: what follows the `?`, as it was sent.
        host: what the client calls this server; empty when it does not say.
        as_sent: the headers, names as the client spelt them.
    """

    method: str
    raw_path: str
    path: str
    query: str
    host: str
    as_sent: list[tuple[str, str]]

    @classmethod
    def of(cls, scope: dict[str, Any], as_sent: list[tuple[str, str]]) -> Head:
        """The head of an ASGI request. Raises NotARequest."""
        method, raw = scope["method"], scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        hosts = [value for name, value in as_sent if name.lower() == "host"]
        if absolute := _ABSOLUTE.match(raw):
            hosts, raw = [absolute.group(1)], raw[absolute.end() :] or "/"
        if scope["http_version"] not in ("1.0", "1.1"):
            raise NotARequest("The sandbox speaks HTTP/1.1.", 505)
        if len(raw) + len(query) > MAX_BYTES:
            raise NotARequest("The address is too long.", 414)
        if sum(len(name) + len(value) for name, value in as_sent) > MAX_BYTES:
            raise NotARequest(f"The headers exceed {MAX_BYTES} bytes.", 431)
        path = normalise(raw)
        if method != method.upper():
            raise NotARequest(f"There is no method {method}: methods are in capitals.")
        if "#" in raw or "#" in query:
            raise NotARequest("A URL is sent without its #fragment.")
        if "%00" in path or "%00" in query:
            raise NotARequest("NUL characters are not allowed in a URL.")
        if any("\x00" in value for _, value in as_sent):
            raise NotARequest("NUL characters are not allowed in a header.")
        codings = {value.strip().lower() for name, value in as_sent if name.lower() == "content-encoding"}
        if codings - {"identity", ""}:
            raise NotARequest(f"The body is {', '.join(sorted(codings))}: send it as it is, without encoding.", 415)
        return cls(method, raw, path, query, hosts[0].strip() if hosts else "", as_sent)

    @property
    def declared_length(self) -> int:
        """The Content-Length; 0 without one."""
        return int(next((value for name, value in self.as_sent if name.lower() == "content-length"), "0"))

    def environ(self, scope: dict[str, Any], body: IO[bytes], size: int) -> dict[str, Any]:
        """WSGI's environment, with the body and a known length of it, also where it came in chunks."""
        server, client = scope["server"], scope["client"]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "REQUEST_URI": self.raw_path,
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "segops_sandbox.body": body,
        }
        for name, value in self.as_sent:
            if "_" in name:  # X_Api_Key would pass for X-Api-Key
                continue
            key = "HTTP_" + name.upper().replace("-", "_")
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        environ["HTTP_HOST"] = self.host
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ.pop("HTTP_CONTENT_LENGTH", None)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(size)
        return environ


def normalise(raw: str) -> str:
    """A path in one spelling: what needs no escape has none, what needs one is escaped, in capitals."""

    def respell(match: re.Match[str]) -> str:
        character = chr(int(match.group(1), 16))
        return character if _UNRESERVED.match(character) else match.group(0).upper()

    return _ESCAPE.sub(respell, quote(raw.encode("latin-1"), safe="/%:@!$&'()*+,;=~"))
