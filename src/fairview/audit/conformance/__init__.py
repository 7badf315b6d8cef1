"""The conformance pack: tables with a planted truth that any tool can be asked about.

What lives here: the fixtures, what is asked of them, how answers are marked, and Fairview's own
scorer. Whether stages keep their contract is `fairview.core.conformance`.
"""

from __future__ import annotations

from fairview.audit.conformance.own import score
from fairview.audit.conformance.pack import (
    fixtures,
    load_scorer,
    mark_answers,
    repeated,
    run_pack,
    write_pack,
)
from fairview.audit.conformance.questions import (
    Answer,
    Fixture,
    Mark,
    Marked,
    PackResult,
    Question,
    Repeated,
    Scorer,
)

__all__ = [
    "Answer",
    "Fixture",
    "Mark",
    "Marked",
    "PackResult",
    "Question",
    "Repeated",
    "Scorer",
    "fixtures",
    "load_scorer",
    "mark_answers",
    "repeated",
    "run_pack",
    "score",
    "write_pack",
]
