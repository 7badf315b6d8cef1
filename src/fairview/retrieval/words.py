"""Words of texts and queries, as the text index sees them: folded, lower case, stemmed.

A query is data, never a language: quotes, operators and brackets only separate words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

import tantivy

LONGEST_QUERY = 2_000
"""Characters of a query that are read; the rest says nothing new."""

MOST_WORDS = 32
"""Distinct words of a query that are looked for."""

STOP_WORDS = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "from",
        "has",
        "have",
        "i",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "some",
        "that",
        "the",
        "their",
        "there",
        "these",
        "this",
        "to",
        "was",
        "we",
        "were",
        "what",
        "which",
        "who",
        "will",
        "with",
        "you",
        "your",
    }
)
"""Words too common to look for, unless a query has no others."""

_WORD = re.compile(r"[^\W_]+")


def analyser() -> tantivy.TextAnalyzer:
    """Return the analyser that indexed fields use: words, lower case, no accents, stems."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("English"))
        .build()
    )


class Words:
    """The words of one query: stems to look for, and how the person wrote them.

    Attributes
    ----------
    stems
        Distinct stems in the query's order, at most 32.
    written
        Stem to the word as it was written.

    Examples
    --------
    >>> words = Words('the "Running" shoes AND (shoe')
    >>> words.stems, words.written["run"]
    (('run', 'shoe'), 'Running')
    """

    def __init__(self, query: str) -> None:
        written: dict[str, str] = {}
        common: dict[str, str] = {}
        for word in _WORD.findall(query[:LONGEST_QUERY]):
            for stem in _stems_of(word):
                found = common if word.casefold() in STOP_WORDS else written
                found.setdefault(stem, word)
        chosen = written or common
        self.stems: tuple[str, ...] = tuple(chosen)[:MOST_WORDS]
        self.written = {stem: chosen[stem] for stem in self.stems}

    def in_text(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the query's words, as written, that occur in any of these texts."""
        return self.among(stems_in(texts))

    def among(self, stems: Collection[str]) -> tuple[str, ...]:
        """Return the query's words, as written, whose stem is among these."""
        return tuple(self.written[stem] for stem in self.stems if stem in stems)


def stems_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems of all words in these texts."""
    words = {word for text in texts for word in _WORD.findall(text)}
    return frozenset(stem for word in words for stem in _stems_of(word))


_ANALYSER = analyser()


@lru_cache(maxsize=65_536)
def _stems_of(word: str) -> tuple[str, ...]:
    return tuple(_ANALYSER.analyze(word[:200]))
