"""What the demo does, step by step, and what it says at the end."""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np

from fairview.audit import AuditResult, audit_workspace, default_text, spec_of
from fairview.catalog import EventStore, SignalStore, Workspace, ingest
from fairview.catalog.world import World, WorldParameters
from fairview.cli.options import counted, progress_bar
from fairview.core import Slates, UsageError
from fairview.discovery import PageAudit, SearchEngine, audit_page, save_run, traffic_of
from fairview.discovery import train_ranker as train
from fairview.discovery.audit_runs import LOG, PAGE, PAGE_BEFORE
from fairview.discovery.judgements import read_grades
from fairview.measure import Estimate, parse_measure
from fairview.retrieval import build_index
from fairview.signals import run_signals

TARGET = "uniform"
"""What the demo's page is balanced towards and judged against: every group alike."""

MARK = ".fairview-demo"
"""A folder that a demo made holds this file; only such a folder is replaced."""


@dataclass
class Built:
    """What the demo made.

    Parameters
    ----------
    workspace
        The workspace, ready to be served.
    counts
        What was built, in words, to how many.
    page
        The page's audit.
    seconds
        Step to how long it took.
    """

    workspace: Workspace
    counts: dict[str, int]
    page: PageAudit
    seconds: dict[str, float] = field(default_factory=dict)


def build(folder: Path, *, items: int, seed: int) -> Built:
    """Build the world and its workspace in `folder`, and audit its page.

    Raises
    ------
    UsageError
        Where `folder` is a file, or holds something that no demo made.
    """
    _clear(folder)
    seconds: dict[str, float] = {}
    world = World.generate(WorldParameters(seed=seed, items=items))
    with _step("draw pictures", seconds), progress_bar("Drawing pictures", "picture") as tell:
        manifest = world.write_catalogue(folder / "world", progress=tell)
    with _step("simulate people", seconds), progress_bar("Simulating people", "day") as tell:
        events = world.write_events(
            folder / "world" / "events.parquet",
            candidates=folder / "world" / "candidates.parquet",
            progress=tell,
        )
        world.write_truth(folder / "world" / "truth", simulate=False)
    workspace = Workspace.create(
        folder / "workspace",
        name="Synthetic looks",
        synthetic=True,
        seed=seed,
        discovery={"target": TARGET},
    )
    audit = default_text().replace("'qualified'", f"'{TARGET}'")
    (workspace.root / workspace.settings.audit.gates).write_text(audit)
    with _step("ingest", seconds):
        report = ingest(workspace, manifest)
        _take_log(workspace, folder / "world")
    with _step("signals", seconds), progress_bar("Computing signals", "item") as tell:
        run_signals(workspace, progress=tell)
    with _step("index", seconds), progress_bar("Indexing") as tell:
        build_index(workspace, progress=tell)
    with _step("train", seconds), progress_bar("Training the ranker") as tell:
        train(workspace, progress=tell)
    with _step("audit", seconds):
        page = _audit(workspace, world, folder / "world" / "truth" / "relevance.parquet")
    covered = SignalStore(workspace).summary()
    counts = {
        "pictures": report.added,
        "events": events.events,
        "signals": sum(states["present"] for states in covered.values()),
    }
    built = Built(workspace, counts, page, seconds)
    _write_timings(folder, built)
    return built


