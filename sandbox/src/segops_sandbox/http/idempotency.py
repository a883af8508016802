"""Idempotency keys: the first answer to a request is replayed when it is repeated under the same key.

Per credential, for 24 hours by the sandbox's clock. 409 while the first is being worked on, 422 when the method, path
or body differ. Answers 2xx to 4xx are kept, except 409 and 429, which ask for another try; a 5xx frees the key.

The answer is kept in the transaction of what the request wrote: a server that dies has done both or neither.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from rest_framework.exceptions import AuthenticationFailed

from segops_sandbox import clock
from segops_sandbox.http import bodies
from segops_sandbox.http.auth import credential_of
from segops_sandbox.http.errors import refusal
from segops_sandbox.models import IdempotencyRecord

WINDOW = timedelta(hours=24)
_MUTATING = {"POST", "PUT", "PATCH", "DELETE"}
_MAX_KEY = 255
# Longer than any request takes: after this the server that held the claim must have died.
_ABANDONED_AFTER_S = 300.0
_ANSWERED = 0.0
_CLAIM = "_segops_idempotency_claim"
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
        setattr(request, _CLAIM, claim)
        try:
            response = self.get_response(request)
        except BaseException:
            _open(claim).delete()
            raise
        if response.status_code >= 500 or response.status_code in {409, 429} or response.streaming:
            _open(claim).delete()
        else:
            _keep(claim, response)  # unless that was done with the writes
        # From here on it is replayed. Not before: what follows the commit (instant jobs) belongs to the request too.
        _ours(claim).update(claimed_at=_ANSWERED)
        return response


def keep_with_the_writes(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep the answer of a request that has an Idempotency-Key. Call it inside the transaction of its writes.

    Raises OperationalError when the key was given up because this server was silent for too long: what it wrote must
    not stay, somebody else may have done the same.
    """
    claim: IdempotencyRecord | None = getattr(request, _CLAIM, None)
    if claim is None or response.streaming or not isinstance(response, HttpResponse):
        return
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if not _keep(claim, response):
        raise OperationalError("The Idempotency-Key was taken over by another request.")


def hand_over(request: HttpRequest, again: HttpRequest) -> None:
    """Hand the claim over to another object for the same request."""
    if hasattr(request, _CLAIM):
        setattr(again, _CLAIM, getattr(request, _CLAIM))


def _keep(claim: IdempotencyRecord, response: HttpResponse) -> int:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    return _open(claim).update(status=response.status_code, headers=headers, body=response.content)


def _ours(claim: IdempotencyRecord) -> QuerySet[IdempotencyRecord]:
    """The row of a claim that is still this request's."""
    return IdempotencyRecord.objects.filter(pk=claim.pk, claimed_at=claim.claimed_at)


def _open(claim: IdempotencyRecord) -> QuerySet[IdempotencyRecord]:
    """The same if its answer was not kept yet."""
    return _ours(claim).filter(status=None)


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
        return _is_abandoned(record)
    return clock.now() - record.created_at >= WINDOW


def _is_abandoned(record: IdempotencyRecord) -> bool:
    """Whether nobody works on it any more: it was answered, or its server is gone."""
    return time.time() - record.claimed_at > _ABANDONED_AFTER_S


def _answer_from(record: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if record.fingerprint != fingerprint:
        return refusal(422, "This Idempotency-Key was used for a different request. Use a new key.")
    if record.status is None or not _is_abandoned(record):
        return _in_flight()
    response = HttpResponse(bytes(record.body), status=record.status)
    del response["Content-Type"]
    for name, value in record.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def _in_flight() -> HttpResponse:
    return refusal(409, "A request with this Idempotency-Key is still being worked on. Try again later.")
