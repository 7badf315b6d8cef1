"""Producers register by name; batches and readings are checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairview.core import SKIN_TONE, DataError, GroupColumn, Settings, UsageError
from fairview.core.plugins import import_plugins
from fairview.signals import GroupReadings, ItemBatch, item_text, producer, producers

PLUGIN = """
import numpy as np
from fairview.core import Contract, SignalColumn
from fairview.signals import ItemBatch, Producer


class Brightness(Producer):
    contract = Contract(
        name="brightness_of_test", version="1", describes="Mean of a picture's bytes.",
        value="scalar", minimum=0, maximum=255, coverage=1, calibration="none",
        freshness="once", latency_ms=1, intended_use=("display",), owner="test", consumers=(),
    )
    needs = "picture"

    def produce(self, batch: ItemBatch) -> SignalColumn:
        means = [0.0 if p is None else float(p.mean()) for p in batch.pictures]
        return SignalColumn.present(self.contract.name, self.contract.version, np.array(means))
"""


def test_a_plug_in_file_adds_a_producer(tmp_path: Path) -> None:
    (tmp_path / "brightness.py").write_text(PLUGIN, encoding="utf-8")
    import_plugins(["brightness.py"], tmp_path)
    assert "brightness_of_test" in producers()
    column = producer("brightness_of_test", Settings()).produce(
        ItemBatch.of_pictures([np.full((4, 4, 3), 7, np.uint8)])
    )
    assert column.state.tolist() == [1]


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="dominant_colours, picture_embedding"):
        producer("nonsense")


def test_a_batch_needs_one_of_each_and_real_pictures() -> None:
    with pytest.raises(DataError, match="one of each per item"):
        ItemBatch(["a"], [], [""])
    with pytest.raises(DataError, match="height x width x 3"):
        ItemBatch.of_pictures([np.zeros((4, 4), np.uint8)])


def test_readings_need_one_state_per_item() -> None:
    column = GroupColumn.from_groups(SKIN_TONE, ["1-3", None])
    with pytest.raises(DataError, match="2 memberships, 1 states"):
        GroupReadings(column, np.zeros(1, np.int8), np.zeros(2, np.float32))


def test_an_items_text_joins_what_is_there() -> None:
    assert item_text(None, " a ", []) == "a"
    assert item_text("", None, None) == ""
