"""Replies: status, content type, encoding and body, as servers and what stands between make them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_STATUSES = (
    200,
    201,
    202,
    203,
    204,
    205,
    206,
    207,
    226,
    299,
    400,
    401,
    403,
    404,
    405,
    408,
    409,
    410,
    413,
    415,
    418,
    422,
)
_FAILED = (425, 426, 429, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 599, 300, 304, 306)
_TYPES = (
    *(
        "application/json",
        "application/json",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
    ),
    *(
        "application/problem+json",
        "application/vnd.api+json;v=1",
        "text/json",
        "text/plain",
        "text/html",
        "text/csv",
        "",
    ),
    *(
        "application/octet-stream",
        "application/x-ndjson",
        "application/json, text/html",
        "json",
        ";",
        "application/jsonp",
    ),
    *(
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        " application/json ",
        "+json",
        "text/x+json",
    ),
)
_NUMBERS = (
    *(
        "1e400",
        "-1e400",
        "1e-400",
        "-0",
        "-0.0",
        "1.0",
        "1e2",
        "9007199254740993",
        "12345678901234567890",
        "0.1",
        "1E5",
    ),
    *(
        "01",
        "+1",
        ".5",
        "5.",
        "1e",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x1",
        "1_000",
        "0." + "1" * 400,
    ),
)
_ODD_JSON = (
    *(
        "",
        " ",
        "\n",
        "null",
        "true",
        '"x"',
        "[]",
        "{}",
        '{"a":1}x',
        '{"a":1,}',
        "[1,]",
        "{'a':1}",
        '{"a":1}{"b":2}',
        "nul",
    ),
    *(
        '{"a":1,"a":2}',
        '{"2":1,"1":2}',
        '{"__proto__":{"a":1}}',
        '{"constructor":1}',
        '"\\ud800"',
        '"\\u12"',
        '"\\x41"',
    ),
    *(
        '"a\tb"',
        '"\x7f"',
        '"\u2028"',
        "\ufeff{}",
        "\ufeff\ufeff{}",
        "{}\ufeff",
        "/* c */ {}",
        "\x00",
        "{}\x00",
        "\u00a0{}",
        "\f{}",
    ),
)
_BYTES = (
    b"\xff",
    b'"\xc0\x80"',
    b'"\xed\xa0\x80"',
    b'{"a":"\xe9"}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"\xfe\xff\x00{\x00}",
)
_CODINGS = (
    "gzip",
    "gzip",
    "GZIP",
    "x-gzip",
    " gzip ",
    "identity",
    "",
    "deflate",
    "br",
    "zstd",
    "gzip, gzip",
    "gzip, identity",
    "utf-8",
)
_PACKINGS = (
    "gzip",
    "gzip",
    "plain",
    "members",
    "cut",
    "cut-head",
    "trailing",
    "zeros",
    "zlib",
    "raw",
    "crc",
    "empty",
    "length",
)
_CALLS: tuple[dict[str, Any], ...] = (
    {"op": "http.request", "args": ["GET", "/anything/"]},
    {"op": "http.request", "args": ["POST", "/anything/"], "named": {"body": {}}},
    {"op": "segments.get", "args": [1]},
    {"op": "segments.list", "args": []},
    {"op": "segments.versions", "args": [1]},
    {"op": "segments.delete", "args": [1]},
    {"op": "segments.recompute", "args": [1]},
    {"op": "segments.create", "args": [{"name": "x"}]},
    {"op": "users.search", "args": ["x"]},
)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """A reply to calls that expect a record, a page, a list, nothing, or anything."""
    valid = kinds.json_values(size=5).map(_dumped)
    bodies = st.one_of(
        valid,
        valid,
        st.sampled_from(_NUMBERS).flatmap(lambda n: st.sampled_from([n, f"[{n}]", f'{{"a":{n}}}'])).map(str.encode),
        st.sampled_from(_ODD_JSON).map(str.encode),
        st.sampled_from(_BYTES),
        st.sampled_from([499, 500, 501, 900, 1000, 1500, 5000]).map(lambda levels: b"[" * levels + b"]" * levels),
        st.sampled_from([250, 251, 400]).map(lambda levels: b'{"a":[' * levels + b"]}" * levels),
        st.tuples(valid, st.integers(0, 3)).map(lambda drawn: drawn[0][: -drawn[1] or None]),
    )
    statuses = kinds.rarely(st.sampled_from((200, 200, *_STATUSES)), st.sampled_from(_FAILED), 4)
    packed = st.one_of(st.none(), st.tuples(st.sampled_from(_CODINGS), st.sampled_from(_PACKINGS)))
    names = kinds.rarely(st.just({}), st.sampled_from(_EXTRA), 6)
    return st.tuples(st.sampled_from(_CALLS), statuses, st.sampled_from(_TYPES), bodies, packed, names).map(
        lambda drawn: _probe(*drawn)
    )


_EXTRA = (
    {"X-Request-Id": "req-1"},
    {"x-correlation-id": "c-1"},
    {"Request-Id": "r-1"},
    {"X-Request-Id": ""},
    {"X-Request-Id": "a", "Request-Id": "b", "X-Correlation-Id": "c"},
    {"X-Echo": "sk_test_parity"},
    {"Retry-After": "7"},
    {"Allow": "GET, PUT"},
    {"WWW-Authenticate": "ApiKey"},
    {"X-Bytes": "caf\xe9"},
    {"Set-Cookie": "a=b"},
    {"Vary": ""},
)


def _dumped(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=kinds.has_half_characters(value))
    return text.encode()


def _packed(body: bytes, how: str) -> bytes:
    whole = gzip.compress(body, mtime=0)
    return {
        "plain": body,
        "gzip": whole,
        "members": gzip.compress(body[:3], mtime=0) + gzip.compress(body[3:], mtime=0),
        "cut": whole[:-5],
        "cut-head": whole[:10],
        "trailing": whole + b"x",
        "zeros": whole + b"\x00" * 8,
        "zlib": zlib.compress(body),
        "raw": zlib.compress(body)[2:-4],
        "crc": whole[:-8] + b"\x00" * 4 + whole[-4:],
        "length": whole[:-4] + b"\x00\x00\x01\x00",
        "empty": b"",
    }[how]


def _probe(
    call: dict[str, Any],
    status: int,
    content_type: str,
    body: bytes,
    packed: tuple[str, str] | None,
    extra: dict[str, str],
) -> Probe:
    headers = dict(extra)
    if content_type:
        headers["Content-Type"] = content_type
    if packed is not None:
        headers["Content-Encoding"] = packed[0]
        body = _packed(body, packed[1])
    reply = {"status": status, "headers": headers, "bytes": body.hex()}
    return client("replies", {**call, "replies": [reply]}, options={"max_retries": 0})


def corners(ground: Ground) -> Iterator[Probe]:
    """Each status, retried once; each type with JSON and text; each odd body; each packing."""
    for status in (*_STATUSES, *_FAILED):
        replies = [{"status": status, "json": {"detail": "no"}}, {"json": {"id": 1}}]
        for call in (_CALLS[2], _CALLS[7]):
            yield client("replies", {**call, "replies": replies}, options={"max_retries": 1})
    for content_type in _TYPES:
        for body in (b'{"a":1}', b"plain", b""):
            yield _probe(_CALLS[0], 200, content_type, body, None, {})
            yield _probe(_CALLS[2], 200, content_type, body, None, {})
    for text in (*_ODD_JSON, *_NUMBERS):
        yield _probe(_CALLS[0], 200, "application/json", text.encode(), None, {})
    for data in _BYTES:
        yield _probe(_CALLS[0], 200, "application/json", data, None, {})
    for how in dict.fromkeys(_PACKINGS):
        yield _probe(_CALLS[0], 200, "application/json", b'{"a":1}', ("gzip", how), {})
    for coding in dict.fromkeys(_CODINGS):
        yield _probe(_CALLS[0], 200, "application/json", b'{"a":1}', (coding, "gzip"), {})
    for extra in _EXTRA:
        yield _probe(_CALLS[2], 404, "application/json", b'{"detail":"no"}', None, extra)
