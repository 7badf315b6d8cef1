"""How much of a gap is mix, and how much is rate: who is where, and how they fare there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.audit.finding.slice_columns import SliceColumn, slice_columns
from fairview.audit.finding.tables import Roles, loss_of
from fairview.audit.findings import Finding
from fairview.core import DataError
from fairview.measure import Status, buckets_of
from fairview.measure.intervals import MINIMUM_UNITS, jackknife_interval
from fairview.measure.statistics import MixAndRate, mix_and_rate

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GapPart:
    """One part of a gap, with its interval.

    Parameters
    ----------
    name
        ``gap``, ``mix``, ``rate`` or ``unmatched``.
    value
        The part; None where it is undefined.
    low, high
        Its interval; None where there is none.
    status
        ``ok``, ``undefined`` or ``insufficient``.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    status: Status


@dataclass(frozen=True)
class Stratum:
    """One stratum: its share of both groups' rows, both groups' mean loss, and its parts.

    Where one group isn't in it, its part is `unmatched`.
    """

    name: str
    share: float
    reference_share: float
    mean: float | None
    reference_mean: float | None
    mix: float | None
    rate: float | None
    unmatched: float


@dataclass(frozen=True)
class DecomposedGap:
    """A gap between two groups, taken apart.

    Parameters
    ----------
    by, group, reference
        The attribute and the two groups; the gap is group less reference.
    strata_of
        The columns that the strata are made of.
    gap, mix, rate, unmatched
        The gap and its parts, which add up to it exactly. `unmatched` is what strata add that hold
        one of the groups only: they have no rate to compare.
    strata
        Every stratum, the largest part of the gap first.
    alone
        How many strata hold one of the groups only.
    rows, excluded
        Rows of the two groups with a loss, and rows of them without.
    level
        The confidence.
    """

    by: str
    group: str
    reference: str
    strata_of: tuple[str, ...]
    gap: GapPart
    mix: GapPart
    rate: GapPart
    unmatched: GapPart
    strata: tuple[Stratum, ...]
    alone: int
    rows: int
    excluded: int
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain = asdict(self)
        for name in ("gap", "mix", "rate", "unmatched"):
            plain[name]["status"] = plain[name]["status"].value
        return plain

    def finding(self) -> Finding:
        """Return the parts as a finding of an audit's report."""
        strata = ", ".join(self.strata_of)
        gap, mix, rate = self.gap.value, self.mix.value, self.rate.value
        sentence = (
            f"The gap of {self.group} to {self.reference} is {gap:.3g}: {mix:.3g} because they "
            f"differ in {strata}, and {rate:.3g} within the same {strata}."
            if gap is not None and mix is not None and rate is not None
            else f"The gap of {self.group} to {self.reference} is undefined."
        )
        return Finding(
            f"Mix and rate in the gap of {self.group} to {self.reference}",
            sentence,
            ("stratum", f"share of {self.group}", f"share of {self.reference}",
             f"mean of {self.group}", f"mean of {self.reference}", "mix", "rate"),
            tuple(
                (s.name, s.share, s.reference_share, s.mean, s.reference_mean, s.mix, s.rate)
                for s in self.strata
            ),
            f"Parts add up to the gap exactly (Kitagawa 1955). Mix "
            f"{_ends(self.mix)}, rate {_ends(self.rate)} at {self.level:.0%}, jackknife over "
            f"groups of people. {self.alone} strata hold one of the two groups only and add "
            f"{_ends(self.unmatched)}.",
        )  # fmt: skip


