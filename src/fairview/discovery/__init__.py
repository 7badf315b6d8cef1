"""The product that people search with: it wires sources, ranking and re-ranking into pages.

What each stage does lives in `retrieval`, `ranking` and `slate`; what lives here is their order,
what a refinement means, what an answer says, and what is logged.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.discovery.answer import Answer, AnsweredItem, RefinementOffer
    from fairview.discovery.audit_runs import AuditRun, latest_run, save_run
    from fairview.discovery.eligibility_training import to_review, train_eligibility
    from fairview.discovery.engine import SearchEngine
    from fairview.discovery.page_audit import PageAudit, audit_page
    from fairview.discovery.page_interventions import audit_again, intervene_on_page
    from fairview.discovery.ranker_training import train_ranker
    from fairview.discovery.traffic import Traffic, traffic_of

_HOME = {
    "Answer": "answer",
    "AnsweredItem": "answer",
    "RefinementOffer": "answer",
    "AuditRun": "audit_runs",
    "PageAudit": "page_audit",
    "SearchEngine": "engine",
    "Traffic": "traffic",
    "audit_again": "page_interventions",
    "audit_page": "page_audit",
    "intervene_on_page": "page_interventions",
    "latest_run": "audit_runs",
    "save_run": "audit_runs",
    "to_review": "eligibility_training",
    "traffic_of": "traffic",
    "train_eligibility": "eligibility_training",
    "train_ranker": "ranker_training",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.discovery' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.discovery.{module}"), name)


__all__ = [
    "Answer",
    "AnsweredItem",
    "AuditRun",
    "PageAudit",
    "RefinementOffer",
    "SearchEngine",
    "Traffic",
    "audit_again",
    "audit_page",
    "intervene_on_page",
    "latest_run",
    "save_run",
    "to_review",
    "traffic_of",
    "train_eligibility",
    "train_ranker",
]
