"""What an item declares about how its picture was made: by a trained model, or otherwise."""

from __future__ import annotations

import numpy as np

from fairview.catalog.origin import ORIGIN, TRAINED
from fairview.core import SignalColumn, State
from fairview.signals.base import Producer, shipped_contract
from fairview.signals.batch import ItemBatch


class AiGenerated(Producer):
    """1 where the item declares a trained model, 0 where it declares another origin.

    An item that declares nothing is abstained: silence doesn't say that a person made it.
    """

    contract = shipped_contract("ai_generated")
    needs = "attributes"

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return what each item declares."""
        terms = [said.get(ORIGIN, "").strip() for said in batch.attributes] or [""] * len(batch)
        declared = np.array([bool(term) for term in terms], np.bool_)
        values = np.array([float(term in TRAINED) for term in terms], np.float32)
        state = np.where(declared, State.PRESENT, State.ABSTAINED).astype(np.int8)
        name, version = self.contract.name, self.contract.version
        return SignalColumn(name, version, values, state, declared.astype(np.float32))
