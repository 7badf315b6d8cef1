"""Seeing fewer of something: such items are put back, never taken out, and the page says so."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fairview.core import SEE_FEWER, Candidates, Scorer, SignalColumn
from fairview.core.columns import Array

WISHED = "wished"
"""The column of relevance after what the person wants to see fewer of was put back."""

KEEPS = 0.7
"""Share of its relevance that such an item keeps."""

DECLARED = 0.5
"""From this value on an item counts as having the signal."""

WORDS: Mapping[str, str] = {"ai_generated": "declared as made with AI"}
"""What such items are, as a person reads it."""


class SeeFewer(Scorer):
    """Lowers the relevance of what a person asked to see fewer of, for this request alone.

    Provides ``wished``, the relevance that re-rankers read, and ``fewer``, which items were put
    back. An item whose signal isn't present keeps its place: what isn't known isn't held against
    it.

    Parameters
    ----------
    signals
        Name, one of `SEE_FEWER`, to the signal of n rows.
    relevance
        Columns that may hold relevance; the first that is there is lowered.
    """

    name = "see fewer"
    needs = ("row", "fused")
    provides = (WISHED, "fewer")

    def __init__(
        self, signals: Mapping[str, SignalColumn], relevance: tuple[str, ...] = ("utility", "fused")
    ) -> None:
        self.signals = {name: signals[name] for name in SEE_FEWER if name in signals}
        self.relevance = relevance

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return the lowered relevance and which items were put back."""
        name = next(name for name in self.relevance if name in candidates.columns)
        wished = candidates.columns[name].astype(np.float64)
        fewer = np.zeros(len(candidates), np.bool_)
        rows = candidates.columns["row"]
        for request in np.flatnonzero(candidates.requests.is_refined):
            refinement = candidates.requests.refinement(int(request))
            part = candidates.rows_of(int(request))
            for signal, column in self.signals.items():
                if refinement is not None and refinement.sees_fewer(signal):
                    fewer[part] |= has_signal(column, rows[part])
        wished[fewer] *= KEEPS
        return {WISHED: wished, "fewer": fewer}


def has_signal(column: SignalColumn, rows: Array) -> Array:
    """Return which of these rows have the signal: it is present and says so."""
    values = column.values.reshape(len(column.values), -1)[rows, 0]
    return np.asarray(column.is_present[rows] & (values >= DECLARED))


def said(shown: Candidates) -> tuple[str, ...]:
    """Return what a page says of the items that were put back; nothing where nobody asked.

    Parameters
    ----------
    shown
        The page of one request.
    """
    refinement = shown.requests.refinement(0) if len(shown.requests) else None
    wanted = [name for name in SEE_FEWER if refinement is not None and refinement.sees_fewer(name)]
    if not wanted or "fewer" not in shown.columns:
        return ()
    count = int(np.asarray(shown.columns["fewer"]).sum())
    words = ", ".join(WORDS[name] for name in wanted)
    here = f"{count} {'is' if count == 1 else 'are'} on this page"
    put_back = (
        f"Fewer pictures {words}: those that match were put back, so that fewer reach this page; "
        f"none was filtered out; {here}."
    )
    return (put_back, "Pictures that declare nothing stay where they were.")


__all__ = ["KEEPS", "WISHED", "SeeFewer", "has_signal", "said"]
