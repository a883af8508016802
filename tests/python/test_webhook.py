"""Webhook deliveries, genuine and forged: verification never raises, whatever comes in."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from repository import ROOT

from segops_admin import SegOpsArgumentError, SegOpsWebhookError
from segops_admin.webhook import parse_webhook, sign_webhook, verify_webhook

VECTORS = yaml.safe_load((ROOT / "spec/webhooks.yaml").read_text("utf-8"))["vectors"]
BODY = '{"event":"segment.recomputed","segment_id":42,"segment_name":"Käufer"}'
SECRET = "first-test-secret"
GENUINE = sign_webhook(BODY, SECRET)


def value(written: Any) -> Any:
    """A value of a vector, as it is passed to the SDK."""
    if isinstance(written, list):
        return [value(item) for item in written]
    if not isinstance(written, dict):
        return written
    if "hex" in written:
        return bytes.fromhex(written["hex"])
    if "json" in written:
        return json.loads(written["json"])
    return written["repeat"] * written["times"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_vector_of_the_contract_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    given = [value(vector[name]) for name in ("body", "signature", "secret")]
    assert verify_webhook(*given) is vector["valid"]
    if vector["valid"] and vector.get("parses"):
        content = given[0] if isinstance(given[0], str) else given[0].decode("utf-8")
        assert parse_webhook(*given) == json.loads(content.lstrip("\ufeff"))
    else:
        with pytest.raises(SegOpsWebhookError):
            parse_webhook(*given)


def test_the_vectors_hold_genuine_and_hostile_ones() -> None:
    assert {vector["valid"] for vector in VECTORS} == {True, False}
    assert len(VECTORS) >= 20


ANYTHING = st.one_of(
    st.none(),
    st.text(),
    st.binary(),
    st.binary().map(bytearray),
    st.binary().map(memoryview),
    st.integers(),
    st.floats(),
    st.dictionaries(st.text(), st.text()),
    st.lists(st.text()),
    st.text().map(lambda text: "sha256=" + text),
    st.binary().map(lambda raw: b"sha256=" + raw),
    st.lists(st.text()).map(",".join),
)


@given(body=ANYTHING, signature=ANYTHING, secret=st.one_of(ANYTHING, st.lists(ANYTHING)))
def test_whatever_comes_from_the_network_is_answered_and_never_raises(body: Any, signature: Any, secret: Any) -> None:
    assert verify_webhook(body, signature, secret) is False


@given(body=st.one_of(st.text(), st.binary()), secret=st.one_of(st.text(min_size=1), st.binary(min_size=1)))
def test_what_was_signed_verifies_and_nothing_else_does(body: Any, secret: Any) -> None:
    signature = sign_webhook(body, secret)
    assert verify_webhook(body, signature, secret)
    assert verify_webhook(body, signature.upper(), ["other", secret])
    for at in (7, len(signature) - 1):
        forged = signature[:at] + ("0" if signature[at] != "0" else "1") + signature[at + 1 :]
        assert not verify_webhook(body, forged, secret)
    more = body + ("x" if isinstance(body, str) else b"x")
    assert not verify_webhook(more, signature, secret)


def test_the_signature_is_the_one_that_anyone_computes() -> None:
    wanted = hmac.new(SECRET.encode(), BODY.encode(), hashlib.sha256).hexdigest()
    assert f"sha256={wanted}" == GENUINE


@pytest.mark.parametrize("body", [BODY, BODY.encode(), bytearray(BODY.encode()), memoryview(BODY.encode())])
def test_text_and_every_kind_of_bytes_may_be_given(body: Any) -> None:
    assert verify_webhook(body, GENUINE, SECRET)
    assert verify_webhook(body, GENUINE.encode(), SECRET.encode())
    assert parse_webhook(body, GENUINE, SECRET)["segment_id"] == 42


@pytest.mark.parametrize(
    "signature",
    [
        GENUINE,
        GENUINE.upper(),
        GENUINE.replace("sha256", "SHA256"),
        GENUINE.removeprefix("sha256=") if hasattr(str, "removeprefix") else GENUINE[7:],
        f"  {GENUINE}\t",
        f"sha256 = {GENUINE[7:]}",
        f"sha256={'0' * 64}, {GENUINE}",
        f"{GENUINE},sha1=abc,,",
    ],
)
def test_a_genuine_signature_goes_in_several_forms(signature: str) -> None:
    assert verify_webhook(BODY, signature, SECRET)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "=",
        ",",
        "sha1=" + GENUINE[7:],
        "sha512=" + GENUINE[7:],
        GENUINE + "00",
        GENUINE[:-2],
        "sha256=" + " ".join(GENUINE[7:]),
        "sha256=sha256=" + GENUINE[7:],
        "é" * 64,
        "sha256=" + "é" * 64,
        "x" * 1_000_000,
    ],
    ids=range(14),
)
def test_anything_else_is_no_signature(signature: Any) -> None:
    assert verify_webhook(BODY, signature, SECRET) is False


def test_while_a_secret_is_rotated_one_that_fits_is_enough() -> None:
    assert verify_webhook(BODY, GENUINE, ["new-secret", SECRET])
    assert verify_webhook(BODY, GENUINE, (SECRET.encode(), "old-secret"))
    assert not verify_webhook(BODY, GENUINE, ["new-secret", "old-secret"])
    assert not verify_webhook(BODY, GENUINE, [])


@pytest.mark.parametrize("secret", ["", b"", None, [""], ["", None]])
def test_an_empty_secret_fits_nothing_not_even_what_was_signed_with_it(secret: Any) -> None:
    signed = "sha256=" + hmac.new(b"", BODY.encode(), hashlib.sha256).hexdigest()
    assert verify_webhook(BODY, signed, secret) is False


def test_every_pair_is_compared_in_constant_time_also_once_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def watching(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watching)
    verify_webhook(BODY, f"{GENUINE},sha256={'0' * 64}", [SECRET, "b", "c"])
    assert len(compared) == 6


def test_a_delivery_is_read_only_once_it_is_genuine() -> None:
    with pytest.raises(SegOpsWebhookError, match="refuse the delivery"):
        parse_webhook("not even JSON", GENUINE, SECRET)


@pytest.mark.parametrize("body", [b"", b"[1]", b"7", b"null", b"{", b"\xff", b"[" * 100_000])
def test_a_genuine_delivery_that_is_not_a_json_object_raises(body: bytes) -> None:
    with pytest.raises(SegOpsWebhookError, match="genuine, but its body is not"):
        parse_webhook(body, sign_webhook(body, SECRET), SECRET)


@pytest.mark.parametrize(("body", "secret"), [("x", ""), ("x", b""), ("x", None), (None, "s"), ({"a": 1}, "s")])
def test_what_cannot_be_signed_is_refused(body: Any, secret: Any) -> None:
    with pytest.raises(SegOpsArgumentError, match="each text or bytes"):
        sign_webhook(body, secret)
