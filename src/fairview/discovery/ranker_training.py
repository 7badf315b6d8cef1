"""Training the ranker of a workspace with the index that its pages are searched with."""

from __future__ import annotations

from fairview.catalog import Workspace
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
    return train_on(workspace, Parts.read(workspace).matching(), progress=progress)
