"""An activation's config: the settings of its connector, of which the secrets are never shown.

https://segops.ai/docs/activations and the pages of the connectors. Two settings are the sandbox's own, for any
connector: `endpoint_url`, a receiver on this machine that gets each sync, and `signing_secret`, which signs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from segops_sandbox.network import is_web_address, loopback_addresses

MASK = "***"
ENDPOINT, SIGNING_SECRET = "endpoint_url", "signing_secret"
LONGEST = 2000
_SECRETS = ("api_key", "secret", "token", "password")
_REQUIRED = "This field is required."


@dataclass(frozen=True)
class Connector:
    """The settings of one kind of connector; `addresses` are those that hold the service's own URL."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


CONNECTORS = {
    "braze": Connector(("rest_endpoint", "api_key"), ("segment_id",), ("rest_endpoint",)),
    "klaviyo": Connector(("list_id", "api_key")),
    "talonone": Connector(("base_url", "api_key", "audience_id"), (), ("base_url",)),
}


def masked(config: dict[str, Any]) -> dict[str, Any]:
    """A config as it may be shown."""
    return {name: MASK if _is_secret(name) and value else value for name, value in config.items()}


def unmasked(config: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """A config as it was sent, with `***` replaced by what is stored."""
    return {
        name: stored[name] if value == MASK and _is_secret(name) and name in stored else value
        for name, value in config.items()
    }


def destination(connector_type: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Which audience a config leads to: everything in it but the secrets, which may be renewed."""
    return connector_type, {name: value for name, value in config.items() if not _is_secret(name)}


def problems(connector_type: str, config: dict[str, Any]) -> list[str]:
    """What is wrong with the settings of a connector, in its order; empty when nothing is."""
    connector = CONNECTORS[connector_type]
    known = (*connector.required, *connector.optional, ENDPOINT, SIGNING_SECRET)
    found = [f"{name}: {_REQUIRED}" for name in connector.required if name not in config]
    for name, value in config.items():
        problem = _problem(connector, name, value) if name in known else "Unknown field."
        if problem:
            found.append(f"{name}: {problem}")
    return found


def _problem(connector: Connector, name: str, value: Any) -> str:
    if not isinstance(value, str):
        return "Not a valid string."
    if value == MASK:
        return "*** stands for a stored value, and none is."
    if len(value) > LONGEST:
        return f"Ensure this field has no more than {LONGEST} characters."
    if not value.strip():
        return _REQUIRED if name in connector.required else ""
    if name in connector.addresses and not (_is_open_address(value) and value.startswith("https://")):
        return "Enter a full https URL, without a user name or password."
    if name in connector.addresses and value.endswith("/"):
        return "Enter the URL without a slash at its end."
    if name == ENDPOINT:
        return _endpoint_problem(value)
    return ""


def _endpoint_problem(url: str) -> str:
    if not _is_open_address(url):
        return "Enter a full http or https URL, without a user name or password."
    if not loopback_addresses(urlsplit(url).hostname or ""):
        return (
            "Not a loopback address. The sandbox sends to this machine only: use localhost, 127.0.0.1 or [::1], "
            "or leave it out to have syncs recorded and sent nowhere."
        )
    return ""


def _is_open_address(url: str) -> bool:
    """Whether a text is a URL that holds no password: it is shown in every answer."""
    return is_web_address(url) and "@" not in urlsplit(url).netloc


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRETS)
