"""What a search for slices is asked, and what it found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fairview.audit.finding.confirmation import Adjustment
from fairview.audit.findings import Finding
from fairview.core import UsageError


@dataclass(frozen=True)
class SliceSearch:
    """What is searched for.

    Parameters
    ----------
    depth
        The most conditions of one slice.
    minimum_rows
        The fewest rows of one slice, over both halves; never fewer than 1 / 4,096 of all.
    size_weight
        How size counts against the gap, 0 to 1: 0 gives the largest gaps, however small the
        group; 1 the groups that hold the most loss above the average; 0.5 orders as a
        two-sample z does.
    most
        How many slices are taken to the other half. More find more, and each is harder to
        confirm.
    new
        The part of a slice's score that must be left once what better slices explain is taken
        out; else it is told under the slice that holds most of its rows.
    level
        The confidence of intervals, and 1 minus the error rate of the family.
    adjust
        ``bh``: at most 1 - level of the confirmed are false, on average; ``holm``: with
        confidence `level` none is.
    searched_share
        The part of the rows, or clusters, that is searched.
    """

    depth: int = 3
    minimum_rows: int = 100
    size_weight: float = 0.5
    most: int = 20
    new: float = 0.5
    level: float = 0.95
    adjust: Adjustment = "bh"
    searched_share: float = 0.5

    def __post_init__(self) -> None:
        checks = (
            (1 <= self.depth <= 5, f"Slices of depth {self.depth} aren't searched; use 1 to 5."),
            (self.minimum_rows >= 20, "A slice needs 20 rows at least; raise the minimum."),
            (0 <= self.size_weight <= 1, "The weight of size must be from 0 to 1."),
            (self.most >= 1, "At least one slice must be asked for."),
            (0 <= self.new <= 1, "The part of a score that must be new is from 0 to 1."),
            (0 < self.level < 1, "The level must be between 0 and 1."),
            (0 < self.searched_share < 1, "The searched part must be between 0 and 1."),
            (self.adjust in ("bh", "holm"), f"There is no {self.adjust!r}; use bh or holm."),
        )
        for fine, sentence in checks:
            if not fine:
                raise UsageError(sentence)


@dataclass(frozen=True)
class FoundSlice:
    """One group of rows that one half of the data showed to be served worse.

    Parameters
    ----------
    conditions
        Column and value, in the columns' order.
    searched_n, searched_gap
        Rows and gap in the searched half; the gap is too large on average, because it was chosen
        for being large.
    n, mean, rest, gap
        In the other half: rows, mean loss, mean loss of everybody else, and their difference;
        None where there is nobody.
    low, high
        The gap's interval, adjusted for the family; None where it couldn't be tested.
    p, adjusted_p
        Of "served no worse than everybody else", alone and in the family.
    confirmed
        Whether the other half confirms it.
    share
        Its part of the other half's rows.
    excess
        The part of all loss that would go if it were served like everybody else; None where
        the summed loss isn't positive.
    explains
        Up to three other slices whose gap this one explains, such as wider ones that hold it.
    note
        Why it couldn't be tested; empty where it was.
    """

    conditions: tuple[tuple[str, str], ...]
    searched_n: int
    searched_gap: float
    n: int
    mean: float | None
    rest: float | None
    gap: float | None
    low: float | None
    high: float | None
    p: float
    adjusted_p: float
    confirmed: bool
    share: float
    excess: float | None
    explains: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The conditions in one line, such as ``sex=F & age=18 to 24``."""
        return name_of(self.conditions)

    @property
    def by(self) -> str:
        """The columns as a measure's `by`: ``sex*age``."""
        return "*".join(column for column, _ in self.conditions)

    @property
    def slice(self) -> str:
        """The values as a slice's label: ``F & 18 to 24``."""
        return " & ".join(value for _, value in self.conditions)


