"""Named targets: the group shares that a slate's representation is judged against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import Ranges, UsageError
from fairview.slate.base import Floats


@dataclass(frozen=True)
class Target:
    """A named rule that gives each request its target shares.

    Parameters
    ----------
    name
        ``qualified``, ``uniform`` or the text of a custom target.
    shares
        From a request's membership (n x (K+1), last column unknown) and the mask of its
        candidates that reach the relevance floor, to K shares that sum to one; None where they
        are undefined because no candidate's group is known.
    """

    name: str
    shares: Callable[[Floats, npt.NDArray[np.bool_]], Floats | None]


def _qualified(membership: Floats, eligible: npt.NDArray[np.bool_]) -> Floats | None:
    mass: Floats = membership[eligible, :-1].sum(axis=0)
    total = float(mass.sum())
    return mass / total if total > 0 else None


def _uniform(membership: Floats, eligible: npt.NDArray[np.bool_]) -> Floats | None:
    groups = membership.shape[1] - 1
    return np.full(groups, 1.0 / groups)


def custom_target(shares: Mapping[str, float], ranges: Ranges) -> Target:
    """Return a target with one stated share per group of `ranges`.

    Raises
    ------
    UsageError
        Where a group is missing or unknown, a share is negative, or they don't sum to one.

    Examples
    --------
    >>> from fairview.core import SKIN_TONE
    >>> target = custom_target({"1-3": 0.4, "4-5": 0.2, "6-7": 0.2, "8-10": 0.2}, SKIN_TONE)
    >>> target.name
    '1-3=0.4,4-5=0.2,6-7=0.2,8-10=0.2'
    """
    unknown = [name for name in shares if name not in ranges.names]
    lacking = [name for name in ranges.names if name not in shares]
    if unknown or lacking:
        raise UsageError(
            f"A target over {ranges.name} needs exactly the groups {', '.join(ranges.names)}; "
            f"it has {', '.join(shares) or 'none'}."
        )
    values = np.array([float(shares[name]) for name in ranges.names])
    if not np.isfinite(values).all() or values.min() < 0 or abs(float(values.sum()) - 1) > 1e-6:
        raise UsageError(
            f"The shares of a target must be at least 0 and sum to one; these sum to "
            f"{float(values.sum()):g}."
        )
    name = ",".join(f"{g}={v:g}" for g, v in zip(ranges.names, values, strict=True))
    return Target(name, lambda membership, eligible: values)


def parse_target(text: str, ranges: Ranges) -> Target:
    """Return the target that a setting names.

    Parameters
    ----------
    text
        ``qualified`` (shares among the request's candidates above the relevance floor),
        ``uniform``, or one share per group such as ``1-3=0.25,4-5=0.25,6-7=0.25,8-10=0.25``.

    Raises
    ------
    UsageError
        Where the text names no target.

    Examples
    --------
    >>> from fairview.core import SKIN_TONE
    >>> membership = np.array([[1.0, 0, 0, 0, 0], [0, 0, 0, 0, 1.0], [0, 0, 0, 1.0, 0]])
    >>> parse_target("qualified", SKIN_TONE).shares(membership, np.array([True, True, True]))
    array([0.5, 0. , 0. , 0.5])
    """
    if text == "qualified":
        return Target(text, _qualified)
    if text == "uniform":
        return Target(text, _uniform)
    if "=" not in text:
        raise UsageError(
            f"There is no target {text!r}; use qualified, uniform, or one share per group such as "
            f"{ranges.names[0]}=0.5,…"
        )
    shares: dict[str, float] = {}
    for part in text.split(","):
        group, _, value = part.partition("=")
        try:
            shares[group.strip()] = float(value)
        except ValueError:
            raise UsageError(f"Target share {part.strip()!r} isn't group=number.") from None
    return custom_target(shares, ranges)
