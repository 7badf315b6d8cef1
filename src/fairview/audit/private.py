"""Audits under a privacy budget: only noisy figures leave, and the budget keeps account.

Of each person one row is read, drawn at random, so rows are independent and nobody counts for more
than their row. It adds to at most one slice per split and at most twice per measure, which bounds
what one person can change without looking at the data. Every released number is made of the noisy
sums; exact counts, the data's digest and its statistics are not released at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import special

from fairview.audit.gates import decide_together
from fairview.audit.logs import AuditLog
from fairview.audit.result import AuditResult
from fairview.audit.spec import AuditSpec
from fairview.audit.spec_parts import PrivacySpec
from fairview.core import UNKNOWN, DataError, RunRecord, UsageError, Verdict
from fairview.measure import (
    OVERALL,
    DuckDBEngine,
    Estimate,
    GroupCellsMeasure,
    Precision,
    SamplingUnit,
    Status,
)
from fairview.measure.engines.expressions import with_bands
from fairview.measure.slices import JOIN, Band, parts_of
from fairview.measure.statistics import PrivacyLedger, epsilon_of, private_totals

Floats = npt.NDArray[np.float64]
METHOD = "Gaussian mechanism on one row per person, normal"
_MOST = 50_000_000
"""More people times cells than this don't fit in memory at once."""


@dataclass(frozen=True)
class _Cell:
    """Where one measure's noisy sums of one slice stand: how many said yes, and how many at all."""

    label: str
    yes: int
    every: int


def private_audit(
    spec: AuditSpec,
    log: AuditLog,
    *,
    rng: np.random.Generator,
    record: Mapping[str, Any],
    folder: Path,
) -> AuditResult:
    """Audit a log and release figures that hardly depend on any one person.

    Parameters
    ----------
    spec
        With a privacy budget; its measures are rates of decisions or actions.
    log
        The log.
    rng
        Chooses each person's row; noise never comes from it.
    record
        What the run record holds of how it was run: command, seed and clock.
    folder
        What the ledger's path is relative to.

    Raises
    ------
    DataError
        Where a measure can't be made so, or a slice's groups aren't declared.
    UsageError
        Where the budget doesn't hold the audit; nothing is released then.
    ExtraError
        Where OpenDP isn't installed.
    """
    budget = spec.privacy
    if budget is None or log.slates is None:
        raise UsageError("A private audit needs a privacy budget and a log.")
    measures = [_checked(measure, budget, spec) for measure in spec.parsed]
    rows = _rows_of(measures, log, rng)
    cells, contributions = _contributions(measures, rows, budget, spec)
    clip = math.sqrt(2 * len(measures))
    rho = rho_of(budget.spend or budget.epsilon, budget.delta)
    ledger = PrivacyLedger(folder / budget.ledger, budget.epsilon, budget.delta)
    found = private_totals(contributions, clip, rho, ledger, spec.title)
    precision = Precision()
    level, least = spec.level or precision.level, spec.minimum_cell or precision.minimum_cell
    estimates = tuple(
        estimate
        for measure, mine in zip(measures, cells, strict=True)
        for estimate in _estimates(measure, mine, found.totals, found.error, level, least)
    )
    verdicts = decide_together(spec.gates, estimates, {}, family=spec.family)
    spent = {"rho": rho, "epsilon_spent": ledger.epsilon_spent(), "noise": found.error}
    return AuditResult(
        spec=spec,
        estimates=estimates,
        verdicts=verdicts,
        verdict=Verdict.combine(verdicts),
        counts={},
        missing=(),
        notes=(*log.notes, _said(budget, ledger, found.error)),
        run_record=RunRecord.capture(
            record["command"],
            data_digest="",
            parameters={
                "spec": spec.model_dump(mode="json"),
                "precision": asdict(Precision(level, 0, least)),
                "privacy": spent,
            },
            seed=record["seed"],
            synthetic=log.synthetic,
            clock=record["clock"],
        ),
        synthetic=log.synthetic,
        is_foreign=log.is_foreign,
    )


def rho_of(epsilon: float, delta: float) -> float:
    """Return the rho that costs this epsilon at this delta, a little less rather than more.

    Examples
    --------
    >>> round(rho_of(2.42, 1e-6), 3)
    0.125
    """
    low, high = 0.0, 1.0
    while epsilon_of(high, delta) < epsilon:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if epsilon_of(middle, delta) <= epsilon else (low, middle)
    return low


def _checked(measure: Any, budget: PrivacySpec, spec: AuditSpec) -> GroupCellsMeasure:
    is_rate = isinstance(measure, GroupCellsMeasure) and measure.proportion
    if not is_rate or len(measure.components()) != 1:
        raise DataError(
            f"{measure} can't be made under a privacy budget; only rates of decisions and actions "
            f"can, and gaps are read off them."
        )
    if measure.unit not in (SamplingUnit.PERSON, SamplingUnit.ROW):
        raise DataError(f"{measure} is about {measure.unit.value}s; a privacy budget is of people.")
    for part in parts_of(measure.by):
        if part not in budget.groups and part not in spec.bands:
            raise DataError(
                f"privacy: declare the groups of {part!r} under groups; finding them in the data "
                f"would betray that they are there."
            )
    return measure  # type: ignore[no-any-return]


