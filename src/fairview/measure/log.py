"""A log to be audited: tables of shown rows, memberships, targets and entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from fairview.measure.slices import Band

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from fairview.measure.targets import Target

    Source: TypeAlias = Path | str | pa.Table | pd.DataFrame


@dataclass(frozen=True)
class Log:
    """What an engine reads: Parquet or CSV paths (or globs), Arrow tables or frames.

    Parameters
    ----------
    rows
        One row per shown item (or per decision). Rankings need ``request_id``, ``position`` and
        ``item_id``; clustered intervals need ``cluster_id``.
    memberships
        Long table of soft and set-valued membership: ``item_id``, ``attribute``, ``group``,
        ``probability``, ``contains``. The group ``unknown`` stands here like any other.
    qualified
        ``request_id``, ``attribute``, ``group``, ``share``: each request's qualified candidates.
    entities
        ``item_id`` of everything that could have been shown.
    groups
        Attribute to its groups, in order, without ``unknown``.
    targets
        Custom targets by name, beside ``uniform`` and ``qualified``.
    bands
        Derived columns: a name to the bands of a numeric column, such as
        ``{"position_band": Band("position", (1, 5, 11))}``.
    weight
        A column of row weights, at least 0, such as one that undoes sampling.
    only
        A boolean column of the rows; where given, only rows in which it is true are read.
    synthetic
        Whether any of it is synthetic.
    """

    rows: Source
    memberships: Source | None = None
    qualified: Source | None = None
    entities: Source | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    weight: str | None = None
    only: str | None = None
    synthetic: bool = False
