"""Filter expressions: each node, values that aren't there, and the laws of Boolean algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core import UsageError
from fairview.retrieval import AllOf, AnyOf, Between, Equals, Expression, Not, OneOf

ITEMS = {
    "kind": np.array(["image", "text", "image", "text"]),
    "width": np.array([640, 0, 320, 100]),
    "price": np.array([1.5, np.nan, 3.0, 2.0]),
    "provider": np.array(["a", None, "b", "a"], dtype=object),
}

leaves = st.sampled_from(
    [
        Equals("kind", "image"),
        OneOf("width", (0, 320)),
        Between("price", 2.0, None),
        Equals("provider", "a"),
        Between("width", 100, 640),
    ]
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Equals("kind", "image"), [True, False, True, False]),
        (Equals("width", 0), [False, True, False, False]),
        (OneOf("kind", ()), [False] * 4),
        (OneOf("provider", ("b", None)), [False, True, True, False]),
        (Between("price"), [True, False, True, True]),
        (Between("price", 1.5, 2.0), [True, False, False, True]),
        (~Between("price", 1.5, 2.0), [False, True, True, False]),
        (Equals("kind", "image") & Between("width", 400), [True, False, False, False]),
        (Equals("kind", "text") | Equals("provider", "b"), [False, True, True, True]),
    ],
)
def test_masks(expression: Expression, expected: list[bool]) -> None:
    assert expression.mask(ITEMS).tolist() == expected


@settings(deadline=None)
@given(left=trees, right=trees)
def test_the_laws_of_de_morgan(left: Expression, right: Expression) -> None:
    assert np.array_equal((~(left & right)).mask(ITEMS), (~left | ~right).mask(ITEMS))
    assert np.array_equal((~(left | right)).mask(ITEMS), (~left & ~right).mask(ITEMS))
    assert np.array_equal((~~left).mask(ITEMS), left.mask(ITEMS))


def test_mistakes_are_named() -> None:
    with pytest.raises(UsageError, match="no column 'colour'"):
        Equals("colour", "red").mask(ITEMS)
    with pytest.raises(UsageError, match="holds text"):
        Equals("kind", 3).mask(ITEMS)
    with pytest.raises(UsageError, match="holds no numbers"):
        Between("kind", 1, 2).mask(ITEMS)
