"""Logs of decisions with a planted gap, and an audit of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import fairview
from fairview.audit import AuditResult

SPEC: dict[str, Any] = {
    "title": "Loans",
    "requests_are": "cases",
    "items_are": "people",
    "slices": ["sex", "sex*region"],
    "unit": "row",
    "measures": ["TPR", "FPR", "SelectionRate", "Gap(of='TPR')", "Ratio(of='SelectionRate')"],
    "gates": [
        {"name": "misses", "measure": "Gap(of=\"TPR(by='sex')\")", "at_most": 0.1},
        {"name": "alarms", "measure": "FPR(by='sex')", "at_most": 0.5},
        {
            "name": "four fifths",
            "measure": "Ratio(of=\"SelectionRate(by='sex')\")",
            "at_least": 0.8,
        },
    ],
}


def decisions(n: int = 4000, gap: float = 0.3, seed: int = 0) -> pd.DataFrame:
    """Decisions in which women who should get a yes get it less often, by `gap`."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["F", "M"], n)
    region = rng.choice(["north", "south"], n)
    truth = rng.random(n) < 0.4
    chance = np.where(truth, np.where(sex == "F", 0.8 - gap, 0.8), 0.2)
    return pd.DataFrame(
        {
            "sex": sex,
            "region": region,
            "y_true": truth.astype(int),
            "y_pred": (rng.random(n) < chance).astype(int),
            "person": [f"p{i}" for i in range(n)],
        }
    )


def audited(gap: float = 0.3, n: int = 4000, seed: int = 0, **fields: Any) -> AuditResult:
    """The audit of such a log."""
    found: AuditResult = fairview.audit(decisions(n, gap, seed), SPEC, **fields)
    return found
