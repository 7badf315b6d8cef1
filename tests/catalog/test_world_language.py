"""Titles and descriptions read well, and say nothing of skin, race or size."""

from __future__ import annotations

import re
from functools import cache

from fairview.catalog.world import QUERIES, WorldParameters
from fairview.catalog.world.items import generate_items
from fairview.catalog.world.language import Text, repeats_a_word, with_article, write_text
from fairview.catalog.world.lexicon import STYLE_WORDS
from fairview.catalog.world.phrases import ADJECTIVES, LIGHT_SENTENCES, OPENINGS, TITLES
from fairview.catalog.world.subjects import SUBJECTS
from fairview.catalog.world.truth import LIGHTINGS

FORBIDDEN = re.compile(
    r"\b(skin|complexions?|dark|darker|fair|pale|tan|tanned|ivory|ebony|beige|nude|black|white|"
    r"brown|asian|african|european|latin[ao]?|caucasian|ethnic|indian|hispanic|race|racial|"
    r"plus|curvy|petite|slim|skinny|thin|fat|heavy|large|small|size|sized|xl|monk|man|woman|"
    r"men|women|boy|girl|male|female|lady)\b",
    re.IGNORECASE,
)
WRONG_ARTICLE = re.compile(r"\b(a [aeio]\w*|an [^aeiou\W]\w*)", re.IGNORECASE)


@cache
def texts() -> tuple[Text, ...]:
    parameters = WorldParameters(items=6000)
    return tuple(write_text(parameters, generate_items(parameters)))


def test_nothing_is_said_of_skin_race_or_size() -> None:
    for text in texts():
        whole = " ".join((text.title, text.description, *text.tags))
        assert not FORBIDDEN.search(whole), whole


def test_articles_fit_and_no_word_is_doubled() -> None:
    for text in texts():
        for part in (text.title, text.description):
            assert not WRONG_ARTICLE.search(part), part
            assert not any(repeats_a_word(sentence) for sentence in part.split(". ")), part


def test_sentences_are_whole() -> None:
    for text in texts():
        assert text.title[0].isupper()
        assert 8 <= len(text.title) <= 80
        sentences = text.description.split(". ")
        assert len(sentences) == 3
        assert text.description.endswith(".")
        assert all(sentence[0].isupper() for sentence in sentences)
        assert not re.search(r"[{}]|\s\s|\s[.,]", text.title + text.description)
        assert len(set(text.tags)) == len(text.tags) >= 4


def test_texts_vary() -> None:
    titles = {text.title for text in texts()}
    descriptions = {text.description for text in texts()}
    assert len(titles) > 2500
    assert len(descriptions) > 5700


def test_text_is_the_same_every_time() -> None:
    parameters = WorldParameters(items=50)
    items = generate_items(parameters)
    assert write_text(parameters, items) == write_text(parameters, items)


def test_every_word_list_is_complete() -> None:
    facets = {facet for subject in SUBJECTS for facet in subject.facets}
    assert facets >= ADJECTIVES
    assert set(LIGHT_SENTENCES) == set(LIGHTINGS)
    assert set(TITLES) == set(OPENINGS) == {subject.theme for subject in SUBJECTS}
    assert with_article("hour") == "a hour"  # no such word is used; the test above would tell


def test_queries_are_natural_varied_and_answerable() -> None:
    assert len(QUERIES) >= 60
    assert len({query.text for query in QUERIES}) == len(QUERIES)
    words = {word for s in SUBJECTS for word in (s.name, *s.facets)}
    styles = {w for name, s in STYLE_WORDS.items() for w in (name, s.season, s.mood)}
    for query in QUERIES:
        assert set(query.facets) <= words, query
        assert query.style in {"", *styles}, query
        assert not FORBIDDEN.search(query.text), query
    assert 10 <= sum(not query.shows_people for query in QUERIES) <= len(QUERIES) / 2
