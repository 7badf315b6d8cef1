"""Audits: which measures, on which log, against which gates; their result and its report.

What lives here: the audit file, the builders of logs, gates, comparison, plain words and the
report. Definitions and statistics live in `measure`. Names are imported when first used.

The room itself can be called: ``fairview.audit(data, ["TPR"], slices=["sex"])`` is
`audit_data`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.audit.advising import advice
    from fairview.audit.assertions import assert_gate, assert_no_gap
    from fairview.audit.cards import model_card, signal_card
    from fairview.audit.comparison import Comparison, compare_audits
    from fairview.audit.data import audit_data
    from fairview.audit.event_log import log_from_catalogue, log_from_events
    from fairview.audit.event_tables import Reading
    from fairview.audit.exporters import log_to_mlflow, mlflow_metrics, openmetrics
    from fairview.audit.findings import Finding
    from fairview.audit.gates import decide, decide_together
    from fairview.audit.logs import AuditLog, membership_table
    from fairview.audit.result import AuditResult, compare
    from fairview.audit.running import Recording, audit_workspace, run_audit, spec_of
    from fairview.audit.saved import load_audit, save_audit, save_cells
    from fairview.audit.slate_log import SlateFacts, concerned_requests, log_from_slates
    from fairview.audit.spec import AuditSpec, Gate, TargetSpec, default_text
    from fairview.audit.watching import watch
    from fairview.audit.wording import sentence_of

_HOME = {
    "advising": ("advice",),
    "assertions": ("assert_gate", "assert_no_gap"),
    "cards": ("model_card", "signal_card"),
    "comparison": ("Comparison", "compare_audits"),
    "data": ("audit_data",),
    "event_log": ("log_from_catalogue", "log_from_events"),
    "event_tables": ("Reading",),
    "exporters": ("log_to_mlflow", "mlflow_metrics", "openmetrics"),
    "findings": ("Finding",),
    "gates": ("decide", "decide_together"),
    "logs": ("AuditLog", "membership_table"),
    "result": ("AuditResult", "compare"),
    "running": ("Recording", "audit_workspace", "run_audit", "spec_of"),
    "saved": ("load_audit", "save_audit", "save_cells"),
    "slate_log": ("SlateFacts", "concerned_requests", "log_from_slates"),
    "spec": ("AuditSpec", "Gate", "TargetSpec", "default_text"),
    "watching": ("watch",),
    "wording": ("sentence_of",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.audit' has no attribute {name!r}") from None
    value = getattr(import_module(f"fairview.audit.{module}"), name)
    globals()[name] = value
    return value


class _Room(ModuleType):
    """The room of audits as a function: calling it audits a table."""

    def __call__(self, data: Any, asked: Any, **options: Any) -> AuditResult:
        """Audit a table; see `audit_data`."""
        found: AuditResult = import_module("fairview.audit.data").audit_data(data, asked, **options)
        return found


sys.modules[__name__].__class__ = _Room

__all__ = [
    "AuditLog",
    "AuditResult",
    "AuditSpec",
    "Comparison",
    "Finding",
    "Gate",
    "Reading",
    "Recording",
    "SlateFacts",
    "TargetSpec",
    "advice",
    "assert_gate",
    "assert_no_gap",
    "audit_data",
    "audit_workspace",
    "compare",
    "compare_audits",
    "concerned_requests",
    "decide",
    "decide_together",
    "default_text",
    "load_audit",
    "log_from_catalogue",
    "log_from_events",
    "log_from_slates",
    "log_to_mlflow",
    "membership_table",
    "mlflow_metrics",
    "model_card",
    "openmetrics",
    "run_audit",
    "save_audit",
    "save_cells",
    "sentence_of",
    "signal_card",
    "spec_of",
    "watch",
]
