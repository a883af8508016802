"""Redirects: every status, method and shape of ``Location``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes.kinds import PRINTABLE
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_STATUSES = (301, 302, 303, 307, 308, 300, 304, 305, 306, 309, 399)
_HEADS = (
    "",
    "",
    "",
    "{base}",
    "{path}",
    "/",
    "//",
    "{elsewhere}",
    "?",
    "#",
    "\\",
    "http:",
    "HTTP:",
    "https:",
    ".",
    "..",
)
_PLACES = (
    *("/x/", "x", "../x", "../../../../x", "./x", "/a/../b", "/a/%2e%2e/b", "/a/./b", "//x", "/\\x", "\\x", "?page=2"),
    *("?", "#here", "/x#here", "/x?a=b#c", "/a b", "/é", "/%zz", "/x?a=/../b", "/a//b", "/a;b=1/../c", "/x%00", "/[x]"),
    *(
        "/x?ü",
        "/x?a=[1]",
        "/|",
        "/^",
        "/<x>",
        '/"',
        "/`",
        "/{x}",
        "/x\ty",
        "/'",
        "/x%2Fy",
        "/..",
        "/.",
        "/x/..",
        "/x/.",
    ),
)
_ADDRESSES = (
    *(
        "http://127.0.0.1:9/x",
        "https://127.0.0.1:9/x",
        "http://localhost:9/x",
        "http://[::1]:9/x",
        "http://[x/",
        "http://",
    ),
    *(
        "http:/x",
        "http:x",
        "https:/x",
        "http:///x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "javascript:1",
        "data:,x",
    ),
    *(
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:/x",
        "http://user@127.0.0.1:9/x",
        "//127.0.0.1:9/x",
        "mailto:a@b.test",
    ),
)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """One to seven redirects, then a reply that succeeds."""
    locations = st.one_of(
        st.tuples(st.sampled_from(_HEADS), st.sampled_from(_PLACES)).map("".join),
        st.tuples(st.sampled_from(_HEADS), st.text(st.sampled_from("/.?#%:@\\ " + PRINTABLE), max_size=6)).map("".join),
        st.sampled_from(_ADDRESSES),
        st.none(),
    ).filter(_stays_here)
    replies = st.tuples(st.sampled_from(_STATUSES), locations)
    return st.tuples(
        st.sampled_from(sorted(_CALLS)),
        st.one_of(st.lists(replies, min_size=1, max_size=2), st.lists(replies, min_size=5, max_size=7)),
    ).map(lambda drawn: _probe(*drawn))


def _stays_here(location: str | None) -> bool:
    """Whether it names no host but this machine: a probe must not reach the network, whatever an SDK makes of it."""
    if location is None:
        return True
    plain = location.replace("\\", "/").lower().lstrip()
    rest = plain.partition("//")[2] if "//" in plain.partition("?")[0] else ""
    if plain.partition(":")[0] in ("http", "https") and "//" not in plain:
        rest = plain.partition(":")[2].lstrip("/")
    host = rest.lstrip("/").split("/")[0].rpartition("@")[2]
    return (
        host == ""
        or host.startswith(("127.0.0.1", "localhost", "[::1]", "{", "[x"))
        or ("." not in host and ":" not in host)
    )


_CALLS: dict[str, dict[str, Any]] = {
    "delete": {"op": "segments.delete", "args": [1]},
    "download": {"op": "segments.download_export", "args": [1, {"$sink": True}]},
    "get": {"op": "segments.get", "args": [1]},
    "list": {"op": "segments.list", "args": [{"page": 2}]},
    "post": {"op": "http.request", "args": ["POST", "/anything/"], "named": {"body": {"a": 1}}},
    "raw": {"op": "http.request", "args": ["GET", "/any/thing/"], "named": {"query": {"a": "b c"}}},
}


def _probe(call: str, redirects: list[tuple[int, str | None]]) -> Probe:
    replies: list[dict[str, Any]] = []
    for status, location in redirects:
        headers = {} if location is None else {"Location": location.encode("utf-8").decode("latin-1")}
        replies.append({"status": status, "headers": headers})
    step = {**_CALLS[call], "replies": [*replies, {"json": {"id": 1}}]}
    return client("redirects", step, fresh=True)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each place and address once, each status for each call, and a redirect more than is followed."""
    for location in (*_PLACES, *_ADDRESSES, "{base}/x/", "{path}/x/", "{elsewhere}/x/", "//{elsewhere}", None):
        if _stays_here(location):
            yield _probe("get", [(302, location)])
    for call in _CALLS:
        for status in _STATUSES:
            yield _probe(call, [(status, "/x/")])
        yield _probe(call, [(302, "{elsewhere}/x/")])
        yield _probe(call, [(302, "/x/")] * 5)
        yield _probe(call, [(302, "/x/")] * 6)
