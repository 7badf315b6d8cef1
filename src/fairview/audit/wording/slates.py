"""Words of the measures of slates, catalogues and what people did."""

from __future__ import annotations

from collections.abc import Mapping

from fairview.audit.wording.context import Words
from fairview.audit.wording.scale import PERCENT, PLAIN, POINTS, RATIO, TIMES
from fairview.audit.wording.sentences import div, exposure, only, rate, skew, supply_shares

SLATES: Mapping[str, Words] = {
    "Div": Words(
        "Pages that show every group",
        "The share of pages whose first items hold every group at least once; more is better.",
        PERCENT,
        div,
    ),
    "ExposureShare": Words(
        "Who gets the attention",
        "The share of attention that each group gets; the top of the page counts more.",
        PERCENT,
        exposure,
    ),
    "ExposureGap": Words(
        "Farthest from the target",
        "The largest difference between a group's share of attention and its target, in "
        "percentage points; 0 is on target.",
        POINTS,
        only("The {group} that is farthest from its share of attention is off by {figure}."),
    ),
    "ExposureParity": Words(
        "Least against most shown",
        "The attention per target share of the least shown group over that of the most shown; 1 "
        "is equal.",
        RATIO,
        only(
            "Relative to its target, the least shown {group} gets {figure} the attention of the "
            "most shown one."
        ),
    ),
    "Skew": Words(
        "Shown against target, group by group",
        "How many times as often as its target each group is among the first items; 1 is on "
        "target.",
        TIMES,
        skew,
    ),
    "MinSkew": Words(
        "The group that falls shortest",
        "How many times as often as its target the group that falls shortest is shown; 1 is on "
        "target.",
        TIMES,
        only("The {group} that falls shortest is shown {figure} as often as its target asks."),
    ),
    "MaxSkew": Words(
        "The group that is favoured most",
        "How many times as often as its target the most favoured group is shown; 1 is on target.",
        TIMES,
        only("The most favoured {group} is shown {figure} as often as its target asks."),
    ),
    "MeanSkew": Words(
        "How a typical page shows each group, against its target",
        "How many times as often as its target a group is shown on a typical page; 1 is on target.",
        TIMES,
        skew,
    ),
    "MeanMinSkew": Words(
        "The group that falls shortest on one page",
        "As for all pages together, but page by page: a typical page's worst group; 1 is on "
        "target.",
        TIMES,
        only(
            "On a typical page, the {group} that falls shortest is shown {figure} as often as "
            "its target asks."
        ),
    ),
    "MeanMaxSkew": Words(
        "The group that is favoured most on one page",
        "As for all pages together, but page by page: a typical page's most favoured group; 1 is "
        "on target.",
        TIMES,
        only(
            "On a typical page, the most favoured {group} is shown {figure} as often as its "
            "target asks."
        ),
    ),
    "NDKL": Words(
        "Distance from the target down the page",
        "How far the mix of groups is from its target at every depth of the page (NDKL); 0 is on "
        "target, and even a fair page is a little above it.",
        PLAIN,
        only("Down the page, the mix is {figure} away from its target, where 0 is on target."),
    ),
    "AWRF": Words(
        "Closeness of attention to the target",
        "One minus the distance between attention and target (AWRF); 1 is on target.",
        PLAIN,
        only("Attention is on average {figure} close to its target, where 1 is on target."),
    ),
    "NDCG": Words(
        "How well results are ordered",
        "The usefulness of the page's order against the best possible one (NDCG); 1 is best.",
        PLAIN,
        only("The order of results is worth {figure} of the best possible one (NDCG)."),
    ),
    "ActionRate": Words(
        "What people did with what they saw",
        "How often something that was shown was acted on, group by group; position and taste "
        "play into it, so a difference isn't proof of a cause.",
        PERCENT,
        rate,
    ),
    "GroupShare": Words(
        "What the catalogue holds",
        "The share of the catalogue's items in each group: what there is to show.",
        PERCENT,
        supply_shares,
    ),
    "SampledGroupShare": Words(
        "What is supplied",
        "The share of items in each group, as a sample of all that could be supplied.",
        PERCENT,
        supply_shares,
    ),
    "Gini": Words(
        "How unevenly attention is spread over items",
        "Between 0, where every item gets the same attention, and 1, where one gets all of it.",
        PLAIN,
        only(
            "Attention is spread over single {items} with a Gini coefficient of {figure}; 0 would "
            "be the same for each."
        ),
    ),
}
