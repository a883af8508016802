"""The reader of HTTP/1.1 replies against h11, which we did not write.

Well-formed replies mean the same to both. Whatever else comes, ours gives what h11 gives or refuses it; the few replies
that h11 refuses and ours reads are those of ``why_read_nevertheless``, each with its reason.
"""

from __future__ import annotations

import re
from typing import Any, Union

import h11
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from segops_admin._wire.heads import CutShort, MalformedReply
from segops_admin._wire.http1 import ReplyReader

Reply = tuple[int, list[tuple[str, str]], bytes]
Outcome = Union[Reply, str]

CUT = "cut short"
REFUSED = "refused"


def ours(method: str, data: bytes, cuts: list[int]) -> Outcome:
    """What our reader parses from a connection's bytes, received in pieces, and its end."""
    reader = ReplyReader(method)
    ends = sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)})
    pieces = [data[start:end] for start, end in zip([0, *ends], ends)]
    pending = [piece for piece in pieces if piece] + [b""]
    body = b""
    try:
        while not reader.head():
            reader.feed(pending.pop(0))
        while not reader.done:
            block = reader.take(1 << 30)
            body += block
            if not block and not reader.done:
                reader.feed(pending.pop(0))
    except MalformedReply:
        return REFUSED
    except CutShort:
        return CUT
    return reader.status, sorted((name.lower(), value) for name, value in reader.pairs), body


