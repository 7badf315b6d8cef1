"""The artist: pictures follow from truth alone, show what it says, and vary as asked."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest

from fairview.catalog.world.draw import (
    HAIRDOS,
    STYLES,
    SUBJECTS,
    body_type_silhouette_svg,
    draw_scene,
    encode_jpeg,
    hair_pattern_svg,
    hair_subjects,
    skin,
)
from fairview.catalog.world.truth import (
    LIGHTINGS,
    OBJECT_THEMES,
    OCCLUSIONS,
    PEOPLE_THEMES,
    PersonTruth,
    SceneTruth,
)
from fairview.core.errors import UsageError
from fairview.core.ranges import HAIR_PATTERN

THEMES = PEOPLE_THEMES + OBJECT_THEMES
MONK_SCALE = (
    (246, 237, 228), (243, 231, 219), (247, 234, 208), (234, 218, 186), (215, 189, 150),
    (160, 126, 86), (130, 92, 67), (96, 65, 52), (58, 49, 42), (41, 36, 32),
)  # fmt: skip
"""The published tones, written here anew so that the check shares nothing with the artist."""


def scene(theme, *people, lighting="even", style="sage", subject=None):
    return SceneTruth(theme, people, lighting, style, subject or SUBJECTS[theme][0])


def draw(given, seed=1, **size):
    return draw_scene(given, np.random.default_rng(seed), **size)


def lab(rgb):
    """CIELAB (D65) of sRGB codes, by the textbook formulas."""
    code = np.asarray(rgb, dtype=float) / 255
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = light @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def share_near(image, tone, reach):
    """Share of pixels within `reach` (CIE76) of a tone."""
    return float((np.linalg.norm(lab(image[::3, ::3]) - lab(tone), axis=-1) < reach).mean())


def people_for(theme):
    if theme not in PEOPLE_THEMES:
        return ()
    both = (PersonTruth(6, "curly", 2), PersonTruth(3, "straight", 3))
    return both if theme == "wedding" else both[:1]


@pytest.mark.parametrize("theme", THEMES)
def test_same_truth_and_seed_give_the_same_pixels(theme):
    given = scene(theme, *people_for(theme))
    first, again, other = draw(given, 5), draw(given, 5), draw(given, 6, height=first_height(given))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def first_height(given):
    return draw(given, 5).shape[0]


@pytest.mark.parametrize(("theme", "lighting"), list(itertools.product(THEMES, LIGHTINGS)))
def test_every_theme_draws_under_every_light(theme, lighting):
    image = draw(scene(theme, *people_for(theme), lighting=lighting))
    assert image.dtype == np.uint8
    assert image.shape[1:] == (320, 3)
    assert 320 <= image.shape[0] <= 480
    assert image.std() > 10


def test_size_is_as_asked():
    assert draw(scene("food"), width=160, height=200).shape == (200, 160, 3)
    assert draw(scene("portrait", PersonTruth(5, "wavy", 1)), width=640, height=700).shape == (
        700, 640, 3,
    )  # fmt: skip


@pytest.mark.parametrize("monk", range(1, 11))
@pytest.mark.parametrize("theme", ["portrait", "makeup", "hair"])
def test_faces_show_the_tone_that_truth_says(theme, monk):
    shares = [
        share_near(
            draw(scene(theme, PersonTruth(monk, "shaved", 2)), seed), MONK_SCALE[monk - 1], 6
        )
        for seed in range(3)
    ]
    assert min(shares) > 0.02


@pytest.mark.parametrize("monk", range(1, 11))
def test_mixed_skin_stays_nearest_to_its_own_tone(monk):
    rng = np.random.default_rng(monk)
    for _ in range(60):
        base = skin.mix_skin(monk, rng).base
        mixed = lab([int(base[i : i + 2], 16) for i in (1, 3, 5)])
        distances = np.linalg.norm(lab(MONK_SCALE) - mixed, axis=-1)
        assert int(distances.argmin()) == monk - 1


def test_whole_figures_show_the_tone_too():
    for theme, monk in itertools.product(("outfit", "streetwear", "wedding"), (2, 5, 8)):
        image = draw(scene(theme, PersonTruth(monk, "shaved", 3)), 3, height=460)
        assert share_near(image, MONK_SCALE[monk - 1], 6) > 0.003


@pytest.mark.parametrize("theme", OBJECT_THEMES)
def test_objects_are_drawn_without_skin(theme, monkeypatch):
    def refuse(*_):
        raise AssertionError("an object picture mixed skin")

    monkeypatch.setattr("fairview.catalog.world.draw.look.mix_skin", refuse)
    for subject in SUBJECTS[theme]:
        draw(scene(theme, subject=subject))
    with pytest.raises(AssertionError):
        draw(scene("portrait", PersonTruth(4, "wavy", 2)))


@pytest.mark.parametrize("theme", [t for t in THEMES if t != "hair"])
def test_subjects_of_a_theme_look_different(theme):
    assert len(SUBJECTS[theme]) >= 6
    images = [
        draw(scene(theme, *people_for(theme), subject=s), 4, height=400) for s in SUBJECTS[theme]
    ]
    for one, two in itertools.combinations(images, 2):
        changed = np.abs(one.astype(int) - two).max(axis=-1) > 8
        assert changed.sum() > 60


def test_hair_subjects_belong_to_one_pattern_and_cover_all_six():
    assert set(HAIRDOS) == set(HAIR_PATTERN.values)
    belonging = [subject for pattern in HAIRDOS for subject in hair_subjects(pattern)]
    assert sorted(belonging) == sorted(SUBJECTS["hair"])
    for pattern in HAIRDOS:
        images = [
            draw(scene("hair", PersonTruth(6, pattern, 2), subject=s), 4, height=400)
            for s in hair_subjects(pattern)
        ]
        assert all(not np.array_equal(a, b) for a, b in itertools.combinations(images, 2))


def test_a_hair_subject_of_another_pattern_gives_way_to_the_truth():
    image = draw(scene("hair", PersonTruth(6, "shaved", 2), subject="box braids"), 2)
    assert image.shape[1] == 320


@pytest.mark.parametrize("occlusion", OCCLUSIONS[1:])
def test_occlusions_change_the_face(occlusion):
    plain = draw(scene("portrait", PersonTruth(6, "straight", 2)), 9, height=400)
    hidden = draw(scene("portrait", PersonTruth(6, "straight", 2, occlusion)), 9, height=400)
    assert not np.array_equal(plain, hidden)


def test_body_types_widen_in_order():
    def widest(body_type):
        root = ET.fromstring(body_type_silhouette_svg(body_type, "#777777"))
        image = cv2.imdecode(_rasterised(ET.tostring(root, encoding="unicode")), -1)
        return int((image[..., 3] > 128).sum())

    widths = [widest(body_type) for body_type in (1, 2, 3, 4)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4


def _rasterised(svg):
    import vl_convert

    return np.frombuffer(vl_convert.svg_to_png(svg), np.uint8)


def test_lights_differ_as_their_names_say():
    given = {
        name: scene("portrait", PersonTruth(5, "curly", 2), lighting=name) for name in LIGHTINGS
    }
    means = {name: draw(s, 3, height=400).mean(axis=(0, 1)) for name, s in given.items()}
    assert means["dim"].mean() < means["even"].mean() < means["bright"].mean()
    assert means["warm"][0] / means["warm"][2] > means["even"][0] / means["even"][2]
    assert means["cool"][0] / means["cool"][2] < means["even"][0] / means["even"][2]
    sideways = draw(given["side"], 3, height=400).mean(axis=(0, 2))
    assert abs(sideways[:40].mean() - sideways[-40:].mean()) > 20


def test_jpeg_round_trip_is_close():
    image = draw(scene("home"))
    data = encode_jpeg(image, 90)
    back = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), 1), cv2.COLOR_BGR2RGB)
    assert back.shape == image.shape
    assert np.abs(back.astype(int) - image).mean() < 4
    assert len(encode_jpeg(image, 50)) < len(data)


def test_swatches_are_well_formed_and_distinct():
    texts = [hair_pattern_svg(pattern) for pattern in HAIRDOS]
    texts += [body_type_silhouette_svg(n, "#345678") for n in (1, 2, 3, 4)]
    assert len(set(texts)) == 10
    for text in texts:
        assert ET.fromstring(text).tag.endswith("svg")


def test_styles_are_many_and_named_once():
    assert len(STYLES) == len(set(STYLES)) >= 16


@pytest.mark.parametrize(
    "broken",
    [
        scene("portrait"),
        scene("food", PersonTruth(4, "wavy", 2)),
        scene("food", style="beige-ish"),
        scene("food", lighting="disco"),
        scene("portrait", PersonTruth(11, "wavy", 2)),
        scene("portrait", PersonTruth(4, "spiky", 2)),
        scene("portrait", PersonTruth(4, "wavy", 5)),
        SceneTruth("cars", (), "even", "sage", "van"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_do(broken):
    with pytest.raises(UsageError, match=r"give|use one of"):
        draw(broken)


def test_bad_quality_and_swatches_are_refused():
    with pytest.raises(UsageError):
        encode_jpeg(draw(scene("food")), 0)
    with pytest.raises(UsageError):
        body_type_silhouette_svg(0, "#777777")
    with pytest.raises(UsageError):
        hair_pattern_svg("spiky")
