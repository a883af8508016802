"""What a text says of brands and products: found in texts that no generator of ours has written."""

from __future__ import annotations

import os
import time
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="module")
def ai(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The sandbox's modules in this process; nothing here needs a table."""
    if "DATABASE_URL" not in os.environ:
        os.environ["SEGOPS_SANDBOX_DB"] = str(Path(tmp_path_factory.mktemp("mentions")) / "mentions.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "segops_sandbox.settings"
    import django

    django.setup()
    from segops_sandbox.ai import assistants, brands, names

    return SimpleNamespace(assistants=assistants, brands=brands, names=names)


def read(ai: SimpleNamespace, text: str, *brands: str | tuple[str, ...]) -> list[tuple[str, int, str]]:
    """(name, position, sentiment) of the brands, each given as a name or as a name and its aliases."""
    known = [ai.brands.Brand(b) if isinstance(b, str) else ai.brands.Brand(b[0], tuple(b[1:])) for b in brands]
    return [(m["name"], m["position"], m["sentiment"]) for m in ai.brands.mentioned_brands(text, known)]


def names(ai: SimpleNamespace, text: str, *brands: str | tuple[str, ...]) -> list[str]:
    """The brands in a text, the best place first."""
    return [name for name, _, _ in read(ai, text, *brands)]


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("I like ACME boots", "Acme"),
        ("I like acme.", "ACME"),
        ("(Acme)", "Acme"),
        ("**Acme**: boots", "Acme"),
        ("_Acme_ is fine", "Acme"),
        ("Acme's boots", "Acme"),
        ("Acme’s boots", "Acme"),
        ("James' boots", "James"),
        ("my Levi’s", "Levi's"),
        ("the Acme™ boot", "Acme"),
        ("the Acme boot", "Acme™"),
        ("at AT&T, say", "AT&T"),
        ("I code in C++.", "C++"),
        ("a (RED) phone", "(RED)"),
        ("[x]* wins", "[x]*"),
        ("what a.b sells", "a.b"),
        ("Yahoo!", "Yahoo!"),
        ("on .NET today", ".NET"),
        ("boots of Dr.  Martens", "Dr. Martens"),
        ("boots of Dr.\nMartens", "Dr. Martens"),
        ("Hugo\u00a0Boss", "Hugo Boss"),
        ("a Coca‑Cola", "Coca-Cola"),
        ("Ac\u00adme", "Acme"),
        ("STRASSE", "Straße"),
        (unicodedata.normalize("NFD", "Möbel Höffner"), "Möbel Höffner"),
        ("ＡＣＭＥ", "Acme"),
        ("ΑΔΙΔΑΣ", "αδιδας"),
        ("Купить у Яндекса? Яндекс.", "Яндекс"),
        ("推荐阿里巴巴的产品", "阿里巴巴"),
        ("推荐Acme的产品", "Acme"),
        ("アクメは良い", "アクメ"),
        ("टाटा की कार", "टाटा"),
        ("acme.com sells boots", "Acme"),
        ("4F", "4f"),
        ("🦊 Fox", "🦊 fox"),
    ],
)
def test_a_brand_is_found_however_it_is_written(ai: SimpleNamespace, text: str, brand: str) -> None:
    assert names(ai, text, brand) == [brand]


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ("Acmeland and Macme", "Acme"),
        ("acme2 and acme_shop", "Acme"),
        ("a Northern Face", "North"),
        ("C++ and C#", "C"),
        ("C++", "C+"),
        ("ASP.NET", ".NET"),
        ("axb", "a.b"),
        ("aaa", "a*"),
        ("Yahoo", "Yahoo!"),
        ("The\n\nNorth Face", "The North"),
        ("Dr Martens", "Dr. Martens"),
        ("NorthFace", "North Face"),
        ("Яндексом", "Яндекс"),
        ("", "Acme"),
        ("ताटाटा", "टाटा"),
    ],
)
def test_a_part_of_a_word_is_not_the_brand(ai: SimpleNamespace, text: str, brand: str) -> None:
    assert names(ai, text, brand) == []


def test_an_alias_counts_for_its_brand_under_its_first_name(ai: SimpleNamespace) -> None:
    found = read(ai, "GM and Big Blue.", ("General Motors", "GM"), ("IBM", "Big Blue", "International"))
    assert [(name, place) for name, place, _ in found] == [("General Motors", 1), ("IBM", 2)]
    assert read(ai, "GM is great. General Motors is great.", ("General Motors", "GM")) == [
        ("General Motors", 1, "positive")
    ]


def test_the_longest_name_is_the_one_that_is_meant(ai: SimpleNamespace) -> None:
    both = ("North", "The North Face", "Levi", "Levi's")
    assert names(ai, "The North Face and Levi's", *both) == ["The North Face", "Levi's"]
    assert names(ai, "North and Levi", *both) == ["North", "Levi"]
    assert names(ai, "The North Face, then North", *reversed(both)) == ["The North Face", "North"]


