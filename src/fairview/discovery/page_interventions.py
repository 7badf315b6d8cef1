"""Interventions on the page of a workspace, replayed by this product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fairview.audit import AuditLog, AuditResult, AuditSpec, Recording, run_audit
from fairview.catalog import EventStore
from fairview.discovery.engine import SearchEngine
from fairview.discovery.logged_clicks import clicks_by_log, sentence_of
from fairview.discovery.page_replay import PageReplay, Reactions
from fairview.discovery.traffic import Traffic
from fairview.interventions import InterventionResult, InterventionSpec, intervene
from fairview.measure import Precision

Progress = Callable[[int, int], None]


class PageReplayer:
    """Replays the page for `intervene`, and remembers what the log says of each replay.

    Parameters
    ----------
    pages
        The traffic that is answered again and again.
    """

    def __init__(self, pages: PageReplay) -> None:
        self.pages = pages
        self.said: list[str] = []

    def baseline(self) -> AuditLog:
        """Return the log of the page ordered by relevance alone."""
        found = self.pages.by_relevance
        self._told("by relevance alone", found.slates)
        return found.log

    def changed(self, changes: Mapping[str, Any]) -> AuditLog:
        """Return the log of the page under changed settings."""
        found = self.pages.replay(changes)
        name = ", ".join(f"{k.rpartition('.')[2]} {v}" for k, v in changes.items())
        self._told(name, found.slates)
        return found.log

    def _told(self, name: str, slates: Any) -> None:
        workspace = self.pages.engine.parts.workspace
        if EventStore(workspace).count():
            self.said.append(sentence_of(name, clicks_by_log(workspace, slates)))


def intervene_on_page(
    engine: SearchEngine,
    spec: InterventionSpec,
    audit: AuditSpec,
    traffic: Traffic,
    *,
    grades: Mapping[tuple[str, str], float] | None = None,
    reactions: Reactions | None = None,
    progress: Progress | None = None,
) -> InterventionResult:
    """Try changes of the page's settings on the same traffic, and say what each costs.

    Parameters
    ----------
    engine
        The workspace as it is.
    spec
        Candidates and what they are judged by.
    audit
        The attributes and targets of the audits.
    traffic, grades, reactions
        As in `audit_page`; with `reactions` of a simulated world, measures of actions are made on
        the simulator.
    progress
        Called with how many pages were replayed and audited, and of how many.

    Raises
    ------
    UsageError
        Where a candidate changes a setting that decides what is compared.
    """
    settings = engine.parts.workspace.settings
    asked = audit.model_copy(update={"measures": spec.measures, "gates": ()})
    replayer = PageReplayer(PageReplay(engine, asked, traffic, grades=grades, reactions=reactions))
    result = intervene(
        spec,
        replayer,
        asked,
        seed=settings.seed,
        precision=_precision(engine),
        notes=_notes(traffic, grades is not None, reactions is not None),
        recording=Recording("interventions", settings.seed, engine.parts.workspace.clock),
        progress=progress,
    )
    return replace(result, notes=(*result.notes, *replayer.said))


def audit_again(
    engine: SearchEngine,
    result: InterventionResult,
    audit: AuditSpec,
    traffic: Traffic,
    *,
    grades: Mapping[tuple[str, str], float] | None = None,
    reactions: Reactions | None = None,
) -> AuditResult:
    """Audit the page as its settings are now, in the words of the interventions.

    Where the recommended settings were written, its figures are those of the recommended point.
    """
    settings = engine.parts.workspace.settings
    asked = audit.model_copy(update={"measures": result.spec.measures, "gates": ()})
    pages = PageReplay(engine, asked, traffic, grades=grades, reactions=reactions)
    return run_audit(
        asked,
        pages.replay().log,
        rng=_rng(settings.seed),
        precision=_precision(engine),
        recording=Recording("audit after an intervention", settings.seed),
    )


def _rng(seed: int) -> Any:
    import numpy as np

    return np.random.default_rng(seed)


def _precision(engine: SearchEngine) -> Precision:
    audit = engine.parts.workspace.settings.audit
    return Precision(audit.level, audit.replicates, audit.minimum_cell)


def _notes(traffic: Traffic, judged: bool, simulated: bool) -> tuple[str, ...]:
    made = (
        f"Replayed on {traffic.source}; each page is made anew, so relevance and representation "
        f"are those that people would see."
    )
    unseen = (
        "A replay says what would be shown, not what people would do: nobody saw these pages. What "
        "the log can say of clicks stands below, with how much of it speaks of each page."
    )
    own = (
        "Relevance is the page's own score, for want of judgements: NDCG says how much of it a "
        "change gives up, not whether people would agree. A change of retrieval or training "
        "changes that score too, and its NDCG is no fair comparison without judgements (--grades)."
    )
    said = [made, *([] if judged else [own]), unseen]
    if simulated:
        said.append("Actions are those of the synthetic world's people, whose behaviour is known.")
    return tuple(said)


__all__ = ["PageReplayer", "audit_again", "intervene_on_page"]
