"""How attention is spread over items and providers, and what evens out over many rankings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, evaluate, parse_measure
from fairview.measure.measures.amortised_attention import AmortisedAttention
from fairview.measure.measures.atkinson import Atkinson
from fairview.measure.measures.coverage import Coverage
from fairview.measure.measures.gini import Gini
from fairview.measure.measures.top_share import TopShare


def rows(turns: bool) -> pd.DataFrame:
    """100 rankings of the items x and y, of equal relevance, which take turns or don't."""
    order = [("x", "y") if i % 2 or not turns else ("y", "x") for i in range(100)]
    return pd.DataFrame(
        {
            "request_id": np.repeat([f"r{i:03d}" for i in range(100)], 2),
            "cluster_id": np.repeat([f"p{i % 50}" for i in range(100)], 2),
            "item_id": np.array(order).ravel(),
            "position": [1, 2] * 100,
            "relevance": [2.0] * 200,
        }
    )


def test_gini_equals_its_definition_by_differences() -> None:
    x = np.random.default_rng(0).exponential(size=50)
    differences = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert float(Gini().figure(x)) == pytest.approx(differences)


@pytest.mark.parametrize("epsilon", [0.3, 1.0, 2.0])
def test_atkinson_equals_its_definition(epsilon: float) -> None:
    x = np.random.default_rng(0).exponential(size=50) + 0.1
    if epsilon == 1:
        level = np.exp(np.log(x).mean())
    else:
        level = np.mean(x ** (1 - epsilon)) ** (1 / (1 - epsilon))
    assert float(Atkinson(epsilon=epsilon).figure(x)) == pytest.approx(1 - level / x.mean())


def test_what_was_never_shown_counts() -> None:
    nothing = np.array([0.0, 4.0])
    assert float(Atkinson(epsilon=1.0).figure(nothing)) == 1.0
    assert float(Atkinson(epsilon=2.0).figure(nothing)) == 1.0
    assert float(TopShare(part=0.5).figure(nothing)) == 1.0
    assert np.isnan(float(Atkinson().figure(np.zeros(3))))


def test_equal_exposure_is_the_least_of_each() -> None:
    same = np.full(7, 3.0)
    assert float(Gini().figure(same)) == pytest.approx(0)
    assert float(Atkinson().figure(same)) == pytest.approx(0)
    assert float(TopShare(part=0.25).figure(same)) == pytest.approx(0.25)


def test_attention_that_takes_turns_evens_out() -> None:
    rng = np.random.default_rng(0)
    [even] = evaluate(AmortisedAttention(), DuckDBEngine(Log(rows=rows(turns=True))), rng)
    [never] = evaluate(AmortisedAttention(), DuckDBEngine(Log(rows=rows(turns=False))), rng)
    share = 1 / (1 + 1 / np.log2(3))
    assert even.value == pytest.approx(0, abs=1e-9)
    assert never.value == pytest.approx(100 * 2 * (share - 0.5))
    assert never.n == 200
    for wrong in (0.0, -1.0, np.nan):
        log = Log(rows=rows(turns=True).assign(relevance=wrong))
        with pytest.raises(DataError, match="AmortisedAttention reads 200 values"):
            evaluate(AmortisedAttention(), DuckDBEngine(log), rng)


def test_coverage_needs_to_know_what_there_was() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="table of entities"):
        evaluate(Coverage(), DuckDBEngine(Log(rows=rows(turns=True))), rng)
    everything = pd.DataFrame({"item_id": ["x", "y", "z", "w"]})
    log = Log(rows=rows(turns=False), entities=everything)
    assert evaluate(Coverage(), DuckDBEngine(log), rng)[0].value == 0.5
    assert evaluate(Coverage(at=1), DuckDBEngine(log), rng)[0].value == 0.25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TopShare(part=1)", "between 0 and 1"),
        ("Atkinson(epsilon=0)", "more than 0"),
        ("Gini(discount='cube')", "no discount 'cube'"),
        ("Coverage(times=0)", "use 1 up"),
    ],
)
def test_parameters_are_checked(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_measure(text)


def test_discounts_are_those_of_the_rankings() -> None:
    rng = np.random.default_rng(0)
    log = Log(rows=rows(turns=False))
    found = [evaluate(Gini(discount=d), DuckDBEngine(log), rng)[0].value for d in ("none", "trec")]
    assert found == pytest.approx([0.0, 0.0])
