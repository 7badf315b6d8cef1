"""Settings come from one file and the environment; contracts and plug-ins are checked data."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairview.core import (
    Contract,
    DataError,
    MissingError,
    ProhibitedUseError,
    RunRecord,
    Settings,
    UsageError,
    arrow_schema,
    digest_of,
    import_plugins,
)
from fairview.core.events import CANDIDATE_FIELDS, EVENT_FIELDS


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fairview.toml").write_text('name = "shop"\n[serving]\nport = 1234\n')
    assert Settings.load(tmp_path).serving.port == 1234
    monkeypatch.setenv("FAIRVIEW_SERVING__PORT", "4321")
    settings = Settings.load(tmp_path)
    assert settings.serving.port == 4321
    assert settings.name == "shop"


def test_bad_settings_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="fairview init"):
        Settings.load(tmp_path)
    path = tmp_path / "fairview.toml"
    for text, said in (
        ("[serving]\nport = 99999\n", r"setting serving\.port"),
        ("colour = 1\n", "setting colour"),
        ("[serving\n", "isn't valid TOML"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=said):
            Settings.load(tmp_path)


def test_no_setting_is_a_refinement() -> None:
    names = str(Settings.model_json_schema()).lower()
    assert "refine" not in names


CONTRACT = """
name: tone
version: "1"
describes: lightness of skin in a picture
value: groups
ranges: skin_tone
may_abstain: true
coverage: 0.8
calibration: measured on rendered pictures
freshness: at ingest
latency_ms: 20
intended_use: [refinement, audit]
owner: signals
consumers: [discovery]
confusion:
  - {condition: even, domain: rendered, groups: [a, b], counts: [[8, 1, 1], [0, 9, 1]]}
"""


def test_a_contract_refuses_other_purposes(tmp_path: Path) -> None:
    path = tmp_path / "tone.yaml"
    path.write_text(CONTRACT)
    contract = Contract.load(path)
    contract.allow("refinement")
    for purpose in ("identity", "race_or_ethnicity_inference", "ranking", "anything"):
        with pytest.raises(ProhibitedUseError, match="may not be read"):
            contract.allow(purpose)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[0, 9, 1]", "[0, 9]", "columns"),
        ("latency_ms: 20", "latency_ms: 0", "latency_ms"),
        ("[refinement, audit]", "[identity]", "intended_use"),
        ("owner: signals", "owner: signals\nprohibited_use: [identity]", "must list"),
        ("owner: signals", "boss: signals", "boss|owner"),
    ],
)
def test_bad_contracts_name_the_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "tone.yaml"
    path.write_text(CONTRACT.replace(old, new))
    with pytest.raises(DataError, match=said):
        Contract.load(path)


def test_plugins_are_files_or_modules(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("answer = 42\n")
    (tmp_path / "bad.py").write_text("1 / 0\n")
    [mine] = import_plugins(["mine.py"], tmp_path)
    assert mine.answer == 42
    assert import_plugins(["mine.py"], tmp_path) == [mine]
    with pytest.raises(UsageError, match=r"'bad.py' failed to import \(ZeroDivisionError"):
        import_plugins(["bad.py"], tmp_path)
    with pytest.raises(UsageError, match="isn't a file"):
        import_plugins(["gone.py"], tmp_path)
    with pytest.raises(UsageError, match="failed to import"):
        import_plugins(["no_such_module_here"], tmp_path)


def test_schemas_hold_what_the_design_lists() -> None:
    events = arrow_schema(EVENT_FIELDS)
    for name in ("event_id", "request_id", "propensity", "propensity_kind", "rng_key", "viewed"):
        assert name in events.names
    assert events.metadata == {b"fairview.schema_version": b"1"}
    assert "sampling_rate" in arrow_schema(CANDIDATE_FIELDS).names


def test_run_records_with_the_same_recipe_have_the_same_digest() -> None:
    one, two = (
        RunRecord.capture("audit", data_digest=digest_of(["x"]), parameters={"k": 24}, seed=seed)
        for seed in (1, 1)
    )
    assert one.digest == two.digest
    other = RunRecord.capture("audit", data_digest=digest_of(["x"]), parameters={"k": 25})
    assert other.digest != one.digest
    assert one.packages["numpy"]


def test_a_list_in_the_environment_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRVIEW_PLUGINS", '["mine.py"]')
    assert Settings.checked({}, "x").plugins == ("mine.py",)
    monkeypatch.setenv("FAIRVIEW_PLUGINS", "mine.py")
    with pytest.raises(DataError, match="write lists as JSON"):
        Settings.checked({}, "x")


def test_a_contract_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tone.yaml"
    with pytest.raises(MissingError, match="no contract at"):
        Contract.load(path)
    for text, said in (
        ("a: [1\n", "isn't valid YAML"),
        (CONTRACT.replace("ranges: skin_tone\n", ""), "needs ranges"),
        (CONTRACT + "minimum: 2\nmaximum: 1\n", r"minimum 2\.0 is above maximum 1\.0"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=said):
            Contract.load(path)