def test_of_two_brands_with_one_name_the_first_has_it(ai: SimpleNamespace) -> None:
    assert names(ai, "Acme wins", "Acme", ("Other", "acme")) == ["Acme"]


def places(ai: SimpleNamespace, text: str) -> dict[str, int]:
    """The places of Acme, Rival and North Peak in a text."""
    return {name: place for name, place, _ in read(ai, text, "Acme", "Rival", "North Peak")}


def test_without_a_list_the_first_appearance_gives_the_place(ai: SimpleNamespace) -> None:
    assert places(ai, "Rival, then Acme, then Rival again, North Peak.") == {"Rival": 1, "Acme": 2, "North Peak": 3}
    bullets = "* Acme\n* Rival\n"
    assert places(ai, bullets) == {"Acme": 1, "Rival": 2}


@pytest.mark.parametrize("item", ["{}. ", "{}) ", "**{}. ", "### {}. ", "#{} ", "  {}. "])
def test_a_numbered_list_gives_the_places(ai: SimpleNamespace, item: str) -> None:
    lines = ["Acme often comes up first.", "", *(item.format(n) + name for n, name in enumerate(("Rival", "Acme"), 1))]
    assert places(ai, "\n".join(lines)) == {"Rival": 1, "Acme": 2}


def test_an_unknown_brand_in_the_list_keeps_its_place(ai: SimpleNamespace) -> None:
    assert places(ai, "1. Nobody\n2. Somebody\n3. Acme") == {"Acme": 3}


def test_who_is_only_compared_with_comes_after_the_list(ai: SimpleNamespace) -> None:
    text = "North Peak is not in the list.\n1. Acme, cheaper than Rival\n2. Nobody\nRival is missing."
    assert places(ai, text) == {"Acme": 1, "North Peak": 3, "Rival": 4}


def test_brands_that_share_an_item_share_the_place(ai: SimpleNamespace) -> None:
    assert places(ai, "1. Acme and Rival\n2. North Peak") == {"Acme": 1, "Rival": 1, "North Peak": 2}
    assert places(ai, "1. **Acme**, **Rival** & North Peak") == {"Acme": 1, "Rival": 1, "North Peak": 1}


def test_only_the_first_list_ranks(ai: SimpleNamespace) -> None:
    assert places(ai, "1. Acme\n2. Rival\n\nBy price:\n1. North Peak\n2. Acme") == {
        "Acme": 1,
        "Rival": 2,
        "North Peak": 3,
    }


def test_a_number_that_begins_a_line_is_not_always_a_list(ai: SimpleNamespace) -> None:
    assert places(ai, "2024. Rival began.\n99. Acme") == {"Rival": 1, "Acme": 2}
    assert places(ai, "Rival costs\n1.50 less than Acme") == {"Rival": 1, "Acme": 2}


def tones(ai: SimpleNamespace, text: str) -> dict[str, str]:
    """The sentiments about Acme and Rival in a text."""
    return {name: tone for name, _, tone in read(ai, text, "Acme", "Rival", "Best Buy")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme is excellent.", "positive"),
        ("Acme is overpriced.", "negative"),
        ("Acme sells boots.", "neutral"),
        ("Acme is reliable but expensive.", "neutral"),
        ("Reliable and well made, Acme leads.", "positive"),
        ("Acme is not reliable.", "negative"),
        ("Acme isn't very good.", "negative"),
        ("Acme is not only good.", "positive"),
        ("Acme has no problems.", "positive"),
        ("Is Acme the best? It sells boots.", "neutral"),
        ("The “best boots” are what Acme advertises.", "neutral"),
        ("ACME: EXCELLENT!", "positive"),
        ("1. **Acme**\n   - Pros: reliable, comfortable\n   - Cons: expensive", "positive"),
        ("Acme sells boots.\n\nPoor weather is expected.", "neutral"),
        ("Acme is poor. Acme is weak. Yet Acme is trusted.", "negative"),
    ],
)
def test_the_words_around_a_brand_give_the_tone(ai: SimpleNamespace, text: str, expected: str) -> None:
    assert tones(ai, text) == {"Acme": expected}


@pytest.mark.parametrize(
    ("text", "acme", "rival"),
    [
        ("Acme is excellent but Rival is overpriced.", "positive", "negative"),
        ("Acme is excellent, Rival is overpriced.", "positive", "negative"),
        ("Acme is excellent. Rival is not.", "positive", "neutral"),
        ("Acme is better than Rival.", "positive", "neutral"),
        ("Unlike the disappointing Rival, Acme is great.", "positive", "negative"),
        ("Acme, unlike Rival, is great.", "positive", "neutral"),
        ("Acme and Rival are both great.", "positive", "positive"),
        ("* Acme – great\n* Rival – awful", "positive", "negative"),
    ],
)
def test_each_brand_gets_the_words_that_are_about_it(ai: SimpleNamespace, text: str, acme: str, rival: str) -> None:
    assert tones(ai, text) == {"Acme": acme, "Rival": rival}


