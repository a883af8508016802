"""``segops-admin config``: the profiles, set, shown and chosen."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from . import output
from .failures import UsageError
from .profiles import KEYS, chosen, config_path, load, save, words_of
from .settings import masked, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from .parsing import Invocation
    from .results import Results

__all__ = ["run"]


def run(verb: str, line: Invocation, results: Results) -> int:
    """Carries out ``config set``, ``get``, ``list`` or ``use``."""
    content = load()
    if verb == "list":
        results.one([_shown(name, content) for name in content["profiles"]])
    elif verb == "use":
        (name,) = line.arguments
        _known(name, content)
        save({**content, "current": name})
        results.one(_shown(name, {**content, "current": name}))
    elif verb == "get":
        (key,) = line.arguments
        _check_key(key)
        name = chosen(line.options, content) or "default"
        _known(name, content)
        output.write_json(_shown(name, content)[key], compact=False)
    else:
        results.one(_set(line, content))
    return 0


def _known(name: str, content: dict[str, Any]) -> None:
    if name not in content["profiles"]:
        known = ", ".join(content["profiles"]) or "none"
        raise UsageError(f"there is no profile {name!r}.", f"There are: {known}.")


def _check_key(key: str) -> None:
    if key not in KEYS:
        raise UsageError(f"a profile has no {key!r}.", f"It has {', '.join(KEYS)}.")


def _set(line: Invocation, content: dict[str, Any]) -> dict[str, Any]:
    """Sets a key of a profile, which is made if it is not there; nothing takes the key away."""
    key, text = line.arguments
    _check_key(key)
    name = chosen(line.options, content) or "default"
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise UsageError(f"a profile cannot be called {name!r}: letters, digits, dots, dashes and underscores.")
    profile = {**content["profiles"].get(name, {})}
    profile.pop(key, None)
    if text != "":
        profile[key] = _value(key, text)
        # Two keys would leave it open which one is meant.
        other = {"api_key": "api_key_command", "api_key_command": "api_key"}.get(key)
        profile.pop(other, None)
    changed = {"current": content["current"], "profiles": {**content["profiles"], name: profile}}
    save(changed)
    return _shown(name, changed)


def _value(key: str, text: str) -> Any:
    from .._config import checked_base_url, checked_key
    from .._errors import SegOpsConfigError

    if key == "timeout":
        seconds = number(text, "timeout")
        return int(seconds) if seconds.is_integer() else seconds
    if key == "protected":
        if text not in ("true", "false"):
            raise UsageError(f"protected must be true or false, not {text!r}.")
        return text == "true"
    if key == "api_key_command":
        if not words_of(text):
            raise UsageError("api_key_command is blank.")
        return text
    check: Callable[[str], object] = checked_base_url
    if key == "api_key":
        check = checked_key
        if text == "-":
            text = sys.stdin.readline().strip() if sys.stdin is not None else ""
        else:
            output.say(
                "note: the key is in your shell's history now; config set api_key - reads it from standard input."
            )
        output.keep_secret(text)
    try:
        check(text)
    except SegOpsConfigError as error:
        raise UsageError(str(error).replace("base_url", "url")) from error
    return text


def _shown(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """A profile as it may be seen: its key is masked."""
    profile = content["profiles"][name]
    key = profile.get("api_key")
    values = {each: profile.get(each) for each in KEYS}
    values["api_key"] = masked(key) if isinstance(key, str) else None
    return {"name": name, "current": name == content["current"], **values, "file": config_path()}
