"""From a candidate log to the share of each group after every stage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.audit.finding.stages import PHASES, Levels, Scale, StageParts, parts_of
from fairview.catalog import EventStore, Workspace
from fairview.core import UNKNOWN, DataError, MissingError, UsageError
from fairview.measure import buckets_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PHASE_OF_STAGE = {
    "ranker": "ranking",
    "world_ranker": "ranking",
    "candidate limit": "ranking",
    "reranker": "re-ranking",
    "slate": "display",
}
"""Which phase a stage of the candidate log belongs to; any other is a filter."""

_NEEDED = ("request_id", "cluster_id", "item_id", "stage", "kept", "sampling_rate")
_REMOVING = ("filtering", "ranking", "re-ranking")


@dataclass(frozen=True)
class StageLog:
    """What is needed to follow groups through the stages.

    Parameters
    ----------
    candidates
        The candidate log (schema v1): ``request_id``, ``cluster_id``, ``item_id``, ``stage``,
        ``kept``, ``sampling_rate``; and, where it is known, ``rank``: the candidate's place by
        score before re-ranking, from 1. Ranks tell ranking and re-ranking apart where one stage
        does both.
    memberships
        ``item_id``, ``attribute``, ``group``, ``probability``. What an item lacks to 1 is
        ``unknown``.
    catalogue
        ``item_id`` of all that could be found; None where supply isn't looked at.
    shown
        ``request_id``, ``item_id``, ``position`` and, for ``display="viewed"``, ``viewed``; None
        where display isn't looked at.
    target
        Group to the share that the first level is: supply's part is what the catalogue differs
        from it by. Without one the first level is the catalogue; without that, what retrieval
        brought.
    phase_of
        Stage to phase, beside and before `PHASE_OF_STAGE`.
    display
        ``exposure`` weighs positions by 1 / log2(1 + rank); ``viewed`` counts what was on screen.
    """

    candidates: pa.Table
    memberships: pa.Table
    catalogue: pa.Table | None = None
    shown: pa.Table | None = None
    target: Mapping[str, float] | None = None
    phase_of: Mapping[str, str] = field(default_factory=dict)
    display: Literal["exposure", "viewed"] = "exposure"


def stage_parts(
    log: StageLog, attribute: str, *, scale: Scale = "difference", level: float = 0.95
) -> StageParts:
    """Return the part of each stage in the gaps of an attribute's groups.

    Each request counts 1 / its sampling rate, so that a log whose rate was changed, or differs
    between surfaces, speaks for all requests. A request that some level is empty for is left out
    and counted.

    Parameters
    ----------
    log
        The candidate log and what goes with it.
    attribute
        What the groups are of.
    scale
        See `parts_of`.
    level
        The confidence of each interval.

    Raises
    ------
    DataError
        Where a column lacks, a sampling rate isn't in (0, 1], a request's differ, the target
        doesn't fit, or no request is left.
    """
    return _Reading(log, attribute).parts(scale, level)


class _Reading:
    """The rows of a candidate log in codes: requests, items, and the phase that decided."""

    def __init__(self, log: StageLog, attribute: str) -> None:
        _check(log)
        self.log, self.attribute = log, attribute
        self.requests, self.request = _coded(log.candidates["request_id"])
        self.items, self.item = _coded(log.candidates["item_id"])
        self.groups, self.membership = _memberships(log, attribute, self.items)
        self.kept = log.candidates["kept"].to_numpy(zero_copy_only=False).astype(bool)
        self.phase = self._phases()
        self.notes: list[str] = []

    def parts(self, scale: Scale, level: float) -> StageParts:
        phases, levels = self._followed()
        counted = [False] * len(phases)
        if self.log.catalogue is not None:
            supply = self._constant(self._supply())
            phases, levels, counted = ["retrieval", *phases], [supply, *levels], [False, *counted]
        if self.log.target is not None:
            first = "retrieval" if self.log.catalogue is None else "supply"
            if first == "retrieval":
                self.notes.append(
                    "Supply and retrieval can't be told apart without the catalogue; what stands "
                    "under retrieval is both."
                )
            target = self._constant(self._target())
            phases, levels = [first, *phases], [target, *levels]
            counted = [first == "supply", *counted]
        if not phases:
            raise DataError(
                "The log shows no step to look at: give the catalogue, a target, or what was shown."
            )
        defined = np.all([np.isfinite(part[:, 0]) for part in levels], axis=0)
        if not defined.any():
            raise DataError("No request has candidates left after every stage.")
        weight, bucket = self._weights()
        occupied, row = np.unique(bucket[defined], return_inverse=True)
        stacked = (
            np.stack([part[defined] for part in levels], axis=1) * weight[defined][:, None, None]
        )
        sums = np.zeros((len(occupied), *stacked.shape[1:]))
        np.add.at(sums, row, stacked)
        return parts_of(
            Levels(
                tuple(phases),
                self.groups,
                tuple(counted),
                np.bincount(row, weights=weight[defined]).astype(np.float64),
                sums,
            ),
            self.attribute,
            scale=scale,
            level=level,
            requests=int(defined.sum()),
            excluded={"requests with nothing left at some level": int((~defined).sum())},
            notes=self.notes,
        )

    def _followed(self) -> tuple[list[str], list[Floats]]:
        """Return the phases that the log shows, and the levels around them: R x G each."""
        rank = self._rank()
        present = {name for name in _REMOVING if ((self.phase == name) & ~self.kept).any()}
        if rank is not None:
            present |= {"ranking", "re-ranking"}
        elif "re-ranking" in present:
            self.notes.append(
                "The log holds no ranks, so the order that the ranker gave and what the re-ranker "
                "made of it can't be told apart: both stand under re-ranking."
            )
        alive = np.ones(len(self.request), bool)
        phases, levels = [], [self._share(alive.astype(np.float64))]
        for phase in (name for name in _REMOVING if name in present):
            alive = alive & (self.kept | (self.phase != phase))
            if phase == "ranking" and rank is not None:
                size = np.bincount(self.request, self.kept, minlength=len(self.requests))
                level = self._share((alive & (rank <= size[self.request])).astype(np.float64))
            else:
                level = self._share(alive.astype(np.float64))
            phases.append(phase)
            levels.append(level)
        if self.log.shown is not None:
            phases.append("display")
            levels.append(self._displayed(self.log.shown))
        return phases, levels

    def _share(
        self, weight: Floats, request: Ints | None = None, item: Ints | None = None
    ) -> Floats:
        """Return R x G shares of summed weights of rows; NaN where a request has none."""
        owner = self.request if request is None else request
        held = self.membership[self.item if item is None else item]
        number = len(self.requests)
        total = np.bincount(owner, weight, minlength=number)
        sums = np.column_stack(
            [
                np.bincount(owner, weight * held[:, g], minlength=number)
                for g in range(held.shape[1])
            ]
        )
        shares = np.full(sums.shape, np.nan)
        np.divide(sums, total[:, None], out=shares, where=total[:, None] > 0)
        return shares

    def _displayed(self, shown: pa.Table) -> Floats:
        column = "viewed" if self.log.display == "viewed" else "position"
        for name in ("request_id", "item_id", column):
            if name not in shown.column_names:
                raise DataError(f"The table of what was shown lacks {name}.")
        request = pc.index_in(shown["request_id"], pa.array(self.requests.tolist())).to_numpy()
        item = pc.index_in(shown["item_id"], pa.array(self.items.tolist())).to_numpy()
        value = shown[column].to_numpy(zero_copy_only=False).astype(np.float64)
        logged = ~np.isnan(request.astype(np.float64))
        foreign = logged & np.isnan(item.astype(np.float64))
        if foreign.any():
            raise DataError(
                f"{int(foreign.sum())} shown items aren't among the logged candidates of any "
                f"request; the two logs aren't of the same pages."
            )
        if self.log.display == "exposure":
            if (value[logged] < 1).any():
                raise DataError("A shown item stands at a position below 1; positions start at 1.")
            value = 1 / np.log2(1 + value)
        owner, which = request[logged].astype(np.int64), item[logged].astype(np.int64)
        return self._share(np.nan_to_num(value[logged]), owner, which)

    def _rank(self) -> Floats | None:
        if "rank" not in self.log.candidates.column_names:
            return None
        rank = self.log.candidates["rank"].to_numpy(zero_copy_only=False).astype(np.float64)
        return np.where(np.isnan(rank), np.inf, rank)

    def _phases(self) -> npt.NDArray[np.str_]:
        known = {**PHASE_OF_STAGE, **self.log.phase_of}
        wrong = sorted(set(known.values()) - set(PHASES))
        if wrong:
            raise UsageError(f"There is no phase {wrong[0]!r}; there are {', '.join(PHASES)}.")
        names, code = _coded(self.log.candidates["stage"])
        return np.array([known.get(str(name), "filtering") for name in names])[code]

    def _weights(self) -> tuple[Floats, npt.NDArray[np.int16]]:
        """Return each request's weight and bucket."""
        rate = self.log.candidates["sampling_rate"].to_numpy(zero_copy_only=False)
        if not ((rate > 0) & (rate <= 1)).all():
            raise DataError("A sampling rate of the candidate log isn't in (0, 1].")
        first = np.full(len(self.requests), -1, np.int64)
        first[self.request[::-1]] = np.arange(len(self.request))[::-1]
        if (rate != rate[first][self.request]).any():
            raise DataError("A request's candidates have different sampling rates; one is right.")
        if len(set(np.round(rate, 12))) > 1:
            self.notes.append(
                f"Sampling rates from {rate.min():g} to {rate.max():g}: each request counts 1 over "
                f"its own."
            )
        cluster = self.log.candidates["cluster_id"].to_numpy(zero_copy_only=False)
        return 1 / rate[first], buckets_of(np.asarray(cluster[first], np.str_))

    def _constant(self, shares: Floats) -> Floats:
        return np.broadcast_to(shares, (len(self.requests), len(shares)))

    def _supply(self) -> Floats:
        catalogue = self.log.catalogue
        if catalogue is None or not catalogue.num_rows:
            raise DataError("The catalogue is empty, so supply can't be looked at.")
        names = np.asarray(pc.unique(catalogue["item_id"]).to_pylist(), np.str_)
        groups, held = _memberships(self.log, self.attribute, names)
        order = [groups.index(group) for group in self.groups]
        return np.asarray(held.mean(axis=0)[order])

    def _target(self) -> Floats:
        target = dict(self.log.target or {})
        extra = sorted(set(target) - set(self.groups))
        if extra:
            raise DataError(f"The target names {', '.join(extra)}, which no item of the log is.")
        if min(target.values()) < 0 or not math.isclose(sum(target.values()), 1, abs_tol=1e-6):
            raise DataError(
                f"The target's shares add up to {sum(target.values()):g}; they must to 1."
            )
        return np.array([target.get(group, 0.0) for group in self.groups])


