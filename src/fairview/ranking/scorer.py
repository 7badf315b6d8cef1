"""The stage that scores candidates with the trained ranker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from fairview.core import Candidates, Clock, Scorer, utc_now
from fairview.core.columns import Array
from fairview.ranking.features import MATCH_COLUMNS
from fairview.ranking.item_facts import ItemFacts
from fairview.ranking.ranker import Ranker


class RankerScorer(Scorer):
    """Provides ``utility`` and one calibrated probability per head (``p_click``, …).

    The utility in [0, 1] is the geometric mean of a candidate's expected worth and its relevance
    (``fused``), each over the best of its request. The heads have only seen what an earlier page
    chose to show, which suited the query; of other candidates they know how popular they are, not
    whether they suit. Candidates that weren't shown aren't taken as examples of what people don't
    want either: that would teach the ranker the earlier page's own bias.

    Every candidate is scored as if it stood first, so that the position at which items happened
    to be shown decides nothing.

    Parameters
    ----------
    ranker
        The trained ranker.
    items
        Facts of the items, in the rows that the column ``row`` gives.
    clock
        Gives the time of the request.
    """

    name = "ranker"
    needs = ("row", "fused", *MATCH_COLUMNS)

    def __init__(self, ranker: Ranker, items: ItemFacts, *, clock: Clock = utc_now) -> None:
        self.ranker = ranker
        self.items = items
        self.clock = clock
        self.provides = ("utility", *(f"p_{action}" for action in ranker.heads))

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return utility and probabilities of each candidate."""
        now = _microseconds(self.clock())
        queries = candidates.requests.columns["query"]
        tables = []
        for request, query in enumerate(queries):
            part = candidates.rows_of(request)
            match = {name: candidates.columns[name][part] for name in MATCH_COLUMNS}
            rows = candidates.columns["row"][part]
            tables.append(self.items.feature_table(str(query), rows, match, now=now))
        probabilities = self.ranker.probabilities(np.concatenate(tables))
        columns: dict[str, Array] = {f"p_{a}": p for a, p in probabilities.items()}
        worth = _over_best(self.ranker.expected_worth(probabilities), candidates)
        relevance = _over_best(candidates.columns["fused"], candidates)
        return {"utility": np.sqrt(worth * relevance), **columns}


def _over_best(values: Array, candidates: Candidates) -> Array:
    """Return values over the best of the same request; 1 where the best is 0."""
    share = np.ones(len(values))
    for request in range(len(candidates.requests)):
        part = candidates.rows_of(request)
        best = values[part].max(initial=0.0)
        if best > 0:
            share[part] = values[part] / best
    return share


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
