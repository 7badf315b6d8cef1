"""Filtered vector search: exact where few rows are allowed, a walk over lists where many are.

The planner never filters afterwards, so it never comes back short: what costs less is chosen from
costs that were measured when the index was built, and a walk that finds fewer than asked for is
repeated exactly.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, MissingError, UsageError
from fairview.core.columns import Array
from fairview.retrieval.expression import Mask
from fairview.retrieval.hits import Hits, kth_best, ordered, products
from fairview.retrieval.vector_calibration import calibrated
from fairview.retrieval.vector_lists import (
    InvertedLists,
    against_query,
    first_lists,
    lists_to_read,
)
from fairview.retrieval.vector_plan import Plan, measured
from fairview.retrieval.vector_rows import (
    ByteVectors,
    Floats,
    Places,
    RowFile,
    Vectors,
    WholeVectors,
)

EXACT_ROWS = 20_000
"""Up to this many rows are compared one by one; beyond it there are inverted lists to walk."""

MISSES = 0.002
"""Share of k that the lists which a walk leaves unread may be expected to hold."""

WORTH = 0.5
"""A walk goes on where what is left of it costs at most this share of comparing all that match."""

PATIENCE = 12e-3
"""Up to this many seconds all that match are compared, where a walk isn't worth it."""

BUDGET = 2.5e-3
"""Seconds of reading after which a walk stops where comparing all would take longer than that: a
query far from everything gets the lists that matter most to it."""

CODECS = ("float32", "int8")
"""How vectors may be kept: whole, or as bytes with the whole ones on the disk."""

_FIRST_ROWS = 500


@dataclass(frozen=True)
class _Wanted:
    """k rows among those allowed: a mask over places, or the places themselves where few are."""

    k: int
    matching: int
    mask: Mask | None = None
    places: Places | None = None


