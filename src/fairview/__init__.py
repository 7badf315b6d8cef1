"""Fairview, a responsible visual discovery engine; every room is imported only when it is used.

``fairview.audit(data, measures, ...)`` audits any table: see `fairview.audit.audit_data`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview import audit as audit

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the room of audits, which can be called, when it is first asked for."""
    if name == "audit":
        return import_module("fairview.audit")
    raise AttributeError(f"module 'fairview' has no attribute {name!r}")
