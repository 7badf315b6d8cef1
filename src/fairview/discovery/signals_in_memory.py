"""The signals that pages need, read once for their purposes, in the index's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fairview.catalog import SignalStore, Workspace
from fairview.core import (
    RANGES,
    SEE_FEWER,
    Candidates,
    Contract,
    GroupColumn,
    Hydrated,
    Hydrator,
    MissingError,
    ProhibitedUseError,
    SignalColumn,
    State,
)
from fairview.core.columns import Array
from fairview.discovery.catalogue_groups import catalogue_groups
from fairview.discovery.integrity import IntegrityRule
from fairview.discovery.match_probability import MatchProbability
from fairview.discovery.see_fewer import has_signal

VECTORS = ("picture_embedding", "text_embedding")


@dataclass(frozen=True)
class People:
    """One attribute of n items: memberships, why an item has none, and how likely each group is."""

    column: GroupColumn
    state: npt.NDArray[np.int8]
    match: MatchProbability


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
    integrity
        Name to the signal that an integrity rule reads, with its contract.
    fewer
        Name to the signal of what people may ask to see fewer of.
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
    integrity: Mapping[str, tuple[SignalColumn, Contract]] = field(default_factory=dict)
    fewer: Mapping[str, SignalColumn] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        workspace: Workspace,
        item_ids: Array,
        rendered: npt.NDArray[np.bool_] | None = None,
    ) -> SignalsInMemory:
        """Read the signals of these items; `rendered` says which of them are drawn pictures.

        Raises
        ------
        MissingError
            Where a required signal was never computed: without it nothing may be shown.
        """
        drawn = np.zeros(len(item_ids), np.bool_) if rendered is None else rendered
        reader = _Reader(workspace, item_ids, drawn)
        settings = workspace.settings
        required = {name: reader.required(name) for name in settings.signals.required}
        vectors = reader.vectors()
        balanced = reader.balanced(settings.discovery.attribute)
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
            reader.integrity(settings.signals.integrity),
            {name: found for name in SEE_FEWER if (found := reader.fewer(name)) is not None},
            {name: contract.version for name, contract in reader.contracts.items()},
            tuple(dict.fromkeys(reader.missing)),
        )


class _Reader:
    def __init__(
        self, workspace: Workspace, item_ids: Array, rendered: npt.NDArray[np.bool_]
    ) -> None:
        self.workspace = workspace
        self.rendered = rendered
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

    def integrity(self, rules: Sequence[str]) -> dict[str, tuple[SignalColumn, Contract]]:
        names = dict.fromkeys(IntegrityRule.parse(text).signal for text in rules)
        return {name: (self.required(name), self.contracts[name]) for name in names}

    def fewer(self, name: str) -> SignalColumn | None:
        """Return the signal, None where it isn't computed or no item has it."""
        if name not in self.contracts:
            return None
        try:
            _, column = self.store.read(name, purpose="ranking", item_ids=self.ids)
        except ProhibitedUseError as error:
            self.missing.append(str(error))
            return None
        return column if has_signal(column, np.arange(len(column.state))).any() else None

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

    def balanced(self, attribute: str) -> People | None:
        """Return a signal's groups, or an attribute's of the catalogue, such as a provider's.

        What the catalogue says of items can be balanced by, and never be refined by.
        """
        if attribute in self.contracts or attribute in RANGES:
            return self.people(attribute, "diversification")
        column = catalogue_groups(self.workspace, attribute, self.ids)
        if column is None:
            self.missing.append(
                f"Nothing is known of {attribute!r}, so pages aren't balanced by it; take it in "
                f"with the catalogue."
            )
            return None
        known = column.contains.any(axis=1)
        state = np.where(known, State.PRESENT, State.MISSING).astype(np.int8)
        return People(column, state, MatchProbability.of(column, None, self.rendered))

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
        match = MatchProbability.of(column, self.contracts[attribute], self.rendered)
        return People(column, state.state, match)


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
