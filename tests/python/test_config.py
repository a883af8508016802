"""Configuration: accepted values, their sources, and refusals that never show the secret."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from sdk_client import shown

from segops_admin import AsyncSegOpsAdmin, SegOpsAdmin, SegOpsConfigError
from segops_admin.testing import Script

KEY = "sk_live_5d3a"


def authorization(client: SegOpsAdmin) -> str:
    return dict(client.http.options.headers)["Authorization"]


# ------------------------------------------------------------------------------------------------ the key


def test_the_key_comes_from_the_environment_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGOPS_API_KEY", "sk_test_from_env")
    assert authorization(SegOpsAdmin()) == "ApiKey sk_test_from_env"
    assert authorization(SegOpsAdmin("sk_given")) == "ApiKey sk_given"
    assert authorization(SegOpsAdmin(api_key="sk_given")) == "ApiKey sk_given"


def test_no_key_at_all_is_an_error_that_says_how_to_give_one() -> None:
    with pytest.raises(SegOpsConfigError, match=r"pass api_key= or set SEGOPS_API_KEY"):
        SegOpsAdmin()


@pytest.mark.parametrize("key", ["", "sk_", "pk_live_1", "mk_1", "live_1", "SK_LIVE", " sk_live", "Bearer sk_live"])
def test_anything_but_a_secret_key_is_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGOPS_API_KEY", "sk_fine")
    with pytest.raises(SegOpsConfigError, match="sk_"):
        SegOpsAdmin(key)


@pytest.mark.parametrize(("key", "kind"), [("pk_live_1", "public"), ("mk_live_1", "MCP")])
def test_a_key_of_another_kind_is_refused_with_the_reason(key: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SegOpsConfigError, match=f"api_key is a.* {kind} key.*may not administer"):
        SegOpsAdmin(key)
    monkeypatch.setenv("SEGOPS_API_KEY", key)
    with pytest.raises(SegOpsConfigError, match=f"SEGOPS_API_KEY is a.* {kind} key"):
        SegOpsAdmin()


@pytest.mark.parametrize("blemish", ["\n", "\r\n", " ", "\t", "\x00", "é", "\u200b", "\x7f", "\nX-Evil: 1"])
def test_a_key_with_what_no_key_has_is_refused_and_not_repeated(blemish: str) -> None:
    for key in (KEY + blemish, KEY[:6] + blemish + KEY[6:]):
        with pytest.raises(SegOpsConfigError, match="blank, a line end or another character") as caught:
            SegOpsAdmin(key)
        message = str(caught.value) + repr(caught.value)
        assert KEY not in message
        assert KEY[6:] not in message


@pytest.mark.parametrize("key", [7, b"sk_live", ["sk_live"], object()])
def test_a_key_that_is_not_text_is_refused(key: Any) -> None:
    with pytest.raises(SegOpsConfigError, match="must be text"):
        SegOpsAdmin(key)


def test_a_refused_key_is_not_in_the_message() -> None:
    for key in ("pk_live_hunter2", "hunter2"):
        with pytest.raises(SegOpsConfigError) as caught:
            SegOpsAdmin(key)
        assert "hunter2" not in str(caught.value) + repr(caught.value)


# ------------------------------------------------------------------------------------------------ the base URL


def test_the_base_url_comes_from_the_environment_unless_given_and_then_from_the_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert SegOpsAdmin(KEY).http.base_url == "https://api.segops.ai/api"
    monkeypatch.setenv("SEGOPS_API_URL", "https://eu.segops.example/api/")
    assert SegOpsAdmin(KEY).http.base_url == "https://eu.segops.example/api"
    assert SegOpsAdmin(KEY, base_url="https://given.example/x").http.base_url == "https://given.example/x"
    monkeypatch.setenv("SEGOPS_API_URL", "")
    assert SegOpsAdmin(KEY).http.base_url == "https://api.segops.ai/api"
    assert SegOpsAdmin(KEY, base_url="").http.base_url == "https://api.segops.ai/api"


@pytest.mark.parametrize(
    "base_url",
    [
        "api.segops.ai/api",
        "/api",
        "file:///etc",
        "ftp://host/api",
        "https://",
        "https:///api",
        "https:host/api",
        "not a url",
        "https://host/a b",
        "https://host/\r\nX: 1",
        "https://höst/api",
        "https://host:port/api",
        "https://host:99999/api",
        "https://[::1/api",
        "https://host/api?x=1",
        "https://host/api?",
        "https://host/api#x",
        "https://host/api#",
        "https://user@host/api",
        "https://user:hunter2@host/api",
        7,
        b"https://host/api",
    ],
)
def test_a_base_url_that_is_not_absolute_http_is_refused(base_url: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SegOpsConfigError, match="base_url"):
        SegOpsAdmin(KEY, base_url=base_url)
    if isinstance(base_url, str) and base_url and "\x00" not in base_url:
        monkeypatch.setenv("SEGOPS_API_URL", base_url)
        with pytest.raises(SegOpsConfigError, match="SEGOPS_API_URL"):
            SegOpsAdmin(KEY)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://user:hunter2@host/api",
        "https://user:hunter2@host:99999/api",
        "https://user:hunter2@host:port/api",
        "https://user:hun ter2@host/api",
        "https://user:hunter2/x@host/api",
        "https://user:hunter2@[::1/api",
        "user:hunter2@host/api",
        "ftp://user:hunter2@host/api",
        "https://user:hunter2@höst/api",
    ],
)
def test_a_password_in_a_base_url_is_not_repeated(base_url: str) -> None:
    with pytest.raises(SegOpsConfigError) as caught:
        SegOpsAdmin(KEY, base_url=base_url)
    # The line of this test that passed it is not the SDK's.
    assert "ter2" not in shown(caught.value)


# ------------------------------------------------------------------------------------------------ plain http


def test_plain_http_warns_once_per_host_and_at_the_callers_line() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        SegOpsAdmin(KEY, base_url="http://one.example/api")
        SegOpsAdmin(KEY, base_url="http://one.example:8080/api")
        SegOpsAdmin(KEY, base_url="http://two.example/api")
        SegOpsAdmin(KEY, base_url="https://three.example/api")
    assert [(warning.category, str(warning.message)) for warning in caught] == [
        (UserWarning, "The API key travels unencrypted to one.example: use https."),
        (UserWarning, "The API key travels unencrypted to two.example: use https."),
    ]
    assert {warning.filename for warning in caught} == {__file__}


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]", "app.localhost", "LOCALHOST", "localhost:8000"]
)
def test_plain_http_to_loopback_does_not_warn(host: str) -> None:
    SegOpsAdmin(KEY, base_url=f"http://{host}/api")


@pytest.mark.parametrize("host", ["127.evil.example", "localhost.evil.example", "0.0.0.0", "10.0.0.1", "[::2]"])
def test_plain_http_to_what_only_looks_like_loopback_warns(host: str) -> None:
    with pytest.warns(UserWarning, match="unencrypted"):
        SegOpsAdmin(KEY, base_url=f"http://{host}/api")


# ------------------------------------------------------------------------------------------------ options


def test_by_default_a_call_is_retried_three_times_and_times_out_after_a_minute_without_progress() -> None:
    http = SegOpsAdmin(KEY).http
    assert (http.max_retries, http.timeout) == (3, 60.0)


@pytest.mark.parametrize("retries", [-1, 1.5, "3", None, True, float("nan")])
def test_an_invalid_number_of_retries_is_refused(retries: Any) -> None:
    with pytest.raises(SegOpsConfigError, match="max_retries must be a whole number"):
        SegOpsAdmin(KEY, max_retries=retries)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "60", None, True])
def test_an_invalid_timeout_is_refused(timeout: Any) -> None:
    with pytest.raises(SegOpsConfigError, match="timeout must be"):
        SegOpsAdmin(KEY, timeout=timeout)


def test_only_the_key_may_be_given_without_its_name() -> None:
    with pytest.raises(TypeError):
        SegOpsAdmin(KEY, "https://host/api")  # type: ignore[misc]


def test_a_refused_client_sends_nothing_and_opens_nothing() -> None:
    script = Script()
    for options in ({"api_key": "pk_1"}, {"base_url": "x"}, {"timeout": 0}, {"max_retries": -1}):
        with pytest.raises(SegOpsConfigError):
            script.client(**options)
    assert script.requests == []


def test_the_timeout_reaches_the_transport() -> None:
    seen: list[float] = []

    class Watching(Script):
        def send(self, request: Any) -> Any:
            seen.append(request.timeout)
            return super().send(request)

    from segops_admin.testing import reply

    client = Watching(reply([]), reply([])).client(timeout=7)
    client.segments.list()
    client.with_options(timeout=0.5).segments.list()
    assert seen == [7.0, 0.5]


# ------------------------------------------------------------------------------------------------ secrecy


def test_the_key_is_in_no_repr() -> None:
    client = SegOpsAdmin(KEY, base_url="https://host/api")
    assert repr(client) == "<SegOpsAdmin https://host/api>"
    assert repr(client.http) == "<Http https://host/api max_retries=3 timeout=60>"
    assert repr(client.segments) == "<Segments of https://host/api>"
    for thing in (vars(client), vars(client.http), vars(client.segments), client._transport):
        assert KEY not in repr(thing)
    client.close()
    assert repr(client) == "<SegOpsAdmin https://host/api closed>"


@pytest.mark.parametrize(
    "host", ["a..b", ".h", "256.256.256.256", "1.2.3", "h<x>", "*", "[1::2::3]", "[h]", "h:65536", "h:x", "h\\api"]
)
def test_an_impossible_host_is_refused(host: str) -> None:
    with pytest.raises(SegOpsConfigError, match=r"a host or port that none can be|a character that no address has"):
        SegOpsAdmin("sk_test_x", base_url=f"https://{host}/api")


def test_whole_floats_are_whole_numbers_of_retries() -> None:
    client = SegOpsAdmin("sk_test_x", base_url="https://h.test/api", max_retries=2.0)  # type: ignore[arg-type]
    assert client.http.max_retries == 2
    assert "max_retries=2 " in repr(client.http)


def test_a_header_whose_name_is_no_text_is_refused() -> None:
    with pytest.raises(SegOpsConfigError, match="headers names 1, which no header can be called"):
        SegOpsAdmin("sk_test_x", base_url="https://h.test/api", headers={1: "growth"})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("HTTPS://API.Example/api", "https://api.example/api"),
        ("https://api.example:443/api/", "https://api.example/api"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:/api", "http://[::1]/api"),
        ("http://localhost:08000/Api", "http://localhost:8000/Api"),
    ],
)
def test_spellings_of_one_server_become_one_base_url(given: str, used: str) -> None:
    assert SegOpsAdmin("sk_test_config", base_url=given).http.base_url == used


@pytest.mark.parametrize("given", ["https://h/../api", "https://h/./api", "https://h/%2E%2e/api"])
def test_a_base_url_with_a_dot_segment_is_refused(given: str) -> None:
    with pytest.raises(SegOpsConfigError, match=r"holds a path with \. or \.\. in it"):
        SegOpsAdmin("sk_test_config", base_url=given)


# ------------------------------------------------------------------------------------------------ copies


@pytest.mark.parametrize("client", [SegOpsAdmin(KEY), AsyncSegOpsAdmin(KEY)], ids=["blocking", "asyncio"])
@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickled", "copied", "copied deeply"])
def test_a_client_is_neither_pickled_nor_copied(client: object, act: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match=rf"A {type(client).__name__} holds a key .* cannot be pickled or copied"):
        act(client)
