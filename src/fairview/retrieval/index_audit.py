"""Does an index lose somebody? Its answers beside exact search, per filter and per group.

Unequal recall is an audit finding like any other: what the index doesn't bring, no ranker can show.
`recall_table` makes one row per true neighbour, ready for any engine of measures; `recall_figures`
and `recall_verdict` answer at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.stats import norm

from fairview.core import UNKNOWN, Outcome, UsageError, Verdict
from fairview.core.columns import Array
from fairview.retrieval.expression import Mask
from fairview.retrieval.hits import Hits
from fairview.retrieval.vector_index import VectorIndex

SELECTIVITIES = (1.0, 0.1, 0.01, 0.001)
"""Shares of the rows that the audit's filters allow."""

_TIE = 1.5e-6


def recall_table(
    index: VectorIndex,
    queries: Array,
    groups: Mapping[str, Mask],
    rng: np.random.Generator,
    *,
    k: int = 10,
    selectivities: Sequence[float] = SELECTIVITIES,
) -> pa.Table:
    """Return one row per query, filter, true neighbour and group of it: found or not.

    Every query is asked without a filter, with a random filter and one against the query (it
    prefers the rows far from it) of each selectivity, and within each group. Columns: request_id,
    filter, selectivity, item (a row), position (in the exact answer, from 1), group and found.

    Parameters
    ----------
    index
        The index to audit.
    queries
        q x d.
    groups
        Group to n booleans over the catalogue. A neighbour in several groups stands once for
        each; one in none is of the group ``unknown``.
    rng
        Where the filters' chance comes from.
    k
        How many neighbours are asked for.
    selectivities
        Shares of the rows that filters allow.
    """
    names = [*groups, UNKNOWN]
    member = np.stack([*groups.values(), np.zeros(index.size, np.bool_)], axis=1)
    member[:, -1] = ~member.any(axis=1)
    parts: list[dict[str, Array]] = []
    for number, query in enumerate(queries):
        for label, share, mask in _filters(index, query, groups, rng, selectivities):
            truth = index.exact(query, k, allowed=mask)
            hits = index.search(query, k, allowed=mask)
            found = np.isin(truth.rows, hits.rows) | _excused(truth, hits)
            place, group = np.nonzero(member[truth.rows])
            parts.append(
                {
                    "request_id": np.full(len(place), f"query {number}"),
                    "filter": np.full(len(place), label, object),
                    "selectivity": np.full(len(place), share),
                    "item": truth.rows[place],
                    "position": place + 1,
                    "group": np.array(names, object)[group],
                    "found": found[place].astype(np.int8),
                }
            )
    if not parts:
        raise UsageError("An audit of an index needs at least one query.")
    return pa.table({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


@dataclass(frozen=True)
class RecallFigure:
    """The recall of one filter and group.

    Parameters
    ----------
    filter, group
        Of which searches, and of which neighbours.
    recall, low, high
        Share of true neighbours that the index found, and its interval; all figures' intervals
        hold together.
    n, effective_n
        How many neighbours, and how many independent ones they are worth: neighbours of one
        query are found or lost together.
    """

    filter: str
    group: str
    recall: float
    low: float
    high: float
    n: int
    effective_n: float


def recall_figures(table: pa.Table, *, confidence: float = 0.95) -> list[RecallFigure]:
    """Return the recall of every filter and group that the table holds.

    Wilson score intervals on the effective number of neighbours, made simultaneous over the
    figures by Bonferroni's inequality.
    """
    wanted = ("request_id", "filter", "group", "found")
    columns = {name: table[name].to_numpy() for name in wanted}
    cells = sorted(set(zip(columns["filter"].tolist(), columns["group"].tolist(), strict=True)))
    z = float(norm.isf((1 - confidence) / 2 / max(len(cells), 1)))
    figures = []
    for label, group in cells:
        inside = (columns["filter"] == label) & (columns["group"] == group)
        _, query = np.unique(columns["request_id"][inside], return_inverse=True)
        found = columns["found"][inside].astype(np.float64)
        recall, size = float(found.mean()), _effective(found, query)
        low, high = _wilson(recall, size, z)
        figures.append(RecallFigure(label, group, recall, low, high, len(found), size))
    return figures


def recall_verdict(
    figures: Sequence[RecallFigure], *, at_least: float = 0.99, gap: float = 0.005
) -> Verdict:
    """Return whether every recall is high enough, and alike between groups under each filter.

    A rule passes when the whole interval meets it, fails when none of it does, and lacks evidence
    in between. The gap is the largest difference between two groups' recalls.
    """
    verdicts = []
    for each in figures:
        outcome = _outcome(each.low >= at_least, each.high < at_least)
        reason = (
            f"Recall for {each.group} under the filter {each.filter!r} is {each.recall:.4f} "
            f"[{each.low:.4f}, {each.high:.4f}] over {each.n} neighbours."
        )
        verdicts.append(Verdict(outcome, f"recall >= {at_least:g}", reason))
    for label in dict.fromkeys(each.filter for each in figures):
        cells = [each for each in figures if each.filter == label and each.group != UNKNOWN]
        if len(cells) < 2:
            continue
        pairs = [(a, b) for a in cells for b in cells if a is not b]
        least = max(a.low - b.high for a, b in pairs)
        most = max(a.high - b.low for a, b in pairs)
        shown = max(a.recall - b.recall for a, b in pairs)
        reason = (
            f"Groups' recalls under the filter {label!r} differ by up to {shown:.4f} "
            f"[{max(least, 0):.4f}, {most:.4f}]."
        )
        verdicts.append(
            Verdict(_outcome(most <= gap, least > gap), f"gap of recall <= {gap:g}", reason)
        )
    return Verdict.combine(verdicts)


def _filters(
    index: VectorIndex,
    query: Array,
    groups: Mapping[str, Mask],
    rng: np.random.Generator,
    selectivities: Sequence[float],
) -> Iterator[tuple[str, float, Mask | None]]:
    scores = np.zeros(index.size)
    every = index.exact(query, len(index))
    scores[every.rows] = every.scores
    noisy = scores + scores.std() * rng.standard_normal(index.size)
    draw = rng.random(index.size)
    for share in selectivities:
        if share >= 1:
            yield "none", 1.0, None
            continue
        count = max(1, round(share * index.size))
        for label, order in (("random", draw), ("against", noisy)):
            mask = np.zeros(index.size, np.bool_)
            mask[np.argpartition(order, count - 1)[:count]] = True
            yield f"{share * 100:g} % {label}", share, mask
    for name, mask in groups.items():
        yield f"group {name}", float(mask.mean()), mask


def _excused(truth: Hits, hits: Hits) -> Mask:
    """Return which true neighbours tie with the last one, where as many others stand for them."""
    if not len(truth):
        return np.zeros(0, np.bool_)
    last = truth.scores[-1]
    full = np.count_nonzero(hits.scores >= last - _TIE) >= len(truth)
    return np.asarray(full & (truth.scores <= last + _TIE), np.bool_)


def _effective(found: npt.NDArray[np.float64], query: npt.NDArray[np.int64]) -> float:
    """Return n over the design effect: the clustered variance of the mean over the binomial one."""
    n, mean = len(found), float(found.mean())
    binomial = mean * (1 - mean) / n
    queries = int(query.max()) + 1
    if binomial == 0 or queries < 2:
        return float(n)
    off = np.bincount(query, found - mean)
    clustered = float((off * off).sum()) / n**2 * queries / (queries - 1)
    return float(n / max(1.0, clustered / binomial))


def _wilson(share: float, n: float, z: float) -> tuple[float, float]:
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def _outcome(passes: bool, fails: bool) -> Outcome:
    if passes:
        return Outcome.PASS
    return Outcome.FAIL if fails else Outcome.INSUFFICIENT
