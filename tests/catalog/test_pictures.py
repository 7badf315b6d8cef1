from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).parent))
import pictures_made as made

from fairview.catalog.pictures import FORMATS, PictureError, normalise
from fairview.catalog.schema import REASONS

LIMIT = 1_000_000


def _pixels(data: bytes, side: int = 640) -> npt.NDArray[np.int16]:
    picture = normalise(data, side=side, max_pixels=LIMIT)
    image = Image.open(io.BytesIO(picture.jpeg))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    return np.asarray(image).astype(np.int16)


def _reason(data: bytes, max_pixels: int = LIMIT) -> str:
    with pytest.raises(PictureError) as caught:
        normalise(data, side=640, max_pixels=max_pixels)
    assert caught.value.problem.detail
    return caught.value.problem.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "PPM", "AVIF", "JPEG2000"])
def test_each_format_is_read_alike(kind: str) -> None:
    how = {"quality": 95} if kind in ("JPEG", "WEBP", "AVIF") else {}
    found = _pixels(made.encoded(made.gradient(), kind, **how))
    assert np.abs(found - np.asarray(made.gradient())).mean() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_photograph_is_upright(orientation: int) -> None:
    data = made.with_orientation(orientation)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    found = normalise(data, side=640, max_pixels=LIMIT)
    assert (found.width, found.height) == expected.size
    assert np.abs(_pixels(data) - np.asarray(expected)).mean() < 4


def test_a_large_picture_is_shrunk_in_its_shape_and_a_small_one_keeps_its_size() -> None:
    big = made.encoded(made.gradient(900, 300))
    assert _pixels(big, side=90).shape == (30, 90, 3)
    assert _pixels(made.encoded(made.gradient(900, 300), "PNG"), side=90).shape == (30, 90, 3)
    assert _pixels(big, side=2000).shape == (300, 900, 3)
    assert _pixels(made.encoded(Image.new("RGB", (5000, 1))), side=64).shape == (1, 64, 3)
    assert normalise(big, side=90, max_pixels=LIMIT).width == 900


def test_cmyk_is_read_in_its_colours() -> None:
    red = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        r, g, b = _pixels(made.encoded(red, kind)).mean((0, 1))
        assert r > 200
        assert max(g, b) < 60


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(kind: str) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None, :].repeat(16, 0)
    found = _pixels(made.encoded(Image.fromarray(ramp), kind))
    assert np.abs(found[8, :, 0] - np.linspace(0, 255, 64)).max() < 8


@pytest.mark.parametrize("top", [1.0, 255.0, 4000.0])
def test_floating_point_pixels_fill_the_range(top: float) -> None:
    ramp = np.linspace(0, top, 64).astype(np.float32)[None, :].repeat(16, 0)
    found = _pixels(made.encoded(Image.fromarray(ramp), "TIFF"))
    assert np.abs(found[8, :, 0] - np.linspace(0, 255, 64)).max() < 8


def test_a_palette_and_one_bit_are_read() -> None:
    palette = made.gradient().quantize(64)
    assert np.abs(_pixels(made.encoded(palette, "PNG")) - np.asarray(made.gradient())).mean() < 12
    bits = Image.new("1", (16, 16), 1)
    assert _pixels(made.encoded(bits, "PNG")).min() > 250


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0)).convert(mode)
    how = {"transparency": 0} if mode == "P" else {}
    assert _pixels(made.encoded(image, "PNG", **how)).min() > 250


def test_half_transparent_is_mixed_with_white() -> None:
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 128))
    assert abs(_pixels(made.encoded(image, "PNG")).mean() - 127) < 4


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_kept_and_that_is_said(kind: str) -> None:
    data = made.animated(kind)
    assert normalise(data, side=640, max_pixels=LIMIT).note.startswith("animated: the first of 3")
    r, g, b = _pixels(data).mean((0, 1))
    assert r > 220
    assert max(g, b) < 40


def test_of_several_pages_the_first_is_kept_and_that_is_said() -> None:
    pages = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    data = made.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert normalise(data, side=640, max_pixels=LIMIT).note.startswith("several pages")


def test_an_embedded_profile_is_applied_and_a_broken_one_is_passed_over() -> None:
    plain = _pixels(made.encoded(made.gradient(), "PNG"))
    other = _pixels(made.encoded(made.gradient(), "PNG", icc_profile=made.wide_profile()))
    broken = _pixels(made.encoded(made.gradient(), "PNG", icc_profile=b"no profile"))
    assert np.abs(other - plain).mean() > 3
    assert np.array_equal(broken, plain)


def test_a_bomb_is_refused_by_its_header() -> None:
    assert _reason(made.png_claiming(60_000, 60_000)) == "too_many_pixels"
    assert _reason(made.encoded(made.gradient()), max_pixels=100) == "too_many_pixels"
    assert Image.MAX_IMAGE_PIXELS is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"dear diary", "not_an_image"),
        (b"%PDF-1.4 ...", "not_an_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_an_image"),
        (b"\xff\xd8\xff", "not_an_image"),
        (made.encoded(made.gradient(300, 200))[:-400], "truncated"),
        (made.encoded(made.gradient(), "PNG")[:-60], "truncated"),
        (made.png_claiming(30, 30), "truncated"),
    ],
)
def test_what_cant_be_read_has_a_reason(data: bytes, reason: str) -> None:
    assert _reason(data) == reason


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_files_never_raise_anything_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"]))
    whole = bytearray(made.encoded(made.gradient(), kind))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=12)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for damaged in (bytes(whole), bytes(whole[:cut])):
        assert _outcome(damaged) in {"read", *REASONS}


def _outcome(data: bytes) -> str:
    try:
        picture = normalise(data, side=64, max_pixels=LIMIT)
    except PictureError as error:
        return error.problem.reason
    return "read" if picture.width * picture.height <= LIMIT else "too large"


def test_no_format_that_runs_programs_is_decoded() -> None:
    assert not {"EPS", "PDF", "WMF", "SVG"} & set(FORMATS)
