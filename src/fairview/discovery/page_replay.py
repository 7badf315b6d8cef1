"""Replaying traffic: the same requests answered under any settings, as logs that audits compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.audit import (
    AuditLog,
    AuditSpec,
    SlateFacts,
    concerned_requests,
    log_from_catalogue,
    log_from_slates,
)
from fairview.catalog import SignalStore
from fairview.core import GroupColumn, Requests, Slates, UsageError
from fairview.core.columns import Array
from fairview.discovery.catalogue_groups import catalogue_groups
from fairview.discovery.engine import SearchEngine
from fairview.discovery.parts import Parts
from fairview.discovery.ranker_training import membership_of
from fairview.discovery.traffic import Traffic
from fairview.ranking import ItemFacts, Ranker
from fairview.ranking import train as train_on

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Reactions = Callable[[Slates], Mapping[str, Flags]]
"""Says what people did with slates: action to one boolean per shown item."""
Progress = Callable[[int, int], None]

FIXED = ("discovery.attribute", "discovery.slate_size")
"""Settings that decide what is compared; a replay can't change them."""


@dataclass(frozen=True)
class Replay:
    """The traffic answered once.

    Parameters
    ----------
    slates
        One per request of the traffic.
    log
        The same as an audit reads it.
    """

    slates: Slates
    log: AuditLog


