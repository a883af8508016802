"""Options of the client, of derived clients and of single calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from segops_parity.probes import kinds
from segops_parity.probes.areas.calls import call, requesting
from segops_parity.probes.areas.ids import REFUSED
from segops_parity.probes.model import Ground, Probe, client

__all__ = ["BASE_URLS", "KEYS", "corners", "probes"]

BASE_URLS = (
    *(
        "https://api.segops.test/api",
        "https://api.segops.test/api/",
        "https://api.segops.test//",
        "https://api.segops.test",
        "HTTPS://API.SEGOPS.TEST/api",
    ),
    *(
        "http://localhost:8000/api",
        "http://127.0.0.1/api",
        "http://127.1/api",
        "http://127.0.0.2:80/api",
        "http://[::1]:8000/api",
        "http://[::1",
        "http://a.localhost/",
    ),
    *(
        "api.segops.test/api",
        "//api.segops.test/api",
        "/api",
        "ftp://x/api",
        "file:///etc",
        "https://",
        "https:///api",
        "http:/x",
        "https:x",
        "",
        " ",
    ),
    *(
        "https://user@h/api",
        "https://user:pass@h/api",
        "https://@h/api",
        "https://h/api?x=1",
        "https://h/api?",
        "https://h/api#x",
        "https://h/api#",
        "https://h@",
    ),
    *(
        "https://h:0/api",
        "https://h:65535/api",
        "https://h:65536/api",
        "https://h:/api",
        "https://h:x/api",
        "https://h:-1/api",
        "https://h:٣/api",
        "https://h: 80/api",
    ),
    *(
        "https://h/a b",
        "https://h/\n",
        " https://h/api",
        "https://h/api ",
        "https://é/api",
        "https://h/é",
        "https://h\\api",
        "https://h/a\\b",
        "https://h/%zz",
    ),
    *(
        "https://h/../api",
        "https://h/./api",
        "https://h/a/../b/",
        "https://h/a//b",
        "https://h/%2e%2e/api",
        "https://[h]/api",
        "https://h_h/api",
        "https://-h/api",
    ),
    *(
        "https://1.2.3/api",
        "https://0x7f.1/api",
        "https://256.256.256.256/api",
        "https://h..h/api",
        "https://.h/api",
        "https://h./api",
        "https://h,h/api",
        "https://h%41/api",
    ),
    *(
        "https://h<x>/api",
        "https://h^/api",
        "https://h|/api",
        "https://*/api",
        "https://(h)/api",
        "https://h/{x}",
        "https://h/'",
        'https://h/"',
        "https://h/[x]",
    ),
    *(
        "http://h.test/api",
        "http://10.0.0.1/api",
        "http://[fe80::1]/api",
        "http://[::1%25eth0]/api",
        "http://LOCALHOST/api",
        "http://localhost./api",
    ),
)
KEYS = (
    "sk_test_parity",
    "sk_",
    "sk_x",
    "pk_test",
    "mk_test",
    "SK_test",
    " sk_test",
    "sk_test ",
    "sk_te st",
    "sk_test\n",
    "sk_é",
    "x",
    "",
    "sk_\x7f",
    "sk_test'\"",
    "sk_" + "a" * 300,
)
_ODD_NUMBERS: tuple[Any, ...] = (
    *(0, 1, 3, 10, -1, 1.0, 2.5, 0.0, -0.0, 1e-9, 1e9, 1e300, 2**31, 2**53, 10**20, 10**400, True, False),
    *("3", "", "x", [], {}),
)
_ODD_TOKENS: tuple[Any, ...] = ("k" * 255, "k" * 256, "a-b", "!", "~", "\x7f", " x", 5, True, [], None, 1.5)
_ODD_CHOICES: tuple[Any, ...] = (
    *("PATCH", "PUT", "patch", "csv", "parquet", "CSV", "", None, 5, True, ["csv"], "POST"),
)
_NUMBERS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(_ODD_NUMBERS),
    kinds.numbers,
    kinds.not_json,
)
_PREFERRED = ("idempotency_key", "method", "format", "filename", "timeout", "interval")


def probes(ground: Ground) -> st.SearchStrategy[Probe]:
    """Constructors, derived clients, and named arguments of calls."""
    urls: st.SearchStrategy[Any] = st.one_of(
        st.sampled_from(BASE_URLS),
        st.sampled_from(BASE_URLS),
        kinds.text,
        st.tuples(
            st.sampled_from(["https://", "http://127.0.0.1"]), st.text(st.sampled_from("/.:@[]%?#\\a1-_ "), max_size=5)
        ).map("".join),
        st.sampled_from([None, 5, [], True, {}]),
    )
    keys = st.one_of(st.sampled_from(KEYS), kinds.text.map(lambda part: "sk_" + part), st.none())
    opened = st.fixed_dictionaries({}, optional={"base_url": urls, "max_retries": _NUMBERS, "timeout": _NUMBERS})
    derived = st.fixed_dictionaries({}, optional={"max_retries": _NUMBERS, "timeout": _NUMBERS})
    mutating = [each for each in requesting(ground) if each.mutates]
    choosing = [each for each in requesting(ground) if any(argument.type == "enum" for argument in each.arguments)]
    tokens: st.SearchStrategy[Any] = st.one_of(kinds.text, st.sampled_from(_ODD_TOKENS))
    choices = st.one_of(
        st.sampled_from(_ODD_CHOICES),
        kinds.text,
    )
    return st.one_of(
        opened.map(_open),
        opened.map(_open),
        keys.map(_key),
        derived.map(_derive),
        st.tuples(st.sampled_from(mutating), tokens).map(lambda drawn: _token(ground, *drawn)),
        st.tuples(st.sampled_from(choosing), choices).map(lambda drawn: _choice(ground, *drawn)),
    )


def _open(options: dict[str, Any]) -> Probe:
    given = {
        "options": options,
        **({} if "base_url" in options else {"options": {**options, "base_url": "https://api.segops.test/api"}}),
    }
    wrong = not _count(options.get("max_retries", 3)) or not _time(options.get("timeout", 60))
    wanted = {"kind": "SegOpsConfigError", "targets": []} if wrong else None
    return client("options", {"open": given}, wanted=wanted)


def _count(value: Any) -> bool:
    """Whether it is a number of retries."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value >= 0 and value <= kinds.LARGEST_SAFE and (isinstance(value, int) or value.is_integer())


