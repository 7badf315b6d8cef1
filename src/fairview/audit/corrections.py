"""Figures of inferred attributes, corrected for how often readings are wrong.

A correction stands beside the raw figure, never in its place. It is made from the readings as
they are (not from their probabilities), of the rows that could be read, and only in the domain
where the error model was measured; elsewhere there is a band of what other errors would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import Contract, DataError
from fairview.measure import (
    Cells,
    GroupCellsMeasure,
    Measure,
    Precision,
    Reduced,
    SamplingUnit,
    Status,
)
from fairview.measure.measures.exposure_share import ExposureShare
from fairview.measure.measures.group_share import GroupShare
from fairview.measure.measures.sampled_group_share import SampledGroupShare
from fairview.measure.statistics import ErrorModel, band, cluster_weights, correct, shares, varied

Floats = npt.NDArray[np.float64]
AS_READ = "_as_read"
"""What stands behind an attribute's name where its hard readings are meant."""
_SHARES = (GroupShare, SampledGroupShare, ExposureShare)


@dataclass(frozen=True)
class Inferred:
    """How an attribute's readings err, and where this data comes from.

    Parameters
    ----------
    model
        The error model of the readings.
    domain
        The domain of the data that is audited.
    column
        The attribute of the log that holds the hard readings.
    """

    model: ErrorModel
    domain: str
    column: str

    @classmethod
    def of_contract(cls, contract: Contract, domain: str) -> Inferred | None:
        """Return what a signal's contract says of its errors; None where it says nothing.

        The conditions of one domain are put together: the one that the data is of where there is
        one, else the first.
        """
        domains = [each.domain for each in contract.confusion]
        if not domains:
            return None
        chosen = domain if domain in domains else domains[0]
        models = [
            ErrorModel(each.groups, each.counts, each.domain, contract.version, each.condition)
            for each in contract.confusion
            if each.domain == chosen
        ]
        return cls(ErrorModel.pooled(models), domain, contract.name + AS_READ)


@dataclass(frozen=True)
class CorrectedFigure:
    """One figure as read, corrected, and under other assumptions about errors."""

    group: str
    raw: float | None
    value: float | None
    low: float | None
    high: float | None
    band_low: float | None
    band_high: float | None


@dataclass(frozen=True)
class Correction:
    """The corrected figures of one measure.

    Parameters
    ----------
    measure
        The measure's identity.
    attribute
        The attribute that was read.
    figures
        One per group.
    level
        Of the intervals.
    status
        ``ok``, or ``insufficient`` where the error model corrects nothing here.
    domain, measured_on
        Where the data comes from, and where the error model was measured.
    note
        Why there is no correction, or what it assumes.
    """

    measure: str
    attribute: str
    figures: tuple[CorrectedFigure, ...]
    level: float
    status: Status
    domain: str
    measured_on: str
    note: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**asdict(self), "status": self.status.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Correction:
        """Return the correction that `to_dict` gave."""
        known = dict(data)
        known["figures"] = tuple(CorrectedFigure(**each) for each in data["figures"])
        known["status"] = Status(data["status"])
        return cls(**known)


def as_read(measure: Measure, inferred: Mapping[str, Inferred]) -> Measure | None:
    """Return the measure of the hard readings that corrects another; None where nothing does.

    Shares of groups and rates per group can be corrected, sliced by the inferred attribute alone.
    """
    by = getattr(measure, "by", None)
    if by not in inferred or getattr(measure, "requests_by", None):
        return None
    is_rate = isinstance(measure, GroupCellsMeasure) and measure.proportion
    if is_rate and isinstance(measure, GroupCellsMeasure):
        is_rate = len(measure.components()) == 1
    if not isinstance(measure, _SHARES) and not is_rate:
        return None
    changed: Any = {"by": inferred[str(by)].column}
    return replace(measure, **changed)


