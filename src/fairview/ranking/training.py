"""Training: features as they were known on each day, heads, calibration, and a held-out test.

The log is cut by time: heads learn from the first part, are calibrated on the next, and are
tested on the last. A row's popularity is what was known on the morning of its day, so nothing of
the future leaks in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from fairview.catalog import Workspace
from fairview.core import MissingError
from fairview.core.columns import Array
from fairview.ranking.evaluation import area_under_curve, calibration_error, mean_ndcg
from fairview.ranking.features import MATCH_COLUMNS
from fairview.ranking.heads import Head
from fairview.ranking.item_facts import ItemFacts
from fairview.ranking.popularity import DailyCounts, look_chances
from fairview.ranking.ranker import UTILITY_WEIGHTS, Ranker
from fairview.ranking.reweighing import reweighed
from fairview.ranking.training_log import TrainingLog, read_log

SPLIT = (0.6, 0.8)
"""Shares of the impressions, in time, at which training and calibration end."""

LEAST_POSITIVES = 40
"""A head with fewer positives in its training part isn't trained."""

MOST_ROWS = 400_000
RANDOMISED_ROWS = 5_000
"""With at least this many, only randomised pages tell how position changes what is looked at."""

Progress = Callable[[int, int], None]
"""Called with how many queries are done, and of how many."""


class Matcher(Protocol):
    """Tells how a query and items match."""

    @property
    def item_ids(self) -> Array:
        """The items that rows stand for."""

    def match(self, query: str, rows: npt.NDArray[np.int64]) -> Mapping[str, Array]:
        """Return the columns `MATCH_COLUMNS` for these rows."""


@dataclass(frozen=True)
class HeadReport:
    """One head on the held-out part; None where a figure is undefined.

    Parameters
    ----------
    positives
        Actions in the training part.
    auc
        Chance that an item which was acted on scores above one that wasn't.
    calibration_error
        Mean gap between predicted and observed rates, at the positions shown.
    predicted, observed
        Mean predicted and observed rate.
    importance
        Feature to its share of the gain.
    """

    positives: int
    auc: float | None
    calibration_error: float | None
    predicted: float
    observed: float
    importance: Mapping[str, float]


@dataclass(frozen=True)
class TrainReport:
    """What training found.

    Parameters
    ----------
    impressions, requests, queries
        What it learned from.
    dropped
        Why impressions were left out, and how many.
    heads
        Action to its report.
    ndcg, ndcg_logged
        NDCG@10 of the expected worth and of the order that was shown, on `ndcg_requests` held-out
        requests (clicks gain 1, saves 3).
    ndcg_on
        Whether those pages were ``randomised`` or ``as shown``; as shown, the order that was
        shown has an advantage, because people look at the top.
    notes
        Sentences on what couldn't be done.
    seconds
        How long it took.
    """

    impressions: int
    requests: int
    queries: int
    dropped: Mapping[str, int]
    heads: Mapping[str, HeadReport]
    ndcg: float | None
    ndcg_logged: float | None
    ndcg_requests: int
    ndcg_on: str
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    weights: Mapping[str, float] = field(default_factory=lambda: dict(UTILITY_WEIGHTS))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)


def train(
    workspace: Workspace,
    matcher: Matcher,
    *,
    progress: Progress | None = None,
    folder: Path | None = None,
    membership: Array | None = None,
) -> TrainReport:
    """Train the ranker of a workspace on its events and save it among its models.

    Parameters
    ----------
    workspace
        Whose events they are; its settings say how strongly groups are reweighed.
    matcher
        Tells how queries and items match.
    folder
        Where it is saved instead of among the workspace's models.
    membership
        n x (K+1) memberships of the matcher's items, for reweighing alone; no feature sees them.

    Raises
    ------
    MissingError
        Where there are no events, none that can be used, or too few clicks to learn from.
    """
    start = time.perf_counter()
    log = read_log(workspace, matcher.item_ids)
    _check_usable(log)
    daily = _daily_counts(log, len(matcher.item_ids))
    items = ItemFacts.load(workspace, matcher.item_ids)
    sample = _sampled(log, workspace.settings.seed)
    table = _features(sample, matcher, items, daily, progress or (lambda done, of: None))
    parts = _split(sample)
    strength = workspace.settings.ranking.reweighing
    member = membership if strength else None
    heads, notes = _train_heads(sample, table, parts, workspace.settings.seed, member, strength)
    if strength and member is None:
        notes.append(
            f"Nothing is known of {workspace.settings.discovery.attribute}, so the log was learned "
            f"from as it is."
        )
    if "click" not in heads:
        raise MissingError(
            f"The log has too few clicks to learn from (at least {LEAST_POSITIVES} are needed in "
            f"its first part), so search keeps the order of fused text and picture similarity."
        )
    popularity = daily.all_days()
    ranker = Ranker(heads, dict(UTILITY_WEIGHTS), matcher.item_ids, popularity)
    report = _evaluate(ranker, log, sample, table, parts, tuple(notes))
    report = TrainReport(**{**report.__dict__, "seconds": round(time.perf_counter() - start, 3)})
    Ranker(heads, ranker.weights, matcher.item_ids, popularity, report.to_dict()).save(
        folder or workspace.models_dir
    )
    return report


