"""Measures, their three reductions, the engines that make them, and the statistics on top.

A `Measure` is a value; an engine turns a `Log` into mergeable cells; `evaluate` turns cells
into estimates with intervals. Gates, reports and slices of an audit live in the room above.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.measure.batches import RankedBatch
    from fairview.measure.buckets import BUCKETS, bucket_of, buckets_of
    from fairview.measure.cells import Cells
    from fairview.measure.changes import Change, Measured, paired_changes
    from fairview.measure.comparing import parts_of_cells
    from fairview.measure.comparisons import ComparisonMeasure, Contrast
    from fairview.measure.components import Component, Flag, Share
    from fairview.measure.engines import Engine, GroupScan, Scanned
    from fairview.measure.engines.duckdb import DuckDBEngine
    from fairview.measure.entities import EntityTotals
    from fairview.measure.estimate import OVERALL, Estimate, SamplingUnit, Status
    from fairview.measure.estimation import (
        Reduced,
        estimate_cells,
        estimate_entities,
        estimates_of,
        evaluate,
        evaluate_all,
        reduce_log,
    )
    from fairview.measure.evidence import Precision
    from fairview.measure.extremes import ExtremeMeasure
    from fairview.measure.log import Log
    from fairview.measure.measure import (
        Better,
        CellsMeasure,
        EntityMeasure,
        Figure,
        GroupCellsMeasure,
        Measure,
        Reduction,
        RequestMeasure,
        known_measures,
        parse_measure,
    )
    from fairview.measure.persistence import Saved, load_reduced, merge_reduced, save_reduced
    from fairview.measure.slices import Band
    from fairview.measure.targets import Target, named_target
    from fairview.measure.watching import watched_estimates

_HOME = {
    "batches": ("RankedBatch",),
    "buckets": ("BUCKETS", "bucket_of", "buckets_of"),
    "cells": ("Cells",),
    "changes": ("Change", "Measured", "paired_changes"),
    "comparing": ("parts_of_cells",),
    "comparisons": ("ComparisonMeasure", "Contrast"),
    "components": ("Component", "Flag", "Share"),
    "engines": ("Engine", "GroupScan", "Scanned"),
    "engines.duckdb": ("DuckDBEngine",),
    "entities": ("EntityTotals",),
    "estimate": ("OVERALL", "Estimate", "SamplingUnit", "Status"),
    "estimation": (
        "Reduced",
        "estimate_cells",
        "estimate_entities",
        "estimates_of",
        "evaluate",
        "evaluate_all",
        "reduce_log",
    ),
    "evidence": ("Precision",),
    "extremes": ("ExtremeMeasure",),
    "log": ("Log",),
    "measure": (
        "Better",
        "CellsMeasure",
        "EntityMeasure",
        "Figure",
        "GroupCellsMeasure",
        "Measure",
        "Reduction",
        "RequestMeasure",
        "known_measures",
        "parse_measure",
    ),
    "persistence": ("Saved", "load_reduced", "merge_reduced", "save_reduced"),
    "slices": ("Band",),
    "targets": ("Target", "named_target"),
    "watching": ("watched_estimates",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.measure' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.measure.{module}"), name)


__all__ = [
    "BUCKETS",
    "OVERALL",
    "Band",
    "Better",
    "Cells",
    "CellsMeasure",
    "Change",
    "ComparisonMeasure",
    "Component",
    "Contrast",
    "DuckDBEngine",
    "Engine",
    "EntityMeasure",
    "EntityTotals",
    "Estimate",
    "ExtremeMeasure",
    "Figure",
    "Flag",
    "GroupCellsMeasure",
    "GroupScan",
    "Log",
    "Measure",
    "Measured",
    "Precision",
    "RankedBatch",
    "Reduced",
    "Reduction",
    "RequestMeasure",
    "SamplingUnit",
    "Saved",
    "Scanned",
    "Share",
    "Status",
    "Target",
    "bucket_of",
    "buckets_of",
    "estimate_cells",
    "estimate_entities",
    "estimates_of",
    "evaluate",
    "evaluate_all",
    "known_measures",
    "load_reduced",
    "merge_reduced",
    "named_target",
    "paired_changes",
    "parse_measure",
    "parts_of_cells",
    "reduce_log",
    "save_reduced",
    "watched_estimates",
]