def correction_of(
    measure: Measure,
    inferred: Inferred,
    reduced: Reduced,
    rng: np.random.Generator,
    precision: Precision,
) -> Correction | None:
    """Return the correction of a measure from the statistics of its hard readings.

    None where those don't hold the error model's groups, or no row could be read.
    """
    if not isinstance(reduced, Cells):
        return None
    names = reduced.components if isinstance(measure, ExposureShare) else reduced.slices
    groups = inferred.model.groups
    if any(group not in names for group in groups):
        return None
    places = [names.index(group) for group in groups]
    cells = _counts(measure, reduced, places)
    if not cells.sum() > 0:
        return None
    try:
        model = _of_reads(inferred.model)
    except DataError as error:
        nothing = tuple(CorrectedFigure(g, None, None, None, None, None, None) for g in groups)
        return _made(measure, inferred, nothing, precision, Status.INSUFFICIENT, str(error))
    whole = cells.sum(axis=0)

    def figures(counts: Floats) -> Floats:
        return _figures(measure, counts)

    found = correct(
        whole,
        model,
        inferred.domain,
        rng,
        figures=figures,
        resampled=_resampled(measure, reduced, cells, precision.replicates, rng),
        level=precision.level,
        replicates=precision.replicates,
    )
    low, high = band(varied(whole, model, figures))
    rows = (groups, found.raw, found.values, found.low, found.high, low, high)
    made = tuple(
        CorrectedFigure(str(group), *(_plain(value) for value in values))
        for group, *values in zip(*rows, strict=True)
    )
    return _made(measure, inferred, made, precision, found.status, found.note)


def correction_sentence(found: Correction) -> str:
    """Return what a correction says, in a sentence or two."""
    what = found.attribute.replace("_", " ")
    if found.status is Status.OK:
        return (
            f"Readings of {what} are wrong at a rate measured on {found.measured_on} data. "
            f"The corrected figures are those of what could be read; the correction {found.note}. "
            f"“Under other errors” is what twice and half as many errors would give."
        )
    return (
        f"Readings of {what} can be wrong, and can’t be corrected here: {found.note}. The figures "
        f"stand as they were read, beside what the measured errors, and twice and half as many, "
        f"would make of them."
    )


def _made(
    measure: Measure,
    inferred: Inferred,
    figures: Sequence[CorrectedFigure],
    precision: Precision,
    status: Status,
    note: str,
) -> Correction:
    return Correction(
        measure.identity,
        str(getattr(measure, "by", "")),
        tuple(figures),
        precision.level,
        status,
        inferred.domain,
        inferred.model.domain,
        note,
    )


def _counts(measure: Measure, cells: Cells, places: list[int]) -> Floats:
    """Return b x components x (K + 1) counts per bucket; nothing is abstained."""
    if isinstance(measure, ExposureShare):
        parts = [cells.totals.sum(axis=1)[:, places]]
    elif isinstance(measure, _SHARES):
        parts = [cells.count[:, places, 0]]
    else:
        yes, every = cells.totals[:, places, 0], cells.count[:, places, 0]
        parts = [yes, np.maximum(every - yes, 0)]
    counts = np.stack(parts, axis=1)
    return np.concatenate([counts, np.zeros((*counts.shape[:2], 1))], axis=2)


def _figures(measure: Measure, counts: Floats) -> Floats:
    """Return (... x K) figures of (... x components x K) corrected counts."""
    if isinstance(measure, _SHARES) or not isinstance(measure, GroupCellsMeasure):
        return shares(counts)
    yes, every = counts[..., 0, :], counts.sum(axis=-2)
    return np.asarray(measure.figures(yes[..., None], every[..., None])[..., 0])


def _resampled(
    measure: Measure, cells: Cells, counts: Floats, replicates: int, rng: np.random.Generator
) -> Floats | None:
    """Return counts drawn again by bucket; those of a census stay, those of rows are left to it."""
    if measure.unit is SamplingUnit.BOTH:
        raise DataError(
            f"{measure} can't be corrected with the sampling unit 'both'; use 'person' or 'item'."
        )
    if measure.unit is SamplingUnit.CENSUS:
        return np.broadcast_to(counts.sum(axis=0), (replicates, *counts.shape[1:]))
    if cells.independent:
        return None
    weights = np.concatenate(list(cluster_weights(len(counts), replicates, rng)))
    return np.asarray(np.einsum("rb,bck->rck", weights, counts))


def _of_reads(model: ErrorModel) -> ErrorModel:
    """Return the error model given that something was read."""
    return replace(model, counts=tuple((*row[:-1], 0.0) for row in model.counts))


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None
