"""Two real catalogues from the command line: photographs, and artworks without pictures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Program = Callable[..., CompletedProcess[str]]

pytestmark = [pytest.mark.data, pytest.mark.prove]

PROVIDERS = """
title: Artworks by gender of the artist
attributes: [provider_gender]
applies_from: 0.5
measures:
  - GroupShare(by='provider_gender')
  - Div(by='provider_gender')@24
  - ExposureShare(by='provider_gender')@24
"""


def test_photographs_without_events(fairview: Program, data_dir: Path, tmp_path: Path) -> None:
    shop = tmp_path / "photographs"
    fairview("init", shop)
    tar = data_dir / "catalog-clothing-cc0" / "validation.tar"
    report = json.loads(fairview("ingest", tar, "--json", "-w", shop).stdout)
    assert report["added"] == report["seen"] == 341
    fairview("index", "-w", shop)
    untrained = fairview("train", "-w", shop, check=False)
    assert untrained.returncode == 2
    assert "no events" in untrained.stderr.lower()
    answer = json.loads(fairview("search", "dress", "--json", "-w", shop).stdout)
    assert len(answer["items"]) == 24
    assert {"words", "similar pictures"} <= {s for item in answer["items"] for s in item["sources"]}
    assert any("fairview train" in sentence for sentence in answer["missing"])
    assert not answer["synthetic"]
    done = fairview("audit", "--json", "-w", shop, check=False)
    assert done.returncode in (0, 1, 3), done.stderr
    page = json.loads(done.stdout)["page"]
    assert any("says nothing of what people did" in sentence for sentence in page["missing"])


def test_artworks_without_pictures(fairview: Program, data_dir: Path, tmp_path: Path) -> None:
    tate, shop = data_dir / "catalog-tate-artworks", tmp_path / "artworks"
    fairview("init", shop)
    ingest = ("ingest", tate / "artworks.parquet", "--json", "-w", shop)
    columns = ("--map", "key=id", "--map", "tags=subjects")
    artists = ("--join", tate / "artists.parquet", "--on", "artist_ids=id")
    report = json.loads(fairview(*ingest, *columns, *artists).stdout)
    assert report["added"] == 55_458
    fairview("index", "-w", shop)
    answer = json.loads(fairview("search", "storm at sea", "--json", "-w", shop).stdout)
    assert len(answer["items"]) == 24
    assert "fairview train" in fairview("doctor", "-w", shop, check=False).stdout
    (shop / "audit.yaml").write_text(PROVIDERS)
    done = fairview("audit", "--json", "-w", shop, check=False)
    page = json.loads(done.stdout)["page"]
    shares = {e["slice"]: e["value"] for e in page["estimates"] if "GroupShare" in e["measure"]}
    assert shares["Male"] > 5 * shares["Female"] > 0
    assert done.returncode == 3, "without a gate nothing is decided"
