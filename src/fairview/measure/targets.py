"""Targets: named, versioned reference distributions that representation is judged against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError, UsageError

UNIFORM = "uniform"
QUALIFIED = "qualified"


@dataclass(frozen=True)
class Target:
    """A reference distribution over K groups.

    Parameters
    ----------
    name
        ``"uniform"``, ``"qualified"`` (each request's own qualified candidates: the shares that
        relevance alone would give), or the name of a custom distribution.
    shares
        The custom distribution: group to share, summing to one; None for the other two.
    version
        Raised whenever the shares change.

    Examples
    --------
    >>> Target("uniform").resolve(("a", "b")).tolist()
    [0.5, 0.5]
    >>> Target("census", {"a": 0.3, "b": 0.7}).resolve(("b", "a")).tolist()
    [0.7, 0.3]
    """

    name: str
    shares: Mapping[str, float] | None = None
    version: str = "1"

    def __post_init__(self) -> None:
        if self.shares is None:
            if self.name not in (UNIFORM, QUALIFIED):
                raise UsageError(
                    f"Target {self.name!r} has no shares; use {UNIFORM!r}, {QUALIFIED!r}, or give "
                    f"a share per group."
                )
            return
        if any(not 0 <= share <= 1 for share in self.shares.values()):
            raise DataError(f"Target {self.name!r} has a share outside 0 to 1.")
        total = sum(self.shares.values())
        if abs(total - 1) > 1e-6:
            raise DataError(f"Target {self.name!r} sums to {total:.6g}; its shares must sum to 1.")

    @property
    def per_request(self) -> bool:
        """Whether each request has a distribution of its own."""
        return self.shares is None and self.name == QUALIFIED

    def resolve(self, groups: tuple[str, ...]) -> npt.NDArray[np.float64]:
        """Return the K shares in the order of `groups`.

        Raises
        ------
        UsageError
            For the target ``qualified``, which only a log's requests can resolve.
        DataError
            Where a group has no share, or a share's group isn't among `groups`.
        """
        if self.per_request:
            raise UsageError("The target 'qualified' differs by request; it needs a log.")
        if self.shares is None:
            return np.full(len(groups), 1 / len(groups))
        lacking = sorted(set(groups) ^ set(self.shares))
        if lacking:
            raise DataError(
                f"Target {self.name!r} and the groups {', '.join(groups)} differ in "
                f"{', '.join(lacking)}; give exactly one share per group."
            )
        return np.array([self.shares[group] for group in groups])


def named_target(name: str, targets: Mapping[str, Target]) -> Target:
    """Return the target of this name: ``uniform``, ``qualified``, or one of the log's own.

    Raises
    ------
    UsageError
        Where there is none; the sentence lists what there is.
    """
    if name in (UNIFORM, QUALIFIED):
        return Target(name)
    if name not in targets:
        known = ", ".join([UNIFORM, QUALIFIED, *targets])
        raise UsageError(f"There is no target {name!r}; there are {known}.")
    return targets[name]
