"""The options of a client: key, server, timeouts, retries."""

from __future__ import annotations

from typing import Any, Callable, Optional

from .._config import (
    Secret,
    checked_base_url,
    checked_deadline,
    checked_headers,
    checked_key,
    checked_retries,
    checked_timeout,
)
from .._errors import SegOpsConfigError
from .._version import __version__
from .._wire.words import described

__all__ = ["KEEP", "OnReply", "Options"]

OnReply = Optional[Callable[[Any], object]]


class _Keep:
    """Stands for an option that is left as it is, where None has a meaning of its own."""

    def __repr__(self) -> str:
        return "unchanged"


KEEP: Any = _Keep()


class Options:
    """A client's options, checked: key and address; all others by ``changed``.

    Attributes:
        key: the API key.
        base_url: the API's root, without a slash at its end.
        max_retries, timeout, deadline, on_reply: as given.
        headers: what every request carries.
    """

    max_retries: int
    timeout: float
    deadline: float | None
    on_reply: OnReply
    extra: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    __slots__ = ("base_url", "deadline", "extra", "headers", "key", "max_retries", "on_reply", "timeout")

    def __init__(self, api_key: str | None, base_url: str | None) -> None:
        self.key: Secret = checked_key(api_key)
        self.base_url = checked_base_url(base_url)

    def changed(
        self,
        *,
        max_retries: Any = KEEP,
        timeout: Any = KEEP,
        deadline: Any = KEEP,
        headers: Any = KEEP,
        on_reply: Any = KEEP,
    ) -> Options:
        """These options with some of them changed.

        Raises:
            SegOpsConfigError: one is unusable.
        """
        other = object.__new__(Options)
        other.key, other.base_url = self.key, self.base_url
        other.max_retries = self.max_retries if max_retries is KEEP else checked_retries(max_retries)
        other.timeout = self.timeout if timeout is KEEP else checked_timeout(timeout)
        other.deadline = self.deadline if deadline is KEEP else checked_deadline(deadline)
        other.extra = self.extra if headers is KEEP else checked_headers(headers)
        other.on_reply = self.on_reply if on_reply is KEEP else on_reply
        if other.on_reply is not None and not callable(other.on_reply):
            raise SegOpsConfigError(f"on_reply must be a function, not {described(other.on_reply)}.")
        other.headers = [
            ("Authorization", Secret(f"ApiKey {self.key}")),
            ("Accept", "application/json"),
            ("User-Agent", f"segops-admin-python/{__version__}"),
            ("Accept-Encoding", "gzip"),
            *other.extra,
        ]
        return other

    def __repr__(self) -> str:
        return f"<Options {self.base_url} max_retries={self.max_retries} timeout={self.timeout:g}>"
