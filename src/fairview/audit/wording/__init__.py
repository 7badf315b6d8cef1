"""Figures in plain words. They speak of pictures and of what was shown, never of who people are."""

from __future__ import annotations

from fairview.audit.wording.context import (
    SUPPLY,
    Context,
    Words,
    attribute_words,
    group_word,
    is_group,
    slice_words,
)
from fairview.audit.wording.gates import gate_words
from fairview.audit.wording.registry import sentence_of, words_of
from fairview.audit.wording.scale import (
    DIFFERENCE,
    PERCENT,
    PLAIN,
    POINTS,
    RATIO,
    TIMES,
    Scale,
)

__all__ = [
    "DIFFERENCE",
    "PERCENT",
    "PLAIN",
    "POINTS",
    "RATIO",
    "SUPPLY",
    "TIMES",
    "Context",
    "Scale",
    "Words",
    "attribute_words",
    "gate_words",
    "group_word",
    "is_group",
    "sentence_of",
    "slice_words",
    "words_of",
]
