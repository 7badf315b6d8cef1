"""The signals that pages need, read once for their purposes, in the index's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairview.catalog import SignalStore, Workspace
from fairview.core import (
    RANGES,
    Candidates,
    Contract,
    GroupColumn,
    Hydrated,
    Hydrator,
    MissingError,
    ProhibitedUseError,
    SignalColumn,
)
from fairview.core.columns import Array

VECTORS = ("picture_embedding", "text_embedding")


@dataclass(frozen=True)
class People:
    """One attribute of n items: memberships, and why an item has none."""

    column: GroupColumn
    state: npt.NDArray[np.int8]


@dataclass(frozen=True)
class SignalsInMemory:
    """What was read.

    Parameters
    ----------
    vectors
        The signal whose similarity is spread over a page, or None.
    balanced
        The attribute that pages are balanced by, or None.
    refinable
        Attributes that people may refine by.
    required
        Name to the signal without which an item isn't shown.
    contracts
        Contracts of the required signals.
    versions
        Signal to the version that was read.
    missing
        Sentences on what couldn't be read.
    """

    vectors: SignalColumn | None
    balanced: People | None
    refinable: Mapping[str, People]
    required: Mapping[str, SignalColumn]
    contracts: tuple[Contract, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @classmethod
    def load(cls, workspace: Workspace, item_ids: Array) -> SignalsInMemory:
        """Read the signals of these items.

        Raises
        ------
        MissingError
            Where a required signal was never computed: without it nothing may be shown.
        """
        reader = _Reader(workspace, item_ids)
        settings = workspace.settings
        required = {name: reader.required(name) for name in settings.signals.required}
        vectors = reader.vectors()
        balanced = reader.people(settings.discovery.attribute, "diversification")
        refinable = {
            name: people
            for name in RANGES
            if name in reader.contracts
            and (people := reader.people(name, "refinement")) is not None
        }
        return cls(
            vectors,
            balanced,
            refinable,
            required,
            tuple(reader.contracts[name] for name in required),
            {name: contract.version for name, contract in reader.contracts.items()},
            tuple(dict.fromkeys(reader.missing)),
        )


class _Reader:
    def __init__(self, workspace: Workspace, item_ids: Array) -> None:
        self.store = SignalStore(workspace)
        self.ids = item_ids
        self.contracts = self.store.contracts()
        self.missing: list[str] = []

    def required(self, name: str) -> SignalColumn:
        contract = self.contracts.get(name)
        if contract is None:
            raise MissingError(
                f"Signal {name!r} is required and isn't computed, so nothing may be shown; run: "
                f"fairview signals run"
            )
        read = self.store.states if contract.value == "groups" else self.store.read
        return read(name, purpose="filtering", item_ids=self.ids)[1]

    def vectors(self) -> SignalColumn | None:
        for name in VECTORS:
            if name not in self.contracts:
                continue
            try:
                _, column = self.store.read(name, purpose="diversification", item_ids=self.ids)
            except ProhibitedUseError as error:
                self.missing.append(str(error))
                continue
            if column.is_present.any():
                return column
        self.missing.append(
            "No embedding is computed, so pages can't be made more varied; run: fairview signals "
            "run"
        )
        return None

    def people(self, attribute: str, purpose: str) -> People | None:
        if attribute not in self.contracts:
            self.missing.append(
                f"Signal {attribute} isn't computed, so its groups are neither balanced nor "
                f"offered; run: fairview signals run"
            )
            return None
        try:
            _, column = self.store.read_groups(attribute, purpose=purpose, item_ids=self.ids)
            _, state = self.store.states(attribute, purpose=purpose, item_ids=self.ids)
        except ProhibitedUseError as error:
            self.missing.append(str(error))
            return None
        return People(column, state.state)


class SignalHydrator(Hydrator):
    """Adds the vectors and memberships of the candidates.

    Parameters
    ----------
    signals
        Name to n values.
    groups
        Attribute to n memberships.
    """

    name = "signals"
    needs = ("row",)

    def __init__(
        self, signals: Mapping[str, SignalColumn], groups: Mapping[str, GroupColumn]
    ) -> None:
        self.signals = signals
        self.groups = groups
        self.provides = (*signals, *groups)

    def hydrate(self, candidates: Candidates) -> Hydrated:
        """Return the rows of the candidates."""
        rows = candidates.columns["row"]
        return Hydrated(
            {},
            {name: column.take(rows) for name, column in self.signals.items()},
            {name: column.take(rows) for name, column in self.groups.items()},
        )


class RequiredHydrator(SignalHydrator):
    """Adds the signals without which nothing is shown; it can't be left out."""

    name = "required signals of items"
    optional = False

    def __init__(self, required: Mapping[str, SignalColumn], others: Sequence[str]) -> None:
        super().__init__({n: c for n, c in required.items() if n not in others}, {})
