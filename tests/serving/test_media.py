"""Pictures: two widths, kept for good, and no way out of the media folder."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from fairview.core import MissingError
from fairview.serving.media import Pictures, picture_address, picture_name

HASH = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "media" / "ab").mkdir(parents=True)
    Image.new("RGB", (800, 400), "teal").save(tmp_path / "media" / "ab" / f"{HASH}-800.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return tmp_path / "media"


def test_a_thumbnail_has_the_width_that_was_asked_for(folder: Path) -> None:
    pictures = Pictures(folder)
    assert Image.open(io.BytesIO(pictures.get(f"{HASH}-800", 320).data)).size == (320, 160)
    assert pictures.get(f"{HASH}-800", 320) is pictures.get(f"{HASH}-800", 320)


@pytest.mark.parametrize(
    "name", ["../secret", "..", f"../media/ab/{HASH}-800", f"{HASH}-800.jpg", "AB" * 32, "", "x/y"]
)
def test_only_names_of_pictures_are_looked_up(folder: Path, name: str) -> None:
    with pytest.raises(MissingError, match="no picture of that name"):
        Pictures(folder).get(name, 320)


def test_a_broken_picture_is_missing(folder: Path) -> None:
    (folder / "ab" / f"{HASH}.jpg").write_bytes(b"broken")
    with pytest.raises(MissingError, match="can't be read"):
        Pictures(folder).get(HASH, 320)


@pytest.mark.parametrize(
    "path",
    [
        "/media/../fairview.toml",
        "/media/..%2f..%2ffairview.toml",
        "/media/%2e%2e/%2e%2e/fairview.toml",
        "/media/....//fairview.toml",
        f"/media/{HASH}",
        "/static/x/..%2f..%2fapp.py",
        "/static/x/app.py",
    ],
)
def test_no_address_leads_out_of_the_folders(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "synthetic = true" not in response.text
    assert "import" not in response.text


def test_pictures_are_kept_for_good_and_asked_for_again_in_vain(client: TestClient) -> None:
    item = client.post("/v1/search", json={"q": "coat", "k": 1}).json()["items"][0]
    first = client.get(item["media"])
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = client.get(item["media"], headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get(item["media"].replace("640", "999")).status_code == 422


def test_an_address_names_the_content() -> None:
    media = f"ab/{HASH}-640.jpg"
    assert picture_name(media) == f"{HASH}-640"
    assert picture_address(media, 320) == f"/media/{HASH}-640?w=320"


def test_styles_and_scripts_are_kept_while_their_content_stands(client: TestClient) -> None:
    html = client.get("/").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.get(address)
    assert "immutable" in response.headers["cache-control"]
    assert "--accent" in response.text
    old = client.get("/static/000000000000/page.css")
    assert old.headers["cache-control"] == "no-cache"
