"""Command, arguments and flags, read from words."""

from __future__ import annotations

from typing import Any

import pytest


def query(result: Any) -> Any:
    return result.json["query"]


@pytest.mark.parametrize(
    "words",
    [
        ["--api-url=https://a.test/api", "segments", "get", "12"],
        ["--api-url", "https://a.test/api", "segments", "get", "12"],
        ["segments", "--api-url=https://a.test/api", "get", "12"],
        ["segments", "get", "--api-url", "https://a.test/api", "12"],
        ["segments", "get", "12", "--api-url=https://a.test/api"],
        ["segments", "get", "12", "--api_url=https://a.test/api"],
    ],
)
def test_a_global_option_may_stand_anywhere(words: list[str], cli: Any) -> None:
    assert cli("--dry-run", *words).json["url"] == "https://a.test/api/segments/12/"


def test_a_flag_of_a_listing_is_a_query_parameter_in_every_published_form(cli: Any) -> None:
    sent = cli("segments", "list", "--a=1", "--b", "2", "--c", "--d=", "--dry-run")
    assert query(sent) == {"a": "1", "b": "2", "c": "true", "d": ""}


def test_a_short_flag_is_no_value_unless_an_equals_sign_says_so(cli: Any) -> None:
    assert query(cli("segments", "list", "--active", "-v", "--dry-run")) == {"active": "true"}
    assert query(cli("segments", "list", "--active=-v", "--dry-run")) == {"active": "-v"}


def test_a_query_parameter_may_be_written_with_dashes(cli: Any) -> None:
    assert query(cli("segments", "list", "--page-size", "5", "--dry-run")) == {"page_size": "5"}
    assert query(cli("segments", "list", "--page_size=5", "--dry-run")) == {"page_size": "5"}


def test_a_repeated_flag_of_a_listing_is_a_list(cli: Any) -> None:
    sent = cli("segments", "list", "--tag=a", "--tag", "b", "--tag=c", "--dry-run")
    assert query(sent) == {"tag": ["a", "b", "c"]}


@pytest.mark.parametrize(
    "words",
    [
        ["segments", "list"],
        ["segments", "members", "12"],
        ["users", "search"],
        ["users", "events", "u"],
        ["queries", "win-rate"],
        ["pages", "query", "shoes"],
    ],
)
def test_every_listing_takes_query_parameters(words: list[str], cli: Any) -> None:
    sent = cli(*words, "--some-thing=x", "--dry-run")
    assert query(sent)["some_thing"] == "x"


@pytest.mark.parametrize("value", ["-1", "-7d", "-"])
def test_a_value_may_begin_with_a_dash(value: str, cli: Any) -> None:
    assert query(cli("users", "events", "u", "--since", value, "--dry-run")) == {"since": value}
    assert query(cli("users", "events", "u", f"--since={value}", "--dry-run")) == {"since": value}
    assert query(cli("users", "search", "--q=--x", "--dry-run")) == {"q": "--x"}


def test_an_argument_may_begin_with_a_dash(cli: Any) -> None:
    assert cli("users", "get", "-5", "--dry-run").json["url"].endswith("/explorer/users/-5/")
    assert cli("users", "get", "--dry-run", "--", "--help").json["url"].endswith("/explorer/users/--help/")


def test_after_a_double_dash_nothing_is_a_flag(cli: Any) -> None:
    sent = cli("--dry-run", "users", "explain", "--", "--verbose", "-h")
    assert sent.json["url"].endswith("/explorer/users/--verbose/segments/-h/explain/")


def test_a_flag_that_takes_nothing_leaves_the_next_word_alone(cli: Any) -> None:
    for flag in ("--verbose", "-v", "--compact"):
        assert cli("segments", "get", flag, "12", "--dry-run").json["url"].endswith("/segments/12/")


def test_a_flag_that_takes_nothing_refuses_a_value(cli: Any) -> None:
    result = cli("segments", "delete", "12", "--dry-run=false")
    assert result.code == 2
    assert "--dry-run takes no value" in result.err


@pytest.mark.parametrize("words", [["--timeout"], ["--timeout", "--compact"], ["--idempotency-key"]])
def test_a_flag_without_its_value_is_refused(words: list[str], cli: Any) -> None:
    result = cli("segments", "recompute", "12", *words)
    assert result.code == 2
    assert f"{words[0]} needs a value" in result.err


