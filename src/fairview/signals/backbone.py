"""Optional backbones: trained models that make the embeddings, from a local path or a hub.

`settings.signals.backbone` names one:

- ``open_clip:ViT-B-32:/path/to/weights.pt`` (or ``open_clip:hf-hub:owner/name``), pictures, texts;
- ``siglip:/path/to/folder`` (or a hub name), through transformers, pictures and texts;
- ``timm:vit_small_patch16_224:/path/to/weights.safetensors``, pictures;
- ``sentence_transformers:/path/to/folder`` (or a hub name), texts.

Without a path the package's own weights are asked for, which needs a network. Packages are
imported when a backbone is used; they come with the extra ``vision-models``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import Contract, DataError, ExtraError, SignalColumn, State, UsageError
from fairview.signals.base import Producer, shipped_contract
from fairview.signals.batch import ItemBatch, Picture

EXTRA = "vision-models"

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoder:
    """A loaded model: functions from pictures or texts to vectors, None for what it can't read."""

    pictures: Callable[[list[Picture]], Vectors] | None = None
    texts: Callable[[list[str]], Vectors] | None = None


@dataclass(frozen=True)
class Backbone:
    """A parsed setting: which package loads which model from which path (empty for the hub).

    Examples
    --------
    >>> Backbone.parse("open_clip:ViT-B-32:/models/clip.pt")
    Backbone(kind='open_clip', model='ViT-B-32', path='/models/clip.pt')
    >>> Backbone.parse("open_clip:hf-hub:owner/name").model
    'hf-hub:owner/name'
    """

    kind: str
    model: str
    path: str = ""

    @classmethod
    def parse(cls, setting: str) -> Backbone:
        """Return the backbone that a setting names; an unknown kind is a `UsageError`."""
        kind, _, rest = setting.partition(":")
        if kind not in _LOADERS or not rest:
            raise UsageError(
                f"Backbone {setting!r} isn't known; write one of "
                f"{', '.join(f'{name}:…' for name in _LOADERS)} in signals.backbone."
            )
        prefix = "hf-hub:" if rest.startswith("hf-hub:") else ""
        model, _, path = rest.removeprefix(prefix).partition(":")
        return cls(kind, prefix + model, path)

    def load(self) -> Encoder:
        """Load the model.

        Raises
        ------
        ExtraError
            Where the package isn't installed.
        DataError
            Where the weights can't be loaded.
        """
        if self.path and not Path(self.path).exists():
            raise DataError(
                f"Backbone {self.kind}:{self.model} has no weights at {self.path}; mend "
                f"signals.backbone."
            )
        try:
            return _LOADERS[self.kind](self)
        except (ExtraError, UsageError):
            raise
        except Exception as error:
            raise DataError(
                f"Backbone {self.kind}:{self.model} can't be loaded ({type(error).__name__}: "
                f"{error}); give a path to its weights in signals.backbone."
            ) from error

    @property
    def digest(self) -> str:
        """8 hex digits of the kind, the model's name and the bytes of local weights."""
        total = hashlib.sha256(f"{self.kind}:{self.model}".encode())
        place = Path(self.path or self.model)
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in filter(Path.is_file, files):
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        return total.hexdigest()[:8]


class PictureBackbone(Producer):
    """The picture embedding, made by a trained model."""

    needs = "picture"

    def __init__(self, backbone: Backbone, encoder: Encoder) -> None:
        if encoder.pictures is None:
            raise UsageError(f"Backbone {backbone.kind} doesn't read pictures.")
        self._encode = encoder.pictures
        self._encode_texts = encoder.texts
        width = self._encode([np.zeros((8, 8, 3), np.uint8)]).shape[1]
        self.contract = _refined("picture_embedding", backbone, width)

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return each picture's vector; an item without a picture is not applicable."""
        rows = [row for row, picture in enumerate(batch.pictures) if picture is not None]
        pictures = [picture for picture in batch.pictures if picture is not None]
        return _column(self.contract, len(batch), rows, lambda: self._encode(pictures))

    def embed_query(self, query: str) -> Vectors:
        """Return a text's vector among the pictures, where the model reads both."""
        if self._encode_texts is None:
            raise UsageError("This backbone doesn't read texts; use open_clip or siglip.")
        return _normalised(self._encode_texts([query])).ravel()


class TextBackbone(Producer):
    """The text embedding, made by a trained model."""

    needs = "text"

    def __init__(self, backbone: Backbone, encoder: Encoder) -> None:
        if encoder.texts is None:
            raise UsageError(f"Backbone {backbone.kind} doesn't read texts.")
        self._encode = encoder.texts
        self.contract = _refined("text_embedding", backbone, self._encode(["a"]).shape[1])

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return each text's vector; an empty text is not applicable."""
        rows = [row for row, text in enumerate(batch.texts) if text.strip()]
        texts = [batch.texts[row] for row in rows]
        return _column(self.contract, len(batch), rows, lambda: self._encode(texts))

    def embed_query(self, query: str) -> Vectors:
        """Return a query's vector, length one."""
        return _normalised(self._encode([query])).ravel()


