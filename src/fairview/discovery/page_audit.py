"""Auditing the page: the same requests answered by relevance alone and balanced, in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fairview.audit import AuditResult, AuditSpec, Recording, run_audit
from fairview.discovery.engine import SearchEngine
from fairview.discovery.page_replay import PageReplay, Progress, Reactions
from fairview.discovery.traffic import Traffic
from fairview.measure import Precision
from fairview.measure.measures.ndcg import NDCG


@dataclass(frozen=True)
class PageAudit:
    """The page audited twice on the same requests.

    Parameters
    ----------
    before
        Ordered by relevance alone.
    after
        Spread and balanced as the settings say; its `changes` are those since `before`.
    """

    before: AuditResult
    after: AuditResult


def audit_page(
    engine: SearchEngine,
    spec: AuditSpec,
    traffic: Traffic,
    *,
    grades: Mapping[tuple[str, str], float] | None = None,
    reactions: Reactions | None = None,
    progress: Progress | None = None,
) -> PageAudit:
    """Replay the traffic with and without the intervention, and audit both in the same words.

    Each distinct query is answered once per side; nothing is logged. A request's qualified
    candidates are those that the re-ranker chose from.

    Parameters
    ----------
    engine
        Answers the queries.
    spec
        What to look at, and the gates; the verdict is that of the balanced page.
    traffic
        The requests.
    grades
        Relevance of (query, item id), 0 where a pair isn't there; with it NDCG is measured too,
        against the best page that the catalogue could give.
    reactions
        What people did with a page; without it nothing is said of actions.
    progress
        Called with how many steps are done, and of how many; a query answered and a measure
        made are a step each.
    """
    asked = with_relevance(engine, spec) if grades is not None else spec
    queries = len(set(traffic.queries.tolist()))
    steps = 2 * (queries + len(asked.measures))
    pages = PageReplay(
        engine,
        asked,
        traffic,
        grades=grades,
        reactions=reactions,
        progress=_shifted(progress, 0, steps),
    )
    balanced = pages.replay(progress=_shifted(progress, queries, steps))
    sides = {
        "audit of the page, by relevance": pages.by_relevance,
        "audit of the page, balanced": balanced,
    }
    settings = engine.parts.workspace.settings
    precision = Precision(
        settings.audit.level, settings.audit.replicates, settings.audit.minimum_cell
    )
    results: list[AuditResult] = []
    for name, side in sides.items():
        done = 2 * queries + len(results) * len(asked.measures)
        results.append(
            run_audit(
                asked,
                side.log,
                rng=np.random.default_rng(settings.seed),
                precision=precision,
                recording=Recording(name, settings.seed, engine.parts.workspace.clock),
                progress=_shifted(progress, done, steps),
            )
        )
    return PageAudit(results[0], results[1].compared_with(results[0]))


def with_relevance(engine: SearchEngine, spec: AuditSpec) -> AuditSpec:
    """Return the spec with NDCG against the best page that the catalogue could give."""
    at = engine.parts.workspace.settings.discovery.slate_size
    measure = NDCG(ideal="column", at=at).identity
    return spec.model_copy(update={"measures": tuple(dict.fromkeys((*spec.measures, measure)))})


def _shifted(progress: Progress | None, done_before: int, of: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, _: tell(done_before + done, of)


__all__ = ["PageAudit", "Reactions", "audit_page", "with_relevance"]
