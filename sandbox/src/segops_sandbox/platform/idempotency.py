"""What happens when a request is repeated under the same Idempotency-Key? Its first answer is replayed.

Per credential, for 24 hours by the sandbox's clock. 409 while the first is being worked on, 422 when the method, path
or body differ. Answers 2xx to 4xx are kept, except 409 and 429, which ask for another try; a 5xx frees the key.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed

from segops_sandbox import clock
from segops_sandbox.models import IdempotencyRecord
from segops_sandbox.platform import bodies
from segops_sandbox.platform.auth import credential_of
from segops_sandbox.platform.errors import refusal

WINDOW = timedelta(hours=24)
_MUTATING = {"POST", "PUT", "PATCH", "DELETE"}
_MAX_KEY = 255
# Longer than any request takes: after this the server that held the claim must have died.
_ABANDONED_AFTER_S = 300.0
_KEPT_HEADERS = ("Content-Type", "Location", "Allow")


class IdempotencyMiddleware:
    """Honours `Idempotency-Key` on mutating requests of a known credential."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replay, refuse, or let through and remember."""
        key = request.headers.get("Idempotency-Key", "")
        owner = _owner(request) if key and request.method in _MUTATING else None
        if owner is None:
            return self.get_response(request)
        if len(key) > _MAX_KEY:
            return refusal(400, f"Idempotency-Key is longer than {_MAX_KEY} characters.")
        fingerprint = _fingerprint(request)
        claim = _claim(owner, key, fingerprint)
        if isinstance(claim, HttpResponse):
            return claim
        return self._answer_and_keep(request, claim)

    def _answer_and_keep(self, request: HttpRequest, claim: IdempotencyRecord) -> HttpResponse:
        try:
            response = self.get_response(request)
        except BaseException:
            claim.delete()
            raise
        if response.status_code >= 500 or response.status_code in {409, 429} or response.streaming:
            claim.delete()
            return response
        claim.status = response.status_code
        claim.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        claim.body = response.content
        claim.save(update_fields=["status", "headers", "body"])
        return response


def _owner(request: HttpRequest) -> str | None:
    try:
        credential = credential_of(request)
    except AuthenticationFailed:
        return None  # the view answers 401
    return None if credential is None else credential.owner


def _fingerprint(request: HttpRequest) -> str:
    line = f"{request.method} {request.get_full_path()} {bodies.fingerprint(request.META)}"
    return hashlib.sha256(line.encode()).hexdigest()


def _claim(owner: str, key: str, fingerprint: str) -> IdempotencyRecord | HttpResponse:
    """A fresh claim on the key, or the answer to give in its place."""
    for _ in range(3):
        try:
            with transaction.atomic():
                return IdempotencyRecord.objects.create(
                    owner=owner, key=key, fingerprint=fingerprint, claimed_at=time.time()
                )
        except IntegrityError:
            earlier = IdempotencyRecord.objects.filter(owner=owner, key=key).first()
        if earlier is None:
            continue  # freed in between
        if not _outdated(earlier):
            return _answer_from(earlier, fingerprint)
        # By its claim too: someone else may have taken the key over in between.
        IdempotencyRecord.objects.filter(pk=earlier.pk, claimed_at=earlier.claimed_at).delete()
    return _in_flight()


def _outdated(record: IdempotencyRecord) -> bool:
    if record.status is None:
        return time.time() - record.claimed_at > _ABANDONED_AFTER_S
    return clock.now() - record.created_at >= WINDOW


def _answer_from(record: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if record.fingerprint != fingerprint:
        return refusal(422, "This Idempotency-Key was used for a different request. Use a new key.")
    if record.status is None:
        return _in_flight()
    response = HttpResponse(bytes(record.body), status=record.status)
    del response["Content-Type"]
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def _in_flight() -> HttpResponse:
    return refusal(409, "A request with this Idempotency-Key is still being worked on. Try again later.")
