"""Where a gap comes from: the part that each stage of a pipeline adds to it.

The candidate log says of every candidate which stage decided about it, so the share of a group
can be followed from the catalogue to the page. Each stage's part is the step in that share; the
steps add up to the whole gap, exactly, because every level is averaged over the same requests.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fairview.audit.findings import Finding
from fairview.measure import Status
from fairview.measure.intervals import MINIMUM_UNITS, jackknife_interval

Floats = npt.NDArray[np.float64]
Scale = Literal["difference", "log"]

PHASES = ("supply", "retrieval", "filtering", "ranking", "re-ranking", "display")
"""The phases, in order: what there is, what sources bring, what filters remove, what the ranker
prefers, what the re-ranker chooses, and where on the page it is shown."""


@dataclass(frozen=True)
class Levels:
    """The share of each group at every level, per bucket of whole clusters; buckets add up.

    Parameters
    ----------
    phases
        The L phases, in order; phase l leads from level l to level l + 1.
    groups
        The G groups, ``unknown`` among them.
    counted
        L booleans: is a phase's part counted, with nothing sampled on either side?
    weight
        b summed weights of requests: each request counts 1 / its sampling rate.
    shares
        b x (L + 1) x G weighted sums of shares; level 0 is what the first phase starts from.
    """

    phases: tuple[str, ...]
    groups: tuple[str, ...]
    counted: tuple[bool, ...]
    weight: Floats
    shares: Floats

    def means(self) -> Floats:
        """Return (L + 1) x G mean shares."""
        return np.asarray(self.shares.sum(axis=0) / self.weight.sum())

    def left_out(self) -> Floats:
        """Return b x (L + 1) x G mean shares without one bucket each."""
        left = self.shares.sum(axis=0) - self.shares
        return np.asarray(left / (self.weight.sum() - self.weight)[:, None, None])


@dataclass(frozen=True)
class StagePart:
    """What one phase adds to the gap of one group.

    Parameters
    ----------
    phase, group
        Which.
    before, after
        The group's mean share before and after the phase.
    part
        The step: a difference, or a difference of logs; None where it is undefined.
    low, high
        Its interval; None where there is none.
    status
        ``ok``; ``undefined`` for the log of nothing; ``insufficient`` for too few people.
    method
        How the interval was made; ``counted`` where nothing was sampled.
    """

    phase: str
    group: str
    before: float
    after: float
    part: float | None
    low: float | None
    high: float | None
    status: Status
    method: str

    @property
    def is_shown(self) -> bool:
        """Whether the whole interval lies on one side of 0, or the part was counted and isn't 0."""
        if self.low is None or self.high is None:
            return self.method == "counted" and bool(self.part)
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class StageParts:
    """The parts of every group's gap.

    Parameters
    ----------
    attribute
        What the groups are of.
    scale
        ``difference``: of shares; ``log``: of their natural logs, so that the sum is a skew.
    parts
        Phase after phase, group after group.
    whole
        The whole gap of each group, in the same form, with the phase ``all``.
    requests
        Requests that every level is defined for.
    clusters
        Independent buckets of people.
    excluded
        Why other requests are left out, and how many.
    level
        The confidence.
    notes
        What can't be told apart, and what the sampling was; sentences.
    """

    attribute: str
    scale: Scale
    parts: tuple[StagePart, ...]
    whole: tuple[StagePart, ...]
    requests: int
    clusters: int
    excluded: Mapping[str, int]
    level: float
    notes: tuple[str, ...] = ()

    def of(self, group: str) -> tuple[StagePart, ...]:
        """Return one group's parts, in the order of the phases."""
        return tuple(part for part in self.parts if part.group == group)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain = asdict(self)
        for rows in (plain["parts"], plain["whole"]):
            for row in rows:
                row["status"] = row["status"].value
        return plain

    def finding(self) -> Finding:
        """Return the parts as a finding of an audit's report."""
        words = self.attribute.replace("_", " ")
        rows = []
        for whole in self.whole:
            rows += [_row(part) for part in (*self.of(whole.group), whole)]
        return Finding(
            f"Where the gaps in {words} come from",
            self._sentence(),
            ("group", "stage", "share before", "share after", "adds", "from", "to"),
            tuple(rows),
            f"Steps of each group's mean share over {self.requests:,} requests; they add up to "
            f"the whole exactly. Intervals: {self.level:.0%}, jackknife over {self.clusters:,} "
            f"groups of people. " + " ".join(self.notes),
        )

    def _sentence(self) -> str:
        shown = [p for p in self.parts if p.is_shown and p.part is not None]
        if not shown:
            return "No stage changes a group's share by more than chance can."
        worst = min(shown, key=lambda p: p.part or 0.0)
        if (worst.part or 0.0) >= 0:
            return "No stage takes from a group's share by more than chance can."
        whole = next(w for w in self.whole if w.group == worst.group)
        return (
            f"The largest loss: {worst.phase} takes the share of {worst.group} from "
            f"{worst.before:.1%} to {worst.after:.1%}; all stages together take it from "
            f"{whole.before:.1%} to {whole.after:.1%}."
        )