def _clear(folder: Path) -> None:
    if folder.exists():
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file; give another --folder.")
        if not (folder / MARK).is_file() and any(folder.iterdir()):
            raise UsageError(f"{folder} holds files that no demo made; give another --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("Everything in this folder is synthetic and made by the demo.\n")


@contextmanager
def _step(name: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
    click.echo(f"  {name}: {seconds[name]:.1f} s", err=True)


def _take_log(workspace: Workspace, world: Path) -> None:
    import pyarrow.parquet as pq

    store = EventStore(workspace)
    store.ingest(world / "events.parquet")
    store.write_candidates(pq.read_table(world / "candidates.parquet"))


def _audit(workspace: Workspace, world: World, grades: Path) -> PageAudit:
    engine = SearchEngine.open(workspace)
    spec = spec_of(workspace)
    traffic = traffic_of(workspace, np.random.default_rng(workspace.settings.seed))
    with progress_bar("Auditing the page") as tell:
        page = audit_page(
            engine,
            spec,
            traffic,
            grades=read_grades(grades),
            reactions=lambda slates: simulated_reactions(world, slates, workspace.settings.seed),
            progress=tell,
        )
    with progress_bar("Auditing the log", "measure") as tell:
        log = audit_workspace(workspace, spec, progress=tell)
    save_run(workspace, {LOG: log, PAGE_BEFORE: page.before, PAGE: page.after})
    return page


def simulated_reactions(
    world: World, slates: Slates, seed: int
) -> Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return what the world's people did with these slates: action to one boolean per item."""
    shown = slates.candidates
    sizes = np.diff(shown.offsets)
    place = (shown.request_of, slates.positions - 1)
    items = np.full((len(slates), int(sizes.max(initial=1))), -1, np.int64)
    items[place] = world.item_codes(shown.item_ids.tolist())
    columns = shown.requests.columns
    people = {name: number for number, name in enumerate(world.people.cluster_ids())}
    reactions = world.simulate_clicks(
        world.query_codes(columns["query"].tolist()),
        items,
        np.array([people[name] for name in columns["cluster_id"].tolist()]),
        np.random.default_rng(seed),
    )
    return {
        "click": reactions.click[place],
        "save": reactions.save[place],
        "hide": reactions.hide[place],
    }


def summary(built: Built) -> list[str]:
    """Return what a person reads at the end of the demo."""
    counts = built.counts
    lines = [
        "",
        "Fairview demo: everything here is synthetic.",
        (
            f"Built {counted(counts['pictures'], 'picture')} with "
            f"{counted(counts['signals'], 'signal reading')} and "
            f"{counted(counts['events'], 'event')} in {sum(built.seconds.values()):.0f} s."
        ),
        "",
        "The page, ordered by relevance alone -> balanced (95 % intervals):",
    ]
    k = built.workspace.settings.discovery.slate_size
    attribute = built.workspace.settings.discovery.attribute
    figures = (
        (f"Div(by='{attribute}')@{k}", "overall", "pages that show every skin tone range", True),
        (
            f"ExposureGap(by='{attribute}', target='{TARGET}')@{k}",
            "overall",
            "largest gap between a range's share of attention and an even share",
            True,
        ),
        (f"NDCG(ideal='column')@{k}", "overall", "relevance of the page (NDCG)", False),
    )
    for identity, part, words, percent in figures:
        before = _figure(built.page.before, identity, part, percent)
        after = _figure(built.page.after, identity, part, percent)
        lines.append(f"  {words}: {before} -> {after}")
    verdict = built.page.after.verdict
    lines += ["", f"Verdict of the balanced page: {verdict.outcome.value} ({verdict.rule})"]
    lines.append(f"Reports: {built.workspace.runs_dir}")
    return lines


def _figure(result: AuditResult, identity: str, part: str, percent: bool) -> str:
    found = [e for e in result.of(parse_measure(identity).identity) if e.slice == part]
    if not found or found[0].value is None:
        return "not made" if not found else found[0].status.value
    return _shown(found[0], percent)


def _shown(estimate: Estimate, percent: bool) -> str:
    scale, digits, unit = (100.0, 1, " %") if percent else (1.0, 3, "")
    value = f"{(estimate.value or 0.0) * scale:.{digits}f}{unit}"
    if estimate.low is None or estimate.high is None:
        return value
    low, high = estimate.low * scale, estimate.high * scale
    return f"{value} [{low:.{digits}f}, {high:.{digits}f}]"


def _write_timings(folder: Path, built: Built) -> None:
    peak = max(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    )
    data = {"seconds": built.seconds, "peak_mib": peak / 1024}
    (folder / "timings.json").write_text(json.dumps(data, indent=2))
