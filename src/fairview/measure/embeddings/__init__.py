"""Audits of embeddings: what vectors associate, who stands beside whom, whom an index loses.

Pure numpy on arrays; chance comes through a passed generator. Figures about lists that an index
returns are ranking measures: `recall_rows` makes the log that `RetrievalRecall` reads.
"""

from __future__ import annotations

from fairview.measure.embeddings.association import (
    Association,
    association_test,
    single_association_test,
)
from fairview.measure.embeddings.homogeneity import Homogeneity, neighbour_homogeneity
from fairview.measure.embeddings.neighbours import nearest, recall_rows

__all__ = [
    "Association",
    "Homogeneity",
    "association_test",
    "nearest",
    "neighbour_homogeneity",
    "recall_rows",
    "single_association_test",
]
