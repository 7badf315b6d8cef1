"""The index as a whole: prepared queries, matches, sources, and rows that may be found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairview.core import Candidates, Requests
from fairview.core.conformance import stage_violations
from fairview.retrieval import (
    IndexManifest,
    Matches,
    Matching,
    QueryVectors,
    SearchIndex,
    TextIndex,
    TextSource,
    VectorIndex,
    VectorSource,
    WordLists,
)
from fairview.retrieval.query_vectors import PICTURE, TEXT, column_of

TITLES = ["Red coat", "Blue coat", "Red lamp", "Green lamp", "Nothing"]
TAGS = [["wool"], ["wool"], ["home"], ["home"], []]
PICTURES = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 0]], np.float32)
TEXTS = np.eye(5, dtype=np.float32)


def encoder(query: str) -> np.ndarray:
    return np.eye(5, dtype=np.float32)[3] if "green" in query else np.zeros(5, np.float32)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    folder: Path = tmp_path_factory.mktemp("text") / "index"
    text = TextIndex.build(folder, titles=TITLES, tags=TAGS, descriptions=[""] * 5)
    present = np.ones(5, bool)
    return SearchIndex(
        IndexManifest("digest", 5, {}, {}, "now"),
        np.array([f"item-{n}" for n in range(5)]),
        text,
        {PICTURE: VectorIndex.build(PICTURES, present), TEXT: VectorIndex.build(TEXTS, present)},
    )


def test_a_query_looks_for_pictures_like_its_best_text_hits(index: SearchIndex) -> None:
    vectors = QueryVectors(index, encoder)
    picture = vectors.of_query("coat")[PICTURE]
    assert picture @ PICTURES[0] > 0.99 > 0.1 > picture @ PICTURES[2]
    assert vectors.of_query("coat") is vectors.of_query("coat")


def test_without_text_hits_similar_texts_stand_for_the_picture(index: SearchIndex) -> None:
    assert QueryVectors(index, encoder).of_query("greenish")[PICTURE] @ PICTURES[2] > 0.3
    assert not QueryVectors(index, None).of_query("unheard of")[PICTURE].any()


def requests_of(index: SearchIndex, *queries: str) -> Requests:
    vectors = [QueryVectors(index, encoder).of_query(query) for query in queries]
    columns = {column_of(name): np.stack([v[name] for v in vectors]) for name in index.vectors}
    return Requests(
        np.array([f"r{n}" for n in range(len(queries))]),
        {"query": np.array(queries), **columns},
    )


def test_sources_and_matches_conform(index: SearchIndex) -> None:
    requests = requests_of(index, "red coat", "green lamp")
    sources = [
        TextSource(index, 3),
        VectorSource(index, TEXT, 3, name="similar_text"),
        VectorSource(index, PICTURE, 3, name="similar_pictures"),
    ]
    found = {source.name: source.fetch(requests) for source in sources}
    candidates = Candidates.merge(requests, found)
    words = WordLists.of(TITLES, TAGS)
    for stage in (*sources, Matches(index, words)):
        assert stage_violations(stage, candidates) == []
    both = {"words", "similar_pictures"}
    assert both <= set(candidates.sources_of(0))


def test_a_pair_matches_alike_when_training_and_when_answering(index: SearchIndex) -> None:
    """What a ranker learns from is what it will be given."""
    words = WordLists.of(TITLES, TAGS)
    matching = Matching(index, words, QueryVectors(index, encoder), 5)
    for query in ("red coat", "green lamp", "unheard of"):
        requests = requests_of(index, query)
        found = TextSource(index, 5).fetch(requests)
        near = VectorSource(index, PICTURE, 5, name="near").fetch(requests)
        candidates = Candidates.merge(requests, {"words": found, "near": near})
        columns = Matches(index, words).hydrate(candidates).columns
        expected = matching.match(query, columns["row"])
        for name in ("bm25_share", "text_cosine", "picture_cosine", "words_in_title"):
            np.testing.assert_allclose(columns[name], expected[name], err_msg=name)
        np.testing.assert_allclose(candidates.columns["bm25"], expected["bm25"])


def test_only_allowed_rows_come_back(index: SearchIndex) -> None:
    allowed = np.array([False, True, False, True, False])
    requests = requests_of(index, "red coat")
    for source in (
        TextSource(index, 5, allowed=lambda _requests, _request: allowed),
        VectorSource(index, PICTURE, 5, name="near", allowed=lambda _requests, _request: allowed),
    ):
        found = source.fetch(requests)
        assert set(found.item_ids.tolist()) <= {"item-1", "item-3"}
        assert "item-1" in found.item_ids


def test_rows_of_unknown_items_are_told_apart(index: SearchIndex) -> None:
    rows, known = index.rows_of(np.array(["item-2", "zzz", "a"]))
    assert known.tolist() == [True, False, False]
    assert rows[0] == 2
