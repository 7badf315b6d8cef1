"""The audit file: what is wrong with it is said in a sentence that names the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairview.audit import AuditSpec, default_text, spec_of
from fairview.catalog import Workspace
from fairview.core import DataError, MissingError
from fairview.measure import parse_measure

GOOD = """
title: T
attributes: [tone]
targets:
  shop: {shares: {a: 0.5, b: 0.5}}
measures: ["Div(by='tone')@5", "Skew(by='tone', target='shop')"]
gates:
  - {name: every group, measure: "Div(by='tone')@5", at_least: 0.5, tolerance: 0.02}
"""


def test_a_good_file_is_read() -> None:
    spec = AuditSpec.from_text(GOOD)
    names = [str(measure) for measure in spec.parsed]
    assert names == ["Div(by='tone')@5", "Skew(by='tone', target='shop')@24"]
    assert spec.custom_targets["shop"].shares == {"a": 0.5, "b": 0.5}
    assert spec.gates[0].allowed == (0.48, float("inf"))
    assert spec.gates[0].rule == "every group: Div(by='tone')@5 at least 0.5 (tolerance 0.02)"


def test_a_copy_with_other_measures_has_them() -> None:
    spec = AuditSpec.from_text(GOOD)
    copy = spec.model_copy(update={"measures": (*spec.measures, "NDCG@24")})
    assert [str(m) for m in copy.parsed] == [*spec.measures, "NDCG@24"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("title: T", "titel: T"), r"no field 'titel'; did you mean title"),
        (("Div(by='tone')@5\", ", "Dif(by='tone')@5\", "), "measures: There is no measure 'Dif'"),
        (("at_least: 0.5", "at_least: many"), r"gates.1.at_least: .*valid number"),
        (
            ("at_least: 0.5", "at_least: 0.5, at_most: 1"),
            "exactly one of at_least",
        ),
        (("at_least: 0.5", "within: [1, 0]"), "smaller number first"),
        (('@5", at_least', '@6", at_least'), "gates: 'every group' is about .*@6; add it"),
        (("[tone]", "[hair]"), "is about 'tone'; add it to attributes"),
        (
            ("target='shop'", "target='mart'"),
            "no target 'mart'; there are uniform",
        ),
        (("b: 0.5", "b: 0.4"), r"Target 'shop' sums to 0\.9"),
        (("shop:", "uniform:"), "uniform is a built-in target"),
        (("tolerance: 0.02", "tolerance: -1"), "gates.1.tolerance: .*greater than or equal to 0"),
        (("title: T", "title: ["), "isn't valid YAML"),
    ],
)
def test_a_wrong_file_is_a_sentence(change: tuple[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        AuditSpec.from_text(GOOD.replace(*change))


def test_a_measure_twice_and_no_fields_are_errors() -> None:
    with pytest.raises(DataError, match="Gini stands there twice"):
        AuditSpec.from_text("measures: [Gini, Gini]")
    with pytest.raises(DataError, match="must hold fields"):
        AuditSpec.from_text("- a list")
    with pytest.raises(DataError, match="measures: this field is needed"):
        AuditSpec.from_text("title: x")


def test_the_default_is_valid_for_any_attribute() -> None:
    spec = AuditSpec.default("provider_gender", 12)
    assert spec.attributes == ("provider_gender",)
    assert "Div(by='provider_gender')@12" in spec.measures
    assert len(spec.gates) == 2
    assert "ATTRIBUTE" not in default_text()


SHORT = """
slices: [sex, sex * age_band]
cutoffs: [5, 10]
bands: {age_band: {column: age, starts: [18, 40]}}
references: {sex: M, sex*age_band: M & 18-39}
defaults: {threshold: 3, target: uniform}
unit: row
measures: [TPR, "Gap(of='TPR', to='reference')", Div, "NDKL@3", Gini]
gates:
  - {name: alike, measure: "Gap(of='TPR', to='reference')", slice: F, within: [-0.1, 0.1]}
