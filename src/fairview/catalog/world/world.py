"""One synthetic world: its items, people and policy, how it is simulated and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.behaviour import Reactions, novelty_logit, simulate_scan
from fairview.catalog.world.expected import Expected, expected_day, standardised_clicks
from fairview.catalog.world.history import (
    Day,
    draw_requests,
    pair_logit,
    person_logit,
    simulate_days,
)
from fairview.catalog.world.identity import TRUTH_FILE, item_ids
from fairview.catalog.world.items import Floats32, Items, generate_items
from fairview.catalog.world.language import Text, write_text
from fairview.catalog.world.logging_policy import Pools, Slots, popularity_after, retrieve
from fairview.catalog.world.parameters import WorldParameters
from fairview.catalog.world.people import People, generate_people, tastes
from fairview.catalog.world.queries import QUERIES, Query, Relevance
from fairview.core.errors import DataError, MissingError

if TYPE_CHECKING:
    from fairview.catalog.world.exports import EventCounts, Progress
    from fairview.catalog.world.known import WorldTruth
    from fairview.catalog.world.pictures import Draw


@dataclass(frozen=True)
class World:
    """A synthetic world.

    Attributes
    ----------
    parameters
        What it was made from.
    items, people
        Who and what is in it.
    relevance
        The true grade of any item to any query.

    Examples
    --------
    >>> world = World.generate(WorldParameters(items=200, people=50, days=2))
    >>> len(world.items), len(world.people), world.queries[0].text
    (200, 50, 'summer makeup')
    """

    parameters: WorldParameters
    items: Items
    people: People
    relevance: Relevance

    @classmethod
    def generate(cls, parameters: WorldParameters) -> World:
        """Make the world that these parameters describe."""
        return cls(
            parameters,
            generate_items(parameters),
            generate_people(parameters),
            Relevance.of_world(),
        )

    @classmethod
    def load(cls, folder: Path) -> World:
        """Make the world again whose truth was written to `folder`.

        Raises
        ------
        MissingError
            Where the folder holds no ``world.json``.
        DataError
            Where it can't be read as one.
        """
        path = folder / TRUTH_FILE
        if not path.is_file():
            raise MissingError(f"{path} isn't there; write a world's truth into {folder} first.")
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path} isn't the truth of a world; write it again.") from error
        return cls.generate(WorldParameters.from_dict(plain))

    @property
    def queries(self) -> tuple[Query, ...]:
        """What its people search for, in the order of query codes."""
        return QUERIES

    @cached_property
    def item_ids(self) -> list[str]:
        """The id that the catalogue gives each item, in the order of item codes."""
        return item_ids(self.parameters)

    def item_codes(self, item_ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the codes of items by the catalogue's ids; -1 for an id of another world."""
        return np.array([self._code_of_item.get(item_id, -1) for item_id in item_ids], np.int64)

    def query_codes(self, texts: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the codes of queries by their text; -1 for one that nobody here asks."""
        code = {query.text: number for number, query in enumerate(QUERIES)}
        return np.array([code.get(text, -1) for text in texts], np.int64)

    @cached_property
    def _code_of_item(self) -> dict[str, int]:
        return {item_id: code for code, item_id in enumerate(self.item_ids)}

    @cached_property
    def pools(self) -> Pools:
        """The logging policy's candidates of every query."""
        return retrieve(self.items, self.relevance, self.parameters)

    @cached_property
    def tastes(self) -> Floats32:
        """How much each taste group likes each item, n x 6."""
        return tastes(self.people, self.items)

    def texts(self) -> list[Text]:
        """Return each item's title, description and tags."""
        return write_text(self.parameters, self.items)

    def days(self) -> Iterator[Day]:
        """Simulate the logged days, one at a time; every call gives the same days."""
        return simulate_days(self.parameters, self.items, self.people, self.pools, self.tastes)

    def simulate_clicks(
        self,
        query: npt.NDArray[np.integer],
        item: npt.NDArray[np.integer],
        person: npt.NDArray[np.integer],
        rng: np.random.Generator,
        *,
        weekday: int = 2,
        popularity: Floats32 | None = None,
        days_shown: npt.NDArray[np.integer] | None = None,
        offset: Floats32 | None = None,
    ) -> Reactions:
        """Simulate how people react to the slates of any policy.

        Parameters
        ----------
        query, person
            R codes of queries and people.
        item
            R x k item codes, the first position first; -1 at the end of a shorter slate.
        rng
            The source of chance; the same state gives the same reactions.
        weekday
            0 (Monday) to 6.
        popularity
            n popularities; those of day 1 where None.
        days_shown
            R x k days that each item was shown for the query before; None means long enough
            that novelty has worn off.
        offset
            R x k numbers that are added to the logit of a click, such as what people tire of.

        Raises
        ------
        DataError
            Where shapes don't fit or a code isn't in the world.
        """
        self._check_slates(query, item, person)
        shown = item >= 0
        item = np.where(shown, item, 0)
        everywhere = self.items.popularity if popularity is None else popularity
        novelty = 0.0 if days_shown is None else novelty_logit(days_shown)
        grade = self.relevance.grades(self.items, query[:, None], item)
        taste = self.tastes[item, self.people.taste[person][:, None]]
        logit = pair_logit(self.items, self.parameters, item, grade, everywhere, novelty)
        logit = logit + person_logit(taste, self.people.trust[person], weekday)
        if offset is not None:
            logit = logit + offset.astype(np.float32)
        logit = np.where(shown, logit, np.float32(-np.inf))
        did = simulate_scan(
            logit, self.people.patience[person], taste, self.items.quality[item], grade == 0, rng
        )
        return did.only(shown)

    def draw_requests(
        self, count: int, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int32]]:
        """Draw the queries and the people of this many requests, as the log's are drawn."""
        query, person, _ = draw_requests(rng, self.people, count)
        return query, person

    def first_ranking(self) -> tuple[Slots, Floats32]:
        """Return the policy's order of each pool on day 0, and the pools' logits, Q x c."""
        nothing = np.zeros(len(self.items), np.int64)
        popularity = popularity_after(self.items, nothing, self.parameters)
        new = novelty_logit(np.zeros(self.pools.item.shape, np.int16))
        logit = pair_logit(
            self.items, self.parameters, self.pools.item, self.pools.grade, popularity, new
        )
        return self.pools.ranking(popularity), logit

    def expected(self, day: Day | None = None) -> Expected:
        """Return what is expected of day 0, or of a simulated day given the days before it."""
        ranking, logit = self.first_ranking() if day is None else (day.ranking, day.pool_logit)
        weekday = 0 if day is None else day.number
        return expected_day(
            self.parameters, self.items, self.people, self.pools, self.tastes,
            ranking, logit, weekday,
        )  # fmt: skip

    def standardised_clicks(self) -> dict[str, float]:
        """Return the click-through each skin tone range would have on day 0, all else equal."""
        return standardised_clicks(
            self.parameters, self.items, self.people, self.pools, self.tastes,
            *self.first_ranking(),
        )  # fmt: skip

    def truth(self, *, simulate: bool = True) -> WorldTruth:
        """Return everything that is known of this world; see `known.truth_of`."""
        from fairview.catalog.world.known import truth_of

        return truth_of(self, simulate=simulate)

    def write_truth(self, folder: Path, *, simulate: bool = True) -> WorldTruth:
        """Write ``world.json`` and the truth's tables; see `exports.write_truth`."""
        from fairview.catalog.world.exports import write_truth

        return write_truth(self, folder, simulate=simulate)

    def write_events(
        self,
        path: Path,
        *,
        candidates: Path | None = None,
        saves: Path | None = None,
        progress: Progress | None = None,
    ) -> EventCounts:
        """Simulate the logged days and write their events; see `exports.write_events`."""
        from fairview.catalog.world.exports import write_events

        return write_events(self, path, candidates=candidates, saves=saves, progress=progress)

    def write_catalogue(
        self,
        folder: Path,
        *,
        pictures: bool = True,
        processes: int | None = None,
        draw: Draw | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Write the pictures and the manifest; see `pictures.write_catalogue`."""
        from fairview.catalog.world.pictures import write_catalogue

        return write_catalogue(
            self, folder, pictures=pictures, processes=processes, draw=draw, progress=progress
        )

    def _check_slates(
        self,
        query: npt.NDArray[np.integer],
        item: npt.NDArray[np.integer],
        person: npt.NDArray[np.integer],
    ) -> None:
        if item.ndim != 2 or query.shape != (len(item),) or person.shape != (len(item),):
            raise DataError(
                f"Slates need R queries, R people and R x k items; their shapes are {query.shape}, "
                f"{person.shape} and {item.shape}."
            )
        bounds = (
            ("query", query, 0, len(QUERIES)),
            ("item", item, -1, len(self.items)),
            ("person", person, 0, len(self.people)),
        )
        for name, codes, low, size in bounds:
            if codes.size and (codes.min() < low or codes.max() >= size):
                raise DataError(f"A {name} code lies outside 0 to {size - 1} of this world.")
        if (np.diff((item < 0).astype(np.int8), axis=1) < 0).any():
            raise DataError("A slate has an item after an empty position; pad slates at the end.")
