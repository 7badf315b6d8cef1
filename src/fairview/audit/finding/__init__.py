"""Finding what nobody asked about: slices that are served worse, and where a gap comes from.

What lives here: the search for slices with its confirmation on held-out data, the attribution of
a gap to the stages of a pipeline, and its decomposition into mix and rate. Measures and general
statistics live in `fairview.measure`.
"""

from __future__ import annotations

from fairview.audit.finding.mix import DecomposedGap, decompose_gap
from fairview.audit.finding.served import find_served
from fairview.audit.finding.slice_columns import (
    SliceColumn,
    embedding_clusters,
    slice_column,
    slice_columns,
)
from fairview.audit.finding.slice_findings import FoundSlice, SliceFindings, SliceSearch
from fairview.audit.finding.slices import find_slices
from fairview.audit.finding.stage_levels import (
    PHASE_OF_STAGE,
    StageLog,
    stage_parts,
    workspace_stage_log,
)
from fairview.audit.finding.stages import PHASES, StagePart, StageParts
from fairview.audit.finding.tables import Roles, find_in_table, loss_of, read_table

__all__ = [
    "PHASES",
    "PHASE_OF_STAGE",
    "DecomposedGap",
    "FoundSlice",
    "Roles",
    "SliceColumn",
    "SliceFindings",
    "SliceSearch",
    "StageLog",
    "StagePart",
    "StageParts",
    "decompose_gap",
    "embedding_clusters",
    "find_in_table",
    "find_served",
    "find_slices",
    "loss_of",
    "read_table",
    "slice_column",
    "slice_columns",
    "stage_parts",
    "workspace_stage_log",
]
