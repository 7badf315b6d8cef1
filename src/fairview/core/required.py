"""The filter that fails closed: without its required signals an item isn't shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fairview.core.candidates import Candidates
from fairview.core.contract import Contract
from fairview.core.errors import UsageError
from fairview.core.stages import Filter, Kept


class RequiredSignals(Filter):
    """Removes every item whose required signals aren't all present.

    Parameters
    ----------
    contracts
        The contracts of the required signals. One whose status is ``demonstration`` can't be
        required: it may demote, never remove.

    Raises
    ------
    UsageError
        Where a contract's status is ``demonstration``.
    """

    name = "required signals"

    def __init__(self, contracts: Sequence[Contract]) -> None:
        for contract in contracts:
            if contract.status == "demonstration":
                raise UsageError(
                    f"Signal {contract.name!r} is a demonstration and can't be required; remove it "
                    f"from the required signals."
                )
        self.signals = tuple(contract.name for contract in contracts)

    def keep(self, candidates: Candidates) -> Kept:
        """Keep the items whose required signals are all present; name the first that isn't."""
        mask = np.ones(len(candidates), bool)
        reasons = np.full(len(candidates), "", dtype=object)
        for name in self.signals:
            column = candidates.signals.get(name)
            present = np.zeros(len(candidates), bool) if column is None else column.is_present
            reasons[mask & ~present] = f"required signal {name} is not present"
            mask &= present
        return Kept(mask, reasons)
