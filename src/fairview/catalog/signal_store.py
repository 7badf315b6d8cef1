"""Signals of items as they are stored: by name and version, each with its contract beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from fairview.catalog import signal_rows
from fairview.catalog.items import Catalog
from fairview.catalog.segments import (
    append_segment,
    newest_rows,
    read_segments,
    rows_of,
    segments,
)
from fairview.catalog.workspace import Workspace
from fairview.core import (
    Contract,
    DataError,
    GroupColumn,
    MissingError,
    SignalColumn,
    State,
)
from fairview.core.atomic import write_bytes

Ids = npt.NDArray[np.str_]

_CONTRACT = "contract.yaml"
_CURRENT = "current"


class SignalStore:
    """The signals of a workspace.

    A row is good for the item as it was when the row was written: where the item has changed
    since, the signal is missing again.

    Parameters
    ----------
    workspace
        Whose signals they are. Every call reads what is stored at that moment.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._catalog = Catalog(workspace)
        self._digests: tuple[int, pa.Table] | None = None

    def write(self, contract: Contract, item_ids: Sequence[str], column: SignalColumn) -> None:
        """Store one value per item; a later write replaces an earlier one's.

        Raises
        ------
        DataError
            Where the column isn't what the contract promises, or an item comes twice.
        """
        signal_rows.check_values(contract, item_ids, column)
        table = signal_rows.values_table(item_ids, column)
        self._append(contract, table)

    def write_groups(
        self,
        contract: Contract,
        item_ids: Sequence[str],
        column: GroupColumn,
        confidence: npt.NDArray[np.float32],
        *,
        state: npt.NDArray[np.int8] | None = None,
    ) -> None:
        """Store one membership per item; a later write replaces an earlier one's.

        Parameters
        ----------
        contract, item_ids, column
            What is stored, of which items.
        confidence
            One float in [0, 1] per item.
        state
            One code of `State` per item. Where None it follows from the readings: present where
            any person's is, else what the people's readings have, else not applicable.

        Raises
        ------
        DataError
            Where the column isn't what the contract promises, or an item comes twice.
        """
        signal_rows.check_groups(contract, item_ids, column, confidence, state)
        table = signal_rows.groups_table(item_ids, column, confidence, state)
        self._append(contract, table)

    def covered(self, name: str, version: str) -> set[str]:
        """Return the items, as they are now, of which this version of a signal is stored."""
        folder = self._folder(name, version)
        if not segments(folder):
            return set()
        table = self._fresh(folder, signal_rows.KEYS)
        return {str(item_id) for item_id in table["item_id"].to_pylist()}

    def read(
        self, name: str, *, purpose: str, item_ids: Sequence[str] | Ids | None = None
    ) -> tuple[Ids, SignalColumn]:
        """Return a signal's values for a purpose.

        Parameters
        ----------
        name
            The signal; its current version is read.
        purpose
            What for; the contract decides whether that is allowed.
        item_ids
            Which items, in that order; all that are stored, sorted, where None. Those that
            aren't stored come back as ``State.MISSING``.

        Raises
        ------
        MissingError
            Where the signal was never written.
        ProhibitedUseError
            Where the contract doesn't allow the purpose.
        """
        contract, table = self._table(name, purpose, "values")
        ids, rows = _asked(table, item_ids)
        return ids, signal_rows.values_column(contract, table, rows)

    def read_groups(
        self, name: str, *, purpose: str, item_ids: Sequence[str] | Ids | None = None
    ) -> tuple[Ids, GroupColumn]:
        """Return a signal's memberships for a purpose; items not stored are ``unknown``.

        Parameters and errors are those of `read`; `states` tells why an item is unknown.
        """
        contract, table = self._table(name, purpose, "groups")
        ids, rows = _asked(table, item_ids)
        return ids, signal_rows.groups_column(contract, table, rows)

    def states(
        self, name: str, *, purpose: str, item_ids: Sequence[str] | Ids | None = None
    ) -> tuple[Ids, SignalColumn]:
        """Return an item's state and confidence in a signal with groups.

        The column's values are the states' codes; parameters and errors are those of `read`.
        """
        contract, table = self._table(name, purpose, "groups")
        ids, rows = _asked(table, item_ids)
        return ids, signal_rows.state_column(contract, table, rows)

    def contracts(self) -> dict[str, Contract]:
        """Return the contract of every stored signal's current version, by name."""
        names = sorted(path.parent.name for path in self.workspace.signals_dir.glob("*/current"))
        return {name: Contract.load(self._current(name) / _CONTRACT) for name in names}

    def summary(self) -> dict[str, dict[str, int]]:
        """Return, per signal, how many of the catalogue's items are in each state."""
        items = self._catalog.items(["item_id"])["item_id"]
        return {name: self._coverage(name, items) for name in self.contracts()}

    def _coverage(self, name: str, items: Any) -> dict[str, int]:
        table = self._fresh(self._current(name), signal_rows.KEYS)
        rows = rows_of(table["item_id"].combine_chunks(), items)
        state: Any = table["state"].take(rows)
        codes = state.fill_null(int(State.MISSING)).to_numpy()
        counts = np.bincount(codes, minlength=len(State))
        return {each.word: int(counts[each]) for each in State}

    def _append(self, contract: Contract, table: pa.Table) -> None:
        folder = self._folder(contract.name, contract.version)
        text = yaml.safe_dump(contract.model_dump(mode="json"), sort_keys=False)
        _write_once(folder / _CONTRACT, text)
        ids = table["item_id"]
        append_segment(folder, table.append_column(signal_rows.DIGEST, self._digests_of(ids)))
        _write_once(folder.parent / _CURRENT, contract.version)

    def _table(self, name: str, purpose: str, kind: str) -> tuple[Contract, pa.Table]:
        folder = self._current(name)
        contract = Contract.load(folder / _CONTRACT)
        contract.allow(purpose)
        if (contract.value == "groups") != (kind == "groups"):
            other = "read_groups" if contract.value == "groups" else "read"
            raise DataError(f"Signal {name!r} holds {contract.value}; use SignalStore.{other}.")
        first = segments(folder)[0]
        schema = signal_rows.schema_in(first)
        return contract, self._fresh(folder, schema)

    def _fresh(self, folder: Path, schema: pa.Schema) -> pa.Table:
        """Return the newest row of each item that hasn't changed since, sorted by item id."""
        table = read_segments(folder, schema)
        table = table.take(newest_rows(table, "item_id"))
        now = self._digests_of(table["item_id"])
        return table.filter(pc.equal(table[signal_rows.DIGEST.name], now))

    def _digests_of(self, item_ids: Any) -> Any:
        """Return the row digests of items as they are now, empty for those not catalogued."""
        newest = segments(self.workspace.items_dir)
        number = int(newest[-1].stem) if newest else 0
        if self._digests is None or self._digests[0] != number:
            self._digests = (number, self._catalog.row_digests())
        table = self._digests[1]
        rows = rows_of(table["item_id"].combine_chunks(), item_ids)
        digests: Any = table["row_digest"].take(rows)
        return digests.fill_null("")

    def _folder(self, name: str, version: str) -> Path:
        folder = self.workspace.signals_dir / name / version
        if folder.resolve().parent.parent != self.workspace.signals_dir.resolve():
            raise DataError(f"Signal {name!r} has a version {version!r} that is no folder's name.")
        return folder

    def _current(self, name: str) -> Path:
        marker = self.workspace.signals_dir / name / _CURRENT
        if not marker.is_file():
            raise MissingError(f"Signal {name!r} isn't computed; run: fairview signals run {name}")
        return self._folder(name, marker.read_text(encoding="utf-8"))


def _asked(table: pa.Table, item_ids: Sequence[str] | Ids | None) -> tuple[Ids, pa.Array[Any]]:
    """Return the asked ids, and the row of each, null where it isn't stored."""
    stored = table["item_id"].combine_chunks()
    if item_ids is None:
        return _ids(stored.to_pylist()), pa.array(np.arange(len(stored)))
    wanted = _ids(item_ids)
    return wanted, rows_of(stored, pa.array(wanted.tolist(), pa.string()))


def _ids(values: Sequence[Any] | Ids) -> Ids:
    return np.asarray(values, np.str_)


def _write_once(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_bytes(path, text.encode())
