"""Generates the asyncio client and resources of the Python SDK from the blocking ones, which are written by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from segops_parity.contract import Contract

__all__ = ["async_resources"]

SOURCE = Path(__file__).resolve().parents[2] / "python/src/segops_admin/resources"
CLIENT = "python/src/segops_admin/_async_client.py"
TARGET = "python/src/segops_admin/async_resources"
HEAD = "# Derived from {} by `make generate`. Change that.\n"

_DEFINITION = re.compile(r"    def (?!__)(\w+)\((?:[^()]|\([^()]*\))*\) -> (?P<returns>[^\n]+):\n")
_METHODS = "read|post_read_only|mutate|upload|download|wait|wait_for_recompute|run"
_CALL = re.compile(rf"(?<!\w)self\.(_http\.)?(_?(?:{_METHODS}))\(")
_BASES = re.compile(r"\b(Collection|Namespace|ProductImports|SegmentJobs)\b(?=[\[)(,\n])")


def async_resources(_contract: Contract) -> Mapping[str, str]:
    """Each module's text, by its path."""
    modules = {
        f"{TARGET}/{path.name}": HEAD.format(f"resources/{path.name}") + derived(path)
        for path in sorted(SOURCE.glob("*.py"))
    }
    text = (SOURCE.parent / "_client.py").read_text(encoding="utf-8")
    return {**modules, CLIENT: HEAD.format("_client.py") + derived_client(text)}


def derived(path: Path) -> str:
    """One module for asyncio."""
    text = path.read_text(encoding="utf-8")
    if path.name == "__init__.py":
        names = re.findall(r"from \.(\w+) import (\w+)", text)
        lines = [f"from .{module} import Async{name}\n" for module, name in names]
        return (
            '"""The namespaces of the asyncio client; one module for each."""\n\n'
            + "".join(lines)
            + "\n__all__ = [\n"
            + "".join(f'    "Async{name}",\n' for _, name in sorted(names, key=lambda pair: pair[1]))
            + "]\n"
        )
    text = re.sub(r"(?m)^class (?!Generic)(\w+)", r"class Async\1", text)
    text = _BASES.sub(r"Async\1", text)
    text = re.sub(r"(__all__ = \[)([^\]]+)", lambda found: found[1] + re.sub(r'"(\w+)"', r'"Async\1"', found[2]), text)
    text = _DEFINITION.sub(_definition, text)
    text = "".join(map(_awaited, text.splitlines(keepends=True)))
    text = text.replace("Generator[Record, None, None]", "AsyncGenerator[Record, None]")
    text = text.replace("_call.blocking import Http", "_call.asynchronous import AsyncHttp").replace(
        "http: Http)", "http: AsyncHttp)"
    )
    text = re.sub(r"\b(?<!Async)Generator\[(\w+), None, None\]", r"AsyncGenerator[\1, None]", text)
    text = re.sub(r"(from collections\.abc import .*)\bGenerator\b", r"\1AsyncGenerator", text)
    return text.replace(
        "for item in list(client.segments.iterate()): ...", "[item async for item in client.segments.iterate()]"
    )


_IN_THE_CLIENT = (
    ("The blocking client: a key, a server, and the namespaces of its API.", "The asyncio client: the same surface."),
    (
        "Safe to share between threads; close it, or use it in a ``with`` block.",
        "For one event loop, shared by its tasks.",
    ),
    ("_call.blocking import Http", "_call.asynchronous import AsyncHttp"),
    ("from .resources import", "from .async_resources import"),
    ("(Http(", "(AsyncHttp("),
    ("http: Http", "http: AsyncHttp"),
    ("_transport.pool import HTTPTransport", "_transport.async_pool import AsyncHTTPTransport"),
    ("``HTTPTransport``", "``AsyncHTTPTransport``"),
    ("list[HTTPTransport]", "list[AsyncHTTPTransport]"),
    ("append(HTTPTransport(", "append(AsyncHTTPTransport("),
    ("import Request, Response, Transport", "import AsyncResponse, AsyncTransport, Request"),
    (") -> Response:", ") -> AsyncResponse:"),
    ("_transport: Transport", "_transport: AsyncTransport"),
    ("transport: Transport | None", "transport: AsyncTransport | None"),
    ("see ``Transport.send``", "see ``AsyncTransport.send``"),
    ("SegOpsAdmin", "AsyncSegOpsAdmin"),
    ("    def close(", "    async def close("),
    ("    def send(", "    async def send("),
    ("            self._transport.close()", "            await self._transport.close()"),
    ("            transport.close()", "            await transport.close()"),
    ("return self._made[0].send", "return await self._made[0].send"),
    ("def __enter__", "async def __aenter__"),
    ("def __exit__", "async def __aexit__"),
    ("        self.close()\n", "        await self.close()\n"),
)


def derived_client(text: str) -> str:
    """The client for asyncio."""
    names = re.findall(r"(?m)^        self\.\w+ = (\w+)\(http\)$", text)
    for before, after in _IN_THE_CLIENT:
        text = text.replace(before, after)
    for name in names:
        text = re.sub(rf"(?m)^    {name},$", f"    Async{name},", text)
        text = re.sub(rf"(?m)(^ +\w+(?:: | = )|^ +self\.\w+ = ){name}\b", rf"\1Async{name}", text)
    # What both share stays where it is.
    start, end = text.index("def cannot_be_copied"), text.index("class _BuiltIn")
    text = text[:start] + text[end:]
    return text.replace("from ._config import", "from ._client import cannot_be_copied\nfrom ._config import")


def _definition(found: re.Match[str]) -> str:
    text = found[0]
    return text if "Generator[" in found["returns"] else text.replace("    def ", "    async def ", 1)


def _awaited(line: str) -> str:
    if "lambda" in line:
        return line  # the callable that a wait polls with returns the coroutine, which the wait awaits
    return _CALL.sub(lambda found: f"await {found[0]}", line)
