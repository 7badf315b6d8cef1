"""Text embedding: TF-IDF and truncated SVD, fitted on the catalogue, saved as plain data.

The method is latent semantic analysis (Deerwester et al., 1990).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fairview.core import DataError, MissingError, Settings, SignalColumn, State, digest_of
from fairview.signals.base import Producer, shipped_contract
from fairview.signals.batch import ItemBatch

DIMENSION = 128
MODEL_FILE = "components.npz"
VOCABULARY_FILE = "vocabulary.json"

_WORD = re.compile(r"[^\W_]{2,}")
_TERMS = 50_000
_SEED = 0

Vectors = npt.NDArray[np.float32]


class TextEmbedding(Producer):
    """128-d vectors of texts; two texts that use alike words point alike.

    Terms are single words and pairs of words, lower case, weighted by (1 + ln count) times
    smoothed inverse document frequency. A catalogue that is too small for 128 dimensions fills
    the rest with zeros. The version names the fitted model, because vectors of two models don't
    compare. The confidence is the share of a text's words that the model knows.
    """

    contract = shipped_contract("text_embedding")
    needs = "text"
    fits = True

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._idf = np.zeros(0, np.float32)
        self._components = np.zeros((0, DIMENSION), np.float32)

    @classmethod
    def configured(cls, settings: Settings) -> Producer:
        """Return this producer, or the configured backbone where it reads text."""
        from fairview.signals.backbone import text_backbone

        return text_backbone(settings.signals.backbone) or cls()

    def fit(self, sample: ItemBatch) -> None:
        """Learn terms, their weights and the 128 directions from these texts."""
        documents = [_terms_of(text) for text in sample.texts if text.strip()]
        frequency = Counter(term for document in documents for term in document)
        least = 2 if len(documents) >= 50 else 1
        common = [(count, term) for term, count in frequency.items() if count >= least]
        kept = sorted(common, key=lambda pair: (-pair[0], pair[1]))[:_TERMS]
        self._terms = {term: row for row, term in enumerate(sorted(term for _, term in kept))}
        counts = np.array([frequency[term] for term in self._terms], np.float64)
        self._idf = (np.log((1 + len(documents)) / (1 + counts)) + 1).astype(np.float32)
        self._components = _directions(self._weighted(documents))
        self._refine_contract()

    def save(self, folder: Path) -> None:
        """Write the directions as npz and the vocabulary as JSON."""
        np.savez(folder / MODEL_FILE, idf=self._idf, components=self._components)
        text = json.dumps(list(self._terms), ensure_ascii=False)
        (folder / VOCABULARY_FILE).write_text(text, encoding="utf-8")

    def restore(self, folder: Path) -> None:
        """Read a saved model; one that doesn't fit together is a `DataError`."""
        try:
            with np.load(folder / MODEL_FILE, allow_pickle=False) as model:
                self._idf, self._components = model["idf"], model["components"]
            terms = json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise MissingError(
                "The text embedding has no model yet; run: fairview signals run"
            ) from error
        except (KeyError, ValueError, OSError) as error:
            raise DataError(
                f"The text embedding's model in {folder} can't be read ({error}); delete that "
                f"folder and run: fairview signals run"
            ) from error
        if len(terms) != len(self._idf) or self._components.shape != (len(terms), DIMENSION):
            raise DataError(
                f"The text embedding's model in {folder} has parts that don't fit together; "
                f"delete that folder and run: fairview signals run"
            )
        self._terms = {term: row for row, term in enumerate(terms)}
        self._refine_contract()

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return each text's vector; an empty text is not applicable, an unknown one abstained."""
        documents = [_terms_of(text) for text in batch.texts]
        vectors, norms = _normalised(self._weighted(documents) @ self._components)
        state = np.full(len(batch), State.PRESENT, np.int8)
        state[norms == 0] = State.ABSTAINED
        state[[not text.strip() for text in batch.texts]] = State.NOT_APPLICABLE
        known = np.array([self._known(text) for text in batch.texts], np.float32)
        confidence = np.where(state == State.PRESENT, known, 0).astype(np.float32)
        return SignalColumn(self.contract.name, self.contract.version, vectors, state, confidence)

    def embed_query(self, query: str) -> Vectors:
        """Return a query's vector, length one; all zeros where the model knows none of its words.

        Raises
        ------
        MissingError
            Where the model hasn't been fitted or restored.
        """
        if not len(self._components):
            raise MissingError("The text embedding has no model yet; run: fairview signals run")
        vector: Vectors = _normalised(self._weighted([_terms_of(query)]) @ self._components)[0][0]
        return vector

    def _known(self, text: str) -> float:
        words = _WORD.findall(text.casefold())
        return sum(word in self._terms for word in words) / len(words) if words else 0.0

    def _weighted(self, documents: list[Counter[str]]) -> sparse.csr_matrix:
        rows, columns, values = [], [], []
        for row, document in enumerate(documents):
            for term, count in document.items():
                column = self._terms.get(term)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append((1 + np.log(count)) * self._idf[column])
        shape = (len(documents), len(self._terms))
        matrix = sparse.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=shape)
        norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        return sparse.diags(1 / np.maximum(norms, 1e-12)).dot(matrix).tocsr().astype(np.float32)

    def _refine_contract(self) -> None:
        digest = digest_of([*self._terms, self._idf.tobytes(), self._components.tobytes()])
        base = type(self).contract
        self.contract = base.model_copy(update={"version": f"{base.version}-{digest[:8]}"})


def _terms_of(text: str) -> Counter[str]:
    """Return the words and, within a line, the pairs of words of a text, with their counts."""
    terms: Counter[str] = Counter()
    for line in text.casefold().splitlines():
        words = _WORD.findall(line)
        terms.update(words)
        terms.update(f"{a} {b}" for a, b in pairwise(words))
    return terms


def _directions(weighted: sparse.csr_matrix) -> Vectors:
    """Return a terms x 128 matrix of the leading right singular vectors, zeros beyond the rank."""
    rank = min(DIMENSION, min(weighted.shape))
    directions = np.zeros((weighted.shape[1], DIMENSION), np.float32)
    if rank == 0:
        return directions
    if min(weighted.shape) <= 2 * DIMENSION:
        _, sizes, rows = np.linalg.svd(weighted.toarray(), full_matrices=False)
        rank = min(rank, int((sizes > 1e-6 * sizes[0]).sum()))
        kept = rows[:rank]
    else:
        from sklearn.decomposition import TruncatedSVD

        kept = TruncatedSVD(rank, random_state=_SEED).fit(weighted).components_
    kept = (
        kept * np.where(kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)] < 0, -1, 1)[:, None]
    )
    directions[:, : len(kept)] = kept.T
    return directions


def _normalised(vectors: Vectors) -> tuple[Vectors, Vectors]:
    norms: Vectors = np.linalg.norm(vectors, axis=1).astype(np.float32)
    norms[norms < 1e-6] = 0
    scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
    return (vectors * scale[:, None]).astype(np.float32), norms