def decompose_gap(
    table: pa.Table,
    roles: Roles,
    by: str,
    group: str,
    reference: str,
    strata: Sequence[str],
    *,
    level: float = 0.95,
) -> DecomposedGap:
    r"""Return a gap in mean loss between two groups as mix and rate.

    .. math:: \bar\ell_a - \bar\ell_b = \underbrace{\sum_s (w_{as} - w_{bs})
        \frac{r_{as} + r_{bs}}{2}}_{\text{mix}} + \underbrace{\sum_s (r_{as} - r_{bs})
        \frac{w_{as} + w_{bs}}{2}}_{\text{rate}}

    where w are the strata's shares of a group's rows and r its mean losses in them. Source:
    Kitagawa (1955). What a stratum adds that one group isn't in is neither, and stands apart.
    Numeric columns of the strata are cut into bands.

    Parameters
    ----------
    table
        The rows.
    roles
        Loss (or label and prediction), cluster, categories and bands; see `Roles`.
    by, group, reference
        The attribute and its two groups.
    strata
        Columns whose conjunctions are the strata.
    level
        The confidence of each interval.

    Raises
    ------
    DataError
        Where a column or group lacks.

    Examples
    --------
    Within x and within y there is no gap; a is where losses are high:

    >>> table = pa.table({"g": list("aaaabbbb"), "s": list("xxxyxyyy"),
    ...                   "loss": [1, 1, 1, 0, 1, 0, 0, 0]})
    >>> parts = decompose_gap(table, Roles(loss="loss"), "g", "a", "b", ["s"])
    >>> parts.gap.value, parts.mix.value, parts.rate.value
    (0.5, 0.5, 0.0)
    """
    loss = loss_of(table, roles)
    [owner], columns = (
        slice_columns(table, names, bands=roles.bands, categories=roles.categories)
        for names in ([by], list(strata))
    )
    for name in (group, reference):
        if name not in owner.labels:
            raise DataError(f"{by!r} has no group {name!r}; it has {', '.join(owner.labels)}.")
    side = np.select(
        [owner.codes == owner.labels.index(group), owner.codes == owner.labels.index(reference)],
        [0, 1], -1,
    )  # fmt: skip
    names, stratum = _strata(columns)
    known = (side >= 0) & ~np.isnan(loss)
    bucket = _buckets(table, roles.cluster)[known]
    occupied, place = np.unique(bucket, return_inverse=True)
    shape = (len(occupied), 2, len(names))
    cell = np.ravel_multi_index((place, side[known], stratum[known]), shape)
    count = np.bincount(cell, minlength=math.prod(shape)).reshape(shape).astype(np.float64)
    total = np.bincount(cell, loss[known], math.prod(shape)).reshape(shape)
    n, sums = count.sum(axis=0), total.sum(axis=0)
    values, each = parts_of_gap(n, sums)
    left, _ = parts_of_gap(n - count, sums - total)
    names_of_parts = ("gap", "mix", "rate", "unmatched")
    parts = {
        name: _part(name, float(values[i]), left[:, i], level)
        for i, name in enumerate(names_of_parts)
    }
    size = np.abs(np.nan_to_num(each.mix) + np.nan_to_num(each.rate) + each.unmatched)
    there = n.sum(axis=0) > 0
    order = [s for s in np.argsort(-size, kind="stable") if there[s]]
    return DecomposedGap(
        by=by,
        group=group,
        reference=reference,
        strata_of=tuple(strata),
        gap=parts["gap"],
        mix=parts["mix"],
        rate=parts["rate"],
        unmatched=parts["unmatched"],
        strata=tuple(_stratum(names[s], n, sums, s, each) for s in order),
        alone=int(((n > 0).sum(axis=0) == 1).sum()),
        rows=int(known.sum()),
        excluded=int((side >= 0).sum() - known.sum()),
        level=level,
    )


def parts_of_gap(n: Floats, total: Floats) -> tuple[Floats, MixAndRate]:
    """Return gap, mix, rate and unmatched (... x 4) of counts and sums (... x 2 x S); and strata.

    NaN where one of the groups has no row at all.
    """
    found = mix_and_rate(total[..., 0, :], n[..., 0, :], total[..., 1, :], n[..., 1, :])
    parts = np.stack([found.gap, found.total_mix, found.total_rate, found.total_unmatched], axis=-1)
    return np.where(np.isfinite(found.gap)[..., None], parts, np.nan), found


def _part(name: str, value: float, without: Floats, level: float) -> GapPart:
    if not math.isfinite(value):
        return GapPart(name, None, None, None, Status.UNDEFINED)
    if len(without) < MINIMUM_UNITS or not np.isfinite(without).all():
        return GapPart(name, value, None, None, Status.INSUFFICIENT)
    low, high = jackknife_interval(value, without, (-math.inf, math.inf), level)
    return GapPart(name, value, low, high, Status.OK)


def _stratum(name: str, n: Floats, total: Floats, s: int, parts: MixAndRate) -> Stratum:
    shares = n[:, s] / np.maximum(n.sum(axis=1), 1)
    means = [float(total[g, s] / n[g, s]) if n[g, s] else None for g in (0, 1)]
    both = bool((n[:, s] > 0).all())
    return Stratum(
        name=name,
        share=float(shares[0]),
        reference_share=float(shares[1]),
        mean=means[0],
        reference_mean=means[1],
        mix=float(parts.mix[s]) if both else None,
        rate=float(parts.rate[s]) if both else None,
        unmatched=float(parts.unmatched[s]),
    )


def _strata(columns: Sequence[SliceColumn]) -> tuple[list[str], npt.NDArray[np.int64]]:
    sizes = [len(column.labels) for column in columns]
    code = np.ravel_multi_index([column.codes for column in columns], sizes)
    found, place = np.unique(code, return_inverse=True)
    parts = np.unravel_index(found, sizes)
    names = [
        " & ".join(
            f"{column.name}={column.labels[value]}"
            for column, value in zip(columns, values, strict=True)
        )
        for values in zip(*parts, strict=True)
    ]
    return names, place.astype(np.int64)


def _buckets(table: pa.Table, cluster: str | None) -> npt.NDArray[np.int16]:
    """Return each row's bucket; without a cluster each row is one of its own."""
    if cluster is None:
        return buckets_of([f"row {number}" for number in range(table.num_rows)])
    if cluster not in table.column_names:
        raise DataError(f"The log has no column {cluster}; it names independent units.")
    return buckets_of(np.asarray(table[cluster].cast(pa.string()).to_pylist(), np.str_))


def _ends(part: GapPart) -> str:
    if part.value == 0 and part.low == part.high:
        return "0"
    if part.low is None or part.high is None:
        return part.status.value
    return f"{part.low:.3g} to {part.high:.3g}"
