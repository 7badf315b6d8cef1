"""The rate of an action among shown items, by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fairview.measure.measure import GroupCellsMeasure


@dataclass(frozen=True)
class ActionRate(GroupCellsMeasure):
    r"""Share of shown items on which people acted, for each group of `by`.

    .. math:: R_g = \frac{\sum_i p_{ig}\, y_i}{\sum_i p_{ig}}

    where i runs over shown rows, y is the 0/1 column `action`, and p is the (soft) membership
    of the row's item in group g; items of unknown membership are the group ``unknown``.
    Range [0, 1].

    Parameters
    ----------
    by
        The attribute to slice by.
    action
        A boolean or 0/1 column of the rows: ``click``, ``save``, ``hide``.

    Examples
    --------
    >>> str(ActionRate(by="skin_tone"))
    "ActionRate(by='skin_tone')"
    """

    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    proportion: ClassVar[bool] = True
    action: str = "click"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of the action."""
        return (self.action,)

    def value(self, rows: Any) -> Any:
        """Return the action as a float."""
        return rows[self.action].cast("float64")
