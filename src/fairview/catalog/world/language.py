"""Titles, descriptions and tags in plain English, composed from what an item shows.

Words come from the subject, the colour story, the light and the occasion. Nothing is said of
skin, and nothing of a person's race or size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.items import Items
from fairview.catalog.world.lexicon import STYLE_WORDS, STYLES
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.phrases import (
    ADJECTIVES,
    LIGHT_SENTENCES,
    MOOD_SENTENCES,
    OCCASIONS,
    OPENINGS,
    PLAIN_OPENING,
    THEME_TAGS,
    THINGS,
    TITLES,
    USE_SENTENCES,
)
from fairview.catalog.world.subjects import SUBJECTS, Subject
from fairview.catalog.world.truth import LIGHTINGS

_CHOICES = 8
_SMALL_WORDS = frozenset(("a", "an", "and", "the", "in", "on", "of", "with", "for", "by", "to"))
_VOWEL = re.compile(r"[aeio]|u(?!ni|se)")


@dataclass(frozen=True)
class Text:
    """What is written about one item."""

    title: str
    description: str
    tags: tuple[str, ...]


def with_article(phrase: str) -> str:
    """Return a phrase with ``a`` or ``an`` before it.

    Examples
    --------
    >>> with_article("olive backdrop"), with_article("sage one"), with_article("uniform")
    ('an olive backdrop', 'a sage one', 'a uniform')
    """
    return ("an " if _VOWEL.match(phrase.lower()) else "a ") + phrase


def sentence_case(text: str) -> str:
    """Return the text with its first letter raised."""
    return text[:1].upper() + text[1:]


def repeats_a_word(text: str) -> bool:
    """Return whether a word that carries meaning stands in the text twice."""
    words = [w for w in re.findall(r"[a-z]+", text.lower()) if w not in _SMALL_WORDS]
    return len(words) != len(set(words))


def write_text(parameters: WorldParameters, items: Items) -> list[Text]:
    """Return the text of every item, about 15,000 a second; each item draws its own choices."""
    rng = stream(parameters.seed, "words")
    choices = rng.integers(0, 2**31, (len(items), _CHOICES))
    return [_write(items, item, choices[item]) for item in range(len(items))]


def _write(items: Items, item: int, choice: npt.NDArray[np.int64]) -> Text:
    subject = SUBJECTS[items.subject[item]]
    style = STYLES[items.style[item]]
    words = STYLE_WORDS[style]
    colour = words.colours[choice[0] % len(words.colours)]
    slots = _slots(subject, colour, words.season, words.mood, int(choice[1]))
    title = sentence_case(_fill(TITLES[subject.theme], slots, int(choice[2])) or subject.phrase)
    opening = _fill(OPENINGS[subject.theme], slots, int(choice[3])) or PLAIN_OPENING.format(**slots)
    light = _pick(LIGHT_SENTENCES[LIGHTINGS[items.lighting[item]]], int(choice[4]))
    mood = _pick(MOOD_SENTENCES, int(choice[5])).format(**slots)
    use = _pick(USE_SENTENCES[_kind_of(slots["facet"])], int(choice[6])).format(**slots)
    rest = [light, mood, use]
    del rest[int(choice[7]) % 2]
    description = " ".join(sentence_case(part) for part in (opening, *rest))
    tags = (*THEME_TAGS[subject.theme], *subject.facets, style, words.season, words.mood)
    return Text(title, description, tuple(dict.fromkeys(tags)))


def _slots(subject: Subject, colour: str, season: str, mood: str, choice: int) -> dict[str, str]:
    """Return what templates are filled with; verbs agree with the subject."""
    facet = subject.facets[choice % len(subject.facets)]
    plural = subject.number == "many"
    bare = subject.number != "one"
    return {
        "subject": subject.phrase,
        "the_subject": subject.phrase if bare else with_article(subject.phrase),
        "colour": colour,
        "a_colour": with_article(colour),
        "season": season,
        "a_season": with_article(season),
        "mood": mood,
        "a_mood": with_article(mood),
        "facet": facet,
        "a_facet": with_article(facet),
        "things": THINGS.get(facet, facet),
        "occasion": OCCASIONS.get(facet, ""),
        "is": "are" if plural else "is",
        "takes": "take" if plural else "takes",
        "sits": "sit" if plural else "sits",
    }


def _fill(templates: Sequence[str], slots: dict[str, str], choice: int) -> str:
    """Return the first sentence from the chosen one on that repeats no word; else nothing."""
    for step in range(len(templates)):
        template = templates[(choice + step) % len(templates)]
        if "{occasion}" in template and not slots["occasion"]:
            continue
        filled = template.format(**slots)
        if not repeats_a_word(filled):
            return filled
    return ""


def _kind_of(facet: str) -> str:
    if facet in OCCASIONS:
        return "occasion"
    return "adjective" if facet in ADJECTIVES else "noun"


def _pick(choices: Sequence[str], number: int) -> str:
    return choices[number % len(choices)]
