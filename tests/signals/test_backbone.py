"""Backbones: real loading code, driven through small stand-ins of each package's public names."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fairview.core import DataError, ExtraError, Settings, State, UsageError
from fairview.signals import ItemBatch, producer
from fairview.signals.backbone import Backbone, PictureBackbone, TextBackbone

PICTURE = np.full((20, 16, 3), 90, np.uint8)


class Tensor:
    """As much of a tensor as the loaders use."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, np.float32)

    def detach(self) -> Tensor:
        return self

    cpu = float = detach

    def numpy(self) -> np.ndarray:
        return self.values


class Model:
    """Gives vectors of 7 numbers that depend on what is read."""

    def eval(self) -> Model:
        return self

    def encode_image(self, images: Tensor) -> Tensor:
        return Tensor(images.values.reshape(len(images.values), -1)[:, :7] + np.arange(7))

    def encode_text(self, tokens: list[str]) -> Tensor:
        return Tensor([[len(text), *range(6)] for text in tokens])

    def get_image_features(self, pixel_values: Tensor) -> Any:
        return SimpleNamespace(pooler_output=self.encode_image(pixel_values))

    def get_text_features(self, input_ids: list[str]) -> Tensor:
        return self.encode_text(input_ids)

    __call__ = encode_image


def prepare(image: Any) -> Tensor:
    return Tensor(np.asarray(image.resize((8, 8)), np.float32) / 255)


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> None:
    module = ModuleType(name)
    for member, value in members.items():
        setattr(module, member, value)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put stand-ins in place, and record what they are called with."""
    seen: dict[str, Any] = {}

    def create(model: str, pretrained: str | None) -> tuple[Model, None, Any]:
        seen["open_clip"] = (model, pretrained)
        return Model(), None, prepare

    def create_timm(model: str, **options: Any) -> Model:
        seen["timm"] = (model, options)
        return Model()

    def from_pretrained(path: str) -> Model:
        seen["siglip"] = path
        return Model()

    def processor(images: Any = None, text: Any = None, **options: Any) -> dict[str, Any]:
        if images is not None:
            return {"pixel_values": Tensor(np.stack([prepare(i).values for i in images]))}
        assert options["padding"] == "max_length"
        return {"input_ids": text}

    def sentence_transformer(path: str) -> Any:
        seen["sentence_transformers"] = path
        return SimpleNamespace(
            encode=lambda texts, convert_to_numpy: np.array([[len(t), 1, 2] for t in texts], float)
        )

    stand_in(
        monkeypatch,
        "torch",
        stack=lambda tensors: Tensor(np.stack([each.values for each in tensors])),
        inference_mode=nullcontext,
    )
    stand_in(
        monkeypatch,
        "open_clip",
        create_model_and_transforms=create,
        get_tokenizer=lambda model: lambda texts: texts,
    )
    stand_in(
        monkeypatch,
        "timm",
        create_model=create_timm,
        data=SimpleNamespace(
            resolve_model_data_config=lambda model: {"input_size": (3, 8, 8)},
            create_transform=lambda input_size, is_training: prepare,
        ),
    )
    stand_in(
        monkeypatch,
        "transformers",
        AutoModel=SimpleNamespace(from_pretrained=from_pretrained),
        AutoProcessor=SimpleNamespace(from_pretrained=lambda path: processor),
    )
    stand_in(monkeypatch, "sentence_transformers", SentenceTransformer=sentence_transformer)
    return seen


def settings_with(backbone: str) -> Settings:
    return Settings(signals={"backbone": backbone})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["open_clip", "siglip", "timm"])
def test_a_picture_backbone_changes_version_and_dimension(
    kind: str, calls: dict[str, Any], tmp_path: Path
) -> None:
    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"one")
    setting = f"{kind}:{tmp_path}" if kind == "siglip" else f"{kind}:small:{weights}"
    made = producer("picture_embedding", settings_with(setting))
    assert isinstance(made, PictureBackbone)
    assert made.contract.dimension == 7
    assert made.contract.version.startswith(f"1.0.0-{kind}-")
    assert kind in calls
    column = made.produce(ItemBatch.of_pictures([PICTURE, None]))
    assert column.values.shape == (2, 7)
    assert np.linalg.norm(column.values[0]) == pytest.approx(1, abs=1e-5)
    assert column.state.tolist() == [State.PRESENT, State.NOT_APPLICABLE]
    weights.write_bytes(b"another")
    other = producer("picture_embedding", settings_with(setting))
    assert other.contract.version != made.contract.version
    assert type(made).__name__ == "PictureBackbone"
    assert producer("picture_embedding").contract.dimension == 128


@pytest.mark.parametrize("kind", ["open_clip", "siglip", "sentence_transformers"])
def test_a_text_backbone_embeds_items_and_queries(
    kind: str, calls: dict[str, Any], tmp_path: Path
) -> None:
    setting = f"{kind}:{tmp_path if kind != 'open_clip' else 'hf-hub:owner/name'}"
    made = producer("text_embedding", settings_with(setting))
    assert isinstance(made, TextBackbone)
    column = made.produce(ItemBatch.of_texts(["a coat", "", "a coat"]))
    assert column.values.shape == (3, made.contract.dimension)
    assert column.state.tolist() == [1, 3, 1]
    assert np.allclose(made.embed_query("a coat"), column.values[0])
    if kind == "open_clip":
        assert calls["open_clip"] == ("hf-hub:owner/name", None)


def test_each_embedding_uses_only_a_backbone_that_reads_it(calls: dict[str, Any]) -> None:
    text = producer("text_embedding", settings_with("timm:small"))
    picture = producer("picture_embedding", settings_with("sentence_transformers:some/name"))
    assert text.contract.name == "text_embedding"
    assert not isinstance(text, TextBackbone)
    assert not isinstance(picture, PictureBackbone)
    assert not calls


def test_a_query_among_pictures_needs_a_model_that_reads_both(calls: dict[str, Any]) -> None:
    clip = producer("picture_embedding", settings_with("open_clip:small"))
    timm = producer("picture_embedding", settings_with("timm:small"))
    assert isinstance(clip, PictureBackbone)
    assert isinstance(timm, PictureBackbone)
    assert clip.embed_query("coat").shape == (7,)
    with pytest.raises(UsageError, match="doesn't read texts"):
        timm.embed_query("coat")
    assert calls["timm"][1]["pretrained"] is True


@pytest.mark.parametrize(
    ("setting", "package"),
    [
        ("open_clip:small", "open_clip"),
        ("timm:small", "timm"),
        ("siglip:name", "transformers"),
    ],
)
def test_a_missing_package_names_the_extra(
    setting: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraError, match=r"pip install 'fairview\[vision-models\]'"):
        producer("picture_embedding", settings_with(setting))


@pytest.mark.parametrize("setting", ["nonsense:x", "open_clip", "open_clip:"])
def test_an_unknown_backbone_says_which_there_are(setting: str) -> None:
    with pytest.raises(UsageError, match="open_clip"):
        Backbone.parse(setting)


def test_missing_or_broken_weights_say_so(
    calls: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="has no weights at"):
        producer("picture_embedding", settings_with(f"open_clip:small:{tmp_path / 'none'}"))

    def broken(path: str) -> None:
        raise OSError("not a model")

    stand_in(monkeypatch, "sentence_transformers", SentenceTransformer=broken)
    with pytest.raises(DataError, match="OSError: not a model"):
        producer("text_embedding", settings_with("sentence_transformers:some/name"))
