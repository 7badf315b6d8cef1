"""Batch: the same audits where the log is too large for one machine, on Spark.

What lives here: a function for a notebook that has a session, and the program that
``spark-submit`` runs. Counting lives in `measure`, verdicts and reports in `audit`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.batch.audit import audit_on_spark

_HOME = {"audit_on_spark": "audit"}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module 'fairview.batch' has no attribute {name!r}")
    return getattr(import_module(f"fairview.batch.{_HOME[name]}"), name)


__all__ = ["audit_on_spark"]
