"""Measure the skin tone reader on drawn pictures of known truth, and publish it in its contract.

Run ``python -m fairview.signals.calibrate`` after a change of the reader or of the drawings; with
``--workspace`` and ``--truth`` a synthetic workspace's own pictures are measured instead. The
reader itself knows nothing of how the pictures are drawn.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
import yaml

from fairview.catalog.world.truth import LIGHTINGS, OCCLUSIONS, PersonTruth, SceneTruth, Theme
from fairview.core import HAIR_PATTERN, SKIN_TONE, Confusion, Contract, State
from fairview.signals.base import CONTRACTS, shipped_contract
from fairview.signals.batch import Picture
from fairview.signals.skin_tone import ToneReading, read_people

DOMAIN = "rendered"
THEMES: tuple[Theme, ...] = ("portrait", "makeup", "hair", "outfit", "streetwear")
"""Themes that show one person, so that a reading has one truth."""

_OCCLUDED = 0.15
_JPEG_QUALITY = 90


@dataclass(frozen=True)
class Outcome:
    """What was read in one picture of one person of known tone.

    `group` is the range that was read, None where the reader abstained or found nobody.
    """

    condition: str
    tone: int
    group: str | None
    found: bool
    confidence: float

    @property
    def right(self) -> bool:
        """Whether a range was read, and the true one."""
        return self.group == SKIN_TONE.group_of(self.tone)


def outcome_of(readings: list[ToneReading], condition: str, tone: int) -> Outcome:
    """Return what these readings of one picture say about its one person: the surest counts."""
    present = [reading for reading in readings if reading.state == State.PRESENT]
    if not present:
        return Outcome(condition, tone, None, bool(readings), 0.0)
    surest = max(present, key=lambda reading: reading.confidence)
    return Outcome(condition, tone, SKIN_TONE.group_of(surest.tone), True, surest.confidence)


def sample_outcomes(per_cell: int, seed: int, *, processes: int = 1) -> list[Outcome]:
    """Draw `per_cell` pictures for each lighting and tone, and read them.

    Themes, styles, hair, bodies and occlusions are drawn at random; every picture goes through
    JPEG as in a catalogue.
    """
    tasks = [
        (seed, index, lighting, tone)
        for index, (lighting, tone, _) in enumerate(
            (lighting, tone, repeat)
            for lighting in LIGHTINGS
            for tone in range(1, 11)
            for repeat in range(per_cell)
        )
    ]
    if processes == 1:
        return [_drawn_and_read(task) for task in tasks]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(_drawn_and_read, tasks, chunksize=10))


def _drawn_and_read(task: tuple[int, int, str, int]) -> Outcome:
    from fairview.catalog.world.draw import draw_scene

    cv2.setNumThreads(1)
    seed, index, lighting, tone = task
    rng = np.random.default_rng([seed, index])
    picture = draw_scene(_scene(rng, lighting, tone), rng)
    return outcome_of(read_people(_through_jpeg(picture)), lighting, tone)


def _scene(rng: np.random.Generator, lighting: Any, tone: int) -> SceneTruth:
    from fairview.catalog.world.draw import STYLES, SUBJECTS

    theme = THEMES[rng.integers(len(THEMES))]
    occluded = rng.random() < _OCCLUDED
    occlusion = OCCLUSIONS[rng.integers(1, len(OCCLUSIONS))] if occluded else "none"
    hair = HAIR_PATTERN.names[rng.integers(len(HAIR_PATTERN.names))]
    person = PersonTruth(tone, hair, int(rng.integers(1, 5)), occlusion)
    style = STYLES[rng.integers(len(STYLES))]
    subject = SUBJECTS[theme][rng.integers(len(SUBJECTS[theme]))]
    return SceneTruth(theme, (person,), lighting, style, subject)


def _through_jpeg(picture: Picture) -> Picture:
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    decoded: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(decoded[:, :, ::-1])


def workspace_outcomes(root: Path, truth: Path) -> Iterator[Outcome]:
    """Read the pictures of a synthetic workspace that show one person of known tone.

    Parameters
    ----------
    root
        The workspace.
    truth
        The world's ``items.parquet``: ``item_id``, ``lighting`` and ``monk``, the people's tones.
    """
    import pyarrow.parquet as pq

    from fairview.catalog import Catalog, Workspace

    catalog = Catalog(Workspace.open(root))
    known = {row["item_id"]: row for row in pq.read_table(truth).to_pylist()}
    for row in catalog.items(["item_id", "media"]).to_pylist():
        scene = known.get(row["item_id"])
        if scene is not None and row["media"] and len(scene["monk"]) == 1:
            readings = read_people(catalog.picture(row["media"]))
            yield outcome_of(readings, scene["lighting"], scene["monk"][0])


def confusions(outcomes: Iterable[Outcome]) -> tuple[Confusion, ...]:
    """Return one confusion matrix per condition: true range by read range, then not read."""
    counts: Counter[tuple[str, str, str | None]] = Counter(
        (each.condition, SKIN_TONE.group_of(each.tone), each.group) for each in outcomes
    )
    seen = {condition for condition, _, _ in counts}
    conditions = [*(name for name in LIGHTINGS if name in seen), *sorted(seen - {*LIGHTINGS})]
    columns = (*SKIN_TONE.names, None)
    return tuple(
        Confusion(
            condition=condition,
            domain=DOMAIN,
            groups=SKIN_TONE.names,
            counts=tuple(
                tuple(counts[condition, true, read] for read in columns) for true in SKIN_TONE.names
            ),
        )
        for condition in conditions
    )


def quality(outcomes: list[Outcome]) -> dict[str, float]:
    """Return accuracy where read, coverage by tone and condition, and calibration error."""
    figures: dict[str, float] = {}
    slices: dict[str, list[Outcome]] = {"all": outcomes}
    for each in outcomes:
        slices.setdefault(f"tone_{each.tone}", []).append(each)
        slices.setdefault(f"light_{each.condition}", []).append(each)
    for name, members in slices.items():
        read = [each for each in members if each.group is not None]
        figures[f"coverage_{name}"] = round(len(read) / len(members), 3)
        if read:
            figures[f"accuracy_{name}"] = round(sum(each.right for each in read) / len(read), 3)
    figures["calibration_error"] = round(calibration_error(outcomes), 3)
    return dict(sorted(figures.items()))


def calibration_error(outcomes: Iterable[Outcome], bins: int = 5) -> float:
    """Return the expected calibration error of confidences of 0.5 to 1 (Naeini et al., 2015)."""
    read = [each for each in outcomes if each.group is not None]
    if not read:
        return 0.0
    confidence = np.array([each.confidence for each in read])
    right = np.array([each.right for each in read], float)
    place = np.clip(((confidence - 0.5) * 2 * bins).astype(int), 0, bins - 1)
    gaps = [
        (place == index).sum() * abs((confidence - right)[place == index].mean())
        for index in np.unique(place)
    ]
    return float(np.sum(gaps) / len(read))


def publish(contract: Contract, outcomes: list[Outcome], path: Path) -> Contract:
    """Write a contract with what was measured, and return it."""
    matrices = [matrix.model_dump(mode="json") for matrix in confusions(outcomes)]
    update: Mapping[str, Any] = {"quality": quality(outcomes), "confusion": matrices}
    measured = Contract.model_validate({**contract.model_dump(mode="json"), **update})
    data = measured.model_dump(mode="json", exclude_none=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False, width=100), encoding="utf-8")
    return measured


@click.command()
@click.option("--per-cell", default=15, show_default=True, help="Pictures per lighting and tone.")
@click.option("--seed", default=1, show_default=True, help="Seed of the drawn pictures.")
@click.option("--processes", default=2, show_default=True, help="How many processes draw.")
@click.option("--workspace", type=click.Path(path_type=Path), help="Measure this workspace.")
@click.option("--truth", type=click.Path(path_type=Path), help="The world's items.parquet.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=CONTRACTS / "skin_tone.yaml",
    help="The contract file to write.",
)
def main(
    per_cell: int,
    seed: int,
    processes: int,
    workspace: Path | None,
    truth: Path | None,
    output: Path,
) -> None:
    """Measure the skin tone reader and write its contract."""
    if (workspace is None) != (truth is None):
        raise click.UsageError("Give --workspace and --truth together.")
    if workspace is not None and truth is not None:
        outcomes = list(workspace_outcomes(workspace, truth))
    else:
        outcomes = sample_outcomes(per_cell, seed, processes=processes)
    measured = publish(shipped_contract("skin_tone"), outcomes, output)
    for name, value in measured.quality.items():
        click.echo(f"{name:24s} {value:.3f}")


if __name__ == "__main__":
    main()
