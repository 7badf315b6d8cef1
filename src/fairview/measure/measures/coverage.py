"""Coverage: how much of the catalogue is shown at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.measure import Better, EntityMeasure, Floats


@dataclass(frozen=True)
class Coverage(EntityMeasure):
    r"""Share of the catalogue's entities that were shown among the first k at least some times.

    .. math:: \frac{|\{ i : \sum_q 1[\exists\, r \le k : \pi_q(r) = i] \ge t \}|}{n}

    over the entities that the log names, which it needs: what was never shown stands in no row.
    It grows with the number of requests, so only logs of one size compare. Range [0, 1], higher is
    more. Source: Ge, Delgado-Battenfeld and Jannach, "Beyond accuracy", RecSys 2010 (catalogue
    coverage).

    Parameters
    ----------
    of
        The column that names the entity: ``item_id``, or a provider's column.
    times
        t, how often at least, from 1.
    at
        k, at least 1.

    Examples
    --------
    Of four items two were shown, one of them twice.

    >>> float(Coverage().figure(np.array([0.0, 0, 1, 2]))), float(
    ...     Coverage(times=2).figure(np.array([0.0, 0, 1, 2])))
    (0.5, 0.25)
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs_entities: ClassVar[bool] = True
    of: str = "item_id"
    times: int = 1
    at: int = 24

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.times < 1:
            raise UsageError(f"Coverage counts what is shown from {self.times!r} times; use 1 up.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The entity's column and the position."""
        return (self.of, "position")

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return self.of

    def value(self, rows: Any) -> Any:
        """Return 1 for a row among the first k."""
        return (rows.position <= self.at).cast("float64")

    def figure(self, received: Floats) -> Floats:
        """Return the share of ... x E totals that reach the number of times."""
        return np.asarray((received >= self.times - 0.5).mean(axis=-1))
