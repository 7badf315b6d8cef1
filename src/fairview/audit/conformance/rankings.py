"""Fixtures of ranked lists: the same planted page for every request, so that figures are sums."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from fairview.audit.conformance.questions import Exactly, Expected, Fixture, NoFigure, Question

REQUESTS = 40
PAGE = "aaabaababb"
"""The groups of one page, the first position first; b holds 4 of 10 places, mostly low ones."""

DEFINITIONS = {
    "exposure share": "the group's share of the sum of 1 / log2(1 + position) over all positions",
    "every group shown": "share of requests whose first k positions show every group",
    "skew": "ln(share of the group among the first k positions / its target), pooled",
    "ndkl": "sum over i <= k of KL(shares of the first i || target) / log2(1 + i), over the sum of "
    "1 / log2(1 + i); natural log",
    "infeasible index": "number of i <= k for which some group has fewer than floor(target x i) of "
    "the first i positions",
    "awrf": "1 - Jensen-Shannon divergence (natural log) of the target and the groups' shares of "
    "attention, 1 / log2(max(position, 2)) each (TREC 2021)",
}
UNIFORM = {"a": 0.5, "b": 0.5}


def ranking_fixtures() -> Iterator[Fixture]:
    """Yield the fixtures of ranked lists."""
    yield _page()
    yield _zero_target()
    yield _none_shown()
    yield _same_position()


def pages(page: str, requests: int = REQUESTS) -> pa.Table:
    """Return the same page for each of so many requests, of a person each."""
    rows = [(r, p, group) for r in range(requests) for p, group in enumerate(page, start=1)]
    return pa.table(
        {
            "request_id": [f"r{r}" for r, _, _ in rows],
            "cluster_id": [f"p{r}" for r, _, _ in rows],
            "item_id": [f"r{r}i{p}" for r, p, _ in rows],
            "position": pa.array([p for _, p, _ in rows], pa.int32()),
            "group": [group for _, _, group in rows],
        }
    )


def _asked(figure: str, expected: Expected, **asks: Any) -> Question:
    about = ", ".join(f"{k} {v}" for k, v in asks.items() if k in ("group", "k"))
    name = f"{figure} ({about})" if about else figure
    given = {"table": "rows", "by": "group", **asks}
    return Question(name, figure, given, DEFINITIONS[figure], expected)


def _discounts(k: int) -> list[float]:
    return [1 / math.log2(1 + i) for i in range(1, k + 1)]


def _divergence(p: Sequence[float], q: Sequence[float]) -> float:
    return sum(x * math.log(x / y) for x, y in zip(p, q, strict=True) if x > 0)


def _ndkl(page: str, k: int) -> float:
    weights = _discounts(k)
    each = []
    for i in range(1, k + 1):
        shares = [page[:i].count(group) / i for group in "ab"]
        each.append(_divergence(shares, [UNIFORM["a"], UNIFORM["b"]]))
    return sum(w * d for w, d in zip(weights, each, strict=True)) / sum(weights)


def _infeasible(page: str, k: int) -> float:
    return float(
        sum(
            any(page[:i].count(g) < math.floor(share * i) for g, share in UNIFORM.items())
            for i in range(1, k + 1)
        )
    )


def _share(page: str, group: str, weights: Sequence[float]) -> float:
    mine = sum(w for w, shown in zip(weights, page, strict=True) if shown == group)
    return mine / sum(weights)


def _awrf(page: str) -> float:
    weights = [1 / math.log2(max(i, 2)) for i in range(1, len(page) + 1)]
    shares = [_share(page, group, weights) for group in "ab"]
    middle = [(x + 0.5) / 2 for x in shares]
    return 1 - (_divergence(shares, middle) + _divergence([0.5, 0.5], middle)) / 2


def _page() -> Fixture:
    shares = [_share(PAGE, group, _discounts(len(PAGE))) for group in "ab"]
    return Fixture(
        "one page",
        "Discounts differ between measures, and the target is the one that is asked for, not the "
        "list's own mix.",
        {"rows": pages(PAGE)},
        (
            _asked("exposure share", Exactly(shares[0]), group="a"),
            _asked("exposure share", Exactly(shares[1]), group="b"),
            _asked("every group shown", Exactly(0.0), k=3),
            _asked("every group shown", Exactly(1.0), k=4),
            _asked("skew", Exactly(math.log(0.4 / 0.5)), group="b", k=10, target=UNIFORM),
            _asked("skew", Exactly(math.log(0.75 / 0.5)), group="a", k=4, target=UNIFORM),
            _asked("ndkl", Exactly(_ndkl(PAGE, 10)), k=10, target=UNIFORM),
            _asked("infeasible index", Exactly(_infeasible(PAGE, 10)), k=10, target=UNIFORM),
            _asked("awrf", Exactly(_awrf(PAGE)), target=UNIFORM, k=10),
        ),
    )


def _zero_target() -> Fixture:
    return Fixture(
        "target of zero",
        "A skew against a target of 0 isn't a large number; it is undefined.",
        {"rows": pages(PAGE)},
        (
            _asked("skew", NoFigure("its target is 0"), group="b", k=10,
                   target={"a": 1.0, "b": 0.0}),
        ),
    )  # fmt: skip


def _none_shown() -> Fixture:
    return Fixture(
        "none shown",
        "The log of a share of 0 isn't a number; a tool may say so, or give minus infinity, but "
        "not a small number of its own choosing.",
        {"rows": pages(PAGE)},
        (
            _asked("skew", NoFigure("none of it is shown", (-math.inf,)), group="b", k=3,
                   target=UNIFORM),
        ),
    )  # fmt: skip


def _same_position() -> Fixture:
    table = pages(PAGE)
    twice = table.set_column(3, "position", pa.array([1] * table.num_rows, pa.int32()))
    refused = NoFigure("two items stand at one position")
    return Fixture(
        "two items at one position",
        "A page with several items at one position has no order; the table must be refused.",
        {"rows": twice},
        (_asked("exposure share", refused, group="b"), _asked("ndkl", refused, k=10,
                                                               target=UNIFORM)),
    )  # fmt: skip
