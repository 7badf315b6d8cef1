"""Joining slates that were made chunk by chunk, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fairview.core import (
    Candidates,
    GroupColumn,
    Removed,
    Requests,
    SignalColumn,
    Slates,
    StageOutcome,
    StageStatus,
)


def joined(chunks: Sequence[Slates]) -> Slates:
    """Return the slates of all chunks as one batch; times and counts of a stage are summed."""
    if len(chunks) == 1:
        return chunks[0]
    parts = [chunk.candidates for chunk in chunks]
    first = parts[0]
    sizes = np.cumsum([0, *(len(part) for part in parts)])
    candidates = Candidates(
        _requests([part.requests for part in parts]),
        np.concatenate(
            [[0], *(part.offsets[1:] + size for part, size in zip(parts, sizes, strict=False))]
        ).astype(np.int64),
        np.concatenate([part.item_ids for part in parts]),
        first.sources,
        np.concatenate([part.brought_by for part in parts]),
        {n: np.concatenate([part.columns[n] for part in parts]) for n in _common(parts, "columns")},
        {n: _signals([part.signals[n] for part in parts]) for n in _common(parts, "signals")},
        {n: _groups([part.groups[n] for part in parts]) for n in _common(parts, "groups")},
    )
    return Slates(candidates, _removed(chunks), _outcomes(chunks))


def _common(parts: Sequence[Candidates], kind: str) -> list[str]:
    return [
        name for name in getattr(parts[0], kind) if all(name in getattr(p, kind) for p in parts)
    ]


def _requests(parts: Sequence[Requests]) -> Requests:
    names = parts[0].columns
    return Requests(
        np.concatenate([part.ids for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in names},
        (),
        parts[0].deadline,
    )


def _signals(parts: Sequence[SignalColumn]) -> SignalColumn:
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        state=np.concatenate([part.state for part in parts]),
        confidence=np.concatenate([part.confidence for part in parts]),
    )


def _groups(parts: Sequence[GroupColumn]) -> GroupColumn:
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])

    def all_of(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    return GroupColumn(
        parts[0].ranges,
        all_of("probabilities"),
        all_of("contains"),
        all_of("readings"),
        all_of("reading_state"),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def _removed(chunks: Sequence[Slates]) -> tuple[Removed, ...]:
    by_stage: dict[str, list[Removed]] = {}
    shift = 0
    for chunk in chunks:
        for part in chunk.removed:
            moved = replace(part, request=part.request + shift)
            by_stage.setdefault(part.stage, []).append(moved)
        shift += len(chunk)
    return tuple(
        Removed(
            stage,
            np.concatenate([part.request for part in parts]),
            np.concatenate([part.item_ids for part in parts]),
            np.concatenate([part.reasons for part in parts]),
        )
        for stage, parts in by_stage.items()
    )


def _outcomes(chunks: Sequence[Slates]) -> tuple[StageOutcome, ...]:
    """Return one outcome per stage; it is the first that isn't ok, where any chunk's isn't."""
    outcomes = []
    for same in zip(*(chunk.outcomes for chunk in chunks), strict=True):
        worst = next((o for o in same if o.status is not StageStatus.OK), same[0])
        outcomes.append(
            replace(
                worst,
                items_in=sum(o.items_in for o in same),
                items_out=sum(o.items_out for o in same),
                nanoseconds=sum(o.nanoseconds for o in same),
            )
        )
    return tuple(outcomes)
