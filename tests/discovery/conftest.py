"""Workspaces that several test files read; none of these tests changes one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import small_workspace as small

from fairview.catalog import Workspace
from fairview.discovery import SearchEngine, train_ranker
from fairview.retrieval import build_index


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with everything: vectors, people, events, index and ranker."""
    workspace = small.make(tmp_path_factory.mktemp("trained"))
    small.add_vectors(workspace)
    small.add_people(workspace)
    small.add_events(workspace)
    build_index(workspace)
    train_ranker(workspace)
    return workspace


@pytest.fixture
def engine(trained: Workspace) -> Iterator[SearchEngine]:
    with SearchEngine.open(trained) as opened:
        yield opened
