"""A real catalogue without pictures and without events: what it holds, by its own metadata."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fairview.audit import AuditSpec, audit_workspace
from fairview.catalog import Join, Workspace, ingest
from fairview.core import Outcome
from fairview.measure import Status


@pytest.mark.data
def test_the_artworks_are_audited_for_representation_only(tmp_path: Path, data_dir: Path) -> None:
    folder = data_dir / "catalog-tate-artworks"
    if not folder.is_dir():
        pytest.skip(f"catalog-tate-artworks isn't in {data_dir}")
    workspace = Workspace.create(tmp_path / "w")
    join = Join.parse(folder / "artists.parquet", "artist_ids=id")
    mapping = {"description": "medium", "tags": "subjects", "provider": "all_artists"}
    ingest(workspace, folder / "artworks.parquet", mapping=mapping, join=[join])
    result = audit_workspace(workspace, AuditSpec.default("provider_gender"))

    shares = {e.slice: e for e in result.of("GroupShare(by='provider_gender')")}
    assert set(shares) == {"Female", "Male", "unknown"}
    assert shares["Female"].value + shares["Male"].value == pytest.approx(1)
    assert 0.03 < shares["Female"].value < 0.3
    assert {e.status for e in shares.values()} == {Status.OK}
    assert shares["unknown"].n == pq.read_metadata(folder / "artworks.parquet").num_rows
    assert {e.measure for e in result.estimates} == {"GroupShare(by='provider_gender')"}
    assert result.verdict.outcome is Outcome.INSUFFICIENT
    assert not result.synthetic
    assert "covers representation in the catalogue only" in result.missing[0]
    page = result.to_html()
    assert "whose provider gender is known" in page
    assert "Synthetic data" not in page
    (tmp_path / "report.html").write_text(page)
