"""Keys, tokens, uuids and secrets.

From the operating system's random source, or, when the server is started with a seed, from the seed: each purpose
has its own stream, so that one more request id does not change the next API key.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import uuid
from collections import Counter

_lock = threading.Lock()
_seed: int | None = None
_drawn: Counter[str] = Counter()


def use_seed(seed: int | None) -> None:
    """Restart all streams from a seed; None returns to the system's random source."""
    global _seed
    with _lock:
        _seed = seed
        _drawn.clear()


def seed() -> int | None:
    """The seed of the server, None when it has none."""
    return _seed


def restart() -> None:
    """Begin the seeded streams again, as a clean workspace does."""
    use_seed(_seed)


def random_bytes(purpose: str, size: int = 16) -> bytes:
    """The next `size` (at most 32) bytes of a purpose's stream."""
    if _seed is None:
        return secrets.token_bytes(size)
    with _lock:
        _drawn[purpose] += 1
        number = _drawn[purpose]
    return hashlib.sha256(f"{_seed}:{purpose}:{number}".encode()).digest()[:size]


def hex_token(purpose: str, size: int = 16) -> str:
    """The next token of a purpose, as 2 x size hexadecimal digits."""
    return random_bytes(purpose, size).hex()


def api_key(kind: str) -> str:
    """A new key text such as `sk_test_3f…`; kind is sk, pk or mk."""
    return f"{kind}_test_{hex_token('key-' + kind, 24)}"


def uuid4(purpose: str = "uuid") -> str:
    """A new version 4 UUID."""
    return str(uuid.UUID(bytes=random_bytes(purpose, 16), version=4))
