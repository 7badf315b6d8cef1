"""What pages are made from: cards, palettes, charts, counts."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import looks_made
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from fairview.catalog import Workspace
from fairview.discovery import Answer, AnsweredItem, RefinementOffer, SearchEngine
from fairview.serving import create_app
from fairview.serving.examples import Examples
from fairview.serving.interval_svg import Domain, Mark, Row, interval_svg
from fairview.serving.palettes import palette_of
from fairview.serving.presentation import HIGHEST, LOWEST, rows_of, slate_of

finite = st.floats(-1e6, 1e6, allow_nan=False)


def item(position: int, **given: object) -> AnsweredItem:
    fields = {
        "id": f"{position:016x}",
        "title": "A look",
        "description": "",
        "media": None,
        "width": None,
        "height": None,
        "provider": None,
        "synthetic": False,
        "position": position,
        "sources": ("words",),
        "scores": {"fused": 1 / position, "p_click": 0.25},
        "explanation": ("Because.",),
        "why": "Because.",
        "rank_before": 3,
    }
    return AnsweredItem(**{**fields, **given})


def test_bars_compare_with_the_best_of_the_page() -> None:
    slate = slate_of(Answer("r", "q", (item(1), item(2))))
    bars = {bar.label: bar for _, group in slate.cards[1].bars for bar in group}
    assert (bars["Match overall"].value, bars["Match overall"].per_cent) == ("0.50", 50)
    assert bars["Opens it"].value == "25.0 %"
    assert [card.moved for card in slate.cards] == [2, 1]


def test_synthetic_pictures_are_called_synthetic() -> None:
    slate = slate_of(Answer("r", "q", (item(1, synthetic=True), item(2, title=""))))
    assert [card.alt for card in slate.cards] == ["Synthetic picture: A look", "Untitled"]


def test_what_was_not_read_stands_apart_and_is_not_counted() -> None:
    answer = Answer("r", "q", (item(1), item(2, uncertain=True)), refined=True)
    slate = slate_of(answer)
    assert len(slate.cards) == len(slate.uncertain) == 1
    assert slate.headline == "1 result by what you chose"


@given(st.integers(1, 20000), st.integers(1, 20000))
def test_every_shape_has_a_place_in_the_grid(width: int, height: int) -> None:
    assert LOWEST <= rows_of(width, height) <= HIGHEST


def test_a_palette_counts_ranges_and_shows_honest_counts() -> None:
    offer = RefinementOffer("skin_tone", {"1-3": "37", "8-10": "fewer than 10"}, 60)
    palette = palette_of(offer)
    assert [option.label for option in palette.options] == [
        f"Skin tone range {n} of 4" for n in (1, 2, 3, 4)
    ]
    assert [len(option.swatches) for option in palette.options] == [3, 2, 2, 3]
    assert [option.count_short for option in palette.options] == ["37", "0", "0", "<10"]


def test_other_attributes_have_palettes_too() -> None:
    hair = palette_of(RefinementOffer("hair_pattern", {"coily": "12"}, 40))
    assert hair.title == "Hair pattern"
    assert [option.name for option in hair.options][:2] == ["protective", "coily"]
    assert hair.options[1].label == "Coily"
    body = palette_of(RefinementOffer("body_type", {"1": "12"}, 40))
    assert body.options[0].label == "Body type 1 of 4"


@given(st.lists(finite, min_size=1, max_size=6))
def test_a_chart_holds_every_value(values: list[float]) -> None:
    domain = Domain.around(values)
    assert len(domain.ticks) <= 8
    span = domain.high - domain.low
    for value in [*values, 0.0]:
        assert domain.low - 1e-9 * span <= value <= domain.high + 1e-9 * span
        assert 0 <= domain.place(value) <= 100


def test_a_chart_is_well_formed_and_says_what_it_shows() -> None:
    rows = [Row(Mark(0.5, 0.4, 0.6, "50 <%>"), Mark(0.2, 0.2, 0.2, "20 %")), Row(None)]
    svg = interval_svg(rows, title='A "title"', description="a < b", bounds=[0.3])
    tree = ET.fromstring(str(svg))
    assert tree.attrib["aria-label"] == 'A "title". a < b'
    assert tree.attrib["height"] == "116"
    assert "no figure" in "".join(tree.itertext())
    kinds = [node.attrib.get("class") for node in tree.iter()]
    assert kinds.count("chart-bound") == kinds.count("chart-diamond") == 1


def test_an_infinite_value_stands_at_the_edge() -> None:
    mark = Mark(float("-inf"), float("-inf"), 1.0, "0 times")
    ET.fromstring(str(interval_svg([Row(mark)], title="t", description="d")))


def test_an_audit_that_was_not_made_says_how_to_make_it(client: TestClient) -> None:
    for path in ("/audit/report.html", "/audit/result.json", "/audit/report.html?part=log"):
        response = client.get(path)
        assert response.status_code == 503
        assert "fairview audit" in response.text
    assert client.get("/audit?part=../secret").status_code == 422


def test_examples_come_from_tags_where_nobody_has_asked_yet(workspace: Workspace) -> None:
    assert Examples(workspace).queries() == ()
    source = workspace.root / "looks.csv"
    source.write_text("item_key,title,tags\n1,One,coat;red\n2,Two,coat\n")
    from fairview.catalog import ingest

    ingest(workspace, source)
    assert Examples(workspace).queries() == ("coat", "red")


def test_without_an_index_pages_say_what_is_missing(tmp_path: object) -> None:
    from pathlib import Path

    workspace = looks_made.make(Path(str(tmp_path)), items=9, pictures=False)
    with SearchEngine.open(workspace) as engine:
        client = TestClient(create_app(engine, workspace), base_url="http://127.0.0.1")
        html = client.get("/?q=coat").text
        assert "fairview index" in html
        assert html.count("card-text-title") == 3
        assert "fairview index" in " ".join(client.get("/v1/health").json()["missing"])
        assert client.get("/compare?q=coat").status_code == 200


def test_the_comparison_explains_each_position(client: TestClient) -> None:
    page = client.get("/compare?q=coat").text
    start = page.index("Each position, explained")
    rows = page[start:].count("<tr><td")
    assert rows == page.count('class="mini-card') / 2
    assert "Stands where its relevance puts it." in page[start:] or "Moved up" in page[start:]
