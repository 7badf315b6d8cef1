"""A refined request, end to end: nothing of it is found in anything that the server writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import looks_made
import numpy as np
import pytest
from test_server import PROGRAM, ask, free_port, wait_for

from fairview.catalog import EventStore, Workspace
from fairview.core import SKIN_TONE
from fairview.discovery import SearchEngine


def refused(port: int, path: str, body: dict[str, object]) -> str:
    """Send a body that is wrong and return what is answered."""
    data, headers = json.dumps(body).encode(), {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    return caught.value.read().decode()


def test_a_fuzzed_search_for_planted_values_finds_none_in_anything_written(tmp_path: Path) -> None:
    """Planted queries, ranges and mistakes are looked for in every file below one folder."""
    workspace = looks_made.make_searchable(tmp_path)
    port, rng = free_port(), np.random.default_rng(4)
    for name in ("home", "tmp", "cache"):
        (tmp_path / name).mkdir()
    places = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(workspace.root), str(port)],
            cwd=tmp_path,
            env={**os.environ, **places},
            stdout=output,
            stderr=output,
        )
        planted: list[str] = []
        try:
            wait_for(port, process)
            ask(port, "/v1/search", {"q": "coat opensesame"})
            for _ in range(40):
                word = f"zq{rng.integers(2**48):x}"
                planted.append(word)
                group = rng.choice([*SKIN_TONE.names, "1", "2", "3", "4"])
                choice: int | str = int(group) if len(group) == 1 else str(group)
                path = str(rng.choice(["/v1/search", "/fragments/search"]))
                body = {"q": f"coat {word}", "refine": {"skin_tone": choice}}
                ask(port, path, {**body, "diversify": bool(rng.random() < 0.5)})
                wrong = f"zq{rng.integers(2**48):x}"
                planted.append(wrong)
                mistakes: list[dict[str, object]] = [
                    {"q": "coat", "refine": {"skin_tone": wrong}},
                    {"q": "coat", "refine": {wrong: 1}},
                    {"q": "coat", "refine": {"skin_tone": 1}, "fewer": [wrong]},
                    {"q": "coat", "refine": {"skin_tone": {"not": wrong}}},
                    {"q": "coat", "refine": {"skin_tone": 1}, wrong: 1},
                ]
                answer = refused(port, path, mistakes[int(rng.integers(len(mistakes)))])
                assert wrong not in answer
            metrics = ask(port, "/metrics")
        finally:
            process.terminate()
            process.wait(30)
    assert not [word for word in planted if word in metrics]
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    found = [
        (word, path) for word in planted for path, data in files.items() if word.encode() in data
    ]
    assert not found
    import pyarrow.parquet as pq

    tables = [
        str(pq.ParquetFile(path).read().to_pydict()) for path in files if path.suffix == ".parquet"
    ]
    assert not [word for word in planted if any(word in text for text in tables)]
    assert any("opensesame" in text for text in tables), "the search can find what is written"


def test_a_choice_filters_in_and_never_out(client: object) -> None:
    """No form of a choice leaves anyone out: each is refused before anything is searched."""
    for choice in (
        {"skin_tone": -1},
        {"skin_tone": "not 8-10"},
        {"skin_tone": ["1-3", "4-5", "6-7"]},
        {"skin_tone": {"exclude": "8-10"}},
        {"not": {"skin_tone": 4}},
        {"skin_tone": None},
    ):
        answer = client.post("/v1/search", json={"q": "coat", "refine": choice})  # type: ignore[attr-defined]
        assert answer.status_code == 422


def test_nobody_can_be_listed_by_what_they_look_like(client: object) -> None:
    """A refined page is bounded and has no next one, and no answer says how anyone was read."""
    post = client.post  # type: ignore[attr-defined]
    assert (
        post("/v1/search", json={"q": "coat", "refine": {"skin_tone": 1}, "k": 101}).status_code
        == 422
    )
    for name in ("page", "offset", "after", "cursor"):
        body = {"q": "coat", "refine": {"skin_tone": 1}, name: 2}
        assert post("/v1/search", json=body).status_code == 422
    plain = post("/v1/search", json={"q": "coat makeup"}).json()
    for item in plain["items"]:
        assert not {"skin_tone", "groups", "readings"} & set(item)
        assert item["match_probability"] is None
        assert not any("skin" in name for name in item["scores"])


def test_a_link_of_a_refined_page_in_a_new_tab_leaves_no_row(
    client: Any, looks: Workspace, engine: SearchEngine
) -> None:
    """Nothing in its address says where it was found, so nothing of it may be written."""
    body = {"q": "coat", "refine": {"skin_tone": 4}}
    item = client.post("/v1/search", json=body).json()["items"][0]["id"]
    engine.flush()
    events = EventStore(looks).count()
    opened = client.get(f"/like/{item}", headers={"sec-fetch-dest": "document"})
    assert opened.status_code == 200
    assert client.get(f"/like/{item}").status_code == 200
    engine.flush()
    assert EventStore(looks).count() == events
    client.get(f"/like/{item}", headers={"sec-fetch-dest": "empty"})
    engine.flush()
    assert EventStore(looks).count() > events, "the script of an unrefined page asks like this"
