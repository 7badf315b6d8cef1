"""Weeks: deterministic, frozen without drift, and each part of the drift does what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fairview.catalog.world import World, WorldParameters
from fairview.core import UsageError
from fairview.experiments import Drift, Weeks, simulate_weeks
from fairview.experiments.weeks import _first_state, _live, kinds_of
from fairview.interventions import weeks_report
from fairview.interventions.long_run import RerankedPages, daily_changes, long_run, weeks_chart

WORLD = World.generate(
    WorldParameters(
        seed=3, items=900, people=120, days=1, requests_per_day=150, pool_size=80, feedback=0.0
    )
)
FROZEN = Drift(satiation=0.0, retention=0.0, held_back=0.0, posting=0, incentive=0.0, patience=0)


def lived(drift: Drift, seed: int = 0, days: int = 10, reranker: str = "top_k") -> Weeks:
    policy = RerankedPages(WORLD, reranker)
    return simulate_weeks(WORLD, policy, days=days, drift=drift, rng=np.random.default_rng(seed))


def test_the_same_chance_gives_the_same_weeks() -> None:
    first, second = lived(Drift(), 1, 4), lived(Drift(), 1, 4)
    for name, values in first.figures.items():
        assert values.tolist() == second.figures[name].tolist()
    assert first.days == 4


def test_without_drift_nothing_but_chance_moves() -> None:
    weeks = lived(FROZEN, days=14)
    for name in ("items", "active providers", "requests", "supply 8-10"):
        assert len(set(weeks.figures[name].tolist())) == 1
    clicks = weeks.figures["clicks per page"]
    assert abs(clicks[:7].mean() - clicks[7:].mean()) < 0.25 * clicks.mean()


def test_people_tire_of_what_looks_alike() -> None:
    rested, tired = (
        lived(replace(FROZEN, satiation=s)).figures["clicks per page"] for s in (0.0, 0.5)
    )
    assert tired[0] == rested[0], "nothing was seen before day 1"
    assert tired[5:].mean() < 0.8 * rested[5:].mean()


def test_people_come_back_less_after_pages_that_gave_them_little() -> None:
    weeks = lived(replace(FROZEN, satiation=0.5, retention=2.0), days=14)
    assert weeks.figures["requests"][-1] < weeks.figures["requests"][0]


def test_providers_post_what_they_held_back_and_leave_without_attention() -> None:
    posting = lived(replace(FROZEN, held_back=0.4, posting=20))
    items = posting.figures["items"]
    assert items[0] < 900
    assert (np.diff(items) == 20).all()
    leaving = lived(replace(FROZEN, held_back=0.4, posting=20, patience=2))
    providers = leaving.figures["active providers"]
    assert (np.diff(providers) <= 0).all()


def test_shares_are_shares() -> None:
    weeks = lived(Drift(), days=3)
    for kind in ("exposure", "supply"):
        total = sum(v for name, v in weeks.figures.items() if name.startswith(kind))
        assert total == pytest.approx(np.ones(3))


def test_policies_share_their_chance_and_are_compared_in_pairs() -> None:
    policies = {
        "by relevance": RerankedPages(WORLD, "top_k"),
        "again": RerankedPages(WORLD, "top_k"),
        "diversified": RerankedPages(WORLD, "dpp", diversity=0.4),
    }
    weeks = long_run(WORLD, policies, seeds=range(3), days=3)
    again, diversified = daily_changes(weeks, "by relevance", "clicks")
    assert again.mean.tolist() == [0.0, 0.0, 0.0]
    assert again.between(1, 3) == (0.0, 0.0, 0.0)
    assert (diversified.low <= diversified.mean).all()
    assert weeks_chart([again, diversified], "by relevance").startswith("<svg")


@pytest.mark.parametrize("wrong", [{"recovery": 0.0}, {"held_back": 1.2}, {"posting": -1}])
def test_strengths_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Drift(**wrong)  # type: ignore[arg-type]


def test_as_many_come_as_their_activity_says_where_few_are_very_active() -> None:
    """A third of the people come twice as often, the others hardly: nobody's requests are lost."""
    rng = np.random.default_rng(2)
    kind = kinds_of(WORLD)
    state = _first_state(WORLD, FROZEN, kind, rng)
    state.activity = np.where(np.arange(len(WORLD.people)) % 3 == 0, 2.0, 0.05)
    expected = 150 * float(WORLD.people.activity @ state.activity)
    policy = RerankedPages(WORLD, "top_k")
    row = _live(WORLD, policy, FROZEN, kind, state, 0, rng, ("1-3", "4-5", "6-7", "8-10"))
    assert row["requests"] == round(expected)


def test_a_change_against_nothing_is_undefined_and_not_huge() -> None:
    def weeks(clicks: float) -> Weeks:
        figures = {name: np.array([clicks, clicks]) for name in weeks_report.FIGURES}
        return Weeks(figures, FROZEN)

    found = {weeks_report.BASELINE: [weeks(0.0)] * 3, "other": [weeks(5.0)] * 3}
    (change,) = daily_changes(found, weeks_report.BASELINE, "clicks")
    assert np.isnan(change.mean).all()
    assert "clicks, other: day 1 undefined" in weeks_report.table(found)[0]
    assert "nan" not in weeks_chart([change], weeks_report.BASELINE).lower()
