"""An attacker who reads everything that is written can't tell who refined to what.

People search openly and, in between, refined by a range drawn by chance. A classifier is trained
on everything that the workspace holds afterwards to tell the range of each. It must do no better
than guessing; and the same classifier finds the range at once where a leak is planted.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_workspace as small
from scipy import stats
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from fairview.catalog import EventStore, Workspace
from fairview.core import SKIN_TONE, Refinement
from fairview.discovery import SearchEngine
from fairview.retrieval import build_index

PEOPLE = 160
GROUPS = np.array(SKIN_TONE.names)


def made(tmp_path: Path) -> Workspace:
    workspace = small.make(tmp_path, 120)
    small.add_vectors(workspace)
    small.add_people(workspace)
    build_index(workspace)
    return workspace


def searched(workspace: Workspace, seed: int, *, leak: bool = False) -> np.ndarray:
    """Let people search openly, then refined, then openly; return what each chose."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(GROUPS, PEOPLE)
    queries = rng.choice(["makeup", "coat", "red makeup", "blue coat"], (PEOPLE, 3))
    with SearchEngine.open(workspace) as engine:
        for person in rng.permutation(PEOPLE).tolist():
            who = f"person-{person:03d}"
            engine.search(str(queries[person, 0]), cluster_id=who, k=6)
            choice = Refinement({"skin_tone": str(chosen[person])})
            engine.search(str(queries[person, 1]), refine=choice, cluster_id=who, k=6)
            last = str(queries[person, 2]) + (f" {chosen[person]}" if leak else "")
            engine.search(last, cluster_id=who, k=6)
    return chosen


def everything_about(workspace: Workspace, lines: list[str]) -> list[dict[str, float]]:
    """Return what the files and log lines say of each person: rows of theirs, and around them."""
    store = EventStore(workspace)
    facts: list[dict[str, float]] = [{} for _ in range(PEOPLE)]
    tables = [store.events().to_pylist(), store.candidates().to_pylist()]
    owner = {row["request_id"]: row["cluster_id"] for row in tables[0]}
    for table, rows in zip(("events", "candidates"), tables, strict=True):
        for row in rows:
            who = row.get("cluster_id") or owner.get(row["request_id"], "")
            if who.startswith("person-"):
                tell(facts[int(who[-3:])], table, row)
    files = sorted(path for path in workspace.root.rglob("*") if path.is_file())
    for path in files:
        text = path.read_bytes().decode("utf-8", "ignore")
        for person in range(PEOPLE):
            at = text.find(f"person-{person:03d}")
            if at >= 0:
                for word in text[max(at - 80, 0) : at + 80].split():
                    add(facts[person], f"{path.suffix} {word[:24]}")
    for number, line in enumerate(lines):
        for person in range(PEOPLE):
            if f"person-{person:03d}" in line:
                add(facts[person], f"line {line}")
        if number < PEOPLE:
            add(facts[number], f"nth line {len(line)}")
    return facts


def tell(facts: dict[str, float], table: str, row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name in ("cluster_id", "request_id", "slate_id", "event_id"):
            continue
        add(facts, f"{table} {name}={value}")
    for word in str(row.get("query") or "").split():
        add(facts, f"{table} word={word}")


def add(facts: dict[str, float], name: str) -> None:
    facts[name] = facts.get(name, 0.0) + 1.0


def right_guesses(facts: list[dict[str, float]], chosen: np.ndarray) -> int:
    matrix = FeatureHasher(2**12, alternate_sign=False).transform(facts)
    matrix = matrix.multiply(1 / np.maximum(matrix.max(axis=0).toarray(), 1)).toarray()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = RidgeClassifier(alpha=1.0, solver="cholesky")
    return int((cross_val_predict(model, matrix, chosen, cv=folds) == chosen).sum())


def more_than_chance(right: int, chosen: np.ndarray) -> bool:
    most_frequent = max(float((chosen == group).mean()) for group in GROUPS)
    return bool(stats.binom.sf(right - 1, PEOPLE, most_frequent) < 0.01)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_classifier_on_everything_written_does_no_better_than_chance(
    tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    workspace = made(tmp_path)
    chosen = searched(workspace, seed)
    lines = [record.getMessage() for record in caplog.records]
    right = right_guesses(everything_about(workspace, lines), chosen)
    assert not more_than_chance(right, chosen), f"{right} of {PEOPLE} were guessed"


def test_the_same_classifier_finds_a_planted_leak(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    chosen = searched(workspace, 1, leak=True)
    right = right_guesses(everything_about(workspace, []), chosen)
    assert more_than_chance(right, chosen)
    assert right > 0.8 * PEOPLE
