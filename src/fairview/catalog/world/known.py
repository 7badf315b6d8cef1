"""What is known of a world: exact truths, and what its finite sample realised, kept apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.expected import GROUPS, Expected
from fairview.catalog.world.history import Day
from fairview.catalog.world.items import NO_RANGE, Floats, supply_shares, theme_shares
from fairview.catalog.world.lexicon import THEMES
from fairview.catalog.world.logging_policy import BASELINE, RANDOMISED, random_propensity
from fairview.catalog.world.readings import range_confusion, tone_confusion
from fairview.catalog.world.truth import PEOPLE_THEMES
from fairview.catalog.world.world import World
from fairview.core.ranges import SKIN_TONE

TRUTH_VERSION = 1

MEANING = {
    "exact": "follows from the parameters alone, whatever the seed; no sampling error",
    "exact_given_items": "enumerated over the drawn items, people and queries; no sampling error, "
    "and it says nothing of other seeds",
    "exact_given_days_before": "enumerated like exact_given_items, given the popularity that the "
    "simulated days before left",
    "realised": "counted in the drawn items or in the simulated log; it has sampling error",
}
"""What the four parts of the truth are."""


@dataclass(frozen=True)
class WorldTruth:
    """Everything that is known of a world, as plain data in four parts.

    Attributes
    ----------
    parameters
        What the world was made from.
    exact, exact_given_items, exact_given_days_before, realised
        See `MEANING`. `exact_given_days_before` has one entry per day.
    """

    parameters: dict[str, Any]
    exact: dict[str, Any]
    exact_given_items: dict[str, Any]
    exact_given_days_before: list[dict[str, Any]]
    realised: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "synthetic": True,
            "version": TRUTH_VERSION,
            "groups": list(GROUPS),
            "meaning": MEANING,
            "parameters": self.parameters,
            "exact": self.exact,
            "exact_given_items": self.exact_given_items,
            "exact_given_days_before": self.exact_given_days_before,
            "realised": self.realised,
        }

    def to_json(self) -> str:
        """Return the truth as JSON text, the same for the same world."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True) + "\n"


def truth_of(world: World, *, simulate: bool = True) -> WorldTruth:
    """Return what is known of a world.

    Parameters
    ----------
    world
        The world.
    simulate
        Whether to go through the logged days for what depends on them; without it, the entries
        by day and the realised log are left out.
    """
    days, log = _through_the_days(world) if simulate else ([], {})
    return WorldTruth(
        parameters=world.parameters.to_dict(),
        exact=_exact(world),
        exact_given_items=_exact_given_items(world),
        exact_given_days_before=days,
        realised={"supply": _realised_supply(world), **log},
    )


def _named(values: Floats) -> dict[str, float]:
    return dict(zip(GROUPS, np.asarray(values, np.float64).tolist(), strict=False))


def _exact(world: World) -> dict[str, Any]:
    parameters = world.parameters
    shares, themes = supply_shares(parameters), theme_shares(parameters)
    people = np.arange(len(PEOPLE_THEMES))
    overall = themes[people] @ shares[people] / themes[people].sum()
    odds = dict(zip(SKIN_TONE.names, parameters.engagement_skew, strict=True))
    shift = dict(zip(SKIN_TONE.names, parameters.ranking_skew, strict=True))
    return {
        "theme_share": dict(zip(THEMES, themes.tolist(), strict=True)),
        "supply_by_theme": {THEMES[t]: _named(shares[t]) for t in people},
        "supply_of_items_with_people": _named(overall),
        "engagement_odds_ratio": odds,
        "ranking_shift_in_grades": shift,
        "tone_confusion": tone_confusion(parameters).tolist(),
        "range_confusion": range_confusion(parameters).tolist(),
        "policies": {
            BASELINE: {"share": 1 - parameters.randomised_share, "propensity": 1.0},
            RANDOMISED: {
                "share": parameters.randomised_share,
                "propensity": random_propensity(world.pools.item, parameters),
            },
        },
    }


def _exact_given_items(world: World) -> dict[str, Any]:
    return {
        **_amounts(world.expected()),
        "click_through_at_position_1_all_else_equal": world.standardised_clicks(),
    }


def _amounts(expected: Expected) -> dict[str, Any]:
    """Return a day's expectation over requests for people, by group."""
    impressions, views, clicks = (
        expected.total(amount) for amount in (expected.impressions, expected.views, expected.clicks)
    )
    shown = impressions > 0
    return {
        "policy": BASELINE,
        "exposure_share": expected.shares(expected.exposure),
        "random_exposure_share": expected.shares(expected.random_exposure),
        "impression_share": expected.shares(expected.impressions),
        "requests_with_every_range": expected.all_ranges_share(),
        "clicks_per_impression": _rates(clicks, impressions, shown),
        "clicks_per_view": _rates(clicks, views, shown),
    }


def _rates(part: Floats, whole: Floats, known: Any) -> dict[str, float | None]:
    """Return part / whole by group, None where the group isn't shown at all."""
    rates = np.divide(part, whole, out=np.zeros_like(part), where=known)
    return {
        name: float(rate) if known[i] else None
        for i, (name, rate) in enumerate(zip(GROUPS, rates, strict=True))
    }


def _realised_supply(world: World) -> dict[str, Any]:
    items = world.items
    membership = items.membership().astype(np.float64)
    by_theme = {}
    for code, theme in enumerate(PEOPLE_THEMES):
        of_theme = membership[items.theme == code]
        by_theme[theme] = {
            "items": len(of_theme),
            "share": _named(of_theme.mean(axis=0)[:NO_RANGE]) if len(of_theme) else None,
        }
    return {
        "items": len(items),
        "items_with_people": int((items.people > 0).sum()),
        "by_theme": by_theme,
    }


def _through_the_days(world: World) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the expectation of each day, and the totals of the simulated log."""
    membership = world.items.membership().astype(np.float64)
    asks = np.array([query.shows_people for query in world.queries])
    counts = dict.fromkeys(("requests", "randomised", "click", "save", "hide"), 0)
    totals = {policy: np.zeros((3, len(GROUPS))) for policy in (BASELINE, RANDOMISED)}
    days = []
    for day in world.days():
        days.append({"day": day.number, **_amounts(world.expected(day))})
        counts["requests"] += len(day.query)
        counts["randomised"] += int(day.randomised.sum())
        for name in ("click", "save", "hide"):
            counts[name] += int(getattr(day.reactions, name).sum())
        for policy, chosen in ((BASELINE, ~day.randomised), (RANDOMISED, day.randomised)):
            totals[policy] += _amounts_logged(day, chosen & asks[day.query], membership)
    by_policy = {
        policy: {
            name: _named(amount)
            for name, amount in zip(("impressions", "views", "clicks"), total, strict=True)
        }
        for policy, total in totals.items()
    }
    return days, {"log": {**counts, "requests_for_people": by_policy}}


def _amounts_logged(day: Day, requests: npt.NDArray[np.bool_], membership: Floats) -> Floats:
    """Return impressions, views and clicks by group over some of a day's requests, 3 x 5."""
    item = day.item[requests]
    everything = np.ones(item.shape, np.bool_)
    amounts = (everything, day.reactions.viewed[requests], day.reactions.click[requests])
    found = [np.bincount(item[flags], minlength=len(membership)) @ membership for flags in amounts]
    return np.array(found)
