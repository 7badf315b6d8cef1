"""Fixtures of gaps that aren't what they seem: by mix, and by a reading that errs."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from fairview.audit.conformance.questions import Exactly, Fixture, Question


def correction_fixtures() -> Iterator[Fixture]:
    """Yield the fixtures of decomposition and of error correction."""
    yield _mix()
    yield _misread()


def _mix() -> Fixture:
    """Return rows with the same rates in both strata; a is mostly where rates are high."""
    cells = {("a", "high"): (80, 40), ("a", "low"): (20, 2), ("b", "high"): (20, 10),
             ("b", "low"): (80, 8)}  # fmt: skip
    rows = [
        (group, stratum, int(i < ones))
        for (group, stratum), (n, ones) in cells.items()
        for i in range(n)
    ]
    table = pa.table(
        {
            "cluster_id": [f"p{i}" for i in range(len(rows))],
            "group": [r[0] for r in rows],
            "stratum": [r[1] for r in rows],
            "prediction": pa.array([r[2] for r in rows], pa.int64()),
        }
    )
    asks = {"table": "rows", "by": "group", "group": "a", "reference": "b", "strata": "stratum",
            "column": "prediction"}  # fmt: skip
    formula = (
        "gap of a to b = sum over strata of (w_a - w_b)(r_a + r_b)/2 [mix] + (r_a - r_b)(w_a + "
        "w_b)/2 [rate], w the strata's shares of a group and r their rates"
    )
    return Fixture(
        "a gap by mix",
        "Within each stratum there is no gap at all; the whole of it comes from who is where.",
        {"rows": table},
        (
            Question("mix part", "mix part", asks, formula, Exactly(0.24)),
            Question("rate part", "rate part", asks, formula, Exactly(0.0)),
        ),
    )


def _misread() -> Fixture:
    """Return readings: 30 % are truly g, and sensitivity .9 and specificity .8 read 41 %."""
    n, read = 1000, 410
    table = pa.table(
        {
            "cluster_id": [f"p{i}" for i in range(n)],
            "read": ["g"] * read + ["other"] * (n - read),
        }
    )
    return Fixture(
        "a reader that errs",
        "What is read isn't what is: a reader with known errors reads 41 % where 30 % are.",
        {"rows": table},
        (
            Question(
                "true share of g",
                "corrected share",
                {"table": "rows", "column": "read", "group": "g", "sensitivity": 0.9,
                 "specificity": 0.8},
                "the share of g that gives the read share with this sensitivity and specificity",
                Exactly(0.3),
            ),
        ),
    )  # fmt: skip