def parts_of(
    levels: Levels,
    attribute: str,
    *,
    scale: Scale = "difference",
    level: float = 0.95,
    requests: int = 0,
    excluded: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
) -> StageParts:
    r"""Return each phase's part in each group's gap.

    .. math:: s_L - s_0 = \sum_{l=1}^{L} (s_l - s_{l-1}), \qquad
        \ln\frac{s_L}{s_0} = \sum_{l=1}^{L} \ln\frac{s_l}{s_{l-1}}

    where s_0 is what the first phase starts from, and s_l the mean over requests of the group's
    share among what is left after phase l.

    Parameters
    ----------
    levels
        Shares per bucket.
    attribute
        What the groups are of.
    scale
        Differences, or differences of logs.
    level
        The confidence of each interval.
    requests, excluded, notes
        Told on in the result.

    Examples
    --------
    Half of the catalogue is a; ranking leaves a fifth of it, in every one of ten buckets.

    >>> shares = np.tile([[[0.5, 0.5], [0.5, 0.5], [0.2, 0.8]]], (10, 1, 1))
    >>> levels = Levels(("retrieval", "ranking"), ("a", "b"), (False, False), np.ones(10), shares)
    >>> [(p.phase, round(p.part, 3)) for p in parts_of(levels, "x").of("a")]
    [('retrieval', 0.0), ('ranking', -0.3)]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, left = levels.means(), levels.left_out()
        figures = (np.log(mean), np.log(left)) if scale == "log" else (mean, left)
    steps = len(levels.phases)

    def step(phase: str, first: int, last: int, counted: bool) -> list[StagePart]:
        with np.errstate(invalid="ignore"):
            value = figures[0][last] - figures[0][first]
            without = figures[1][:, last] - figures[1][:, first]
        return [
            _part(
                StagePart(
                    phase,
                    group,
                    float(mean[first, g]),
                    float(mean[last, g]),
                    None,
                    None,
                    None,
                    Status.UNDEFINED,
                    "none",
                ),
                float(value[g]),
                without[:, g],
                counted,
                level,
            )
            for g, group in enumerate(levels.groups)
        ]

    parts = [step(p, i, i + 1, levels.counted[i]) for i, p in enumerate(levels.phases)]
    return StageParts(
        attribute=attribute,
        scale=scale,
        parts=tuple(part for phase in parts for part in phase),
        whole=tuple(step("all", 0, steps, all(levels.counted))),
        requests=requests,
        clusters=int((levels.weight > 0).sum()),
        excluded=dict(excluded or {}),
        level=level,
        notes=tuple(notes),
    )


def _part(
    empty: StagePart, value: float, without: Floats, counted: bool, level: float
) -> StagePart:
    if not math.isfinite(value):
        return empty
    if counted:
        return replace(empty, part=value, status=Status.OK, method="counted")
    if len(without) < MINIMUM_UNITS or not np.isfinite(without).all():
        return replace(empty, part=value, status=Status.INSUFFICIENT)
    low, high = jackknife_interval(value, without, (-math.inf, math.inf), level)
    method = "jackknife of buckets, Student's t"
    return replace(empty, part=value, low=low, high=high, status=Status.OK, method=method)


def _row(part: StagePart) -> tuple[str | float | None, ...]:
    return (
        part.group,
        "all stages" if part.phase == "all" else part.phase,
        part.before,
        part.after,
        part.part,
        part.low,
        part.high,
    )
