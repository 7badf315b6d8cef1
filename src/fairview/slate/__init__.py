"""Re-ranking: pure kernels that turn scored candidates into a slate, and the stage that runs them.

One file per kernel; a new file with a subclass of `Kernel` is a new re-ranker. Kernels know
arrays only. What a candidate's relevance *is* belongs to `ranking`; who asks, to nobody.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.slate.base import (
        Case,
        Choice,
        Kernel,
        Problem,
        Selection,
        kernel,
        kernels,
    )
    from fairview.slate.representation import Representation
    from fairview.slate.stage import Balance, KernelReranker
    from fairview.slate.targets import Target, custom_target, parse_target

_HOME = {
    "Balance": "stage",
    "Case": "base",
    "Choice": "base",
    "Kernel": "base",
    "KernelReranker": "stage",
    "Problem": "base",
    "Representation": "representation",
    "Selection": "base",
    "Target": "targets",
    "custom_target": "targets",
    "kernel": "base",
    "kernels": "base",
    "parse_target": "targets",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.slate' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.slate.{module}"), name)


__all__ = [
    "Balance",
    "Case",
    "Choice",
    "Kernel",
    "KernelReranker",
    "Problem",
    "Representation",
    "Selection",
    "Target",
    "custom_target",
    "kernel",
    "kernels",
    "parse_target",
]
