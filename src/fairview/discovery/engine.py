"""The search engine: opens a workspace once and answers requests."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from types import TracebackType

import numpy as np

from fairview.catalog import EventStore, Workspace
from fairview.core import RANGES, Observer, Refinement, Requests, Slates, UsageError
from fairview.core.columns import Array
from fairview.discovery.answer import Answer, RefinementOffer
from fairview.discovery.answer_writing import AnswerWriter
from fairview.discovery.asking import LARGEST_REFINED_PAGE, Ask, cleaned, page_size
from fairview.discovery.eligibility import Eligibility
from fairview.discovery.observers import CandidateLog, ExposureLog, LogBuffer
from fairview.discovery.parts import Parts
from fairview.discovery.refined_counter import RefinedCounter, RefinedCounts
from fairview.discovery.refinement import UNCERTAIN, RefinementRules
from fairview.discovery.replay import joined
from fairview.discovery.wiring import RELATED_PAGE, SEARCH_PAGE, pipeline
from fairview.retrieval import Expression

LOGGER = logging.getLogger("fairview.discovery")

CHUNK = 64


def new_request_id() -> str:
    """Return an id that no other request has."""
    return uuid.uuid4().hex


class SearchEngine:
    """Answers searches over one workspace; it may be used by several threads.

    Parameters
    ----------
    parts
        What the workspace has.
    clock
        Seconds, monotonic: deadlines and durations are read on it.
    new_id
        Gives request ids.

    Examples
    --------
    >>> from fairview.core import MissingError
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     workspace = Workspace.create(pathlib.Path(folder) / "looks")
    ...     try:
    ...         SearchEngine.open(workspace)
    ...     except MissingError as error:
    ...         print(error)
    The catalogue has no items yet; run: fairview ingest PATH
    """

    def __init__(
        self,
        parts: Parts,
        *,
        clock: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = new_request_id,
    ) -> None:
        workspace = parts.workspace
        self.parts = parts
        self.settings = workspace.settings
        self._clock = clock
        self._new_id = new_id
        self._rules = RefinementRules(
            parts.signals.refinable, parts.items.facets(), parts.items.picture_of
        )
        cell = self.settings.audit.minimum_cell
        self._eligibility = Eligibility.load(workspace.root, cell, workspace.models_dir)
        self._writer = AnswerWriter(parts, self._eligibility, self._rules.people)
        self._log = LogBuffer(EventStore(workspace))
        self._refined = RefinedCounts(workspace.log_dir, cell)
        surfaces = [SEARCH_PAGE, RELATED_PAGE] if self._can_relate else [SEARCH_PAGE]
        self._silent = {s: pipeline(parts, self._rules, s, clock=clock) for s in surfaces}
        self._counting = pipeline(parts, self._rules, SEARCH_PAGE, counts_only=True, clock=clock)
        self._logged = {
            s: pipeline(parts, self._rules, s, self._observers(s), clock=clock) for s in surfaces
        }

    @classmethod
    def open(
        cls,
        workspace: Workspace,
        *,
        clock: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = new_request_id,
    ) -> SearchEngine:
        """Read a workspace's parts and wire them.

        An index, a ranker or a signal that is missing doesn't keep it from answering: every
        answer says what was missing.

        Raises
        ------
        MissingError
            Where the catalogue is empty, or a required signal was never computed.
        UsageError
            Where the settings name a re-ranker, target or stage that doesn't exist.
        """
        return cls(Parts.read(workspace), clock=clock, new_id=new_id)

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence per part of the workspace that isn't there."""
        return self.parts.missing

    def search(
        self,
        query: str,
        *,
        refine: Refinement | None = None,
        k: int | None = None,
        diversify: bool | None = None,
        request_id: str | None = None,
        cluster_id: str = "anonymous",
        log: bool = True,
        where: Expression | None = None,
    ) -> Answer:
        """Answer one query.

        Parameters
        ----------
        query
            Any text.
        refine
            A choice for this request alone. Such a request writes no row anywhere.
        k
            Items on the page; the setting where None. A page that people were chosen on has at
            most `LARGEST_REFINED_PAGE`, so that nobody can be listed by what they look like.
        diversify
            Whether the page is spread and balanced; else it is in the order of relevance. Where
            None, the query's own eligibility decides.
        request_id, cluster_id
            The request's id (a new one where None) and the pseudonym of who asks.
        log
            Whether exposure is logged.
        where
            A filter over the columns kind, provider, width, height and item_id.

        Raises
        ------
        UsageError
            Where the query isn't text, `k` or `where` is wrong, or a refinement is chosen
            whose signal this workspace doesn't have.
        """
        start = self._clock()
        text = cleaned(query)
        request = request_id or self._new_id()
        varied = self._eligibility.is_diversified(text) if diversify is None else diversify
        ask = self._ask(k, varied, cluster_id, where, start)
        if refine:
            return self._refined_search(text, request, ask, refine, start, log=log)
        requests = ask.for_queries(self.parts, [request], [text])
        slates = self._run(SEARCH_PAGE, requests, log=log)
        return self._writer.write(slates, took_ms=self._since(start))

    def related(
        self,
        item_id: str,
        *,
        k: int | None = None,
        diversify: bool = True,
        request_id: str | None = None,
        cluster_id: str = "anonymous",
        log: bool = True,
        where: Expression | None = None,
    ) -> Answer:
        """Answer with items that are like this one.

        Parameters are those of `search`.

        Raises
        ------
        UsageError
            Where there is no such item.
        """
        start = self._clock()
        row = self._row_of(item_id)
        request = request_id or self._new_id()
        ask = self._ask(k, diversify, cluster_id, where, start)
        if not self._can_relate:
            return self._writer.nothing(
                request, "", "Nothing is alike without an index of embeddings; run: fairview index"
            )
        requests = ask.for_item(self.parts, request, row)
        slates = self._run(RELATED_PAGE, requests, log=log)
        return self._writer.write(slates, seed_row=row, took_ms=self._since(start))

    def batch(
        self,
        queries: Sequence[str],
        *,
        diversify: bool = True,
        k: int | None = None,
        request_ids: Sequence[str] | None = None,
        chunk: int = CHUNK,
        progress: Callable[[int, int], None] | None = None,
    ) -> Slates:
        """Replay many queries at once; nothing is logged and no deadline applies.

        Parameters
        ----------
        queries
            R queries.
        diversify, k
            As in `search`.
        request_ids
            R ids; ``replay-<number>`` where None.
        chunk
            How many requests are worked on at a time, which bounds memory.
        progress
            Called with how many are done, and of how many.

        Raises
        ------
        UsageError
            Where there is no query, or ids and queries differ in number.
        """
        if not queries:
            raise UsageError("There is no query to replay; give at least one.")
        ids = request_ids or [f"replay-{number}" for number in range(len(queries))]
        if len(ids) != len(queries):
            raise UsageError(f"{len(ids)} request ids were given for {len(queries)} queries.")
        texts = [cleaned(query) for query in queries]
        ask = Ask(page_size(k, self.settings.discovery.slate_size), diversify, "replay")
        done = []
        for begin in range(0, len(texts), chunk):
            end = min(begin + chunk, len(texts))
            requests = ask.for_queries(self.parts, ids[begin:end], texts[begin:end])
            done.append(self._silent[SEARCH_PAGE].run(requests))
            if progress:
                progress(end, len(texts))
        return joined(done)

    def eligible_refinements(self, query: str) -> tuple[RefinementOffer, ...]:
        """Return what this query offers to choose, with honest counts; nothing is logged."""
        return self._writer.offers(self._probe(cleaned(query)), 0)

    @property
    def eligibility(self) -> Eligibility:
        """Which queries offer which refinements."""
        return self._eligibility

    def pool(self, query: str, attribute: str) -> Array:
        """Return the counts of `PoolCounts` of what a query finds; nothing is logged.

        Raises
        ------
        UsageError
            Where this workspace can't be searched by the attribute.
        """
        self._check_choice(attribute)
        probe = self._probe(cleaned(query)).candidates
        if not len(probe):
            return np.zeros(len(RANGES[attribute].names) + 2, np.int64)
        counts: Array = probe.columns[f"pool_{attribute}"][0]
        return counts

    def warm(self) -> None:
        """Answer a page that nobody asked for, so that no person waits for what comes first.

        Compiled re-rankers take seconds to make the first time they run on a machine, and every
        process has to load them. Nothing is logged.
        """
        titles = self.parts.items.columns["title"]
        self.search(next((title for title in titles if title), ""), diversify=True, log=False)

    def flush(self) -> None:
        """Write the log rows and counts that wait."""
        self._log.flush()
        self._refined.flush()

    def close(self) -> None:
        """Write what waits; the engine may still be used."""
        self.flush()

    def __enter__(self) -> SearchEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _can_relate(self) -> bool:
        return self.parts.index is not None and bool(self.parts.index.vectors)

    def _refined_search(
        self, query: str, request: str, ask: Ask, refine: Refinement, start: float, *, log: bool
    ) -> Answer:
        """Answer what matches the choice, then what couldn't be read; neither is logged."""
        for attribute in refine.attributes:
            self._check_choice(attribute)
        if refine.attributes and ask.k > LARGEST_REFINED_PAGE:
            raise UsageError(
                f"A page that is refined by people has at most {LARGEST_REFINED_PAGE} items; "
                f"{ask.k} were asked for."
            )
        probe = self._probe(query)
        offers = self._writer.offers(probe, 0)
        offered = {offer.attribute for offer in offers}
        if not offered.issuperset(refine.attributes):
            if log:
                self._refined.add(self._day(), SEARCH_PAGE, 1)
            requests = ask.for_queries(self.parts, [request], [query])
            slates = self._run(SEARCH_PAGE, requests, log=False)
            return self._writer.not_offered(slates, took_ms=self._since(start))
        pages = []
        for part in ("matching", UNCERTAIN):
            chosen = Ask(**{**ask.__dict__, "refinement": refine, "part": part})
            requests = chosen.for_queries(self.parts, [request], [query])
            requests = self._rules.prepared(requests)
            pages.append(self._run(SEARCH_PAGE, requests, log=log and part != UNCERTAIN))
        return self._writer.write_refined(pages[0], pages[1], offers, took_ms=self._since(start))

    def _run(self, surface: str, requests: Requests, *, log: bool) -> Slates:
        """Answer requests and write their line; counts of a refined one would tell its choice."""
        pipelines = self._logged if log else self._silent
        slates = pipelines[surface].run(requests)
        if log and not requests.is_refined.any():
            LOGGER.info("%s %s", surface, slates.summary())
        return slates

    def _probe(self, query: str) -> Slates:
        ask = Ask(1, False, "probe")
        return self._counting.run(ask.for_queries(self.parts, ["probe"], [query]))

    def _ask(
        self, k: int | None, diversify: bool, cluster: str, where: Expression | None, start: float
    ) -> Ask:
        settings = self.settings.discovery
        if where is not None:
            where.mask({name: column[:0] for name, column in self._rules.facets.items()})
        return Ask(
            page_size(k, settings.slate_size),
            diversify,
            cluster,
            start + settings.deadline_ms / 1000,
            where=where,
        )

    def _check_choice(self, attribute: str) -> None:
        if attribute not in self._rules.people:
            raise UsageError(
                f"This workspace can't be searched by {attribute}: its signal isn't computed, or "
                f"its contract doesn't allow it; what can be chosen is: "
                f"{', '.join(self._rules.people) or 'nothing'}."
            )

    def _row_of(self, item_id: str) -> int:
        ids = self.parts.items.item_ids
        row = int(np.searchsorted(ids, item_id))
        if row >= len(ids) or ids[row] != item_id or not self.parts.items.exists[row]:
            raise UsageError(f"There is no item {item_id!r}; if it is new, run: fairview index")
        return row

    def _observers(self, surface: str) -> list[Observer]:
        clock = self.parts.workspace.clock
        versions = dict(self.parts.signals.versions)
        if self.parts.ranker is not None:
            versions["ranker"] = self.parts.ranker.version
        return [
            ExposureLog(
                self._log, clock=clock, policy=self.settings.discovery.reranker, versions=versions
            ),
            CandidateLog(self._log, clock=clock, sampling_rate=self.settings.audit.sampling_rate),
            RefinedCounter(self._refined, surface=surface, clock=clock),
        ]

    def _day(self) -> str:
        return self.parts.workspace.clock().date().isoformat()

    def _since(self, start: float) -> float:
        return round(1000 * (self._clock() - start), 3)