def theirs(method: str, data: bytes) -> Outcome:
    """What h11 parses from the same bytes."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=64 * 1024)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "localhost")]))
    connection.send(h11.EndOfMessage())
    status, headers, body, fed = 0, [], b"", False
    try:
        connection.receive_data(data)
        while True:
            got: Any = connection.next_event()
            if isinstance(got, h11.Response):
                status = got.status_code
                headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in got.headers]
            elif isinstance(got, h11.Data):
                body += bytes(got.data)
            elif isinstance(got, h11.EndOfMessage):
                return status, sorted(headers), body
            elif got is h11.NEED_DATA and not fed:
                connection.receive_data(b"")
                fed = True
            elif not isinstance(got, h11.InformationalResponse):
                return CUT
    except h11.RemoteProtocolError:
        return CUT if fed else REFUSED


def comparable(outcome: Outcome, *, folded: bool = False) -> Outcome:
    """An outcome without what h11 rewrites: equal lengths become one, codings small letters.

    Where a line was folded, RFC 9112 (5.2) leaves to each how many blanks that becomes.
    """
    if isinstance(outcome, str):
        return outcome
    status, headers, body = outcome
    told = [(name, value) for name, value in headers if name not in ("content-length", "transfer-encoding")]
    if folded:
        told = [(name, re.sub("[ \t]+", " ", value)) for name, value in told]
    return status, told, body


def why_read_nevertheless(method: str, data: bytes, read: Reply) -> str | None:
    """Why ours reads a reply that h11 refuses."""
    status, headers, _ = read
    interim = data[: data.rfind(b"HTTP/1.")].lower()
    if b"transfer-encoding:" in interim or b"content-length:" in interim:
        return "RFC 9112 6.3: an interim reply has no body, whatever its headers say of one; h11 checks their form"
    names = [name for name, _ in headers]
    if (method == "HEAD" or status in (204, 304)) and {"content-length", "transfer-encoding"} & set(names):
        return "RFC 9112 6.3: it has no body, whatever its headers say of one; h11 checks their form all the same"
    if {"content-length", "transfer-encoding"} <= set(names):
        return "RFC 9112 6.3: chunks override a length, whose form h11 checks all the same; the connection is dropped"
    return None


TOKENS = st.text("abcXYZ09-_!#$%&'*+.^`|~", min_size=1, max_size=8).map("X-{}".format)
VALUES = st.text([chr(code) for code in [9, *range(32, 127), *range(128, 256)]], max_size=12).map(
    lambda text: text.strip(" \t")
)


@st.composite
def chunks(draw: Any, body: bytes) -> bytes:
    parts = []
    while body:
        size = draw(st.integers(1, len(body)))
        extension = draw(st.sampled_from(["", "", ";a=b", ';q="x;y"', ";lone"]))
        zeros = "0" * draw(st.integers(0, 3))
        parts.append(f"{zeros}{size:{draw(st.sampled_from('xX'))}}{extension}\r\n".encode() + body[:size] + b"\r\n")
        body = body[size:]
    trailer = draw(st.sampled_from(["", "", "X-Sum: 1\r\n"]))
    return b"".join(parts) + f"0\r\n{trailer}\r\n".encode()


@st.composite
def replies(draw: Any) -> bytes:
    """A well-formed reply: every framing there is, interim replies before it."""
    head = "".join(
        f"HTTP/1.1 {status} Wait\r\nLink: </x>\r\n\r\n"
        for status in draw(st.lists(st.sampled_from([100, 102, 103]), max_size=2))
    )
    status = draw(st.sampled_from([200, 200, 201, 204, 206, 301, 304, 404, 429, 503, 599]))
    reason = draw(st.sampled_from([" OK", " ", "", " Not at all", " Gr\xfc\xdfe"]))
    body = draw(st.binary(max_size=40))
    head += f"HTTP/1.{draw(st.sampled_from('110'))} {status}{reason}\r\n"
    lines = [f"{name}:{draw(st.sampled_from(['', ' ', ' 	']))}{value}" for name, value in
             draw(st.lists(st.tuples(TOKENS, VALUES), max_size=3))]  # fmt: skip
    framing = draw(st.sampled_from(["length", "twice", "list", "chunked", "Chunked", "end"]))
    length = f"Content-Length: {len(body)}"
    lines += {
        "length": [length],
        "twice": [length, length],
        "list": [f"{length}, {len(body)}"],
        "end": [],
    }.get(framing, [f"Transfer-Encoding: {framing}"])
    head += "".join(f"{line}\r\n" for line in draw(st.permutations(lines))) + "\r\n"
    if framing.lower() == "chunked":
        body = draw(chunks(body))
    return head.encode("latin-1") + body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

SPLINTERS = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\0", b" ", b"\t", b":", b",", b";", b"0", b"9", b"+", b"_", b"x", b"f",
     b"\x0b", b"\x85", b"\xa0", b"\xff", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n",
     b"Transfer-Encoding: gzip\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 103 E\r\n\r\n", b"X : y\r\n", b" folded\r\n",
     b"0\r\n\r\n", b"a: b\r\n"]
)  # fmt: skip


@st.composite
def mutated(draw: Any) -> bytes:
    """A reply with bytes that were removed, inserted, moved or repeated."""
    data: bytes = draw(replies())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 12))
        part = draw(st.one_of(SPLINTERS, SPLINTERS, st.just(b""), st.binary(max_size=3), st.just(data[at : at + size])))
        data = data[:at] + part + data[at + draw(st.sampled_from([0, 0, size, 1])) :]
    return data


EXAMPLES = 300

METHODS = st.sampled_from(["GET", "GET", "POST", "HEAD"])
CUTS = st.lists(st.integers(0, 300), max_size=4)


@settings(max_examples=150, deadline=None)
@given(method=METHODS, data=replies(), cuts=CUTS)
def test_a_well_formed_reply_means_the_same_to_both(method: str, data: bytes, cuts: list[int]) -> None:
    wanted = theirs(method, data)
    assert not isinstance(wanted, str), "h11 takes it for well-formed"
    assert comparable(ours(method, data, cuts)) == comparable(wanted)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n",
        CHUNKED + b"0\r\nX: a\n\r\n",
        CHUNKED + b"0\r\n\n",
    ],
)
def test_a_line_feed_by_itself_ends_no_line(data: bytes) -> None:
    """h11 takes it for a line end, others do not: where they differ, one reply hides in another."""
    assert ours("GET", data, []) == REFUSED


@settings(max_examples=EXAMPLES, deadline=None)
@example(method="GET", data=b"HTTP/1.1 200 OK\r\nX-A: b\r\n \xa0c\x85\r\nContent-Length: 0\r\n\r\n", cuts=[])
@example(method="GET", data=b"HTTP/1.1 200 OK\r\nX-A: b \r\n c:\r\nContent-Length: 0\r\n\r\n", cuts=[])
@example(method="GET", data=b"HTTP/1.1 103 E\r\nTransfer-Encoding: gzip\r\n\r\n" + CHUNKED + b"0\r\n\r\n", cuts=[])
@example(method="GET", data=CHUNKED + b"0\r\n\r\r\n", cuts=[])
@example(method="GET", data=CHUNKED + b"0\r\nX-Sum: \x00\r\n\r\n", cuts=[])
@given(method=METHODS, data=mutated(), cuts=CUTS)
def test_any_other_reply_is_read_as_h11_reads_it_or_refused(method: str, data: bytes, cuts: list[int]) -> None:
    got = ours(method, data, cuts)
    assert got == ours(method, data, []), "it depends on how the bytes came"
    if isinstance(got, str):
        event(got)
        return
    wanted = theirs(method, data)
    why = why_read_nevertheless(method, data, got) if isinstance(wanted, str) else None
    event(why or "read")
    folded = re.search(rb"\n[ \t]", data) is not None
    assert why or comparable(got, folded=folded) == comparable(wanted, folded=folded)
