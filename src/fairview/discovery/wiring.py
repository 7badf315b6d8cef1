"""Which stages make a page, in which order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from fairview.core import Observer, Pipeline, Requests, RequiredSignals, Stage, UsageError
from fairview.core.columns import Array
from fairview.core.pipeline import ORDER
from fairview.discovery.integrity import IntegrityFilter, IntegrityRule
from fairview.discovery.parts import Parts
from fairview.discovery.promised_shares import CandidateLimit, Promises
from fairview.discovery.refinement import PoolCounts, RefinementFilter, RefinementRules
from fairview.discovery.see_fewer import WISHED, SeeFewer
from fairview.discovery.shown_items import Duplicates, InCatalogue
from fairview.discovery.signals_in_memory import RequiredHydrator, SignalHydrator
from fairview.ranking import FusedRelevance, RankerScorer
from fairview.ranking.fused import RELATED, SEARCH
from fairview.retrieval import (
    BucketisedSource,
    GraphSource,
    Matches,
    TextSource,
    VectorSource,
    WordScan,
    seeded,
)
from fairview.retrieval.query_vectors import PICTURE, TEXT
from fairview.retrieval.word_scan import ScannedMatches
from fairview.slate import Balance, KernelReranker

SEARCH_PAGE, RELATED_PAGE = "search", "related"

VECTOR_SOURCES = (("similar_text", TEXT), ("similar_pictures", PICTURE))


def pipeline(
    parts: Parts,
    rules: RefinementRules,
    surface: str,
    observers: Sequence[Observer] = (),
    *,
    counts_only: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Pipeline:
    """Return the pipeline of a page.

    Parameters
    ----------
    parts
        What the workspace has.
    rules
        What refinements mean.
    surface
        ``search`` or ``related``.
    observers
        What looks at finished slates.
    counts_only
        Leaves out the ranker and the re-ranker: what a query finds is counted, and not ordered.
    clock
        The seconds that deadlines are read on.

    Raises
    ------
    UsageError
        Where a stage that the settings name doesn't exist or can't be made.
    """
    settings = parts.workspace.settings.discovery
    promises = Promises.of(parts)
    stages: list[Stage] = [
        *_sources(parts, rules, surface, promises),
        _matches(parts),
        InCatalogue(parts.items),
        RefinementFilter(rules),
        FusedRelevance(SEARCH if surface == SEARCH_PAGE else RELATED),
        Duplicates(parts.items),
        CandidateLimit(settings.candidates, promises),
        *_people_and_vectors(parts),
        PoolCounts(rules.people, settings.relevance_floor),
    ]
    if counts_only:
        stages.append(KernelReranker("top_k", Balance(), relevance=("fused",), k=1))
        return Pipeline(_with_added(stages, settings.stages, observers), clock=clock)
    if parts.ranker is not None and parts.facts is not None and surface == SEARCH_PAGE:
        stages.append(RankerScorer(parts.ranker, parts.facts, clock=parts.workspace.clock))
    relevance: tuple[str, ...] = ("utility", "fused")
    if parts.signals.fewer:
        stages.append(SeeFewer(parts.signals.fewer, relevance))
        relevance = (WISHED, *relevance)
    vectors = parts.signals.vectors
    balance = Balance(
        settings.attribute,
        settings.target,
        settings.diversity,
        settings.representation,
        settings.relevance_floor,
    )
    name = PICTURE if vectors is None else vectors.name
    stages.append(
        KernelReranker(
            settings.reranker, balance, relevance=relevance, vectors=name, k=settings.slate_size
        )
    )
    return Pipeline(_with_added(stages, settings.stages, observers), clock=clock)


def _sources(
    parts: Parts, rules: RefinementRules, surface: str, promises: Promises
) -> Iterable[Stage]:
    k = parts.workspace.settings.discovery.candidates
    index = parts.index
    if index is None:
        if surface == SEARCH_PAGE:
            yield WordScan(parts.items.item_ids, parts.words, k, allowed=rules.allowed)
        return
    if surface == SEARCH_PAGE:
        yield TextSource(index, k, allowed=rules.allowed)
    for name, signal in VECTOR_SOURCES:
        if signal not in index.vectors:
            continue
        if promises.shares:
            yield BucketisedSource(
                index,
                signal,
                k,
                name=name,
                groups=promises.groups_of,
                shares=promises.shares,
                allowed=rules.allowed,
            )
        else:
            yield VectorSource(index, signal, k, name=name, allowed=rules.allowed)
    if surface == RELATED_PAGE and parts.graph is not None:
        yield GraphSource(
            index,
            parts.graph,
            k,
            recent=_seed,
            generators=seeded(parts.workspace.settings.seed),
            allowed=rules.allowed,
        )


def _seed(requests: Requests, request: int) -> tuple[Array, Array]:
    """Return the seed of a page of related items, at which its walks begin."""
    return requests.columns["seed_row"][request : request + 1], np.ones(1)


def _matches(parts: Parts) -> Stage:
    if parts.index is None:
        return ScannedMatches(parts.items.item_ids, parts.words)
    return Matches(parts.index, parts.words)


def _people_and_vectors(parts: Parts) -> Iterable[Stage]:
    signals = parts.signals
    vectors = {} if signals.vectors is None else {signals.vectors.name: signals.vectors}
    attribute = parts.workspace.settings.discovery.attribute
    groups = {} if signals.balanced is None else {attribute: signals.balanced.column}
    yield SignalHydrator(vectors, groups)
    if signals.required:
        yield RequiredHydrator(signals.required, tuple(vectors))
        yield RequiredSignals(signals.contracts)
    rules = parts.workspace.settings.signals.integrity
    if rules:
        columns = {name: column for name, (column, _) in signals.integrity.items()}
        contracts = {name: contract for name, (_, contract) in signals.integrity.items()}
        yield RequiredHydrator(columns, (*vectors, *signals.required))
        yield IntegrityFilter([IntegrityRule.parse(text) for text in rules], contracts)


def _with_added(
    stages: list[Stage], names: Sequence[str], observers: Sequence[Observer]
) -> list[Stage]:
    """Return the stages with those that the settings name, each after the last of its kind.

    An added filter stands before the ranker, so that what it removes costs nothing more.
    """
    listed: list[Stage] = [*stages, *observers]
    for name in names:
        stage = _made(name)
        later = set(ORDER[ORDER.index(stage.kind) + 1 :])
        same = [i for i, other in enumerate(listed) if other.kind == stage.kind]
        before = [i for i, other in enumerate(listed) if other.kind in later]
        place = same[-1] + 1 if same else min(before, default=len(listed))
        listed.insert(place, stage)
    return listed


def _made(name: str) -> Stage:
    kinds = {kind.name: kind for kind in _subclasses(Stage)}
    if name not in kinds:
        raise UsageError(
            f"There is no stage {name!r}; add the file that defines it to `plugins`, or remove it "
            f"from `discovery.stages`."
        )
    try:
        return kinds[name]()
    except TypeError as error:
        raise UsageError(
            f"Stage {name!r} can't be made without arguments ({error}); give them defaults."
        ) from error


def _subclasses(kind: type[Stage]) -> Iterable[type[Stage]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
