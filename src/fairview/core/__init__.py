"""The shared words: columns, ranges, candidates, stages, slates, verdicts, events, run records.

Nothing here knows a catalogue, a model or a measure. Names are imported when first used, so
that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.core.candidates import Candidates, Found
    from fairview.core.columns import GroupColumn, SignalColumn
    from fairview.core.contract import Confusion, Contract, Purpose
    from fairview.core.errors import (
        DataError,
        ExtraError,
        FairviewError,
        MissingError,
        ProhibitedUseError,
        UnsupportedError,
        UsageError,
    )
    from fairview.core.events import ACTIONS, CANDIDATE_FIELDS, EVENT_FIELDS, arrow_schema
    from fairview.core.pipeline import Pipeline, StageError
    from fairview.core.plugins import import_plugins
    from fairview.core.ranges import BODY_TYPE, HAIR_PATTERN, RANGES, SKIN_TONE, UNKNOWN, Ranges
    from fairview.core.requests import SEE_FEWER, Refinement, Requests
    from fairview.core.required import RequiredSignals
    from fairview.core.run_record import Clock, RunRecord, digest_of, utc_now
    from fairview.core.settings import Settings
    from fairview.core.slates import Removed, Slates, StageOutcome, StageStatus
    from fairview.core.stages import (
        Filter,
        Hydrated,
        Hydrator,
        Kept,
        Observer,
        Ranked,
        Reranker,
        Scorer,
        Source,
        Stage,
    )
    from fairview.core.states import State
    from fairview.core.verdicts import Outcome, Verdict

_HOME = {
    "candidates": ("Candidates", "Found"),
    "columns": ("GroupColumn", "SignalColumn"),
    "contract": ("Confusion", "Contract", "Purpose"),
    "errors": (
        "DataError",
        "ExtraError",
        "FairviewError",
        "MissingError",
        "ProhibitedUseError",
        "UnsupportedError",
        "UsageError",
    ),
    "events": ("ACTIONS", "CANDIDATE_FIELDS", "EVENT_FIELDS", "arrow_schema"),
    "pipeline": ("Pipeline", "StageError"),
    "plugins": ("import_plugins",),
    "ranges": ("BODY_TYPE", "HAIR_PATTERN", "RANGES", "SKIN_TONE", "UNKNOWN", "Ranges"),
    "requests": ("SEE_FEWER", "Refinement", "Requests"),
    "required": ("RequiredSignals",),
    "run_record": ("Clock", "RunRecord", "digest_of", "utc_now"),
    "settings": ("Settings",),
    "slates": ("Removed", "Slates", "StageOutcome", "StageStatus"),
    "stages": (
        "Filter",
        "Hydrated",
        "Hydrator",
        "Kept",
        "Observer",
        "Ranked",
        "Reranker",
        "Scorer",
        "Source",
        "Stage",
    ),
    "states": ("State",),
    "verdicts": ("Outcome", "Verdict"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.core' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.core.{module}"), name)


__all__ = [
    "ACTIONS",
    "BODY_TYPE",
    "CANDIDATE_FIELDS",
    "EVENT_FIELDS",
    "HAIR_PATTERN",
    "RANGES",
    "SEE_FEWER",
    "SKIN_TONE",
    "UNKNOWN",
    "Candidates",
    "Clock",
    "Confusion",
    "Contract",
    "DataError",
    "ExtraError",
    "FairviewError",
    "Filter",
    "Found",
    "GroupColumn",
    "Hydrated",
    "Hydrator",
    "Kept",
    "MissingError",
    "Observer",
    "Outcome",
    "Pipeline",
    "ProhibitedUseError",
    "Purpose",
    "Ranges",
    "Ranked",
    "Refinement",
    "Removed",
    "Requests",
    "RequiredSignals",
    "Reranker",
    "RunRecord",
    "Scorer",
    "Settings",
    "SignalColumn",
    "Slates",
    "Source",
    "Stage",
    "StageError",
    "StageOutcome",
    "StageStatus",
    "State",
    "UnsupportedError",
    "UsageError",
    "Verdict",
    "arrow_schema",
    "digest_of",
    "import_plugins",
    "utc_now",
]
