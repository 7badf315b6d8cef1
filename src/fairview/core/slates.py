"""Slates: the ordered result of a pipeline, with what was removed, by which stage, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from fairview.core.candidates import Candidates
from fairview.core.columns import Array


class StageStatus(Enum):
    """How a stage ended."""

    OK = "ok"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """One stage's line in the trace: how it ended, what went in and out, how long it took.

    `reason` is for whoever asked and may quote the request; `failure` is the kind of error that
    stopped the stage, and quotes nothing.
    """

    stage: str
    kind: str
    status: StageStatus
    reason: str
    items_in: int
    items_out: int
    nanoseconds: int
    failure: str = ""


@dataclass(frozen=True)
class Removed:
    """Candidates that one stage removed.

    Parameters
    ----------
    stage
        The stage's name.
    request
        m request indices.
    item_ids
        m item ids.
    reasons
        m reasons.
    """

    stage: str
    request: npt.NDArray[np.int64]
    item_ids: Array
    reasons: Array

    def __len__(self) -> int:
        return len(self.item_ids)


@dataclass(frozen=True)
class Slates:
    """R finished slates.

    Parameters
    ----------
    candidates
        The shown items in order; rank is the position within the request.
    removed
        What each stage removed, in the pipeline's order.
    outcomes
        One line per stage: what failed or was skipped is said here, never hidden.
    """

    candidates: Candidates
    removed: tuple[Removed, ...]
    outcomes: tuple[StageOutcome, ...]

    def __len__(self) -> int:
        return len(self.candidates.requests)

    @property
    def positions(self) -> npt.NDArray[np.int64]:
        """The rank of each shown item in its own slate, from 1."""
        offsets = self.candidates.offsets
        return np.arange(len(self.candidates)) - np.repeat(offsets[:-1], np.diff(offsets)) + 1

    @property
    def incomplete(self) -> tuple[StageOutcome, ...]:
        """The stages that failed or were skipped."""
        return tuple(o for o in self.outcomes if o.status is not StageStatus.OK)

    def take(self, requests: Array) -> Slates:
        """Return only these requests' slates (indices or a mask over R)."""
        index = np.flatnonzero(requests) if requests.dtype == np.bool_ else requests
        new_row = np.full(len(self), -1)
        new_row[index] = np.arange(len(index))
        removed = []
        for part in self.removed:
            mask = new_row[part.request] >= 0
            removed.append(
                replace(
                    part,
                    request=new_row[part.request[mask]],
                    item_ids=part.item_ids[mask],
                    reasons=part.reasons[mask],
                )
            )
        return Slates(self.candidates.take_requests(index), tuple(removed), self.outcomes)

    def summary(self) -> str:
        """Return one line per batch: each stage with its count and its milliseconds.

        This is what goes to the structured log; it holds no item, no query and no refinement.
        """
        parts = [
            f"{o.stage}={o.items_out}/{o.nanoseconds / 1e6:.2f}ms"
            + ("" if o.status is StageStatus.OK else f"({o.status.value}: {o.failure or o.reason})")
            for o in self.outcomes
        ]
        return f"requests={len(self)} " + " ".join(parts)
