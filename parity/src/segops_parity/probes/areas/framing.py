"""Replies byte by byte: status lines, headers, lengths, chunks, interim replies, and what follows on the connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes.model import Ground, Probe, client

__all__ = ["corners", "probes"]

_JSON = "Content-Type: application/json"
_STATUS_LINES = (
    *("HTTP/1.1 200 OK",) * 12,
    *(
        "HTTP/1.0 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.1 200 ",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 0200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/2 200 OK",
    ),
    *(
        "http/1.1 200 OK",
        "HTTP/1.1 999 X",
        "HTTP/1.1 600 X",
        "HTTP/1.1 099 X",
        "HTTP/1.1 2x0 OK",
        "HTTP/1.1\t200 OK",
        "ICY 200 OK",
    ),
    *(
        "HTTP/1.1 200 caf\xe9",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 205 Reset",
        "HTTP/1.1 304 Not Modified",
        "HTTP/1.1 404 Not Found",
    ),
    *("HTTP/1.1 101 Switching", "garbage", "", "HTTP/1.2 200 OK", "HTTP/1.1 200 O\x00K"),
)
_HEADERS = (
    *(
        "X-Fine: 1",
        "x-lower:1",
        "X-Blank : 1",
        " X-Led: 1",
        "X-Folded: a\r\n b",
        "X-Empty:",
        "no colon",
        ": nameless",
        "X-Nul: a\x00b",
    ),
    *(
        "X-Bare: a\rb",
        "X-\xe9: 1",
        "X Y: 1",
        "Connection: close",
        "Connection: keep-alive",
        "Trailer: X-T",
        "X-Long: " + "a" * 9000,
    ),
    *(
        "Set-Cookie: a=1\r\nSet-Cookie: b=2",
        "Content-Encoding: identity",
        "Upgrade: h2c",
        "X-Control: \x01",
        "(X): 1",
        "X-Tab:\t1\t",
    ),
)
_LENGTHS = (
    *("{n}",) * 8,
    *(
        "{n}, {n}",
        "{n}\r\nContent-Length: {n}",
        "{n}\r\nContent-Length: 999",
        "+{n}",
        "-1",
        " {n} ",
        "{n}.0",
        "0x{n}",
        "",
        "x",
        "0{n}",
    ),
    *("{more}", "{less}", "0", "9" * 30, "{n},", "{n} {n}"),
)
_CHUNKINGS = ("plain",) * 6 + (
    *(
        "extension",
        "trailer",
        "capitals",
        "zeros",
        "split",
        "bad-size",
        "no-last",
        "short",
        "no-end",
        "blank-size",
        "empty-size",
        "bare-lf",
    ),
    *("negative", "huge", "0x", "trailer-odd", "extension-odd", "size-blank-after", "surplus", "missing-crlf"),
)
_CODINGS = ("chunked",) * 8 + (
    "Chunked",
    "identity",
    "gzip, chunked",
    "chunked, gzip",
    "chunked, chunked",
    "x",
    "",
    "chunked;a=b",
    " chunked",
)
_INTERIM = (
    *(
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        "\r\n",
    ),
    *(
        "HTTP/1.1 199 X\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" * 8,
        "HTTP/1.1 100 Continue\r\n\r\n" * 9,
        "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\n",
    ),
)
_AFTER = ("X", "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n9", "\x00")


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """A reply in bytes, and one more call by the same client, which has to get its own."""
    bodies = st.sampled_from(["[1]", '{"id": 1}', "", "[" + "1," * 3000 + "1]"])
    framed = st.one_of(
        st.sampled_from(_LENGTHS).map(lambda length: ("length", length, "")),
        st.tuples(st.just("chunked"), st.sampled_from(_CODINGS), st.sampled_from(_CHUNKINGS)),
        st.tuples(st.just("both"), st.sampled_from(_LENGTHS), st.sampled_from(_CHUNKINGS)),
        st.just(("close", "", "")),
    )
    return st.tuples(
        st.sampled_from(_STATUS_LINES),
        st.lists(st.sampled_from(_HEADERS), max_size=2),
        framed,
        bodies,
        st.one_of(st.just(""), st.just(""), st.sampled_from(_INTERIM)),
        st.one_of(st.just(""), st.just(""), st.just(""), st.sampled_from(_AFTER)),
        st.sampled_from(["\r\n", "\r\n", "\r\n", "\r\n", "\n"]),
    ).map(lambda drawn: _probe(*drawn))


def _probe(
    status: str, headers: list[str], framed: tuple[str, str, str], body: str, interim: str, after: str, end: str
) -> Probe:
    kind, value, chunking = framed
    lines = [status, _JSON, *headers]
    count = len(body.encode())
    if kind in ("length", "both"):
        shown = (
            value.replace("{n}", str(count)).replace("{more}", str(count + 1)).replace("{less}", str(max(0, count - 1)))
        )
        lines.append(f"Content-Length: {shown}")
    if kind in ("chunked", "both"):
        lines.append(f"Transfer-Encoding: {value if kind == 'chunked' else 'chunked'}")
        body = _chunked(body, chunking)
    raw = interim + end.join(lines) + end + end + body + after
    steps: list[dict[str, Any]] = [
        {"op": "http.request", "args": ["GET", "/anything/"], "replies": [{"raw": raw}]},
        {"op": "http.request", "args": ["GET", "/again/"], "replies": [{"json": [2]}]},
    ]
    return client("framing", *steps, options={"max_retries": 0}, fresh=True)


def _chunked(body: str, how: str) -> str:
    size = f"{len(body.encode()):x}"
    if not body:
        return "0\r\n\r\n"
    last = "0\r\n\r\n"
    half = max(1, len(body) // 2)
    return {
        "plain": f"{size}\r\n{body}\r\n{last}",
        "extension": f"{size};a=b\r\n{body}\r\n0;c\r\n\r\n",
        "extension-odd": f'{size} ; a="x;y"\r\n{body}\r\n{last}',
        "trailer": f"{size}\r\n{body}\r\n0\r\nX-T: 1\r\n\r\n",
        "trailer-odd": f"{size}\r\n{body}\r\n0\r\nX-T : 1\r\nno colon\r\n\r\n",
        "capitals": f"{size.upper()}\r\n{body}\r\n{last}",
        "zeros": f"000{size}\r\n{body}\r\n000\r\n\r\n",
        "split": f"{half:x}\r\n{body[:half]}\r\n{len(body) - half:x}\r\n{body[half:]}\r\n{last}"
        if len(body) > half
        else f"{size}\r\n{body}\r\n{last}",
        "bad-size": f"zz\r\n{body}\r\n{last}",
        "blank-size": f" {size}\r\n{body}\r\n{last}",
        "size-blank-after": f"{size} \r\n{body}\r\n{last}",
        "empty-size": f"\r\n{body}\r\n{last}",
        "no-last": f"{size}\r\n{body}\r\n",
        "no-end": f"{size}\r\n{body}\r\n0\r\n",
        "short": f"{size}\r\n{body[:-1]}",
        "bare-lf": f"{size}\n{body}\n0\n\n",
        "negative": f"-{size}\r\n{body}\r\n{last}",
        "huge": f"{'f' * 17}\r\n{body}\r\n{last}",
        "0x": f"0x{size}\r\n{body}\r\n{last}",
        "surplus": f"{size}\r\n{body}x\r\n{last}",
        "missing-crlf": f"{size}\r\n{body}{last}",
    }[how]


def corners(ground: Ground) -> Iterator[Probe]:
    """Each status line, header, length, chunking, coding, interim reply and surplus once."""
    plain, body = ("length", "{n}", ""), '{"id": 1}'
    for status in dict.fromkeys(_STATUS_LINES):
        yield _probe(status, [], plain, body, "", "", "\r\n")
    for header in _HEADERS:
        yield _probe("HTTP/1.1 200 OK", [header], plain, body, "", "", "\r\n")
    for length in dict.fromkeys(_LENGTHS):
        yield _probe("HTTP/1.1 200 OK", [], ("length", length, ""), body, "", "", "\r\n")
    for chunking in dict.fromkeys(_CHUNKINGS):
        yield _probe("HTTP/1.1 200 OK", [], ("chunked", "chunked", chunking), body, "", "", "\r\n")
    for coding in dict.fromkeys(_CODINGS):
        yield _probe("HTTP/1.1 200 OK", [], ("chunked", coding, "plain"), body, "", "", "\r\n")
    for interim in _INTERIM:
        yield _probe("HTTP/1.1 200 OK", [], plain, body, interim, "", "\r\n")
    for after in _AFTER:
        yield _probe("HTTP/1.1 200 OK", [], plain, body, "", after, "\r\n")
