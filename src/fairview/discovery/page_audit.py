"""Auditing the page: the same requests answered by relevance alone and balanced, in pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.audit import (
    AuditResult,
    AuditSpec,
    Recording,
    SlateFacts,
    concerned_requests,
    log_from_catalogue,
    log_from_slates,
    run_audit,
)
from fairview.audit.logs import names_in
from fairview.catalog import Catalog, SignalStore
from fairview.core import GroupColumn, Ranges, Requests, Slates, State, UsageError
from fairview.core.columns import Array
from fairview.discovery.engine import SearchEngine
from fairview.discovery.traffic import Traffic
from fairview.measure import Precision
from fairview.measure.measures.ndcg import NDCG

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Reactions = Callable[[Slates], Mapping[str, Flags]]
"""Says what people did with slates: action to one boolean per shown item."""
Progress = Callable[[int, int], None]
MOST_GROUPS = 200
"""An attribute of the catalogue with more groups than this is no grouping."""


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
    workspace = engine.parts.workspace
    queries, place = np.unique(traffic.queries, return_inverse=True)
    ideal = None
    if grades is not None:
        measure = NDCG(ideal="column", at=workspace.settings.discovery.slate_size).identity
        spec = spec.model_copy(update={"measures": tuple(dict.fromkeys((*spec.measures, measure)))})
        ideal = _ideal_gains(queries, grades, workspace.settings.discovery.slate_size)[place]
    steps = 2 * (len(queries) + len(spec.measures))
    memberships = _memberships(engine, spec)
    sides: dict[bool, Slates] = {}
    qualified: dict[str, Floats] = {}
    for step, diversify in enumerate((False, True)):
        tell = _shifted(progress, step * len(queries), steps)
        slates = engine.batch(queries.tolist(), diversify=diversify, progress=tell)
        if not qualified:
            qualified = {
                name: _qualified(slates, engine, column)[place]
                for name, column in memberships.items()
            }
        sides[diversify] = _repeated(slates, place, traffic)
    catalogued = log_from_catalogue(workspace, spec.attributes)
    synthetic = workspace.settings.synthetic or _any_synthetic(engine)
    groups = {
        side: {name: column.take(_rows(engine, slates)) for name, column in memberships.items()}
        for side, slates in sides.items()
    }
    concerns = {
        name: concerned_requests(sides[False], name, column, spec.applies_from)
        for name, column in groups[False].items()
    }
    audit = workspace.settings.audit
    results: dict[bool, AuditResult] = {}
    for diversify, slates in sides.items():
        done = 2 * len(queries) + len(results) * len(spec.measures)
        facts = SlateFacts(
            groups=groups[diversify],
            actions=reactions(slates) if reactions else {},
            relevance=_relevance(slates, grades) if grades is not None else None,
            ideal_dcg=ideal,
            qualified=qualified,
            concerns=concerns,
            applies_from=spec.applies_from,
            catalogue=catalogued.catalogue,
            notes=catalogued.notes,
            synthetic=synthetic,
        )
        results[diversify] = run_audit(
            spec,
            log_from_slates(slates, facts),
            rng=np.random.default_rng(workspace.settings.seed),
            precision=Precision(audit.level, audit.replicates, audit.minimum_cell),
            recording=Recording(
                "audit of the page, balanced" if diversify else "audit of the page, by relevance",
                workspace.settings.seed,
                workspace.clock,
            ),
            progress=_shifted(progress, done, steps),
        )
    return PageAudit(results[False], results[True].compared_with(results[False]))


def _repeated(slates: Slates, place: npt.NDArray[np.int64], traffic: Traffic) -> Slates:
    """Give each request of the traffic its query's slate, and its own id and person."""
    taken = slates.candidates.take_requests(place)
    requests = Requests(
        traffic.request_ids, {"query": traffic.queries, "cluster_id": traffic.cluster_ids}
    )
    return Slates(replace(taken, requests=requests), (), slates.outcomes)


