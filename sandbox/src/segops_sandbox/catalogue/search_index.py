"""The similarity of products to a question: TF-IDF vectors and their cosine, with scikit-learn.

Products are vectors of words. A word of the question also stands for the words of the catalogue that are spelled much
like it (`boot` for `boots`, `umbrella` for `umbrela`), each weighted by how alike they are: that is the cosine of
their n-grams of letters, a second TF-IDF space over the vocabulary alone, which stays small where the catalogue is
large.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from segops_sandbox.catalogue.words import asked_words, words_of

# Further words of a long question are ignored.
_MAX_WORDS: Final = 64
_MAX_ALIKE: Final = 8
# Measured on pairs of English words: plurals and inflections are at 0.62 and above, slips of a letter at 0.53.
_INFLECTION: Final = 0.6
_SLIP: Final = 0.52
_STEM: Final = 3


class SearchIndex:
    """The vectors of one catalogue: `pks` and `skus` in their order, and how near each is to a question."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Index products, given as (pk, sku, text)."""
        # Loading it takes a second and 100 MB, which only those who search should pay.
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        self.pks: list[int] = []
        self.skus: list[str] = []
        self._vectorizer = TfidfVectorizer(analyzer=words_of, sublinear_tf=True, dtype=_float32())
        self._alike = _Alike({})
        self._vectors: Any = None
        try:
            self._vectors = self._vectorizer.fit_transform(self._noted(rows))
        except ValueError:  # "empty vocabulary": no product, or none with a single word
            return
        self._alike = _Alike(self._vectorizer.vocabulary_)

    def scores(self, question: str) -> Any:
        """An array of one score a product, 0 to 1, with 4 decimals."""
        import numpy as np

        wanted = np.zeros(0 if self._vectors is None else self._vectors.shape[1])
        length = self._wanted(question, wanted)
        if not length:
            return np.zeros(len(self.pks))
        return np.clip(np.round(self._vectors @ wanted / length, 4), 0, 1)

    def _wanted(self, question: str, wanted: Any) -> float:
        """Write the question's vector into `wanted`, and return its length; 0 when no product has any of its words."""
        if self._vectors is None:
            return 0.0
        words = list(dict.fromkeys(asked_words(question)))[:_MAX_WORDS]
        rarities = self._vectorizer.idf_
        unknown = 0
        for alike in self._alike.to_each(words):
            unknown += not alike
            for column, likeness in alike:
                wanted[column] += likeness * rarities[column]
        if not wanted.any():
            return 0.0
        # A word that no product has gets the highest weight: a question full of them is similar to nothing.
        rarest = 1 + math.log(1 + len(self.pks))
        return math.sqrt(float(wanted @ wanted) + unknown * rarest**2)

    def _noted(self, rows: Iterable[tuple[int, str, str]]) -> Iterable[str]:
        for pk, sku, text in rows:
            self.pks.append(pk)
            self.skus.append(sku)
            yield text


class _Alike:
    """The words of a vocabulary that a typed word may stand for."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vocabulary = vocabulary
        # Numbers and codes are matched exactly: 1001 is no typo for 1002.
        self._words = sorted(word for word in vocabulary if _is_spelled(word))
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), use_idf=False, dtype=_float32())
        self._vectors = self._vectorizer.fit_transform(self._words).T.tocsr() if self._words else None

    def to_each(self, words: list[str]) -> Iterable[list[tuple[int, float]]]:
        """For each word the columns that it stands for, with how much; none for a word that nothing is like."""
        for word in words:
            found = {word: 1.0} if word in self._vocabulary else {}
            if self._vectors is not None and _is_spelled(word):
                found = {**self._near(word, known=bool(found)), **found}
            yield sorted((self._vocabulary[other], likeness) for other, likeness in found.items())

    def _near(self, word: str, *, known: bool) -> dict[str, float]:
        row = (self._vectorizer.transform([word]) @ self._vectors).tocoo()
        near = [
            (-float(likeness), self._words[column])
            for column, likeness in zip(row.col, row.data, strict=True)
            if likeness >= (_INFLECTION if known else _SLIP)
            # A word of the catalogue is no typo: only its other forms match, which share its beginning.
            and (not known or self._words[column][:_STEM] == word[:_STEM])
        ]
        return {other: -likeness for likeness, other in sorted(near)[:_MAX_ALIKE]}


def _is_spelled(word: str) -> bool:
    return len(word) >= _STEM and word.isalpha()


def _float32() -> Any:
    import numpy as np

    return np.float32
