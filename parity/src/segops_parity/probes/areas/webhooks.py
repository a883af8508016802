"""Webhooks: deliveries, signatures and secrets of all kinds."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.model import Ground, Probe, client
from segops_parity.webhooks import digest_of

__all__ = ["corners", "probes"]

_FORMS = (
    *("sha256={d}",) * 4,
    *(
        "{d}",
        "SHA256={d}",
        "sha256={D}",
        " sha256={d} ",
        "sha256 = {d}",
        "sha256=={d}",
        "sha1={d}",
        "sha256={d},",
        ",sha256={d}",
    ),
    *(
        "sha256={x},sha256={d}",
        "sha256={x}, {d}",
        "sha256={d} {x}",
        "sha256:{d}",
        "sha256={short}",
        "sha256={d}0",
        "={d}",
        "a=sha256={d}",
    ),
    *(
        "sha256={x}",
        "",
        "sha256=",
        "sha256",
        "{d}\n",
        "\u00a0sha256={d}",
        "sha256={spaced}",
        "v1,{d}",
        "sha256={d};x",
        "sha512={d}",
    ),
)
_BODIES = (
    *(
        '{"event": "segment.computed", "segment_id": 1}',
        "{}",
        "[]",
        "null",
        "",
        "x",
        '{"a": NaN}',
        '{"a": 1e400}',
        '{"é": "😀"}',
    ),
    *(
        '\ufeff{"a": 1}',
        '{"a": 1, "a": 2}',
        '{"a": 12345678901234567890}',
        '{"2": 1, "1": 2}',
        '"\\ud800"',
        '{"a": 1} x',
        " {} ",
    ),
)
_RAW = (
    b"\xff",
    b'{"a": "\xe9"}',
    b"\xef\xbb\xbf{}",
    b"[" * 600 + b"]" * 600,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"\x00",
)


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Verify, parse and sign: genuine and forged deliveries, rotated and odd secrets."""
    objects = st.dictionaries(kinds._keys, kinds.json_values(size=3), max_size=3).filter(
        lambda value: not kinds.has_half_characters(value)
    )
    bodies = st.one_of(
        st.sampled_from(_BODIES),
        objects.map(json.dumps),
        kinds.text,
        st.one_of(
            st.sampled_from(_RAW), objects.map(lambda value: json.dumps(value).encode()), st.binary(max_size=4)
        ).map(_tagged),
    )
    secret = st.one_of(
        st.sampled_from(["whsec_test", "é", " ", "a\n", "whsec_test"]),
        kinds.text,
        st.binary(min_size=1, max_size=4).map(_tagged),
    )
    secrets = kinds.rarely(
        secret,
        st.one_of(st.lists(st.one_of(secret, st.none()), max_size=3), st.sampled_from([None, "", 5, {}, [[]]])),
        4,
    )
    odd: st.SearchStrategy[Any] = st.one_of(
        st.sampled_from([None, 5, [], {}, True]), kinds.text, st.binary(max_size=4).map(_tagged)
    )
    signatures = kinds.rarely(st.sampled_from(_FORMS), odd, 8)
    names = st.sampled_from(["verify_webhook", "verify_webhook", "parse_webhook", "parse_webhook", "sign_webhook"])
    bodies = kinds.rarely(bodies, st.sampled_from([None, 5, {}, [], {"event": "x"}]), 12)
    return st.tuples(names, bodies, signatures, secrets).map(lambda drawn: _probe(*drawn))


def _tagged(data: bytes) -> dict[str, str]:
    return {"$bytes": base64.b64encode(data).decode("ascii")}


def _bytes(value: Any) -> bytes | None:
    """Text or bytes as bytes; None for what is neither, or is not Unicode."""
    if isinstance(value, dict) and "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return value.encode() if isinstance(value, str) and not kinds.has_half_characters(value) else None


def _probe(name: str, body: Any, form: Any, secret: Any) -> Probe:
    content = _bytes(body)
    known = next((key for key in map(_bytes, secret if isinstance(secret, list) else [secret]) if key), b"other")
    digest = digest_of(content or b"", known)
    signature = form
    if isinstance(form, str):
        parts = {
            "d": digest,
            "D": digest.upper(),
            "x": "0" * 64,
            "short": digest[:-2],
            "spaced": digest[:2] + " " + digest[2:],
        }
        for key, value in parts.items():
            signature = signature.replace(f"{{{key}}}", value)
    args = [body, secret] if name == "sign_webhook" else [body, signature, secret]
    wanted: dict[str, Any] = {}
    genuine = content is not None and form in _FORMS[:8] and known != b"other" and _fine(secret)
    if name == "verify_webhook" and genuine:
        wanted = {"ok": True}
    if name == "sign_webhook" and content is not None and isinstance(secret, (str, dict)) and _bytes(secret):
        wanted = {"ok": f"sha256={digest}"}
    return client("webhooks", {"op": f"webhook.{name}", "args": args}, wanted=wanted or None)


def _fine(secret: Any) -> bool:
    """Whether a secret is one that can be used as it stands, without blanks around it."""
    listed = secret if isinstance(secret, list) else [secret]
    return all(isinstance(each, str) and each.strip() == each and _bytes(each) for each in listed)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each form of a signature, each odd body, and each odd text as body and secret."""
    for form in dict.fromkeys(_FORMS):
        yield _probe("verify_webhook", "{}", form, "whsec_test")
        yield _probe("verify_webhook", "{}", form, ["whsec_old", "whsec_test"])
    for body in (*_BODIES, *map(_tagged, _RAW), None, 5, {}):
        yield _probe("parse_webhook", body, "sha256={d}", "whsec_test")
    for text in kinds.ODD_TEXTS:
        yield _probe("verify_webhook", text, "sha256={d}", "whsec_test")
        yield _probe("sign_webhook", text, "", "whsec_test")
        yield _probe("verify_webhook", "{}", "sha256={d}", text)
