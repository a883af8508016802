"""Gzip for responses of 200 bytes and more (Django's rule), for clients that accept it."""

from __future__ import annotations

from django.middleware.gzip import GZipMiddleware


class GzipMiddleware(GZipMiddleware):
    """Django's, without the random file name in the gzip header: the same answer has to be the same bytes."""

    max_random_bytes = 0
