"""A reader of tones with a known error, for worlds without pictures: its confusion is a parameter.

It stands in for a real producer in simulations of correction methods; the signals that read real
pictures have nothing to do with it.
"""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.items import (
    MOST_PEOPLE,
    NO_RANGE,
    Codes,
    Floats,
    Items,
    draw_codes,
)
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.core.ranges import SKIN_TONE

ABSTAINED = 0
"""The reading of a person whose tone is withheld."""

_TONES = 10
_NEARNESS = 0.45


def tone_confusion(parameters: WorldParameters) -> Floats:
    """Return P(reading | tone), 10 x 11: column 0 is abstention, columns 1 to 10 are tones.

    A wrong reading falls on a tone at distance d with a probability in proportion to
    ``0.45 ** d``; neighbours are likelier than far tones.

    Examples
    --------
    >>> tone_confusion(WorldParameters()).sum(axis=1).round(12).tolist() == [1.0] * 10
    True
    """
    tones = np.arange(_TONES)
    distance = np.abs(tones[:, None] - tones[None, :])
    weights = np.where(distance > 0, _NEARNESS**distance, 0.0)
    error = np.array(parameters.signal_error)
    withheld = np.array(parameters.signal_abstention)
    wrong = error[:, None] * weights / weights.sum(axis=1, keepdims=True)
    return np.column_stack([withheld, wrong + np.diag(1 - error - withheld)])


def range_confusion(parameters: WorldParameters) -> Floats:
    """Return P(read range | range), 4 x 5 with abstention last; exact, as tones of a range tie."""
    by_tone = tone_confusion(parameters)
    table = np.zeros((NO_RANGE, NO_RANGE + 1))
    for row, true_range in enumerate(SKIN_TONE.names):
        rows = [SKIN_TONE.values.index(tone) for tone in SKIN_TONE.groups[true_range]]
        mean = by_tone[rows].mean(axis=0)
        for column, read_range in enumerate(SKIN_TONE.names):
            columns = [SKIN_TONE.values.index(tone) + 1 for tone in SKIN_TONE.groups[read_range]]
            table[row, column] = mean[columns].sum()
        table[row, NO_RANGE] = mean[0]
    return table


def read_tones(parameters: WorldParameters, items: Items) -> Codes:
    """Return the reading of each person's tone, n x 2: 1 to 10, 0 withheld, -1 nobody there."""
    rng = stream(parameters.seed, "readings")
    rows = np.maximum(items.monk.ravel() - 1, 0)
    reading = draw_codes(rng, tone_confusion(parameters), rows).reshape(-1, MOST_PEOPLE)
    return np.asarray(np.where(items.monk > 0, reading, -1), np.int16)
