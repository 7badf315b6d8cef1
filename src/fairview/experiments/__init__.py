"""Experiments: what logs and simulations can say of a policy before it is shown to anyone.

What lives here: off-policy estimators with their overlap, and the simulation of weeks. Who changes
what belongs to `interventions`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.experiments.off_policy import OffPolicy, Overlap, estimate_policy
    from fairview.experiments.weeks import Drift, Policy, Weeks, simulate_weeks

_HOME = {
    "Drift": "weeks",
    "OffPolicy": "off_policy",
    "Overlap": "off_policy",
    "Policy": "weeks",
    "Weeks": "weeks",
    "estimate_policy": "off_policy",
    "simulate_weeks": "weeks",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.experiments' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.experiments.{module}"), name)


__all__ = [
    "Drift",
    "OffPolicy",
    "Overlap",
    "Policy",
    "Weeks",
    "estimate_policy",
    "simulate_weeks",
]