"""


def test_short_names_are_filled_in_from_the_file() -> None:
    spec = AuditSpec.from_text(SHORT)
    tpr = [
        "TPR(by='sex', threshold=3, unit='row')",
        "TPR(by='sex*age_band', threshold=3, unit='row')",
    ]
    assert spec.measures[:2] == tuple(tpr)
    assert [str(m) for m in spec.parsed[2:4]] == [
        str(parse_measure(f"Gap(of={name!r}, to={to!r})"))
        for name, to in zip(tpr, ("M", "M & 18-39"), strict=True)
    ]
    assert spec.measures[4:] == (
        "Div(by='sex')@5", "Div(by='sex')@10", "Div(by='sex*age_band')@5",
        "Div(by='sex*age_band')@10", "NDKL(by='sex', target='uniform')@3",
        "NDKL(by='sex*age_band', target='uniform')@3", "Gini",
    )  # fmt: skip
    assert spec.attributes == ("sex",)
    assert [g.name for g in spec.gates] == ["alike (sex)", "alike (sex and age band)"]
    again = AuditSpec.model_validate(spec.model_dump(mode="json"))
    assert again == spec


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sex: M, sex*age_band: M & 18-39", "sex: M"), "name it under references"),
        (
            ("[sex, sex * age_band]", "[sex*sex]"),
            r"'sex\*sex' isn't an attribute or an intersection",
        ),
        (("[sex, sex * age_band]", "[sex, sex]"), "the slice sex stands there twice"),
        (("[5, 10]", "[0]"), "a cut-off counts ranks from 1"),
        (("starts: [18, 40]", "starts: [40, 18]"), "starts must rise"),
        (("threshold: 3", "threshold: [3]"), "defaults.threshold"),
        (("unit: row", "unit: cow"), "unit"),
        (("unit: row", "unit: row\nlevel: 2"), "level: .*less than 1"),
        (("unit: row", "unit: row\nfamily: some"), "family: .*'none', 'holm'"),
        (("to='reference')\", slice", "to='reference')@\", slice"), "gates: Measure"),
    ],
)
def test_what_is_wrong_with_short_names_is_a_sentence(change: tuple[str, str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        AuditSpec.from_text(SHORT.replace(*change))


def test_a_target_can_stand_in_a_file(tmp_path: Path) -> None:
    text = (
        "attributes: [tone]\ntargets: {shop: {file: FILE}}\n"
        "measures: [\"Skew(by='tone', target='shop')\"]"
    )
    (tmp_path / "shares.csv").write_text("group,share\na,0.25\nb,0.75\n")
    (tmp_path / "shares.json").write_text('{"a": 0.25, "b": 0.75}')
    for name in ("shares.csv", "shares.json"):
        (tmp_path / "audit.yaml").write_text(text.replace("FILE", name))
        spec = AuditSpec.load(tmp_path / "audit.yaml")
        assert spec.custom_targets["shop"].shares == {"a": 0.25, "b": 0.75}
        assert AuditSpec.model_validate(spec.model_dump(mode="json")) == spec
    (tmp_path / "bad.csv").write_text("name,part\na,1\n")
    with pytest.raises(DataError, match=r"target 'shop': bad\.csv must give each group a share"):
        AuditSpec.from_text(text.replace("FILE", "bad.csv"), folder=tmp_path)
    with pytest.raises(MissingError, match="which doesn't exist"):
        AuditSpec.from_text(text.replace("FILE", "none.csv"), folder=tmp_path)
    with pytest.raises(DataError, match=r"targets\.shop: give a share per group"):
        AuditSpec.from_text(text.replace("file: FILE", "version: '2'"))


def test_every_field_is_documented() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit-file.md").read_text()
    for name in AuditSpec.model_fields:
        assert f"`{name}`" in page, name


def test_a_workspace_has_its_file_or_the_default(workspace: Workspace) -> None:
    assert spec_of(workspace) == AuditSpec.default("skin_tone", 24)
    (workspace.root / "audit.yaml").write_text("measures: [Gini]\ntitle: Mine\n")
    assert spec_of(workspace).title == "Mine"
    with pytest.raises(MissingError, match="no audit file at"):
        AuditSpec.load(Path("nowhere.yaml"))
