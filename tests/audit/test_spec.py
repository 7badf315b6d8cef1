"""The audit file: what is wrong with it is said in a sentence that names the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairview.audit import AuditSpec, default_text, spec_of
from fairview.catalog import Workspace
from fairview.core import DataError, MissingError

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
        (("title: T", "titel: T"), r"audit.yaml: titel: Extra inputs"),
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
    with pytest.raises(DataError, match="measures: Field required"):
        AuditSpec.from_text("title: x")


def test_the_default_is_valid_for_any_attribute() -> None:
    spec = AuditSpec.default("provider_gender", 12)
    assert spec.attributes == ("provider_gender",)
    assert "Div(by='provider_gender')@12" in spec.measures
    assert len(spec.gates) == 2
    assert "ATTRIBUTE" not in default_text()


def test_a_workspace_has_its_file_or_the_default(workspace: Workspace) -> None:
    assert spec_of(workspace) == AuditSpec.default("skin_tone", 24)
    (workspace.root / "audit.yaml").write_text("measures: [Gini]\ntitle: Mine\n")
    assert spec_of(workspace).title == "Mine"
    with pytest.raises(MissingError, match="no audit file at"):
        AuditSpec.load(Path("nowhere.yaml"))
