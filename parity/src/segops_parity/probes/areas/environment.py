"""Environment variables, with and without the arguments that come before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.areas.options import BASE_URLS, KEYS
from segops_parity.probes.model import Ground, Probe, client, shell

__all__ = ["corners", "probes"]

_variable = kinds.text.filter(lambda value: "\x00" not in value and not kinds.has_half_characters(value))
_urls = st.one_of(st.sampled_from([url for url in BASE_URLS if "\x00" not in url]), _variable)
_keys = st.one_of(st.sampled_from(KEYS), _variable.map(lambda part: "sk_" + part))


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Clients and command lines that take what they need from the environment."""
    env = st.fixed_dictionaries({}, optional={"SEGOPS_API_KEY": _keys, "SEGOPS_API_URL": _urls})
    argument = st.one_of(st.none(), st.sampled_from(["https://given.segops.test/api", "", "x"]))
    key = st.one_of(st.none(), st.sampled_from(["sk_test_given", "", "pk_x"]))
    shown = st.sampled_from([[], ["--help"], ["help", "segments"], ["segments"], ["--version"]])
    columns = st.fixed_dictionaries(
        {},
        optional={
            "COLUMNS": st.sampled_from(["", "0", "20", "80", "200", "x", "-5", "1e9"]),
            "NO_COLOR": st.sampled_from(["", "1"]),
            "SEGOPS_API_KEY": _keys,
        },
    )
    return st.one_of(
        st.tuples(env, argument, key).map(lambda drawn: _open(*drawn)),
        st.tuples(env, argument, key).map(lambda drawn: _open(*drawn)),
        env.map(_command),
        st.tuples(columns, shown).map(lambda drawn: shell("environment", drawn[1], env=drawn[0])),
    )


def _open(env: dict[str, str], url: str | None, key: str | None) -> Probe:
    given: dict[str, Any] = {"env": env, "without": []}
    for name, value in (("api_key", key), ("base_url", url)):
        if value is None:
            given["without"].append(name)
        elif name == "api_key":
            given["api_key"] = value
        else:
            given["options"] = {"base_url": value}
    return client("environment", {"open": given})


def _command(env: dict[str, str]) -> Probe:
    """Prints the request, so that nothing is sent to wherever the environment points."""
    return shell("environment", ["--dry-run", "segments", "get", "1"], env=env, without_key="SEGOPS_API_KEY" in env)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd address and key once, alone and behind an argument."""
    for url in BASE_URLS:
        if "\x00" not in url:
            yield _open({"SEGOPS_API_URL": url, "SEGOPS_API_KEY": "sk_test_parity"}, None, None)
            yield _command({"SEGOPS_API_URL": url})
    for key in KEYS:
        yield _open({"SEGOPS_API_KEY": key}, None, None)
        yield _open({"SEGOPS_API_KEY": key, "SEGOPS_API_URL": "x"}, "https://given.segops.test/api", "sk_test_given")
        yield _command({"SEGOPS_API_KEY": key})
