"""A measure's name is its identity; a wrong name says what there is."""

from __future__ import annotations

import pytest

from fairview.core import DataError, UsageError
from fairview.measure import Target, known_measures, parse_measure


def test_every_measure_documents_itself() -> None:
    own = {n: k for n, k in known_measures().items() if k.__module__.startswith("fairview.")}
    assert set(own) >= {"ActionRate", "Div", "Gini"}
    for name, kind in own.items():
        text = kind.__doc__ or ""
        assert len(text) > 120, name
        assert "Range" in text, name
        assert "Parameters" in text, name
        assert ">>>" in text, name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nothing", "no measure 'Nothing'; there are .*Div"),
        ("Div(", "isn't of the form"),
        ("Div(3)", "isn't of the form"),
        ("Div(by=skin)", "plain values"),
        ("Div(depth=3)", "doesn't take depth"),
        ("__import__('os')", "isn't of the form"),
        ("1+1", "isn't of the form"),
        ("Gini@5", "doesn't take at"),
        ("ActionRate", "needs by"),
    ],
)
def test_a_wrong_name_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_measure(text)


def test_targets_are_checked() -> None:
    with pytest.raises(DataError, match=r"sums to 0\.9"):
        Target("mine", {"a": 0.5, "b": 0.4})
    with pytest.raises(DataError, match="outside 0 to 1"):
        Target("mine", {"a": 1.5, "b": -0.5})
    with pytest.raises(UsageError, match="no shares"):
        Target("mine")
    with pytest.raises(DataError, match="differ in b, c"):
        Target("mine", {"a": 0.5, "b": 0.5}).resolve(("a", "c"))
    with pytest.raises(UsageError, match="differs by request"):
        Target("qualified").resolve(("a",))