def test_a_word_of_praise_inside_a_name_is_no_praise(ai: SimpleNamespace) -> None:
    assert tones(ai, "Best Buy sells boots.") == {"Best Buy": "neutral"}


def test_products_are_found_by_name_with_their_sku(ai: SimpleNamespace) -> None:
    catalogue = [("A1", "Trail Boot"), ("A2", "Trail Boot Pro"), ("A3", "Umbrella (XL)"), ("A4", "trail boot")]
    text = "Take an umbrella (xl), the Trail Boot Pro, or the TRAIL BOOT. The Trail Boot again."
    assert ai.brands.mentioned_products(text, catalogue) == [
        {"name": "Umbrella (XL)", "sku": "A3", "position": 1},
        {"name": "Trail Boot Pro", "sku": "A2", "position": 2},
        {"name": "Trail Boot", "sku": "A1", "position": 3},  # the older one of two with this name
    ]
    assert ai.brands.mentioned_products("Trail Boots", catalogue) == []


def test_the_names_that_can_be_in_a_text_are_picked_from_many_quickly(ai: SimpleNamespace) -> None:
    many = [(f"Model {number} Straße", number) for number in range(50_000)]
    many += [(f"Item{number}", number) for number in range(50_000)]
    start = time.process_time()
    picked = ai.names.heard_in(["the item77 or", "ITEM49999"], iter(many))
    assert picked == [("Item77", 77), ("Item49999", 49_999)]
    assert time.process_time() - start < 5


def test_hostile_texts_take_no_time(ai: SimpleNamespace) -> None:
    start = time.process_time()
    for text in ("Acme, " * 3000, "not " * 5000 + "good Acme", "1. " * 5000, "a_" * 20_000, "“" * 9000, "\n " * 9000):
        read(ai, text, "Acme", "Rival")
    assert time.process_time() - start < 10


@pytest.mark.parametrize("provider", ["chatgpt", "perplexity", "claude", "gemini", "grok"])
def test_what_is_said_of_a_brand_is_read_as_it_was_meant(ai: SimpleNamespace, provider: str) -> None:
    """All sentences that an answer is made of, alone and with a name that is hard to read."""
    meant = {"_PRAISE": "positive", "_PLAIN": "neutral", "_BLAME": "negative"}
    for group, tone in meant.items():
        for one, two in getattr(ai.assistants, group):
            assert read(ai, one.format("Dr. Martens"), "Dr. Martens")[0][2] == tone, one
            assert {t for *_, t in read(ai, two.format("AT&T and C++"), "AT&T", "C++")} == {tone}, two


def ground(ai: SimpleNamespace, **changes: Any) -> Any:
    """What an answer is drawn from."""
    brands = tuple(ai.brands.Brand(name) for name in ("Acme", "Rival", "North Peak", "Dr. Martens"))
    values = {"source": "acme/1", "question": "Which boots?", "brands": brands, "products": ("Trail Boot",)}
    return ai.assistants.Ground(**{**values, **changes})


def test_each_assistant_has_its_own_manner(ai: SimpleNamespace) -> None:
    answers = {p: ai.assistants.answer(p, ground(ai)) for p in ("chatgpt", "perplexity", "claude", "gemini", "grok")}
    assert len({text.split("\n")[0] for text in answers.values()}) == 5
    assert "\n1. **" in answers["chatgpt"]
    assert "[1]." in answers["perplexity"]
    assert "\n* **" in answers["gemini"]
    assert "\n1) " in answers["grok"]
    assert "**" not in answers["claude"]
    assert all("“Which boots?”" in text and "Trail Boot" in text for text in answers.values())


@pytest.mark.parametrize("change", [{"source": "acme/2"}, {"source": "globex/1"}, {"question": "Which shoes?"}])
def test_another_seed_workspace_or_question_draws_another_answer(ai: SimpleNamespace, change: dict[str, str]) -> None:
    def said(**changes: str) -> list[str]:
        return [ai.assistants.answer(p, ground(ai, **changes)).split("\n", 1)[1] for p in ("chatgpt", "claude", "grok")]

    assert said() == said()
    assert said() != said(**change)


def test_a_brand_that_the_question_names_is_never_passed_over(ai: SimpleNamespace) -> None:
    many = tuple(ai.brands.Brand(f"Brand{number}") for number in range(40))
    for number in range(40):
        text = ai.assistants.answer("claude", ground(ai, question=f"Is BRAND{number} good?", brands=many))
        assert f"Brand{number}" in names(ai, text.split("\n", 1)[1], f"Brand{number}")


def test_with_nothing_known_an_answer_says_so(ai: SimpleNamespace) -> None:
    for provider in ("chatgpt", "perplexity", "claude", "gemini", "grok"):
        assert "No brand stands out." in ai.assistants.answer(provider, ground(ai, brands=(), products=()))
