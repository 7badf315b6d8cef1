"""The report stands alone, is valid, is accessible, and speaks plainly."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields, replace
from html.parser import HTMLParser

import pytest
from decisions_made import audited, decisions
from replays_made import audit

import fairview
from fairview.audit import AuditResult, AuditSpec, advice, sentence_of
from fairview.audit.report.forest import MOST_ROWS, forest_of
from fairview.audit.wording import words_of
from fairview.core import Outcome, Verdict
from fairview.measure import Estimate, SamplingUnit, Status, known_measures, parse_measure

VOID = {"meta", "br", "link", "img", "hr", "input"}


@pytest.fixture(scope="module")
def result() -> AuditResult:
    return audit(swap=True).compared_with(audit())


class Checker(HTMLParser):
    """Checks that tags are closed in order, and collects ids, references and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [given["id"]] if given.get("id") else []  # type: ignore[list-item]
        self.named += (given.get("aria-labelledby") or "").split()
        self.links += [v or "" for k, v in attrs if k in ("href", "src", "xlink:href")]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def checked(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def test_the_page_stands_alone(result: AuditResult) -> None:
    page = result.to_html()
    assert page.startswith("<!doctype html>")
    assert not re.search(r"https?://", page)
    assert not re.search(r"@import|url\((?!#)|<script|<link|<iframe|<img", page)
    found = checked(page)
    assert all(link.startswith("#") for link in found.links)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.named) <= set(found.ids)
    assert {link[1:] for link in found.links} <= set(found.ids)


def test_the_page_can_be_read_by_everybody(result: AuditResult) -> None:
    page = result.to_html()
    found = checked(page)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(found.headings, found.headings[1:], strict=False))
    drawings = re.findall(r"<svg[^>]*>", page)
    described = [svg for svg in drawings if 'role="img"' in svg]
    assert len(drawings) > 20
    assert all('aria-hidden="true"' in svg or svg in described for svg in drawings)
    assert page.count("<title id=") == page.count("<desc id=") == len(described)
    assert page.count('<table class="forest') == page.count('<caption class="unseen">')
    assert 'lang="en"' in page
    assert "@media print" in page


def test_synthetic_is_written_large_and_only_where_it_is(result: AuditResult) -> None:
    page = result.to_html()
    assert "(synthetic data)</title>" in page
    assert page.index("Synthetic data.") < page.index("<h1>")
    assert "Synthetic data" not in replace(result, synthetic=False).to_html()
    assert "**Synthetic data.**" in result.to_markdown()


def test_the_first_page_answers_four_questions(result: AuditResult) -> None:
    page = result.to_html()
    places = [
        page.index(f">{title}</h2>")
        for title in ("What was checked", "What was found", "How sure this is", "What to do")
    ]
    assert places == sorted(places)
    assert places[-1] < page.index(">The figures</h2>")
    assert "What changed" in page
    assert result.run_record.digest in page
    assert result.run_record.data_digest in page


def test_text_from_outside_is_escaped(result: AuditResult) -> None:
    spec = AuditSpec.model_validate(
        {**result.spec.model_dump(), "title": "<script>alert(1)</script>"}
    )
    page = replace(result, spec=spec, missing=("<b>x</b>",)).to_html()
    assert "<script" not in page
    assert "<b>x</b>" not in page


def test_every_outcome_has_its_headline(result: AuditResult) -> None:
    for outcome in Outcome:
        verdicts = tuple(Verdict(outcome, g.rule, "a reason") for g in result.spec.gates)
        other = replace(result, verdicts=verdicts, verdict=Verdict.combine(verdicts))
        page = other.to_html()
        assert f'class="verdict {outcome.name.lower()}"' in page
        assert advice(other)
        assert outcome.value in other.to_markdown()


def test_markdown_has_every_figure(result: AuditResult) -> None:
    text = result.to_markdown()
    for estimate in result.estimates:
        assert f"`{estimate.measure}`" in text
    assert "### Before and after" in text
    for line in text.splitlines():
        if line.startswith("| `"):
            assert line.count(" | ") >= 4


