"""Each contract is held against what its producer really gives."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import yaml

from fairview.core import RANGES, Contract, GroupColumn, ProhibitedUseError, SignalColumn, State
from fairview.core.contract import ALWAYS_PROHIBITED
from fairview.signals import GroupReadings, ItemBatch, Producer, producer, producers
from fairview.signals.base import CONTRACTS

SHIPPED = ("ai_generated", "dominant_colours", "picture_embedding", "skin_tone", "text_embedding")
TEXTS = ["red wool coat", "blue linen summer dress", "a red dress", "", "wool hat, blue"]


@pytest.fixture
def batch(photograph: np.ndarray) -> ItemBatch:
    pictures: list[Any] = [photograph, photograph[::-1].copy(), None, photograph[:, :20].copy()]
    pictures.append(np.zeros((5, 300, 3), np.uint8))
    declared: list[Any] = [{}, {"digital_source_type": "digitalCapture"}, {}, {}, {}]
    declared[3] = {"digital_source_type": "trainedAlgorithmicMedia"}
    return ItemBatch([f"item{i}" for i in range(5)], pictures, TEXTS, declared)


def opened(name: str, batch: ItemBatch) -> Producer:
    made = producer(name)
    if made.fits:
        made.fit(batch)
    return made


def column_of(readings: Any) -> SignalColumn | GroupColumn:
    return readings.column if isinstance(readings, GroupReadings) else readings


def test_every_shipped_contract_has_a_producer() -> None:
    assert sorted(path.stem for path in CONTRACTS.glob("*.yaml")) == list(SHIPPED)
    assert set(SHIPPED) <= set(producers())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_is_the_producers_contract(name: str) -> None:
    assert Contract.load(CONTRACTS / f"{name}.yaml") == producers()[name].contract
    written = yaml.safe_load((CONTRACTS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert set(ALWAYS_PROHIBITED) <= set(written["prohibited_use"])


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("purpose", ALWAYS_PROHIBITED)
def test_a_prohibited_purpose_is_refused(name: str, purpose: str) -> None:
    with pytest.raises(ProhibitedUseError):
        producers()[name].contract.allow(purpose)


@pytest.mark.parametrize("name", SHIPPED)
def test_type_dimension_range_and_states_are_as_promised(name: str, batch: ItemBatch) -> None:
    made = opened(name, batch)
    readings = made.produce(batch)
    contract = made.contract
    assert len(readings) == len(batch)
    allowed = {State.PRESENT, State.NOT_APPLICABLE}
    allowed |= {State.ABSTAINED} if contract.may_abstain else set()
    assert {State(code) for code in readings.state} <= allowed
    assert np.all((readings.confidence >= 0) & (readings.confidence <= 1))
    column = column_of(readings)
    if isinstance(column, GroupColumn):
        assert contract.value == "groups"
        assert RANGES[contract.ranges or ""] is column.ranges
    else:
        assert (column.name, column.version) == (contract.name, contract.version)
        assert column.values.reshape(len(batch), -1).shape == (len(batch), contract.dimension)
        shown = column.values[column.is_present]
        assert np.isfinite(shown).all()
        assert contract.minimum is not None
        assert contract.maximum is not None
        assert shown.min() >= contract.minimum - 1e-6
        assert shown.max() <= contract.maximum + 1e-6


@pytest.mark.parametrize("name", ["dominant_colours", "picture_embedding", "text_embedding"])
def test_coverage_is_as_promised_where_there_is_something_to_read(
    name: str, batch: ItemBatch
) -> None:
    made = opened(name, batch)
    present = made.produce(batch).state == State.PRESENT
    applicable = [
        bool(text) if made.needs == "text" else picture is not None
        for picture, text in zip(batch.pictures, batch.texts, strict=True)
    ]
    assert present[applicable].mean() >= made.contract.coverage
    assert not present[~np.array(applicable)].any()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_same_batch_gives_the_same_signal(name: str, batch: ItemBatch) -> None:
    made = opened(name, batch)
    once, again = made.produce(batch), made.produce(batch)
    single = made.produce(batch.take([1]))
    assert np.array_equal(once.state, again.state)
    first, second = column_of(once), column_of(again)
    if isinstance(first, SignalColumn) and isinstance(second, SignalColumn):
        assert np.array_equal(first.values, second.values)
        alone = column_of(single)
        assert isinstance(alone, SignalColumn)
        assert np.allclose(first.values[1], alone.values[0], atol=1e-6)
    assert once.state[1] == single.state[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_latency_is_reported(name: str, batch: ItemBatch, record_property: Any) -> None:
    """A timing never fails a test; it is written into the report."""
    made = opened(name, batch)
    started = time.perf_counter()
    made.produce(batch)
    milliseconds = 1e3 * (time.perf_counter() - started) / len(batch)
    record_property(f"{name}_ms", round(milliseconds, 2))
    record_property(f"{name}_promised_ms", made.contract.latency_ms)
    assert milliseconds > 0