@dataclass(frozen=True)
class SliceFindings:
    """What a search found, and what it could have found.

    Parameters
    ----------
    slices
        All that were taken to the other half, the confirmed first, by their score.
    mean
        Mean loss of all rows.
    rows, searched, held_out
        Rows with a loss, and how many were searched and held out.
    clusters
        Independent clusters; None where rows were taken to be independent.
    excluded
        Rows without a loss.
    counted, small, hopeless
        Conjunctions that were counted, were too small, and could not reach the score.
    detectable
        The smallest gap that a slice of the least size would have shown with probability 0.8;
        None where none could be tested.
    interval_level
        The level of each interval, adjusted for the family.
    asked
        The search's settings.
    columns
        Names of the columns that were searched.
    """

    slices: tuple[FoundSlice, ...]
    mean: float
    rows: int
    searched: int
    held_out: int
    clusters: int | None
    excluded: int
    counted: int
    small: int
    hopeless: int
    detectable: float | None
    interval_level: float
    asked: SliceSearch
    columns: tuple[str, ...]

    @property
    def confirmed(self) -> tuple[FoundSlice, ...]:
        """The slices that the other half confirms."""
        return tuple(found for found in self.slices if found.confirmed)

    @property
    def sentence(self) -> str:
        """What was found, with its size and how sure it is."""
        return self.said()

    def said(self, loss: str = "mean loss") -> str:
        """Return what was found, with the loss in words."""
        if not self.slices:
            return "No group of rows is served worse than everybody else where it was searched."
        if not self.confirmed:
            power = (
                ""
                if self.detectable is None
                else (
                    f" A gap of {self.detectable:.3g} or more would most likely have been seen, "
                    f"even in the smallest of them."
                )
            )
            return (
                f"None of the {len(self.slices)} groups that looked worst in one half is confirmed "
                f"by the other.{power}"
            )
        worst = max(self.confirmed, key=lambda found: found.gap or 0.0)
        return (
            f"{len(self.confirmed)} of {len(self.slices)} groups that looked worst in one half are "
            f"confirmed by the other. The largest gap: {worst.name}, {worst.share:.1%} of rows, "
            f"with a {loss} of {worst.mean:.3g} against {worst.rest:.3g} for everybody else "
            f"(gap {worst.gap:.3g}, {worst.low:.3g} to {worst.high:.3g})."
        )

    @property
    def method(self) -> str:
        """How it was found, and what stands for its truth."""
        family = (
            f"at most {1 - self.asked.level:.0%} of the confirmed are false on average "
            f"(Benjamini-Hochberg; intervals adjusted for selection)"
            if self.asked.adjust == "bh"
            else f"with confidence {self.asked.level:.0%} none of the confirmed is false (Holm; "
            f"simultaneous intervals)"
        )
        units = "rows" if self.clusters is None else f"rows of {self.clusters:,} clusters"
        said = (
            f"{self.counted:,} groups of at least {self.asked.minimum_rows:,} rows, made of up to "
            f"{self.asked.depth} of {', '.join(self.columns)}, were compared in {self.searched:,} "
            f"{units}; the best were tested in the other {self.held_out:,}, so that {family}. "
            f"Groups are ordered by gap x size^{self.asked.size_weight:g}."
        )
        left_out = f" {self.excluded:,} rows without a loss are left out." if self.excluded else ""
        return said + left_out

    def finding(
        self, title: str = "Groups that are served worst", loss: str = "mean loss"
    ) -> Finding:
        """Return the confirmed slices as a finding of an audit's report, the loss in words."""
        return Finding(
            title,
            self.said(loss),
            ("group", "rows", "share of rows", loss, "everybody else", "gap", "from", "to"),
            tuple(
                (f.name, f.n, f.share, f.mean, f.rest, f.gap, f.low, f.high) for f in self.confirmed
            ),
            self.method,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        plain = asdict(self)
        plain["slices"] = [
            {"name": found.name, "by": found.by, "slice": found.slice, **asdict(found)}
            for found in self.slices
        ]
        return plain


def name_of(conditions: tuple[tuple[str, str], ...]) -> str:
    """Return conditions in one line.

    Examples
    --------
    >>> name_of((("sex", "F"), ("age", "18 to 24")))
    'sex=F & age=18 to 24'
    """
    return " & ".join(f"{column}={value}" for column, value in conditions)