def test_a_flag_given_twice_counts_as_last_given(cli: Any) -> None:
    sent = cli("segments", "export", "1", "--format=csv", "--format=parquet", "--dry-run")
    assert sent.json["body"] == {"format": "parquet"}


@pytest.mark.parametrize("word", ["--=x", "---page=2", "--_=1"])
def test_a_flag_without_a_name_is_refused(word: str, cli: Any) -> None:
    result = cli("segments", "list", word, "--dry-run")
    assert (result.code, result.out) == (2, "")
    assert "unknown flag" in result.err


@pytest.mark.parametrize("flag", ["--to=table", "--wait", "--idempotency-key=k", "--confirm={}"])
def test_a_flag_of_another_command_is_no_query_parameter(flag: str, cli: Any) -> None:
    result = cli("users", "search", flag)
    assert result.code == 2
    assert f"--query {flag[2:].partition('=')[0]}=VALUE" in result.err


def test_all_is_refused_where_there_are_no_pages(cli: Any) -> None:
    result = cli("users", "search", "--all")
    assert result.code == 2
    assert "unknown flag --all" in result.err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["segmnts", "list"], "segops-admin segments"),
        (["product_segments", "list"], "segops-admin product-segments"),
        (["segments", "lst"], "segops-admin segments list"),
        (["segments", "bulk_upsert"], None),
        (["products", "bulk_upsert"], "segops-admin products bulk-upsert"),
        (["segments", "export", "3", "--fromat=csv"], "--format"),
        (["--time-out=3", "segments", "list"], "--timeout"),
        (["help", "segmnts"], "segops-admin help segments"),
        (["help", "segments", "lst"], "segops-admin help segments list"),
        (["help", "enviroment"], "segops-admin help environment"),
        (["doctr"], "segops-admin doctor"),
    ],
)
def test_a_mistyped_word_gets_a_suggestion(words: list[str], meant: str | None, cli: Any) -> None:
    result = cli(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    if meant is None:
        assert "Did you mean" not in result.err
    else:
        assert f"Did you mean {meant}?" in result.err


def test_a_missing_argument_is_named_with_the_usage(cli: Any) -> None:
    result = cli("users", "explain", "user-1")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: users explain needs <segment_id>.\nusage: segops-admin users explain <user_id> <segment_id>\n"
    )


def test_an_argument_taken_as_a_flags_value_is_pointed_out(cli: Any) -> None:
    result = cli("segments", "members", "--active", "12")
    assert result.code == 2
    assert "--active=12 was read as a query parameter" in result.err


def test_a_surplus_argument_is_refused_before_anything_is_sent(server: Any, cli: Any) -> None:
    result = cli("segments", "delete", "1", "2")
    assert (result.code, server.requests) == (2, [])
    assert "unexpected argument '2'" in result.err


def test_an_unknown_short_flag_is_refused_before_anything_is_sent(server: Any, cli: Any) -> None:
    result = cli("segments", "delete", "1", "-f")
    assert (result.code, server.requests) == (2, [])
    assert "unknown flag '-f'" in result.err


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_an_id_that_would_reach_another_path_is_a_usage_error(id: str, server: Any, cli: Any) -> None:
    assert cli("segments", "delete", id).code == 2
    assert server.requests == []


def test_an_id_is_one_segment_of_the_path(cli: Any) -> None:
    url = cli("users", "get", "a/b?c=é", "--dry-run").json["url"]
    assert url.endswith("/explorer/users/a%2Fb%3Fc%3D%C3%A9/")


def test_an_idempotency_key_goes_out_as_given(server: Any, cli: Any) -> None:
    server.reply({"status": "queued"})
    cli("segments", "recompute", "12", "--idempotency-key=run-1")
    assert server.requests[0].headers["Idempotency-Key"] == "run-1"


def test_an_unknown_format_is_a_usage_error_that_names_the_known_ones(server: Any, cli: Any) -> None:
    result = cli("segments", "export", "12", "--format=xml")
    assert (result.code, server.requests) == (2, [])
    assert "csv or parquet" in result.err
