"""Inferred attributes: corrected in their domain beside the raw figures, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from replays_made import SPEC as REPLAYED
from replays_made import replay
from worlds_made import SMALL, workspace_of

import fairview
from fairview.audit import AuditResult, audit_workspace, log_from_slates, run_audit
from fairview.audit.corrections import Inferred
from fairview.catalog.world import World
from fairview.core import RANGES, DataError
from fairview.measure import Status
from fairview.measure.statistics import ErrorModel

MATRIX = ((900, 100, 0), (200, 800, 0))
READINGS = {"tone": {"groups": ["light", "dark"], "counts": MATRIX, "domain": "photographs"}}
RATE = "ActionRate(by='tone')"


def misread(n: int = 20_000, seed: int = 1) -> pd.DataFrame:
    """Light is 30 % of all and clicked 20 % of the time, dark 10 %; readings err as in MATRIX."""
    rng = np.random.default_rng(seed)
    light = rng.random(n) < 0.3
    click = rng.random(n) < np.where(light, 0.2, 0.1)
    read_light = rng.random(n) < np.where(light, 0.9, 0.2)
    return pd.DataFrame(
        {
            "tone": np.where(read_light, "light", "dark"),
            "click": click,
            "cluster_id": [f"p{i % 3000}" for i in range(n)],
            "item_id": [f"i{i}" for i in range(n)],
        }
    )


def audit(domain: str, **fields: Any) -> AuditResult:
    given = {"slices": ["tone"], "readings": READINGS, "domain": domain, **fields}
    found: AuditResult = fairview.audit(misread(), ["ActionRate", "SampledGroupShare"], **given)
    return found


def test_in_its_domain_the_truth_lies_in_the_corrected_interval() -> None:
    result = audit("photographs")
    by_measure = {c.measure: c for c in result.corrections}
    shares = by_measure["SampledGroupShare(by='tone')"]
    assert shares.status is Status.OK
    light = shares.figures[0]
    assert light.raw == pytest.approx(0.41, abs=0.02)
    assert light.low < 0.3 < light.high
    assert light.value == pytest.approx(0.3, abs=0.03)
    rates = {f.group: f for f in by_measure[RATE].figures}
    assert rates["light"].raw < 0.18
    assert rates["light"].low < 0.2 < rates["light"].high
    assert rates["dark"].low < 0.1 < rates["dark"].high
    raw = {e.slice: e.value for e in result.of(RATE)}
    assert rates["light"].raw == pytest.approx(raw["light"])
    assert AuditResult.from_json(result.to_json()) == result
    page = result.to_html()
    assert "Under other errors" in page
    assert ">Corrected</th>" in page
    assert audit("photographs").corrections == result.corrections


def test_out_of_its_domain_nothing_is_corrected_and_a_band_is_shown() -> None:
    result = audit("rendered")
    found = next(c for c in result.corrections if c.measure == RATE)
    assert found.status is Status.INSUFFICIENT
    assert "measured on photographs, which says nothing about rendered" in found.note
    for each in found.figures:
        assert each.value is None
        assert each.low is None
        assert each.band_low <= each.raw <= each.band_high
    page = result.to_html()
    assert "Under other errors" in page
    assert ">Corrected</th>" not in page


def test_a_reader_that_guesses_corrects_nothing() -> None:
    guess = {"tone": {**READINGS["tone"], "counts": ((50, 50, 0), (50, 50, 0))}}
    found = audit("photographs", readings=guess).corrections[0]
    assert found.status is Status.INSUFFICIENT
    assert "hardly tell the groups apart" in found.note


def test_what_is_wrong_with_readings_is_said() -> None:
    with pytest.raises(DataError, match="domain: say where the data comes from"):
        fairview.audit(misread(50), ["ActionRate"], slices=["tone"], readings=READINGS)
    short = {"tone": {**READINGS["tone"], "counts": ((1, 2), (3, 4))}}
    with pytest.raises(
        DataError, match=r"readings\.tone: The error model of 2 groups needs 2 rows"
    ):
        fairview.audit(misread(50), ["ActionRate"], slices=["tone"], readings=short, domain="x")
    other = {"race": READINGS["tone"]}
    with pytest.raises(DataError, match="readings: nothing is sliced by 'race'"):
        fairview.audit(misread(50), ["ActionRate"], slices=["tone"], readings=other, domain="x")


@pytest.mark.parametrize("domain", ["rendered", "photographs"])
def test_a_signal_is_corrected_by_its_contract(tmp_path: Path, domain: str) -> None:
    """The made catalogue is rendered; a matrix of photographs says nothing of it."""
    names = RANGES["skin_tone"].names
    counts = tuple((*(180 if i == j else 4 for j in range(4)), 8) for i in range(4))
    confusion = {"condition": "all", "domain": domain, "groups": names, "counts": counts}
    world = World.generate(SMALL)
    result = audit_workspace(workspace_of(world, tmp_path, confusion=(confusion,)))
    status = Status.OK if domain == "rendered" else Status.INSUFFICIENT
    assert {c.status for c in result.corrections} == {status}
    assert {c.domain for c in result.corrections} == {"rendered"}
    measured = {c.measure.partition("(")[0].partition("@")[0] for c in result.corrections}
    assert measured == {"GroupShare", "ExposureShare", "ActionRate"}
    assert "corrected for that stand beside" in result.notes[0]
    raw = {e.slice: e.value for e in result.of("GroupShare(by='skin_tone')")}
    shown = next(c for c in result.corrections if c.measure.startswith("ExposureShare"))
    exposure = {e.slice: e.value for e in result.of(shown.measure)}
    assert [f.raw for f in shown.figures] == pytest.approx(
        [exposure[f.group] for f in shown.figures]
    )
    shares = next(c for c in result.corrections if c.measure.startswith("GroupShare"))
    for each in shares.figures:
        assert each.raw == pytest.approx(raw[each.group])
        if domain == "rendered":
            assert each.low < each.value < each.high


def test_replayed_pages_are_corrected_too() -> None:
    slates, facts = replay()
    names = RANGES["skin_tone"].names
    counts = tuple((*(180 if i == j else 4 for j in range(4)), 8) for i in range(4))
    model = ErrorModel(names, counts, "rendered", "1")
    inferred = {"skin_tone": Inferred(model, "rendered", "skin_tone_as_read")}
    log = log_from_slates(slates, replace(facts, inferred=inferred))
    result = run_audit(REPLAYED, log, rng=np.random.default_rng(0))
    found = {c.measure: c for c in result.corrections}
    assert {"ExposureShare@24", "ActionRate(by='skin_tone')"} <= set(found)
    exposure = {e.slice: e.value for e in result.of("ExposureShare@24")}
    for each in found["ExposureShare@24"].figures:
        assert each.raw == pytest.approx(exposure[each.group])
        assert each.low < each.value < each.high
