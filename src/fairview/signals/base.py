"""The base of every signal: a producer, registered by the name in its contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from fairview.core import Contract, DataError, GroupColumn, Settings, SignalColumn, UsageError
from fairview.signals.batch import ItemBatch

CONTRACTS = Path(__file__).with_name("contracts")
"""The folder of the contracts of the signals that come with Fairview."""

_PRODUCERS: dict[str, type[Producer]] = {}


@dataclass(frozen=True)
class GroupReadings:
    """What a producer of group membership gives for n items.

    Parameters
    ----------
    column
        The membership, soft and set-valued, with each person's reading.
    state
        n codes of `State`: what is known of the item as a whole.
    confidence
        n floats in [0, 1]; 0 where the state isn't present.

    Raises
    ------
    DataError
        Where the lengths differ.
    """

    column: GroupColumn
    state: npt.NDArray[np.int8]
    confidence: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        n = len(self.column)
        if len(self.state) != n or len(self.confidence) != n:
            raise DataError(
                f"Readings of {self.column.ranges.name} have {n} memberships, {len(self.state)} "
                f"states and {len(self.confidence)} confidences; give one of each per item."
            )

    def __len__(self) -> int:
        return len(self.column)


Readings = SignalColumn | GroupReadings
"""What a producer gives for a batch, one row per item, in the batch's order."""


class Producer(ABC):
    """Computes one signal.

    A subclass sets `contract` and `needs` and writes `produce`; being defined registers it by
    its contract's name. A signal is so one file, in this room or named under ``plugins`` in a
    workspace's settings. A producer that learns from the catalogue sets `fits` and writes `fit`,
    `save` and `restore` too; everything that it saves is plain data, never a pickle.

    Attributes
    ----------
    contract
        What this producer promises. An instance may refine it: a configured backbone or a fitted
        model changes version and dimension.
    needs
        Which part of an item it reads; ``attributes`` are what the catalogue's source said.
    fits
        Whether it has to see the catalogue before it can produce.
    """

    contract: Contract
    needs: ClassVar[Literal["picture", "text", "both", "attributes"]]
    fits: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        contract = cls.__dict__.get("contract")
        if contract is not None:
            _PRODUCERS[contract.name] = cls

    @classmethod
    def configured(cls, settings: Settings) -> Producer:
        """Return a producer as these settings ask for it; most have nothing to set."""
        return cls()

    @abstractmethod
    def produce(self, batch: ItemBatch) -> Readings:
        """Return the signal of each item of `batch`, in its order.

        An item without what is read here is ``not_applicable``, one that isn't clear is
        ``abstained``; an exception makes items ``failed``, with the reason counted.
        """

    def fit(self, sample: ItemBatch) -> None:  # noqa: B027
        """Learn from a sample of the catalogue; a producer without `fits` has nothing to learn."""

    def save(self, folder: Path) -> None:  # noqa: B027
        """Write what was learned into an existing, empty folder; called after `fit`."""

    def restore(self, folder: Path) -> None:  # noqa: B027
        """Read what `save` wrote, and refine `contract` accordingly."""


def shipped_contract(name: str) -> Contract:
    """Return the contract of a signal that comes with Fairview."""
    return Contract.load(CONTRACTS / f"{name}.yaml")


def producer(name: str, settings: Settings | None = None) -> Producer:
    """Return a producer of this signal, as `settings` ask for it.

    Raises
    ------
    UsageError
        Where no producer has this name.

    Examples
    --------
    >>> producer("dominant_colours").contract.value
    'vector'
    """
    _import_shipped()
    try:
        kind = _PRODUCERS[name]
    except KeyError:
        raise UsageError(
            f"No producer makes a signal {name!r}; use one of {', '.join(sorted(_PRODUCERS))}."
        ) from None
    return kind.configured(settings) if settings is not None else kind()


def producers() -> dict[str, type[Producer]]:
    """Return every registered producer by its signal's name, in alphabetical order."""
    _import_shipped()
    return dict(sorted(_PRODUCERS.items()))


def _shipped_names() -> Iterator[str]:
    return (path.stem for path in sorted(CONTRACTS.glob("*.yaml")))


def _import_shipped() -> None:
    for name in _shipped_names():
        if name not in _PRODUCERS:
            import_module(f"fairview.signals.{name}")