def _check(log: StageLog) -> None:
    lacking = [name for name in _NEEDED if name not in log.candidates.column_names]
    if lacking:
        raise DataError(f"The candidate log lacks {', '.join(lacking)}; see its schema.")
    if not log.candidates.num_rows:
        raise DataError("The candidate log is empty, so no stage can be looked at.")
    for name in _NEEDED:
        if log.candidates[name].null_count:
            raise DataError(f"Column {name!r} of the candidate log has nulls; fill them.")


def _coded(column: Any) -> tuple[npt.NDArray[np.str_], Ints]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    names = np.asarray(encoded.dictionary.to_pylist(), np.str_)
    return names, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _memberships(
    log: StageLog, attribute: str, items: npt.NDArray[np.str_]
) -> tuple[tuple[str, ...], Floats]:
    """Return the groups, ``unknown`` last, and the memberships of these items; rows add up to 1."""
    table = log.memberships.filter(pc.equal(log.memberships["attribute"], pa.scalar(attribute)))
    names = sorted({str(name) for name in table["group"].unique().to_pylist()} - {UNKNOWN})
    if not names:
        raise DataError(f"The log has no memberships of {attribute!r}.")
    groups = (*names, UNKNOWN)
    held = np.zeros((len(items), len(groups)))
    place = pc.index_in(table["item_id"], pa.array(items.tolist()))
    there = pc.is_valid(place).to_numpy(zero_copy_only=False).astype(bool)
    row = place.drop_null().to_numpy().astype(np.int64)
    column = pc.index_in(table["group"], pa.array(groups)).to_numpy().astype(np.int64)[there]
    chance = table["probability"].to_numpy(zero_copy_only=False).astype(np.float64)[there]
    np.add.at(held, (row, column), chance)
    known = held[:, :-1].sum(axis=1)
    if (held < 0).any() or (known > 1 + 1e-6).any():
        raise DataError(f"Memberships of {attribute!r} aren't probabilities that add up to 1.")
    held[:, -1] = np.maximum(1 - known, 0.0)
    return groups, held


