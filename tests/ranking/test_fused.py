"""Fused relevance and the ranker's utility: bounded, and defined whatever is missing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fairview.core import Candidates, Found, Requests
from fairview.ranking.fused import RELATED, SEARCH, FusedRelevance, fuse

scores = arrays(np.float64, 8, elements=st.one_of(st.floats(-1, 40), st.just(np.nan), st.just(0.0)))


@settings(deadline=None)
@given(bm25=scores, text=scores, picture=scores)
def test_it_lies_between_0_and_1_and_has_no_gaps(
    bm25: np.ndarray, text: np.ndarray, picture: np.ndarray
) -> None:
    parts = {"bm25": np.abs(bm25), "text_cosine": text, "picture_cosine": picture}
    for weights in (SEARCH, RELATED):
        fused = fuse(parts, weights)
        assert np.isfinite(fused).all()
        assert fused.min() >= 0
        assert fused.max() <= 1


def test_a_missing_part_leaves_its_weight_to_the_others() -> None:
    missing = np.full(2, np.nan)
    only_text = {"bm25": missing, "text_cosine": np.array([0.8, 0.4]), "picture_cosine": missing}
    assert fuse(only_text, SEARCH).tolist() == [1.0, 0.5]
    assert fuse({"bm25": missing}, SEARCH).tolist() == [0.0, 0.0]
    assert len(fuse({}, SEARCH)) == 0


def test_requests_are_scaled_apart() -> None:
    requests = Requests(np.array(["a", "b"]))
    found = Found(
        np.array([0, 2, 3]),
        np.array(["x", "y", "x"]),
        {
            "bm25": np.array([10.0, 5.0, 1.0]),
            "text_cosine": np.full(3, np.nan),
            "picture_cosine": np.full(3, np.nan),
        },
    )
    candidates = Candidates.merge(requests, {"all": found})
    assert FusedRelevance().score(candidates)["fused"].tolist() == [1.0, 0.5, 1.0]