def picture_backbone(setting: str) -> PictureBackbone | None:
    """Return the configured producer of picture embeddings, None where none is configured."""
    backbone = Backbone.parse(setting) if setting else None
    if backbone is None or backbone.kind == "sentence_transformers":
        return None
    return PictureBackbone(backbone, backbone.load())


def text_backbone(setting: str) -> TextBackbone | None:
    """Return the configured producer of text embeddings, None where none is configured."""
    backbone = Backbone.parse(setting) if setting else None
    if backbone is None or backbone.kind == "timm":
        return None
    return TextBackbone(backbone, backbone.load())


def _refined(name: str, backbone: Backbone, width: int) -> Contract:
    base = shipped_contract(name)
    update = {
        "version": f"{base.version}-{backbone.kind}-{backbone.digest}",
        "dimension": width,
        "describes": f"{width}-d vector made by {backbone.kind}, model {backbone.model}.",
        "calibration": "no confidence is estimated; it is 1 wherever there is a value",
        "quality": {},
    }
    return base.model_copy(update=update)


def _column(
    contract: Contract, n: int, rows: list[int], encode: Callable[[], Vectors]
) -> SignalColumn:
    values = np.zeros((n, contract.dimension), np.float32)
    state = np.full(n, State.NOT_APPLICABLE, np.int8)
    if rows:
        values[rows] = _normalised(encode())
        state[rows] = State.PRESENT
    confidence = (state == State.PRESENT).astype(np.float32)
    return SignalColumn(contract.name, contract.version, values, state, confidence)


def _normalised(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    return unit


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraError(name, EXTRA) from error


def _numpy(tensor: Any) -> Vectors:
    return np.asarray(tensor.detach().cpu().float().numpy(), np.float32)


def _images(pictures: list[Picture]) -> list[Any]:
    from PIL import Image

    return [Image.fromarray(picture) for picture in pictures]


def _load_open_clip(backbone: Backbone) -> Encoder:
    open_clip, torch = _package("open_clip"), _package("torch")
    model, _, prepare = open_clip.create_model_and_transforms(
        backbone.model, pretrained=backbone.path or None
    )
    model.eval()
    tokenize = open_clip.get_tokenizer(backbone.model)

    def pictures(given: list[Picture]) -> Vectors:
        with torch.inference_mode():
            return _numpy(model.encode_image(torch.stack([prepare(i) for i in _images(given)])))

    def texts(given: list[str]) -> Vectors:
        with torch.inference_mode():
            return _numpy(model.encode_text(tokenize(given)))

    return Encoder(pictures, texts)


def _load_siglip(backbone: Backbone) -> Encoder:
    transformers, torch = _package("transformers"), _package("torch")
    model = transformers.AutoModel.from_pretrained(backbone.model).eval()
    processor = transformers.AutoProcessor.from_pretrained(backbone.model)

    def pooled(output: Any) -> Vectors:
        return _numpy(getattr(output, "pooler_output", output))

    def pictures(given: list[Picture]) -> Vectors:
        with torch.inference_mode():
            inputs = processor(images=_images(given), return_tensors="pt")
            return pooled(model.get_image_features(**inputs))

    def texts(given: list[str]) -> Vectors:
        with torch.inference_mode():
            inputs = processor(
                text=given, padding="max_length", truncation=True, return_tensors="pt"
            )
            return pooled(model.get_text_features(**inputs))

    return Encoder(pictures, texts)


def _load_timm(backbone: Backbone) -> Encoder:
    timm, torch = _package("timm"), _package("torch")
    model = timm.create_model(
        backbone.model,
        pretrained=not backbone.path,
        checkpoint_path=backbone.path,
        num_classes=0,
    ).eval()
    prepare = timm.data.create_transform(
        **timm.data.resolve_model_data_config(model), is_training=False
    )

    def pictures(given: list[Picture]) -> Vectors:
        with torch.inference_mode():
            return _numpy(model(torch.stack([prepare(image) for image in _images(given)])))

    return Encoder(pictures=pictures)


def _load_sentence_transformers(backbone: Backbone) -> Encoder:
    model = _package("sentence_transformers").SentenceTransformer(backbone.model)

    def texts(given: list[str]) -> Vectors:
        return np.asarray(model.encode(given, convert_to_numpy=True), np.float32)

    return Encoder(texts=texts)


_LOADERS: dict[str, Callable[[Backbone], Encoder]] = {
    "open_clip": _load_open_clip,
    "siglip": _load_siglip,
    "timm": _load_timm,
    "sentence_transformers": _load_sentence_transformers,
}
