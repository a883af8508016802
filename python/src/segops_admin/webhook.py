"""Verification and parsing of webhook deliveries.

SegOps signs the raw request body with the webhook's secret (HMAC-SHA256) and sends

    X-SegOps-Signature: sha256=<hex>

    from segops_admin.webhook import verify_webhook

    def receive(body: bytes, signature: str) -> int:
        return 204 if verify_webhook(body, signature, "whsec_example") else 401

Give the body exactly as it came: parsing and writing it again changes it. The scheme has no timestamp, so the same
delivery can be played again: keep ``segment_id`` and ``computed_at`` of what has been handled, if that matters.

Source: https://segops.ai/docs/activations/webhooks
"""

from __future__ import annotations

import hashlib
import hmac

TYPE_CHECKING = bool()
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Union

    from .types import WebhookEvent

    Text = Union[bytes, bytearray, memoryview, str]

__all__ = ["parse_webhook", "sign_webhook", "verify_webhook"]

_HEX_LENGTH = 64


def verify_webhook(body: Text, signature: Text | None, secret: Text | Sequence[Text] | None) -> bool:
    """Whether a delivery was signed with the secret. Never raises on what comes from the network.

    Args:
        body: the raw request body.
        signature: the ``X-SegOps-Signature`` header: ``sha256=<hex>``, or the hex alone. Several, separated by
            commas, may stand in it: one that fits is enough.
        secret: the webhook's secret, or a list of them while it is being rotated.

    Returns:
        True if one signature fits one secret; False otherwise, for missing and malformed input too.
    """
    return _verified(body, signature, secret) is not None


def sign_webhook(body: Text, secret: Text) -> str:
    """The ``X-SegOps-Signature`` of a body, for tests of a receiver.

    Args:
        body: the raw body.
        secret: the webhook's secret.

    Raises:
        SegOpsArgumentError: the secret is empty, or body or secret is neither text nor bytes.
    """
    content, key = _as_bytes(body), _as_bytes(secret)
    if content is None or not key:
        from ._errors import SegOpsArgumentError

        raise SegOpsArgumentError("sign_webhook takes a body and a secret that is not empty, each text or bytes.")
    return "sha256=" + hmac.new(key, content, hashlib.sha256).hexdigest()


def parse_webhook(body: Text, signature: Text | None, secret: Text | Sequence[Text] | None) -> WebhookEvent:
    """The event in a delivery, once its signature has been verified.

    Args:
        body, signature, secret: as for ``verify_webhook``.

    Raises:
        SegOpsWebhookError: the delivery is not genuine, or its body is not a JSON object.
    """
    from ._errors import SegOpsWebhookError

    content = _verified(body, signature, secret)
    if content is None:
        raise SegOpsWebhookError("The webhook's signature does not fit its body: refuse the delivery (401).")
    from ._call.reply import UNREADABLE, parse_json

    try:
        event: Any = parse_json(content.decode("utf-8-sig"))
    except UNREADABLE as error:
        raise SegOpsWebhookError(f"The webhook is genuine, but its body is not JSON: {error}") from error
    if not isinstance(event, dict):
        raise SegOpsWebhookError("The webhook is genuine, but its body is not a JSON object.")
    parsed: WebhookEvent = event  # type: ignore[assignment]
    return parsed


def _verified(body: Any, signature: Any, secret: Any) -> bytes | None:
    """The bytes of a body, if one signature fits one secret."""
    content = _as_bytes(body)
    if content is None:
        return None
    digests = _digests(signature)
    genuine = False
    for candidate in secret if isinstance(secret, (list, tuple)) else (secret,):
        key = _as_bytes(candidate)
        if not key:
            continue
        expected = hmac.new(key, content, hashlib.sha256).digest()
        for digest in digests:
            # No early exit: how long this takes must not tell which secret or signature came close.
            genuine |= hmac.compare_digest(expected, digest)
    return content if genuine else None


def _digests(signature: Any) -> list[bytes]:
    """The well-formed signatures of a header."""
    header = _as_bytes(signature)
    digests: list[bytes] = []
    for part in header.split(b",") if header else ():
        scheme, separator, value = (each.strip() for each in part.rpartition(b"="))
        if separator and scheme.lower() != b"sha256":
            continue
        try:
            digest = bytes.fromhex(value.decode("ascii"))
        except ValueError:
            continue
        if len(value) == _HEX_LENGTH:  # blanks between digits, which fromhex skips, leave too few of them to fit
            digests.append(digest)
    return digests


def _as_bytes(value: Any) -> bytes | None:
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError:  # half of a character: nothing that was ever signed
            return None
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None
