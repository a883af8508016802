"""When is a response compressed? When the client accepts gzip and it is worth it (200 bytes, Django's rule)."""

from __future__ import annotations

from django.middleware.gzip import GZipMiddleware


class GzipMiddleware(GZipMiddleware):
    """Django's, without the random file name in the gzip header: the same answer has to be the same bytes."""

    max_random_bytes = 0
