"""The words of a text, for the search."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

# Han, Hiragana and Katakana write no spaces: each character counts as a word.
_SPACELESS: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")
# Stop words of questions. A question of stop words only keeps them: there is a band named The Who.
# fmt: off
_ASIDE: Final = frozenset((
    "a", "an", "and", "any", "are", "as", "at", "be", "best", "by", "can", "do", "does", "for", "from", "get", "good",
    "has", "have", "how", "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "our", "should", "that", "the",
    "their", "there", "this", "to", "us", "we", "what", "when", "where", "which", "who", "why", "will", "with", "would",
    "you", "your",
))
# fmt: on


def words_of(text: str) -> list[str]:
    """The words in small letters, without accents: `Größe` and `grosse` are one word."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(character for character in folded if not unicodedata.combining(character))
    return _WORD.findall(folded)


def asked_words(question: str) -> list[str]:
    """The words of a question that say what is looked for."""
    words = words_of(question)
    return [word for word in words if word not in _ASIDE] or words


def text_of(sku: str, name: str, data: Any) -> str:
    """All that a product says about itself: its SKU, name, and every text of its data but addresses."""
    return "\n".join([sku, name, *_texts(data)])


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) and not value.startswith(("http://", "https://")) else []
