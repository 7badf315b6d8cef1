"""The audit files that are shipped as examples run on logs of the shape that they describe."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fairview
from fairview.audit import AuditSpec
from fairview.audit.wording import words_of

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
RNG = np.random.default_rng(5)


def pages(requests: int, size: int, request: str, position: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            request: np.repeat([f"r{i}" for i in range(requests)], size),
            position: np.tile(np.arange(1, size + 1), requests),
        }
    )


def ranker() -> pd.DataFrame:
    log = pages(300, 12, "search_id", "rank")
    shares = [0.2, 0.3, 0.3, 0.2]
    log["maker_region"] = RNG.choice(["Africa", "Americas", "Asia", "Europe"], len(log), p=shares)
    log["searcher"] = log.search_id.str.replace("r", "p").str.slice(0, 3)
    log["product_id"] = RNG.integers(0, 500, len(log)).astype(str)
    log["grade"] = np.maximum(RNG.poisson(3, len(log)) - log["rank"] // 4, 0)
    log["query_class"] = np.where(log.search_id.str.len() > 3, "head", "tail")
    return log


def classifier() -> pd.DataFrame:
    n = 6000
    truth = RNG.random(n) < 0.5
    log = pd.DataFrame(
        {"sex": RNG.choice(["F", "M"], n), "age": RNG.integers(18, 90, n), "repaid": truth}
    )
    log["score"] = np.clip(RNG.normal(0.35 + 0.3 * truth, 0.15, n), 0, 1)
    return log


def feed() -> pd.DataFrame:
    log = pages(400, 12, "visit", "place")
    log["viewer"] = log.visit.str.slice(0, 3)
    log["creator"] = RNG.integers(0, 60, len(log)).astype(str)
    log["creator_group"] = np.where(log.creator.astype(int) % 3 == 0, "new", "known")
    log["post"] = RNG.integers(0, 900, len(log)).astype(str)
    log["viewer_kind"] = np.where(log.visit.str.len() > 3, "returning", "first")
    log["clicked"] = RNG.random(len(log)) < 0.3 / log.place
    return log


def llm() -> pd.DataFrame:
    n = 4000
    harmful = RNG.random(n) < 0.4
    about = RNG.choice(["nobody", "women", "migrants"], n)
    refused = RNG.random(n) < np.where(harmful, 0.9, np.where(about == "migrants", 0.2, 0.05))
    return pd.DataFrame(
        {
            "about": about,
            "language": RNG.choice(["en", "es"], n),
            "harmful": harmful,
            "refused": refused,
            "template": RNG.integers(0, 200, n).astype(str),
        }
    )


MADE = {"ranker": ranker, "classifier": classifier, "feed": feed, "llm": llm}


def test_every_example_has_its_log() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(MADE)


@pytest.mark.parametrize("name", list(MADE))
def test_an_example_runs(name: str) -> None:
    make: Callable[[], pd.DataFrame] = MADE[name]
    path = EXAMPLES / f"{name}.yaml"
    spec = AuditSpec.load(path)
    result = fairview.audit(make(), path)
    assert not result.missing
    assert {e.measure for e in result.estimates} == set(spec.measures)
    assert len(result.verdicts) == len(spec.gates) >= 2
    assert spec.family != "none"
    assert all(words_of(measure).title for measure in spec.parsed)
    assert {e.status.value for e in result.estimates} <= {"ok", "suppressed"}
    page = result.to_html()
    assert spec.title in page.replace("&#39;", "'")
    if name in ("ranker", "feed", "classifier"):
        assert '<svg class="curve"' in page
    if name in ("classifier", "llm"):
        assert '<table class="heat">' in page


def test_a_calibration_curve_has_a_line_per_group() -> None:
    page = fairview.audit(classifier(), EXAMPLES / "classifier.yaml").to_html()
    curves = re.findall(r'<svg class="curve".*?</svg>', page, re.DOTALL)
    [curve] = [each for each in curves if "Observed rate, score band" in each]
    assert curve.count("<polyline") == 2
    places = [
        re.findall(r"[0-9.]+,([0-9.]+)", line) for line in re.findall(r'points="([^"]*)"', curve)
    ]
    assert all(float(line[0]) > float(line[-1]) for line in places[1::2])


def test_the_planted_gaps_are_found() -> None:
    result = fairview.audit(llm(), EXAMPLES / "llm.yaml")
    about = [v for v in result.verdicts if "answered alike" in v.rule]
    assert about[0].outcome.value == "fail"
