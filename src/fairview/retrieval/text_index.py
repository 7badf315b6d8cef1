"""BM25 over title, tags and description, on tantivy.

Every word of a query may match (OR); an item that holds all words, or the words as a phrase,
scores higher, so that no query needs operators and a word that occurs nowhere costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from fairview.core import MissingError
from fairview.core.columns import Array
from fairview.retrieval.expression import Expression, Mask
from fairview.retrieval.filter_form import Kind
from fairview.retrieval.filter_tantivy import add_fields, add_values, to_tantivy
from fairview.retrieval.hits import Hits, ordered
from fairview.retrieval.words import Words, analyser

ANALYSER = "english_folded"
BOOSTS: Mapping[str, float] = {"title": 2.0, "tags": 1.5, "description": 1.0}
ALL_WORDS_BOOST = 0.5
PHRASE_BOOST = 1.0
FEW = 4_096
"""Up to this many allowed rows are part of the query; with more, hits are read until enough are
allowed."""

KINDS = "filter_columns.json"
"""The file that says which columns an index can filter by."""

_HEAP = 64_000_000


class TextIndex:
    """A text index over n items, answering in rows.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     index = TextIndex.build(
    ...         Path(folder), titles=["Red coat", "Blue coat"], tags=[["wool"], []],
    ...         descriptions=["Warm.", "Also warm, with red buttons."],
    ...     )
    ...     index.search("red coats", 2).rows.tolist()
    [0, 1]
    """

    def __init__(self, index: tantivy.Index, kinds: Mapping[str, Kind] | None = None) -> None:
        self.kinds: Mapping[str, Kind] = kinds or {}
        index.register_tokenizer(ANALYSER, analyser())
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(
        cls,
        folder: Path,
        *,
        titles: Sequence[str],
        tags: Sequence[Sequence[str]],
        descriptions: Sequence[str],
        columns: Mapping[str, Array] | None = None,
    ) -> TextIndex:
        """Index n items into an empty folder; the item in row i is number i.

        `columns` are what searches may filter by, each of length n.
        """
        columns = columns or {}
        kinds = {name: Kind.of(name, column) for name, column in columns.items()}
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        for name in BOOSTS:
            builder.add_text_field(name, tokenizer_name=ANALYSER)
        builder.add_unsigned_field("row", indexed=True, fast=True)
        add_fields(builder, kinds)
        index = tantivy.Index(builder.build(), path=str(folder))
        index.register_tokenizer(ANALYSER, analyser())
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        for row, (title, words, description) in enumerate(
            zip(titles, tags, descriptions, strict=True)
        ):
            document = tantivy.Document()
            document.add_unsigned("row", row)
            document.add_text("title", title)
            document.add_text("tags", ", ".join(words))
            document.add_text("description", description)
            add_values(document, {name: column[row] for name, column in columns.items()})
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        kept = {name: kind.value for name, kind in kinds.items()}
        (folder / KINDS).write_text(json.dumps(kept), encoding="utf-8")
        return cls(index, kinds)

    @classmethod
    def open(cls, folder: Path) -> TextIndex:
        """Open an index; a folder without a readable one is a `MissingError`."""
        try:
            index = tantivy.Index.open(str(folder))
            kept = json.loads((folder / KINDS).read_text(encoding="utf-8"))
            return cls(index, {name: Kind(kind) for name, kind in kept.items()})
        except (ValueError, OSError) as error:
            raise MissingError(
                f"The text index in {folder} can't be opened ({error}); run: fairview index"
            ) from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self,
        query: str | Words,
        k: int,
        *,
        allowed: Mask | None = None,
        where: Expression | None = None,
    ) -> Hits:
        """Return the k best rows by score, ties by row.

        Parameters
        ----------
        query
            Any text at all; see `Words`.
        k
            How many rows at most; fewer come back only when fewer match.
        allowed
            n booleans; only these rows may come back.
        where
            A condition on the columns that the index was built with; it doesn't change a score.
        """
        words = query if isinstance(query, Words) else Words(query)
        wanted = min(k, len(self) if allowed is None else int(np.count_nonzero(allowed)))
        if not words.stems or wanted < 1:
            return Hits.none()
        scored = self._query(words.stems)
        if where is not None:
            scored = self._among(scored, to_tantivy(where, self.kinds, self._schema))
        if allowed is None:
            return self._hits(scored, wanted)
        if int(np.count_nonzero(allowed)) <= FEW:
            return self._hits(self._restricted(scored, allowed), wanted)
        return self._hits_among(scored, wanted, allowed)

    def count(self, query: str | Words) -> int:
        """Return how many items hold at least one of the query's words."""
        words = query if isinstance(query, Words) else Words(query)
        if not words.stems:
            return 0
        result: Any = self._searcher.search(self._query(words.stems), 1, True)
        return int(result.count)

    def _query(self, stems: Sequence[str]) -> tantivy.Query:
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        per_word = [
            tantivy.Query.boolean_query(
                [(should, self._term(field, stem, boost)) for field, boost in BOOSTS.items()]
            )
            for stem in stems
        ]
        parts = [(should, word) for word in per_word]
        if len(stems) > 1:
            together = tantivy.Query.boolean_query([(must, word) for word in per_word])
            parts.append((should, tantivy.Query.boost_query(together, ALL_WORDS_BOOST)))
            for field in ("title", "description"):
                phrase = tantivy.Query.phrase_query(self._schema, field, list(stems))
                parts.append((should, tantivy.Query.boost_query(phrase, PHRASE_BOOST)))
        return tantivy.Query.boolean_query(parts)

    def _term(self, field: str, stem: str, boost: float) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, field, stem, index_option="freq")
        return tantivy.Query.boost_query(term, boost)

    def _restricted(self, query: tantivy.Query, allowed: Mask) -> tantivy.Query:
        rows = np.flatnonzero(allowed).tolist()
        return self._among(query, tantivy.Query.term_set_query(self._schema, "row", rows))

    def rows_where(self, where: Expression) -> npt.NDArray[np.int64]:
        """Return the ascending rows that meet a condition on the index's columns."""
        query = to_tantivy(where, self.kinds, self._schema)
        found = self._searcher.search(query, max(len(self), 1), False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return np.sort(np.array(rows, np.int64))

    def _among(self, query: tantivy.Query, among: tantivy.Query) -> tantivy.Query:
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query(
            [(must, query), (must, tantivy.Query.const_score_query(among, 0.0))]
        )

    def _hits(self, query: tantivy.Query, k: int) -> Hits:
        found = self._searcher.search(query, k + 16, False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        scores = np.array([score for score, _ in found], np.float64)
        return ordered(np.array(rows, np.int64), scores, k)

    def _hits_among(self, query: tantivy.Query, k: int, allowed: Mask) -> Hits:
        depth = 2 * k
        while True:
            hits = self._hits(query, depth)
            mask = allowed[hits.rows]
            if int(mask.sum()) >= k or len(hits.rows) < depth:
                return Hits(hits.rows[mask][:k], hits.scores[mask][:k])
            depth *= 4