class PageReplay:
    """Answers the same traffic again and again; nothing is logged.

    A request's qualified candidates, and whether it is judged on an attribute, are those of the
    page by relevance alone, so that every replay is judged on the same requests in the same way.

    Parameters
    ----------
    engine
        The engine of the workspace as it is.
    spec
        What the audits look at.
    traffic
        The requests; each distinct query is answered once per replay.
    grades
        Relevance of (query, item id), 0 where a pair isn't there. Where None, relevance is the
        page's own score: then NDCG says how much of it a page gives up, and its best is 1.
    reactions
        What people did with a page; None says nothing of actions.
    """

    def __init__(
        self,
        engine: SearchEngine,
        spec: AuditSpec,
        traffic: Traffic,
        *,
        grades: Mapping[tuple[str, str], float] | None = None,
        reactions: Reactions | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.engine = engine
        self.spec = spec
        self.traffic = traffic
        self.queries, self._place = np.unique(traffic.queries, return_inverse=True)
        self._grades = grades
        self._reactions = reactions
        workspace = engine.parts.workspace
        k = workspace.settings.discovery.slate_size
        self._memberships = _memberships(engine, spec)
        self._catalogued = log_from_catalogue(workspace, spec.attributes)
        self._synthetic = workspace.settings.synthetic or bool(
            np.any(engine.parts.items.columns["synthetic"])
        )
        first = engine.batch(self.queries.tolist(), diversify=False, progress=progress)
        self._qualified = {
            name: self._qualified_of(first, column)[self._place]
            for name, column in self._memberships.items()
        }
        self._first = self._repeated(first)
        if grades is None:
            self._ideal = _own_gain(self._first)
        else:
            self._ideal = _ideal_gains(self.queries, grades, k)[self._place]
        groups = self._groups_of(self._first)
        self._concerns = {
            name: concerned_requests(self._first, name, column, spec.applies_from)
            for name, column in groups.items()
        }

    @property
    def by_relevance(self) -> Replay:
        """The replay ordered by relevance alone, under the settings as they are."""
        return Replay(self._first, self._log(self._first))

    def replay(
        self,
        changes: Mapping[str, Any] | None = None,
        *,
        diversify: bool = True,
        progress: Progress | None = None,
    ) -> Replay:
        """Answer the traffic under changed settings.

        Parameters
        ----------
        changes
            Setting to value, such as ``{"discovery.reranker": "mmr"}``. Where
            ``ranking.reweighing`` is among them, a ranker is trained for this replay.
        diversify
            False orders by relevance alone.

        Raises
        ------
        UsageError
            Where a setting that decides what is compared is to be changed.
        DataError
            Where a setting is unknown or out of range.
        """
        engine = self.engine if not changes else self._changed(changes)
        once = engine.batch(self.queries.tolist(), diversify=diversify, progress=progress)
        slates = self._repeated(once)
        if "drawn" in once.candidates.columns:
            slates = self._one_by_one(engine, diversify)
        return Replay(slates, self._log(slates))

    def _one_by_one(self, engine: SearchEngine, diversify: bool) -> Slates:
        """Answer every request by itself: pages that are drawn by chance differ between them."""
        traffic = self.traffic
        slates = engine.batch(
            traffic.queries.tolist(),
            diversify=diversify,
            request_ids=traffic.request_ids.tolist(),
        )
        columns = {"query": traffic.queries, "cluster_id": traffic.cluster_ids}
        requests = Requests(traffic.request_ids, columns)
        return Slates(replace(slates.candidates, requests=requests), (), slates.outcomes)

    def _changed(self, changes: Mapping[str, Any]) -> SearchEngine:
        fixed = [name for name in FIXED if name in changes]
        if fixed:
            raise UsageError(
                f"{fixed[0]} decides what is compared, so a replay can't change it; set it in the "
                f"workspace's settings first."
            )
        parts = self.engine.parts
        parts = replace(parts, workspace=parts.workspace.with_settings(changes))
        if any(name.startswith("ranking.") for name in changes):
            parts = retrained(parts)
        return SearchEngine(parts)

    def _log(self, slates: Slates) -> AuditLog:
        facts = SlateFacts(
            groups=self._groups_of(slates),
            actions=self._reactions(slates) if self._reactions else {},
            relevance=(
                _own_relevance(slates) if self._grades is None else _relevance(slates, self._grades)
            ),
            ideal_dcg=self._ideal,
            qualified=self._qualified,
            concerns=self._concerns,
            applies_from=self.spec.applies_from,
            catalogue=self._catalogued.catalogue,
            notes=self._catalogued.notes,
            synthetic=self._synthetic,
        )
        return log_from_slates(slates, facts)

    def _repeated(self, slates: Slates) -> Slates:
        """Give each request of the traffic its query's slate, and its own id and person."""
        taken = slates.candidates.take_requests(self._place)
        traffic = self.traffic
        columns = {"query": traffic.queries, "cluster_id": traffic.cluster_ids}
        requests = Requests(traffic.request_ids, columns)
        return Slates(replace(taken, requests=requests), (), slates.outcomes)

    def _groups_of(self, slates: Slates) -> dict[str, GroupColumn]:
        rows = self._rows_of(slates.candidates.item_ids)
        return {name: column.take(rows) for name, column in self._memberships.items()}

    def _rows_of(self, item_ids: Array) -> npt.NDArray[np.int64]:
        ids = self.engine.parts.items.item_ids
        order = np.argsort(ids)
        return order[np.searchsorted(ids, item_ids, sorter=order)]

    def _qualified_of(self, slates: Slates, column: GroupColumn) -> Floats:
        """Return the R x K shares of groups among the candidates that a re-ranker chose from."""
        shown = slates.candidates
        chosen_from = [(shown.request_of, shown.item_ids)]
        rerankers = {outcome.stage for outcome in slates.outcomes if outcome.kind == "reranker"}
        chosen_from += [(r.request, r.item_ids) for r in slates.removed if r.stage in rerankers]
        request = np.concatenate([part for part, _ in chosen_from])
        rows = self._rows_of(np.concatenate([ids for _, ids in chosen_from]))
        held = np.zeros((len(slates), len(column.ranges.names)))
        np.add.at(held, request, column.probabilities[rows, :-1])
        total = held.sum(axis=1, keepdims=True)
        shares: Floats = np.divide(held, total, out=np.full(held.shape, np.nan), where=total > 0)
        return shares


def retrained(parts: Parts) -> Parts:
    """Return the parts with a ranker that was trained as their settings say; nothing is saved.

    Raises
    ------
    MissingError
        Where there is no index, or too little to learn from.
    UsageError
        Where groups are to be reweighed and the signal of them isn't there: the ranker would be
        the same, and a report would call that no effect.
    """
    settings = parts.workspace.settings
    known = membership_of(parts)
    if settings.ranking.reweighing and known is None:
        raise UsageError(
            f"Training can't be reweighed: no signal says anything of "
            f"{settings.discovery.attribute}."
        )
    matching = parts.matching()
    with TemporaryDirectory() as folder:
        train_on(parts.workspace, matching, folder=Path(folder), membership=known)
        ranker = Ranker.open(Path(folder))
    ids = parts.items.item_ids
    facts = ItemFacts.load(parts.workspace, ids, ranker.popularity_of(ids))
    return replace(parts, ranker=ranker, facts=facts)


def _memberships(engine: SearchEngine, spec: AuditSpec) -> dict[str, GroupColumn]:
    """Return all items' memberships, from a signal or else from the catalogue."""
    workspace, ids = engine.parts.workspace, engine.parts.items.item_ids
    store = SignalStore(workspace)
    known = {name for name, contract in store.contracts().items() if contract.value == "groups"}
    found = {}
    for attribute in spec.attributes:
        if attribute in known:
            found[attribute] = store.read_groups(attribute, purpose="audit", item_ids=ids)[1]
        elif (column := catalogue_groups(workspace, attribute, ids)) is not None:
            found[attribute] = column
    return found


def _own_relevance(slates: Slates) -> Floats:
    """Return the score that the page was made by, at least 0."""
    columns = slates.candidates.columns
    name = next((n for n in ("utility", "fused") if n in columns), None)
    if name is None:
        return np.ones(len(slates.candidates))
    return np.maximum(np.nan_to_num(columns[name].astype(np.float64)), 0.0)


def _own_gain(slates: Slates) -> Floats:
    """Return each request's discounted sum of its page's own scores; NaN where that is 0."""
    gain = _own_relevance(slates) / np.log2(slates.positions + 1.0)
    total = np.zeros(len(slates))
    np.add.at(total, slates.candidates.request_of, gain)
    return np.where(total > 0, total, np.nan)


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


__all__ = ["PageReplay", "Progress", "Reactions", "Replay", "retrained"]