def _time(value: Any) -> bool:
    """Whether it is a timeout."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return 0 < float(value) < float("inf")
    except OverflowError:
        return False


def _key(key: str | None) -> Probe:
    return client("options", {"open": {"api_key": key}})


def _derive(options: dict[str, Any]) -> Probe:
    wrong = not _count(options.get("max_retries", 3)) or not _time(options.get("timeout", 60))
    wanted = {"kind": "SegOpsConfigError"} if wrong else None
    return client("options", {"op": "client.with_options", "named": options, "derived": "other"}, wanted=wanted)


def _token(ground: Ground, operation: Any, token: Any) -> Probe:
    step = call(ground, operation, {"idempotency_key": token})
    if token is None:
        return client("options", step)
    fine = isinstance(token, str) and 1 <= len(token) <= 255 and token.isascii() and token.isprintable()
    fine = fine and token.strip() == token  # the server would not see blanks at the ends
    return client("options", step, wanted={"token": token, "kind": None} if fine else REFUSED)


def _choice(ground: Ground, operation: Any, value: Any) -> Probe:
    argument = next(each for each in operation.arguments if each.type == "enum")
    wanted = None if value is None or value in argument.values else REFUSED
    return client("options", call(ground, operation, {argument.name: value}), wanted=wanted)


def corners(ground: Ground) -> Iterator[Probe]:
    """Each odd address, key and number once."""
    for url in BASE_URLS:
        yield _open({"base_url": url})
    for key in KEYS:
        yield _key(key)
    for value in (*_ODD_NUMBERS, {"$number": "NaN"}, {"$number": "Infinity"}, {"$number": "-Infinity"}):
        for name in ("max_retries", "timeout"):
            yield _open({name: value})
            yield _derive({name: value})
    create = ground.contract.operations["segments.create"]
    for token in (*_ODD_TOKENS, *kinds.ODD_TEXTS):
        yield _token(ground, create, token)
    for value in _ODD_CHOICES:
        yield _choice(ground, ground.contract.operations["segments.export"], value)
        yield _choice(ground, ground.contract.operations["segments.update"], value)
