"""What is known of each item's groups in a workspace, for the purpose of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.audit.corrections import Inferred
from fairview.audit.logs import (
    MEMBERSHIP_SCHEMA,
    Flags,
    membership_table,
    plain_memberships,
    read_table,
)
from fairview.catalog import Catalog, SignalStore, Workspace
from fairview.core import Contract, DataError, State

_PROVIDER = "provider"


@dataclass(frozen=True)
class ItemAttributes:
    """The groups of all items of a catalogue.

    Parameters
    ----------
    item_ids
        n item ids, sorted.
    memberships
        The long table of all attributes.
    groups
        Attribute to its groups.
    applies
        Attribute to n booleans: does the item have it at all? A picture without a person has no
        skin tone; one whose tone couldn't be read has one.
    missing, notes
        Sentences.
    inferred
        Attributes that a signal read, whose contract says how often it is wrong.
    synthetic
        Whether any item is synthetic.
    """

    item_ids: npt.NDArray[np.str_]
    memberships: pa.Table
    groups: dict[str, tuple[str, ...]]
    applies: dict[str, Flags]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    inferred: dict[str, Inferred]
    synthetic: bool

    @classmethod
    def read(
        cls, workspace: Workspace, attributes: Sequence[str], domain: str | None = None
    ) -> ItemAttributes:
        """Read attributes: signals with groups first, then attributes of the catalogue's items.

        An attribute that is neither is a sentence in `missing`. Where the pictures come from is
        `domain`; None takes synthetic ones as ``rendered`` and others as ``photographs``.

        Raises
        ------
        DataError
            Where the catalogue is empty.
        ProhibitedUseError
            Where a signal's contract doesn't allow audits.
        """
        items = Catalog(workspace).items(["item_id", _PROVIDER, "attributes", "synthetic"])
        if not items.num_rows:
            raise DataError("The catalogue is empty; run: fairview ingest PATH")
        reader = _Reader(workspace, items, domain or domain_of(items))
        for attribute in attributes:
            reader.read(attribute)
        tables = reader.tables or [MEMBERSHIP_SCHEMA.empty_table()]
        return cls(
            np.asarray(reader.ids, np.str_),
            pa.concat_tables(tables),
            reader.groups,
            reader.applies,
            tuple(reader.missing),
            tuple(reader.notes),
            reader.inferred,
            any(items["synthetic"].to_pylist()) or workspace.settings.synthetic,
        )


def domain_of(items: pa.Table) -> str:
    """Return where a catalogue's pictures come from: ``rendered``, ``photographs`` or ``mixed``."""
    made = set(items["synthetic"].to_pylist())
    return {(True,): "rendered", (False,): "photographs"}.get(tuple(made), "mixed")


class _Reader:
    def __init__(self, workspace: Workspace, items: pa.Table, domain: str) -> None:
        self.store = SignalStore(workspace)
        self.items = items
        self.ids = [str(item_id) for item_id in items["item_id"].to_pylist()]
        self.contracts = self.store.contracts()
        self.tables: list[pa.Table] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        self.applies: dict[str, Flags] = {}
        self.missing: list[str] = []
        self.notes: list[str] = []
        self.domain = domain
        self.inferred: dict[str, Inferred] = {}

    def read(self, attribute: str) -> None:
        contract = self.contracts.get(attribute)
        if contract is not None and contract.value == "groups":
            self._signal(attribute, contract)
        else:
            self._plain(attribute)

    def _signal(self, attribute: str, contract: Contract) -> None:
        ids, column = self.store.read_groups(attribute, purpose="audit", item_ids=self.ids)
        _, states = self.store.states(attribute, purpose="audit", item_ids=self.ids)
        self.tables.append(membership_table(attribute, ids, column))
        self.groups[attribute] = column.ranges.names
        self.applies[attribute] = np.isin(states.state, (State.PRESENT, State.ABSTAINED))
        inferred = Inferred.of_contract(contract, self.domain)
        if inferred is not None:
            self.inferred[attribute] = inferred
            self.tables.append(read_table(inferred.column, ids, column))
            self.groups[inferred.column] = column.ranges.names
        count = states.coverage()
        said = "the figures aren't corrected for that"
        if inferred is not None:
            said = "figures that are corrected for that stand beside those that can be"
        self.notes.append(
            f"{attribute} was read from the pictures by the signal {contract.name} "
            f"{contract.version}: read in {count['present']:,} items, not sure in "
            f"{count['abstained']:,}, nothing to read in {count['not_applicable']:,}, not computed "
            f"or failed in {count['missing'] + count['failed']:,}. Readings can be wrong, and "
            f"{said}."
        )

    def _plain(self, attribute: str) -> None:
        values = self._values(attribute)
        if not any(values):
            self.missing.append(
                f"Nothing is known of {attribute!r}: no signal and no attribute of an item has "
                f"that name; run fairview signals run, or take it in with the catalogue."
            )
            return
        table, groups = plain_memberships(attribute, self.ids, values)
        self.tables.append(table)
        self.groups[attribute] = groups
        self.applies[attribute] = np.array([bool(value) for value in values])
        self.notes.append(
            f"{attribute} comes from the catalogue's own metadata; it is known of "
            f"{sum(map(bool, values)):,} of {len(values):,} items."
        )

    def _values(self, attribute: str) -> list[str | None]:
        if attribute == _PROVIDER:
            return list(self.items[_PROVIDER].to_pylist())
        maps = self.items["attributes"].to_pylist()
        return [dict(pairs or ()).get(attribute) for pairs in maps]
