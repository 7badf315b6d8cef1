"""The six kinds of stage. An author writes one method; the pipeline owns everything around it.

Every stage sees R requests at once. Hydrators and scorers keep length and order; only filters
drop, and they say why; a reranker orders and cuts; an observer changes nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.candidates import Candidates, Found
from fairview.core.columns import Array, GroupColumn, SignalColumn
from fairview.core.requests import Requests

if TYPE_CHECKING:
    from fairview.core.slates import Slates


class Stage(ABC):
    """What all six kinds share.

    Attributes
    ----------
    name
        The stage's name in slates, logs and explanations.
    needs
        Columns, signals or memberships that must be there; without them the stage is skipped
        and the slate says so.
    provides
        What it adds.
    optional
        Whether the pipeline goes on without it when it fails. A filter and a reranker are not:
        without them a page would hold what it mustn't, or be uncut.
    """

    kind: ClassVar[str]
    name: str = "stage"
    needs: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    optional: bool = True


class Source(Stage):
    """Brings candidates."""

    kind = "source"

    @abstractmethod
    def fetch(self, requests: Requests) -> Found:
        """Return what this source finds for each of the R requests."""


@dataclass(frozen=True)
class Hydrated:
    """What a hydrator adds to n candidates, each of length n."""

    columns: Mapping[str, Array] = field(default_factory=dict)
    signals: Mapping[str, SignalColumn] = field(default_factory=dict)
    groups: Mapping[str, GroupColumn] = field(default_factory=dict)


class Hydrator(Stage):
    """Adds columns, signals and memberships to candidates."""

    kind = "hydrator"

    @abstractmethod
    def hydrate(self, candidates: Candidates) -> Hydrated:
        """Return the columns to add, each as long as `candidates`."""


@dataclass(frozen=True)
class Kept:
    """A filter's decision.

    Parameters
    ----------
    mask
        n booleans; False removes the item.
    reasons
        Why items are removed: one sentence for all, or n strings.
    """

    mask: npt.NDArray[np.bool_]
    reasons: str | Array


class Filter(Stage):
    """Removes candidates and says why. It fails closed: a filter that breaks stops the answer."""

    kind = "filter"
    optional = False

    @abstractmethod
    def keep(self, candidates: Candidates) -> Kept:
        """Return which candidates stay, and why the others go."""


class Scorer(Stage):
    """Adds scores: one float column per name it provides."""

    kind = "scorer"

    @abstractmethod
    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return the columns to add, each as long as `candidates`."""


@dataclass(frozen=True)
class Ranked:
    """A reranker's slates.

    Parameters
    ----------
    order
        Rows of the candidates, request after request, best first; no row twice.
    offsets
        R+1 positions that cut `order` into requests.
    columns
        Explanations aligned with `order`: what each term contributed at each position.
    """

    order: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    columns: Mapping[str, Array] = field(default_factory=dict)


class Reranker(Stage):
    """Orders the candidates of each request and cuts them to the slate's length.

    It is not optional: without it a page would be neither ordered nor cut.
    """

    kind = "reranker"
    optional = False

    @abstractmethod
    def rerank(self, candidates: Candidates) -> Ranked:
        """Return each request's slate; what isn't in it is removed as not selected."""


class Observer(Stage):
    """Looks at finished slates: logs, counters.

    The pipeline never hands it a refined request's slate; of those it gets a number only. The
    stages' outcomes count a whole batch, so where part of one was refined it gets none of them.
    """

    kind = "observer"

    @abstractmethod
    def observe(self, slates: Slates) -> None:
        """Record these slates; none of their requests was refined."""

    def count_refined(self, requests: int) -> None:
        """Add this number of refined requests to a counter; nothing else is known of them."""


__all__ = [
    "Filter",
    "Hydrated",
    "Hydrator",
    "Kept",
    "Observer",
    "Ranked",
    "Reranker",
    "Scorer",
    "Source",
    "Stage",
]