def workspace_stage_log(
    workspace: Workspace, attribute: str, *, surface: str = "search"
) -> StageLog:
    """Return a workspace's candidate log of one surface, with its catalogue and what was shown.

    Raises
    ------
    MissingError
        Where no candidates were logged.
    DataError
        Where the catalogue is empty, or nothing is known of the attribute.
    """
    from fairview.audit.attributes import ItemAttributes
    from fairview.audit.event_tables import EventTables, Reading

    known = ItemAttributes.read(workspace, [attribute])
    if attribute not in known.groups:
        raise DataError(" ".join(known.missing))
    store = EventStore(workspace)
    candidates = store.candidates()
    mine = candidates.filter(pc.equal(candidates["surface"], pa.scalar(surface)))
    if not mine.num_rows:
        raise MissingError(
            f"No candidates of the surface {surface!r} were logged, so stages can't be told apart."
        )
    shown = None
    if store.count():
        rows, _ = EventTables(workspace, Reading(surface=surface)).shown()
        logged = pc.is_in(rows["request_id"], pc.unique(mine["request_id"]))
        shown = rows.filter(logged).select(["request_id", "item_id", "position", "viewed"])
    catalogue = pa.table({"item_id": pa.array(known.item_ids.tolist(), pa.string())})
    return StageLog(mine, known.memberships, catalogue=catalogue, shown=shown)