def _check_usable(log: TrainingLog) -> None:
    if len(log):
        return
    why = ", ".join(f"{count:,} {reason}" for reason, count in log.dropped.items() if count)
    raise MissingError(
        f"No impression can be learned from ({why}), so search keeps the order of fused text and "
        f"picture similarity; take in events that say what was viewed or clicked, about items that "
        f"are indexed."
    )


def _daily_counts(log: TrainingLog, n: int) -> DailyCounts:
    drawn = log.randomised if int(log.randomised.sum()) >= RANDOMISED_ROWS else slice(None)
    chances = look_chances(log.position[drawn], log.did["click"][drawn])
    weight = chances[np.minimum(log.position, len(chances)) - 1]
    return DailyCounts.of(log.row, log.day, weight, log.did, n=n)


def _sampled(log: TrainingLog, seed: int) -> TrainingLog:
    if len(log) <= MOST_ROWS:
        return log
    requests = int(log.request.max()) + 1
    chance = np.random.default_rng(seed).random(requests)
    return log.take(chance[log.request] < MOST_ROWS / len(log))


def _features(
    log: TrainingLog, matcher: Matcher, items: ItemFacts, daily: DailyCounts, tell: Progress
) -> npt.NDArray[np.float32]:
    match = {name: np.full(len(log), np.nan) for name in MATCH_COLUMNS}
    by_query = np.argsort(log.query, kind="stable")
    cuts = np.searchsorted(log.query[by_query], np.arange(len(log.queries) + 1))
    for code, query in enumerate(log.queries):
        rows = by_query[cuts[code] : cuts[code + 1]]
        if len(rows):
            for name, column in matcher.match(str(query), log.row[rows]).items():
                match[name][rows] = column
        tell(code + 1, len(log.queries))
    return _tables(log, match, items, daily)


def _tables(
    log: TrainingLog, match: Mapping[str, Array], items: ItemFacts, daily: DailyCounts
) -> npt.NDArray[np.float32]:
    """Return the features of every impression, request by request, as known on its day."""
    days = log.day
    order = np.lexsort((np.arange(len(log)), log.request, days))
    starts = np.flatnonzero(np.diff(log.request[order], prepend=-1))
    parts, known, facts = [], -1, items
    for begin, end in zip(starts, [*starts[1:], len(order)], strict=True):
        rows = order[begin:end]
        day = int(days[rows[0]])
        if day != known:
            known, facts = day, items.with_popularity(daily.before(day))
        parts.append(
            facts.feature_table(
                str(log.queries[log.query[rows[0]]]),
                log.row[rows],
                {name: column[rows] for name, column in match.items()},
                now=int(log.time[rows[0]]),
                position=log.position[rows],
            )
        )
    table = np.concatenate(parts)
    unsorted = np.empty_like(table)
    unsorted[order] = table
    return unsorted


def _split(log: TrainingLog) -> tuple[Array, Array, Array]:
    """Return masks of the training, calibration and test parts; a request is in one."""
    began = np.full(int(log.request.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(began, log.request, log.time)
    moment = began[log.request]
    first, second = np.quantile(moment, SPLIT)
    return moment < first, (moment >= first) & (moment < second), moment >= second


def _train_heads(
    log: TrainingLog,
    table: Array,
    parts: tuple[Array, Array, Array],
    seed: int,
    member: Array | None,
    strength: float,
) -> tuple[dict[str, Head], list[str]]:
    learn, calibrate, _ = parts
    heads, notes = {}, []
    for action, happened in log.did.items():
        positives = int(happened[learn].sum())
        if positives < LEAST_POSITIVES or not happened[calibrate].any():
            notes.append(
                f"The log has {positives} of action {action} to learn from, fewer than "
                f"{LEAST_POSITIVES}; it isn't predicted."
            )
            continue
        weight = None
        if member is not None:
            weight = reweighed(member[log.row[learn]], happened[learn], strength)
        heads[action] = Head.train(
            table[learn],
            happened[learn],
            table[calibrate],
            happened[calibrate],
            seed=seed,
            weight=weight,
        )
    return heads, notes


def _evaluate(
    ranker: Ranker,
    log: TrainingLog,
    sample: TrainingLog,
    table: Array,
    parts: tuple[Array, Array, Array],
    notes: tuple[str, ...],
) -> TrainReport:
    learn, _, test = parts
    as_shown = ranker.probabilities(table[test])
    heads = {}
    for action, head in ranker.heads.items():
        happened = sample.did[action][test]
        heads[action] = HeadReport(
            int(sample.did[action][learn].sum()),
            area_under_curve(as_shown[action], happened),
            calibration_error(as_shown[action], happened),
            float(as_shown[action].mean()),
            float(happened.mean()),
            head.importance(),
        )
    drawn = test & sample.randomised
    enough = len(np.unique(sample.request[drawn])) >= 50
    pages = drawn if enough else test
    first = table[pages].copy()
    first[:, -1] = 1.0
    worth = ranker.expected_worth(ranker.probabilities(first))
    gain = sample.did["click"][pages] + 2.0 * sample.did["save"][pages]
    request = sample.request[pages]
    return TrainReport(
        impressions=len(log),
        requests=len(np.unique(log.request)),
        queries=len(log.queries),
        dropped=dict(log.dropped),
        heads=heads,
        ndcg=mean_ndcg(request, worth, gain),
        ndcg_logged=mean_ndcg(request, -sample.position[pages], gain),
        ndcg_requests=len(np.unique(request[gain > 0])),
        ndcg_on="randomised" if enough else "as shown",
        notes=notes,
    )
