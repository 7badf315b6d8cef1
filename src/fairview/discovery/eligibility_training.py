"""Training the classifier of queries on the reviewed list, and choosing what to review next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fairview.catalog import Workspace
from fairview.core import MissingError, UsageError
from fairview.discovery.eligibility import MODEL_FILE, REVIEWED_FILE, Eligibility
from fairview.discovery.eligibility_model import (
    DIVERSIFIED,
    Decision,
    EligibilityModel,
    facts_of,
    train_decision,
)
from fairview.discovery.engine import SearchEngine

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EligibilityReport:
    """What was trained.

    Parameters
    ----------
    decisions
        Name to how the decision did on reviewed queries that it wasn't trained on.
    notes
        Sentences on what couldn't be trained.
    """

    decisions: dict[str, Decision]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)


def train_eligibility(
    workspace: Workspace, *, progress: Progress | None = None
) -> EligibilityReport:
    """Train on the workspace's reviewed list; engines opened afterwards use it.

    Each reviewed query is asked once, without being logged, for what it finds.

    Raises
    ------
    MissingError
        Where there is no reviewed list.
    UsageError
        Where no decision has enough reviews to learn from.
    """
    cell = workspace.settings.audit.minimum_cell
    reviewed = Eligibility.load(workspace.root, cell)
    if not reviewed.reviewed:
        raise MissingError(
            f"There is no reviewed list; write {REVIEWED_FILE} with the columns query, attribute "
            f"and offered (fairview eligibility review suggests queries)."
        )
    engine = SearchEngine.open(workspace)
    decisions: dict[str, Decision] = {}
    notes: list[str] = []
    attributes = sorted({attribute for _, attribute in reviewed.reviewed})
    for attribute in attributes:
        pairs = [(q, yes) for (q, a), yes in sorted(reviewed.reviewed.items()) if a == attribute]
        pools = []
        for done, (query, _) in enumerate(pairs, start=1):
            pools.append(engine.pool(query, attribute))
            if progress:
                progress(done, len(pairs))
        facts = np.array([facts_of(pool) for pool in pools])
        _train(attribute, pairs, facts, decisions, notes)
    pairs = sorted(reviewed.diversified.items())
    if pairs:
        _train(DIVERSIFIED, pairs, np.zeros((len(pairs), 0)), decisions, notes)
    if not decisions:
        raise UsageError(" ".join(notes))
    EligibilityModel(decisions).save(workspace.models_dir / MODEL_FILE)
    return EligibilityReport(decisions, tuple(notes))


def to_review(
    engine: SearchEngine, queries: Sequence[str], attribute: str, most: int = 50
) -> tuple[tuple[str, float], ...]:
    """Return the queries whose review would teach most, with the classifier's probability.

    Those that it is least sure of come first; without a classifier, those that the rule of thumb
    is least sure of. Reviewed ones are left out.
    """
    known = engine.eligibility
    open_queries = [
        query
        for query in dict.fromkeys(query.strip().casefold() for query in queries)
        if (query, attribute) not in known.reviewed
    ]
    judged = []
    for query in open_queries:
        facts = facts_of(engine.pool(query, attribute))
        model = known.model
        if model is not None and attribute in model.attributes:
            chance = model.decisions[attribute].probability(query, facts)
        else:
            chance = float(facts[0])
        judged.append((query, round(chance, 3)))
    return tuple(sorted(judged, key=lambda pair: (abs(pair[1] - 0.5), pair[0]))[:most])


def _train(
    name: str,
    pairs: Sequence[tuple[str, bool]],
    facts: np.ndarray[Any, np.dtype[np.float64]],
    decisions: dict[str, Decision],
    notes: list[str],
) -> None:
    queries, yes = [query for query, _ in pairs], np.array([each for _, each in pairs], np.bool_)
    try:
        decisions[name] = train_decision(name, queries, facts, yes)
    except UsageError as error:
        notes.append(str(error))


__all__ = ["EligibilityReport", "to_review", "train_eligibility"]