def _memberships(engine: SearchEngine, spec: AuditSpec) -> dict[str, GroupColumn]:
    """Return all items' memberships, from a signal or else from the catalogue."""
    workspace, ids = engine.parts.workspace, engine.parts.items.item_ids
    store = SignalStore(workspace)
    known = {name for name, contract in store.contracts().items() if contract.value == "groups"}
    found = {}
    for attribute in spec.attributes:
        if attribute in known:
            found[attribute] = store.read_groups(attribute, purpose="audit", item_ids=ids)[1]
        elif (column := _catalogued(engine, attribute, ids)) is not None:
            found[attribute] = column
    return found


def _rows(engine: SearchEngine, slates: Slates) -> npt.NDArray[np.int64]:
    return _rows_of(engine, slates.candidates.item_ids)


def _rows_of(engine: SearchEngine, item_ids: Array) -> npt.NDArray[np.int64]:
    ids = engine.parts.items.item_ids
    order = np.argsort(ids)
    return order[np.searchsorted(ids, item_ids, sorter=order)]


def _catalogued(engine: SearchEngine, attribute: str, item_ids: Array) -> GroupColumn | None:
    """Return memberships from an attribute of the catalogue; None where no item has it."""
    table = Catalog(engine.parts.workspace).items(["item_id", "attributes"])
    known = {
        item_id: dict(values or ()).get(attribute)
        for item_id, values in zip(
            table["item_id"].to_pylist(), table["attributes"].to_pylist(), strict=True
        )
    }
    names = sorted({part for value in known.values() for part in names_in(value)})
    if len(names) > MOST_GROUPS:
        raise UsageError(
            f"The attribute {attribute!r} has {len(names):,} groups, more than {MOST_GROUPS}; "
            f"audit one with fewer."
        )
    if not names:
        return None
    number = {name: i + 1 for i, name in enumerate(names)}
    ranges = Ranges(attribute, "catalogue", {name: (number[name],) for name in names})
    readings = [[number[part] for part in names_in(known.get(str(item)))] for item in item_ids]
    flat = [reading for each in readings for reading in each]
    cuts = np.concatenate([[0], np.cumsum([len(each) for each in readings])]).astype(np.int64)
    return GroupColumn.from_readings(
        ranges, np.array(flat, np.int16), np.full(len(flat), State.PRESENT, np.int8), cuts
    )


def _qualified(slates: Slates, engine: SearchEngine, column: GroupColumn) -> Floats:
    """Return the R x K shares of the groups among the candidates that the re-ranker chose from."""
    shown = slates.candidates
    chosen_from = [(shown.request_of, shown.item_ids)]
    rerankers = {outcome.stage for outcome in slates.outcomes if outcome.kind == "reranker"}
    chosen_from += [(r.request, r.item_ids) for r in slates.removed if r.stage in rerankers]
    request = np.concatenate([part for part, _ in chosen_from])
    rows = _rows_of(engine, np.concatenate([ids for _, ids in chosen_from]))
    held = np.zeros((len(slates), len(column.ranges.names)))
    np.add.at(held, request, column.probabilities[rows, :-1])
    total = held.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(held, total, out=np.full(held.shape, np.nan), where=total > 0)
    return shares


def _relevance(slates: Slates, grades: Mapping[tuple[str, str], float]) -> Floats:
    shown = slates.candidates
    queries = shown.requests.columns["query"][shown.request_of]
    pairs = zip(queries.tolist(), shown.item_ids.tolist(), strict=True)
    return np.array([grades.get(pair, 0.0) for pair in pairs], np.float64)


def _ideal_gains(queries: Array, grades: Mapping[tuple[str, str], float], k: int) -> Floats:
    """Return the discounted gain of each query's k best graded items; NaN where none is graded."""
    best: dict[str, list[float]] = {}
    for (query, _), grade in grades.items():
        best.setdefault(query, []).append(grade)
    discount = 1 / np.log2(np.arange(k) + 2)
    gains = np.full(len(queries), np.nan)
    for place, query in enumerate(queries.tolist()):
        top = sorted(best.get(query, []), reverse=True)[:k]
        if top:
            gains[place] = float((np.array(top) * discount[: len(top)]).sum())
    return gains


def _any_synthetic(engine: SearchEngine) -> bool:
    return bool(np.any(engine.parts.items.columns["synthetic"]))


def _shifted(progress: Progress | None, done_before: int, of: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, _: tell(done_before + done, of)


__all__ = ["PageAudit", "Reactions", "audit_page"]
