"""Day 1 against week 4: re-rankers in a synthetic world that goes on living under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from fairview.catalog.world import World
from fairview.experiments import Drift, Weeks, simulate_weeks
from fairview.slate import kernel

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]


@dataclass(frozen=True)
class RerankedPages:
    """A policy: the query's candidates in the order that a re-ranker chooses.

    Parameters
    ----------
    world
        Gives the items' topics and memberships.
    reranker
        A registered re-ranker.
    diversity, representation
        Its weights.
    target
        K shares; even where None.
    floor
        Its relevance floor.
    """

    world: World
    reranker: str
    diversity: float = 0.35
    representation: float = 0.0
    target: tuple[float, ...] | None = None
    floor: float = 0.0

    def __call__(self, query: int, item: Codes, relevance: Floats) -> Codes:
        """Return the places of the page, best first."""
        member = self.world.items.membership()[item].astype(np.float64)
        groups = member.shape[1] - 1
        target = np.full(groups, 1 / groups) if self.target is None else np.array(self.target)
        low, span = relevance.min(initial=0.0), np.ptp(relevance) if len(relevance) else 0.0
        scaled = (relevance - low) / span if span > 0 else np.ones(len(relevance))
        chosen = kernel(self.reranker).rerank(
            scaled,
            self.world.items.topic[item].astype(np.float32),
            member,
            target,
            self.world.parameters.slate_size,
            item_ids=item,
            diversity=self.diversity,
            representation=self.representation,
            floor=self.floor,
        )
        return np.asarray(chosen.order, np.int64)


@dataclass(frozen=True)
class DailyChange:
    """How a figure of one policy differs from the baseline's, day by day, in per cent.

    `low` and `high` are the ends of t intervals over replicates that share their chance in pairs.
    """

    policy: str
    figure: str
    mean: Floats
    low: Floats
    high: Floats
    runs: Floats
    level: float = 0.95

    def between(self, first: int, last: int) -> tuple[float, float, float]:
        """Return mean and ends of the mean over days `first` to `last`, from 1, both counted.

        The interval is of the runs' own means over these days.
        """
        runs = self.runs[:, first - 1 : last].mean(axis=1)
        reach = _reach(runs[:, None], self.level)[0]
        mean = float(runs.mean())
        return mean, mean - reach, mean + reach


def long_run(
    world: World,
    policies: Mapping[str, RerankedPages],
    *,
    seeds: Sequence[int],
    days: int = 28,
    drift: Drift | None = None,
    progress: Progress | None = None,
) -> dict[str, list[Weeks]]:
    """Let the world live under each policy, once per seed; policies share the seeds' chance."""
    found: dict[str, list[Weeks]] = {}
    done, of = 0, len(policies) * len(seeds)
    for name, policy in policies.items():
        found[name] = []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            found[name].append(simulate_weeks(world, policy, days=days, drift=drift, rng=rng))
            done += 1
            if progress:
                progress(done, of)
    return found


def daily_changes(
    weeks: Mapping[str, Sequence[Weeks]], baseline: str, figure: str, level: float = 0.95
) -> list[DailyChange]:
    """Return each policy's change of a figure against the baseline, in per cent of it.

    Of a baseline of 0 there is no per cent: such a day's change is NaN.
    """
    base = np.array([each.figures[figure] for each in weeks[baseline]])
    changes = []
    for name, runs in weeks.items():
        if name == baseline:
            continue
        mine = np.array([each.figures[figure] for each in runs])
        undefined = np.full(base.shape, np.nan)
        relative = 100 * np.divide(mine - base, base, out=undefined, where=base > 0)
        reach, mean = _reach(relative, level), relative.mean(axis=0)
        changes.append(DailyChange(name, figure, mean, mean - reach, mean + reach, relative, level))
    return changes


def _reach(runs: Floats, level: float) -> Floats:
    """Return half the width of the t interval of the mean over runs (n x m); infinite for one."""
    n = len(runs)
    if n < 2:
        return np.full(runs.shape[1], np.inf)
    spread = runs.std(axis=0, ddof=1) / np.sqrt(n)
    return np.asarray(float(stats.t.ppf((1 + level) / 2, n - 1)) * spread)


def weeks_chart(changes: Sequence[DailyChange], baseline: str) -> str:
    """Return an SVG of each policy's change on day 1 and in each week, with intervals."""
    import vl_convert

    figure, days = changes[0].figure, len(changes[0].mean)
    spans = [("day 1", 1, 1)]
    spans += [
        (f"week {first // 7 + 1}", first, min(first + 6, days)) for first in range(1, days + 1, 7)
    ]
    rows = []
    for change in changes:
        for span, first, last in spans:
            mean, low, high = change.between(first, last)
            if not np.isfinite([mean, low, high]).all():
                continue
            rows.append(
                {"policy": change.policy, "span": span, "mean": mean, "low": low, "high": high}
            )
    names = [change.policy for change in changes]
    title = f"{figure}, per cent against {baseline}"
    x = {
        "field": "span",
        "sort": [span for span, _, _ in spans],
        "title": None,
        "axis": {"labelAngle": 0, "labelFontSize": 13},
    }
    offset = {"field": "policy", "sort": names}
    y = {"field": "mean", "type": "quantitative", "title": title}
    colour = {
        "field": "policy",
        "scale": {"domain": names, "range": COLOURS[: len(names)]},
        "legend": {"orient": "top", "title": None, "labelLimit": 300, "labelFontSize": 13},
    }
    shared = {"x": x, "xOffset": offset, "color": colour}
    zero = {"field": "zero", "type": "quantitative"}
    spec = {
        "width": 640,
        "height": 320,
        "background": None,
        "config": {
            "font": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
            "view": {"stroke": None},
            "axis": {"gridColor": "#e8ebf0", "domain": False, "ticks": False},
        },
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": "#5b6472"},
                "encoding": {"y": zero},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"},
                "encoding": {**shared, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {**shared, "y": y},
            },
        ],
    }
    return str(vl_convert.vegalite_to_svg(spec))


__all__ = ["DailyChange", "RerankedPages", "daily_changes", "long_run", "weeks_chart"]