def _rows_of(
    measures: Sequence[GroupCellsMeasure], log: AuditLog, rng: np.random.Generator
) -> pa.Table:
    """Return one row per person with the measures' values and slices, as plain columns."""
    if log.slates is None:
        raise UsageError("A private audit needs a log.")
    engine = DuckDBEngine(log.slates)
    for measure in measures:
        engine.check(measure)
    import ibis

    table = with_bands(_table(log.slates.rows), log.slates.bands)
    named: dict[str, Any] = {}
    if any(m.unit is SamplingUnit.PERSON for m in measures):
        named["person"] = table["cluster_id"].cast("string")
    for part in sorted({part for m in measures for part in parts_of(m.by)}):
        named[f"by {part}"] = table[part].cast("string")
    for place, measure in enumerate(measures):
        [component] = measure.components()
        among = component.among(table)
        value = component.value(table)
        named[f"value {place}"] = value if among is None else ibis.ifelse(among, value, None)
    frame: pa.Table = table.select(**named).to_pyarrow()
    order = rng.permutation(frame.num_rows)
    if "person" in named:
        if frame["person"].null_count:
            raise DataError("Some rows have no cluster_id; a privacy budget needs to know whose.")
        people = np.asarray(frame["person"].to_numpy(zero_copy_only=False)).astype(str)
        order = order[np.unique(people[order], return_index=True)[1]]
    return frame.take(pa.array(order))


def _table(source: Any) -> Any:
    import ibis

    if not isinstance(source, str | Path):
        return ibis.memtable(source)
    is_csv = str(source).lower().endswith((".csv", ".csv.gz"))
    return ibis.read_csv(source) if is_csv else ibis.read_parquet(source)


def _contributions(
    measures: Sequence[GroupCellsMeasure], rows: pa.Table, budget: PrivacySpec, spec: AuditSpec
) -> tuple[list[list[_Cell]], Floats]:
    """Return the cells of each measure, and people x sums that each person adds to them."""
    groups = {name: (*names, UNKNOWN) for name, names in budget.groups.items()}
    for name, band in spec.bands.items():
        groups[name] = (*Band(band.column, band.starts).names, UNKNOWN)
    made: list[list[_Cell]] = []
    columns: list[npt.NDArray[np.int64]] = []
    values: list[Floats] = []
    width = 0
    for place, measure in enumerate(measures):
        parts = parts_of(measure.by)
        labels = [JOIN.join(each) for each in product(*(groups[part] for part in parts))]
        code = np.zeros(rows.num_rows, np.int64)
        for part in parts:
            names = groups[part]
            index = {name: i for i, name in enumerate(names)}
            found = rows[f"by {part}"].to_pylist()
            code = code * len(names) + np.array([index.get(v, len(names) - 1) for v in found])
        value = np.asarray(
            rows[f"value {place}"].cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64
        )
        made.append(
            [_Cell(label, width + 2 * i, width + 2 * i + 1) for i, label in enumerate(labels)]
        )
        columns.append(np.where(np.isnan(value), -1, width + 2 * code))
        values.append(value)
        width += 2 * len(labels)
    if rows.num_rows * width > _MOST:
        raise DataError(
            f"{rows.num_rows:,} people in {width:,} cells don't fit at once; ask for fewer slices."
        )
    contributions = np.zeros((rows.num_rows, width))
    person = np.arange(rows.num_rows)
    for column, value in zip(columns, values, strict=True):
        there = column >= 0
        contributions[person[there], column[there]] = value[there]
        contributions[person[there], column[there] + 1] = 1.0
    return made, contributions


def _estimates(
    measure: GroupCellsMeasure,
    cells: Sequence[_Cell],
    totals: Floats,
    error: float,
    level: float,
    least: int,
) -> list[Estimate]:
    known = [(c.label, [c]) for c in cells]
    return [
        _estimate(
            measure,
            label,
            (
                sum(float(totals[c.yes]) for c in each),
                sum(float(totals[c.every]) for c in each),
                error * math.sqrt(len(each)),
            ),
            level,
            least,
        )
        for label, each in [*known, (OVERALL, list(cells))]
    ]


def _estimate(
    measure: GroupCellsMeasure,
    label: str,
    noisy: tuple[float, float, float],
    level: float,
    least: int,
) -> Estimate:
    """Return a rate of noisy sums, its interval holding the noise and the sampling."""
    yes, every, error = noisy
    value = low = high = None
    status, note = Status.OK, ""
    n = max(round(every), 0)
    if every < max(least, 4 * error):
        status, note = Status.SUPPRESSED, "too few for the noise that protects people"
    else:
        share = min(max(yes / every, 0.0), 1.0)
        spread = share * (1 - share) / every + (error / every) ** 2 * (1 + share**2)
        reach = float(special.ndtri((1 + level) / 2)) * math.sqrt(spread)
        ends = [max(share - reach, 0.0), share, min(share + reach, 1.0)]
        figures = measure.figures(np.array(ends)[:, None], np.ones((3, 1)))[:, 0]
        value = float(figures[1])
        low, high = float(figures.min()), float(figures.max())
    return Estimate(
        measure.identity, label, value, low, high, level, n, float(n), 0, status,
        SamplingUnit.PERSON, METHOD if value is not None else "none", note,
    )  # fmt: skip


def _said(budget: PrivacySpec, ledger: PrivacyLedger, error: float) -> str:
    return (
        f"Figures are under differential privacy: each count has noise of standard deviation "
        f"{error:.3g}, and {ledger.epsilon_spent():.3g} of a budget of epsilon {budget.epsilon:g} "
        f"(at delta {budget.delta:g}) is spent. Of each person one row was read; how many rows "
        f"there are, and the data's digest, aren't released."
    )
