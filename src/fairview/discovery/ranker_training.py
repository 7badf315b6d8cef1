"""Training the ranker of a workspace with the index that its pages are searched with."""

from __future__ import annotations

from fairview.catalog import Workspace
from fairview.core.columns import Array
from fairview.discovery.parts import Parts
from fairview.ranking import TrainReport
from fairview.ranking import train as train_on
from fairview.ranking.training import Progress


def train_ranker(workspace: Workspace, *, progress: Progress | None = None) -> TrainReport:
    """Train the ranker on the workspace's events; it is used by engines opened afterwards.

    Raises
    ------
    MissingError
        Where there is no index, there are no events, or too few clicks to learn from.
    """
    parts = Parts.read(workspace)
    return train_on(workspace, parts.matching(), progress=progress, membership=membership_of(parts))


def membership_of(parts: Parts) -> Array | None:
    """Return n x (K+1) memberships of the items in the balanced attribute; None where unknown.

    Training counts impressions by them where it reweighs; no feature ever sees them.
    """
    balanced = parts.signals.balanced
    return None if balanced is None else balanced.column.probabilities