class VectorIndex:
    """Cosine similarity over the items that have a vector, answering in catalogue rows.

    Parameters
    ----------
    rows
        The catalogue row at each of the m places.
    vectors
        The m unit vectors, place by place.
    size
        n, the number of catalogue rows; masks have this length.
    lists
        Inverted lists over the places, or None where all are compared.
    plan
        What reading costs, and how far a walk reads.

    Examples
    --------
    >>> index = VectorIndex.build(np.eye(3, dtype=np.float32), np.array([True, True, False]))
    >>> index.search(np.array([0.6, 0.8, 0.0], np.float32), 5).rows.tolist()
    [1, 0]
    """

    def __init__(
        self,
        rows: Places,
        vectors: Vectors,
        size: int,
        lists: InvertedLists | None = None,
        plan: Plan | None = None,
    ) -> None:
        self.rows = rows
        self.vectors = vectors
        self.size = size
        self.plan = plan or Plan()
        self._lists = lists
        self._place_of = np.full(size, -1, np.int32)
        self._place_of[rows] = np.arange(len(rows))

    @classmethod
    def build(
        cls,
        vectors: Array,
        present: Mask,
        *,
        exact_rows: int = EXACT_ROWS,
        seed: int = 0,
        codec: str = "float32",
    ) -> VectorIndex:
        """Index the rows of `vectors` (n x d) where `present`; rows of length zero are left out.

        Lists are trained, and a plan is measured, where there are more than `exact_rows`.

        Raises
        ------
        DataError
            Where a vector isn't finite.
        UsageError
            Where there is no such codec.
        """
        if codec not in CODECS:
            raise UsageError(f"There is no codec {codec!r}; use one of {', '.join(CODECS)}.")
        length = np.linalg.norm(vectors, axis=1)
        if not np.isfinite(length[present]).all():
            raise DataError("A vector isn't finite; run: fairview signals run")
        rows = np.flatnonzero(present & (length > 0))
        unit = np.ascontiguousarray(vectors[rows], np.float32)
        unit /= length[rows, None].astype(np.float32)
        lists = None
        if len(rows) > exact_rows:
            lists, order = InvertedLists.of(unit, seed)
            rows, unit = rows[order], unit[order]
        stored: Vectors = WholeVectors(unit) if codec == "float32" else ByteVectors.of(unit)
        if lists is None:
            return cls(rows, stored, len(vectors))
        rng = np.random.default_rng(seed)
        index = cls(rows, stored, len(vectors), lists, measured(stored, rng))
        exact = WholeVectors(unit)
        blur = stored.margin(unit[0])
        index.plan = calibrated(index.plan, exact, index._walk_places, rng, blur=blur)
        return index

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """The vectors' length d."""
        return self.vectors.dimension

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Array] = {"rows": self.rows}
        if isinstance(self.vectors, ByteVectors):
            arrays |= {"codes": self.vectors.codes, "scale": self.vectors.scale}
            arrays["vectors"] = np.asarray(self.vectors.source[np.arange(len(self))])
        else:
            arrays["vectors"] = self.vectors.whole(np.arange(len(self)))
        if self._lists is not None:
            arrays |= {name: getattr(self._lists, name) for name in _LISTS}
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        facts = {
            "size": self.size,
            "lists": self._lists is not None,
            "codec": "int8" if "codes" in arrays else "float32",
            "plan": asdict(self.plan),
        }
        (folder / "index.json").write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """Open a saved index, its vectors memory-mapped; an unreadable one is a `MissingError`."""
        try:
            facts = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            stored: Vectors
            if facts["codec"] == "int8":
                whole = RowFile(folder / "vectors.npy")
                stored = ByteVectors(_mapped(folder, "codes"), _loaded(folder, "scale"), whole)
            else:
                stored = WholeVectors(_mapped(folder, "vectors"))
            lists = None
            if facts["lists"]:
                lists = InvertedLists(**{name: _loaded(folder, name) for name in _LISTS})
            rows = _loaded(folder, "rows")
            return cls(rows, stored, int(facts["size"]), lists, Plan(**facts["plan"]))
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise MissingError(
                f"The vector index in {folder} can't be opened ({error}); run: fairview index"
            ) from error

    def search(self, query: Array, k: int, *, allowed: Mask | None = None) -> Hits:
        """Return the k nearest rows by cosine, ties by row.

        Parameters
        ----------
        query
            d floats; a vector of zeros is near nothing.
        k
            How many rows at most; fewer come back only when fewer are allowed.
        allowed
            n booleans over the catalogue; only these rows may come back.
        """
        unit = unit_of(query)
        if unit is None or k < 1 or not len(self.rows):
            return Hits.none()
        return self._answer(unit, [self._wanted(k, allowed)])[0]

    def search_groups(
        self,
        query: Array,
        quotas: Mapping[str, int],
        groups: Mapping[str, Mask],
        *,
        allowed: Mask | None = None,
    ) -> dict[str, Hits]:
        """Return each group's nearest rows, as many as its quota, from one walk over the lists.

        Parameters
        ----------
        query
            d floats.
        quotas
            Group to how many of its rows are wanted.
        groups
            Group to n booleans over the catalogue; a row may stand in several groups.
        allowed
            n booleans over the catalogue; only these rows may come back.
        """
        unit = unit_of(query)
        names = [name for name, quota in quotas.items() if quota > 0]
        if unit is None or not len(self.rows):
            return {name: Hits.none() for name in quotas}
        masks = {
            name: groups[name] if allowed is None else groups[name] & allowed for name in names
        }
        wanted = [self._wanted(quotas[name], masks[name]) for name in names]
        found = dict(zip(names, self._answer(unit, wanted), strict=True))
        return {name: found.get(name, Hits.none()) for name in quotas}

    def exact(self, query: Array, k: int, *, allowed: Mask | None = None) -> Hits:
        """Return the k nearest rows by comparing every allowed one: what recall is measured by."""
        unit = unit_of(query)
        if unit is None or k < 1 or not len(self.rows):
            return Hits.none()
        return self._to_rows(self._exact(unit, self._wanted(k, allowed)))

    def vectors_of(self, rows: npt.NDArray[np.int64]) -> tuple[Array, Mask]:
        """Return the vectors of catalogue rows (zeros where there is none), and which have one."""
        inside = (rows >= 0) & (rows < self.size)
        places = np.full(len(rows), -1, np.int64)
        places[inside] = self._place_of[rows[inside]]
        has = places >= 0
        found = np.zeros((len(rows), self.dimension), np.float32)
        found[has] = self.vectors.whole(places[has])
        return found, has

    def _wanted(self, k: int, allowed: Mask | None) -> _Wanted:
        if allowed is None:
            return _Wanted(min(k, len(self.rows)), len(self.rows))
        if len(allowed) != self.size:
            raise UsageError(
                f"A mask of {len(allowed)} rows can't filter an index over {self.size} rows."
            )
        if np.count_nonzero(allowed) <= self.plan.few(self.size):
            places = self._place_of[np.flatnonzero(allowed)].astype(np.int64)
            places = np.sort(places[places >= 0])
            return _Wanted(min(k, len(places)), len(places), places=places)
        mask = allowed.take(self.rows)
        matching = int(np.count_nonzero(mask))
        return _Wanted(min(k, matching), matching, mask=mask)

    def _answer(self, unit: Floats, wanted: Sequence[_Wanted]) -> list[Hits]:
        few = self.plan.few(self.size)
        walked = [w for w in wanted if self._lists is not None and w.matching > few]
        found = dict(zip(map(id, walked), self._walk(unit, walked), strict=True))
        answers = []
        for each in wanted:
            hits = found.get(id(each))
            if hits is None or len(hits) < each.k:
                hits = self._exact(unit, each)
            answers.append(self._to_rows(hits))
        return answers

    def _to_rows(self, hits: Hits) -> Hits:
        return ordered(self.rows[hits.rows], hits.scores, len(hits))

    def _exact(self, unit: Floats, wanted: _Wanted) -> Hits:
        """Return the best places of those wanted, every one of them compared."""
        n, places = len(self.rows), wanted.places
        if places is None and wanted.mask is not None:
            places = np.flatnonzero(wanted.mask)
        if places is None:
            return self._best(None, self.vectors.in_order(0, n, unit), wanted.k, unit)
        if self.plan.apart * len(places) <= self.plan.in_order * n:
            scores = self.vectors.apart(places, unit)
        else:
            scores = self.vectors.in_order(0, n, unit)[places]
        return self._best(places, scores, wanted.k, unit)

    def _best(self, places: Places | None, scores: Floats, k: int, unit: Floats) -> Hits:
        """Return the k best places, those near the k-th compared again to the last decimal."""
        if k < 1:
            return Hits.none()
        margin = self.vectors.margin(unit)
        near = np.flatnonzero(scores >= kth_best(scores, k) - 2 * margin)
        if isinstance(self.vectors, ByteVectors) and len(near) > 8 * k + 64:
            near = near[np.lexsort((near, -scores[near]))[: 8 * k + 64]]
        chosen = near if places is None else places[near]
        exact = products(self.vectors.whole(chosen), unit)
        order = np.lexsort((self.rows[chosen], -np.round(exact.astype(np.float64), 6)))[:k]
        return Hits(chosen[order], exact[order].astype(np.float64))

    def _walk_places(self, unit: Floats, k: int, mask: Mask | None, factor: float) -> Hits:
        matching = len(self.rows) if mask is None else int(np.count_nonzero(mask))
        found = self._walk(unit, [_Wanted(k, matching, mask)], factor)[0]
        return found or Hits.none()

    def _walk(
        self, unit: Floats, wanted: Sequence[_Wanted], factor: float | None = None
    ) -> list[Hits | None]:
        """Read the lists that matter to any of those wanted; None where exact costs less.

        With a `factor`, that one is used, and no walk is given up.
        """
        lists = self._lists
        if lists is None or not wanted:
            return [None] * len(wanted)
        likeness = lists.likeness(unit)
        counts = [lists.count(w.mask) for w in wanted]
        first = _union(
            first_lists(likeness, count, max(_FIRST_ROWS, 8 * w.k))
            for w, count in zip(wanted, counts, strict=True)
        )
        places, scores = self._read(unit, first, wanted)
        further: list[Places | None] = []
        for w, count in zip(wanted, counts, strict=True):
            inside = scores if w.mask is None else scores[w.mask[places]]
            threshold = kth_best(inside, w.k) - self.vectors.margin(unit)
            width = factor
            if width is None:
                against = against_query(likeness, count, lists.sizes)
                width = self.plan.against if against else self.plan.factor
            expected = lists.expected(likeness, count, threshold, width)
            expected[first] = 0
            need = lists_to_read(expected, MISSES * w.k)
            further.append(need if factor is not None else self._worth(need, count, w))
        rest = _union(need for need in further if need is not None)
        if len(rest):
            more_places, more_scores = self._read(unit, rest, wanted)
            places = np.concatenate([places, more_places])
            scores = np.concatenate([scores, more_scores])
        answers: list[Hits | None] = []
        for w, given in zip(wanted, further, strict=True):
            if given is None:
                answers.append(None)
            elif w.mask is None:
                answers.append(self._best(places, scores, w.k, unit))
            else:
                inside_mask = w.mask[places]
                answers.append(self._best(places[inside_mask], scores[inside_mask], w.k, unit))
        return answers

    def _worth(self, need: Places, count: Places, wanted: _Wanted) -> Places | None:
        """Return the lists to read, most promising first, or None where exact costs less."""
        held = self._lists
        if held is None:
            return None
        exact = self.plan.exact(wanted.matching, len(self.rows))
        costs = self.plan.per_list + np.minimum(
            self.plan.apart * count[need], self.plan.in_order * held.sizes[need]
        )
        if costs.sum() <= WORTH * exact:
            return need
        if exact <= PATIENCE:
            return None
        return need[: int(np.searchsorted(np.cumsum(costs), BUDGET, side="right"))]

    def _read(
        self, unit: Floats, lists: Places, wanted: Sequence[_Wanted]
    ) -> tuple[Places, Floats]:
        """Return these lists' places and products: of all rows, or where few, of those allowed."""
        held = self._lists
        if held is None or not len(lists):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        places = held.places(lists)
        masks = [w.mask for w in wanted if w.mask is not None]
        if len(masks) == len(wanted):
            inside = masks[0][places]
            for mask in masks[1:]:
                inside |= mask[places]
            allowed = int(np.count_nonzero(inside))
            if self.plan.apart * allowed < self.plan.in_order * len(places):
                places = places[inside]
                return places, self.vectors.apart(places, unit)
        starts = held.starts
        parts = [self.vectors.in_order(int(starts[i]), int(starts[i + 1]), unit) for i in lists]
        return places, np.concatenate(parts)


_LISTS = ("means", "starts", "spread")


def unit_of(query: Array) -> Floats | None:
    """Return a query's vector at length one, or None where it has no length."""
    length = float(np.linalg.norm(query))
    if length == 0:
        return None
    return np.ascontiguousarray(query / length, np.float32)


def _union(parts: Iterable[Places]) -> Places:
    lists = list(parts)
    return np.unique(np.concatenate(lists)) if lists else np.zeros(0, np.int64)


def _loaded(folder: Path, name: str) -> Array:
    return np.asarray(np.load(folder / f"{name}.npy", allow_pickle=False))


def _mapped(folder: Path, name: str) -> Array:
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