def test_a_sentence_as_a_person_would_say_it() -> None:
    estimate = Estimate(
        "Div@24", "overall", 0.62, 0.58, 0.66, 0.95, 500, 480.0, 0, Status.OK,
        SamplingUnit.PERSON, "made",
    )  # fmt: skip
    assert sentence_of(parse_measure("Div@24"), [estimate]) == (
        "In 62 of 100 searches, the first 24 pictures showed every skin tone range "
        "(between 58 and 66)."
    )


def test_what_chance_would_give_is_no_group() -> None:
    names = ("F", "F: null", "M", "M: null", "unknown: null", "null", "overall")
    values = (0.02, 0.5, 0.03, 0.0, 0.9, 0.9, 0.025)
    estimates = [
        Estimate(
            "ECE(by='sex')", n, v, v, v, 0.95, 50, 50.0, 0, Status.OK, SamplingUnit.ROW, "made"
        )
        for n, v in zip(names, values, strict=True)
    ]
    said = sentence_of(parse_measure("ECE(by='sex')"), estimates)
    assert "highest for sex M, 0.030" in said
    assert "lowest for sex F, 0.020" in said


GROUPS = ("1-3", "4-5", "unknown", "overall", "supply")


def test_every_measure_has_words_and_a_sentence_about_pictures() -> None:
    for name, kind in known_measures().items():
        if not kind.__module__.startswith("fairview."):
            continue
        needed = {f.name for f in fields(kind) if f.default is MISSING}
        given = {"by": "by='skin_tone'", "of": "of=\"SelectionRate(by='skin_tone')\""}
        measure = parse_measure(f"{name}({', '.join(given[each] for each in sorted(needed))})")
        words = words_of(measure)
        assert words.title, name
        assert words.meaning, name
        estimates = [
            Estimate(str(measure), group, v, v - 0.1, v + 0.1, 0.95, 50, 50.0, 0, Status.OK,
                     SamplingUnit.PERSON, "made")
            for group, v in zip(GROUPS, (0.5, 0.3, 0.2, 0.4, 0.9), strict=True)
        ]  # fmt: skip
        text = sentence_of(measure, estimates)
        assert text.endswith(".")
        assert not re.search(r"\b(women|men|race|ethnic|who are|nan|None)\b", text), text
        assert text.count("{") == 0
        lacking = [replace(e, value=None, note="fewer than 10 observations") for e in estimates]
        assert "no figure to show: fewer than 10" in sentence_of(measure, lacking)


def _estimate(name: str, value: float | None, half: float = 0.1) -> Estimate:
    ends = (None, None) if value is None else (value - half, value + half)
    return Estimate("Skew@24", name, value, *ends, 0.95, 50, 50.0, 0, Status.OK,
                    SamplingUnit.PERSON, "made")  # fmt: skip


def test_a_plot_without_figures_is_none_and_one_with_too_many_shows_the_extremes() -> None:
    measure = parse_measure("Skew(by='maker')")
    assert forest_of(measure, [_estimate("a", None)]) is None
    many = [_estimate(f"g{i:02d}", i / 10) for i in range(40)]
    plot = forest_of(measure, [*many, _estimate("overall", 2.0)])
    assert plot is not None
    labels = [row.label for row in plot.rows]
    assert len(labels) < MOST_ROWS + 1
    assert {"G00", "G39", "All together"} <= set(labels)
    assert "G20" not in labels
    assert plot.left_out == 41 - len(labels)
    few = forest_of(measure, many[:3])
    assert few is not None
    assert [row.label for row in few.rows] == ["G00", "G01", "G02"]
    places = [float(x) for x in re.findall(r'cx="([0-9.]+)%"', "".join(r.plot for r in few.rows))]
    assert places == sorted(places)


def test_an_audit_without_gates_had_nothing_to_decide() -> None:
    page = audited(gates=[]).to_html()
    assert "Nothing had to be decided." in page
    assert "not enough evidence" not in page


def test_a_gap_of_codes_names_what_they_are_codes_of() -> None:
    rows = decisions()
    rows["sex"] = rows["sex"].map({"F": 1, "M": 2})
    page = fairview.audit(rows, ["Gap(of='TPR')"], slices=["sex"], unit="row").to_html()
    assert "Gap in true positive rate by sex" in page
    assert "for sex 2 and" in page
