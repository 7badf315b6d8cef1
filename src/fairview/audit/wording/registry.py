"""The words of every measure: its own where they are written down, else those of its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

from fairview.audit.wording.comparisons import comparison_words
from fairview.audit.wording.context import Context, Words
from fairview.audit.wording.decisions import DECISIONS
from fairview.audit.wording.scale import (
    DIFFERENCE,
    PERCENT,
    PLAIN,
    Scale,
)
from fairview.audit.wording.sentences import extremes, plain
from fairview.audit.wording.slates import SLATES
from fairview.measure import OVERALL, Estimate, Measure
from fairview.measure.comparisons import ComparisonMeasure
from fairview.measure.measures.action_rate import ActionRate

ACTIONS = ("click", "save", "hide", "apply", "dismiss")
"""What people do with what they see; the rate of anything else is that of an outcome."""

_WORDS = {**SLATES, **DECISIONS}


def words_of(measure: Measure) -> Words:
    """Return the words of a measure; those of its docstring for one that has none of its own."""
    if isinstance(measure, ActionRate) and measure.action not in ACTIONS:
        return _of_outcome(measure)
    found = _WORDS.get(type(measure).__name__)
    if found is not None:
        return found
    if isinstance(measure, ComparisonMeasure):
        return comparison_words(measure, words_of)
    return _of_docstring(measure)


def sentence_of(
    measure: Measure,
    estimates: Sequence[Estimate],
    requests: str = "searches",
    items: str = "pictures",
) -> str:
    """Return what was found of one measure, in one sentence."""
    words = words_of(measure)
    figures = {e.slice: e for e in estimates if e.value is not None}
    context = Context(measure, words.scale, figures, requests, items)
    if not context.known() and OVERALL not in figures:
        notes = sorted({e.note for e in estimates if e.note})
        return f"There is no figure to show: {'; '.join(notes) or 'nothing was observed'}."
    try:
        return words.sentence(context)
    except (KeyError, IndexError):
        return plain(context)


def first_line(measure: Measure) -> str:
    """Return the first sentence of a measure's docstring, without what follows it."""
    text = inspect.getdoc(type(measure)) or ""
    return " ".join(text.split("\n\n")[0].split())


def _of_outcome(measure: ActionRate) -> Words:
    """Return the words of a rate of something that isn't an action, such as what was true."""
    title, meaning = f"Rate of {measure.action}", f"How often {measure.action} was so."
    if measure.action == "y_true":
        title = "Observed rate"
        meaning = "How often it was so; over the bands of a score, the calibration curve."
    return Words(title, meaning, PERCENT, extremes(f"The {title[:1].lower()}{title[1:]}"))


def _of_docstring(measure: Measure) -> Words:
    line = re.sub(r":\w+:`|`", "", first_line(measure)) or type(measure).__name__
    head, colon, tail = line.partition(":")
    title = head if colon and len(head) <= 60 else _spaced(type(measure).__name__)
    meaning = (tail if colon else line).strip()
    return Words(title, meaning[:1].upper() + meaning[1:], _scale(measure), extremes(title))


def _spaced(name: str) -> str:
    """Return the name of a class as words.

    Examples
    --------
    >>> _spaced("MeanMinSkew"), _spaced("NDKL"), _spaced("AUCGap")
    ('Mean min skew', 'NDKL', 'AUC gap')
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", name)
    return " ".join(w if i == 0 or w.isupper() else w.lower() for i, w in enumerate(words))


def _scale(measure: Measure) -> Scale:
    low, high = measure.bounds
    if (low, high) == (0.0, 1.0):
        return PERCENT if measure.proportion else PLAIN
    return DIFFERENCE if low < 0 < high and low == -high else PLAIN
