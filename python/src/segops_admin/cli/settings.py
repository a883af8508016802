"""The key, server and options that calls are made with.

A flag comes before the environment, the environment before the profile, and the profile before the default.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from .failures import UsageError
from .output import keep_secret, say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from .._call.observe import Attempt
    from .._client import SegOpsAdmin
    from .._transport.protocol import Transport
    from .profiles import Profile

__all__ = ["connect", "is_on", "logged", "masked", "number", "wait_limits", "warned", "whole_number"]

_END = 1_000_000_000
"""No number of seconds or retries is as large."""


def connect(
    options: Mapping[str, Any],
    profile: Profile,
    transport: Transport | None = None,
    on_reply: Callable[[Attempt], object] | None = None,
) -> SegOpsAdmin:
    """A client as the flags, the environment and the profile say.

    Args:
        options: the flags given.
        on_reply: called after each attempt.
        transport: what carries the requests, in place of the SDK's own.

    Raises:
        UsageError: the key is missing, or a flag, variable or profile holds no usable value.
        SegOpsConfigError: the key or the address is not one.
    """
    from .._client import SegOpsAdmin

    key = None if os.environ.get("SEGOPS_API_KEY") else profile.key()
    if key is None and not os.environ.get("SEGOPS_API_KEY"):
        raise UsageError(
            "SEGOPS_API_KEY is not set.",
            "Set it to a secret key (sk_...) of your workspace, or store one: segops-admin config set api_key -",
        )
    keep_secret(key or "")
    timeout = number(*_setting(options, "timeout", "SEGOPS_TIMEOUT", str(profile.get("timeout") or 60)))
    retries = whole_number(*_setting(options, "max-retries", "SEGOPS_MAX_RETRIES", "3"))
    make = partial(SegOpsAdmin, timeout=timeout, max_retries=retries, transport=transport, on_reply=on_reply)
    return _client(make, options, profile, key)


def _client(
    make: Callable[..., SegOpsAdmin], options: Mapping[str, Any], profile: Profile, key: str | None
) -> SegOpsAdmin:
    from .._errors import SegOpsConfigError

    url = options.get("api-url")
    if url == "":
        raise UsageError("--api-url is empty.", "Give the API's root, such as https://api.segops.ai/api.")
    given_as = "--api-url"
    if url is None and not os.environ.get("SEGOPS_API_URL"):
        url, given_as = profile.get("url"), f"the url of profile {profile.name!r}"
    try:
        return make(key, base_url=url)
    except SegOpsConfigError as error:
        if url is None and key is None:
            raise
        text = str(error).replace("base_url", given_as).replace("api_key", f"the key of profile {profile.name!r}")
        raise UsageError(text) from error


def _setting(options: Mapping[str, Any], flag: str, variable: str, default: str) -> tuple[str, str]:
    """What a setting is set to, and where."""
    if flag in options:
        return options[flag], f"--{flag}"
    return os.environ.get(variable) or default, variable


def number(text: str, name: str) -> float:
    """A number of seconds, above 0, that was written as text.

    Args:
        text: what was written.
        name: where, for the message.

    Raises:
        UsageError: it is not one.
    """
    # As in TypeScript: ASCII digits, and neither blanks nor underscores between them.
    if re.fullmatch(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) and 0 < float(text) < _END:
        return float(text)
    raise UsageError(f"{name} must be a number of seconds above 0, not {text!r}.")


def whole_number(text: str, name: str) -> int:
    """A whole number from 0 up that was written as text; see ``number``."""
    if re.fullmatch(r"[0-9]+", text) and int(text) < _END:
        return int(text)
    raise UsageError(f"{name} must be a whole number from 0 up, not {text!r}.")


def wait_limits(options: dict[str, Any]) -> dict[str, Any]:
    """``timeout`` and ``interval`` of a wait, as far as ``--wait-timeout`` and ``--interval`` give them."""
    flags = (("wait-timeout", "timeout"), ("interval", "interval"))
    return {name: number(options[flag], f"--{flag}") for flag, name in flags if flag in options}


def is_on(variable: str) -> bool:
    """Whether an environment variable is set to anything but nothing, 0, false, no or off."""
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "false", "no", "off")


def masked(key: str) -> str:
    """A key as it may be shown: its kind, and its last four characters if that leaves enough unsaid."""
    return f"{key[:3]}...{key[-4:]}" if len(key) >= 16 else f"{key[:3]}..."


@contextmanager
def warned() -> Generator[None, None, None]:
    """Shows warnings on standard error, in one line each."""
    import warnings

    def show(message: Warning | str, *where: object, **more: object) -> None:
        say(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


@contextmanager
def logged(wanted: object) -> Generator[None, None, None]:
    """Shows the SDK's log on standard error, if that is wanted."""
    if not wanted:
        yield
        return
    import logging

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(self.format(record))

    logger = logging.getLogger("segops_admin")
    handler = Said()
    lines = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    lines.converter = time.gmtime
    handler.setFormatter(lines)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
