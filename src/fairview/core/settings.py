"""Settings of a workspace: one TOML file, each setting also an environment variable.

`FAIRVIEW_SERVING__PORT=9000` sets ``port`` in ``[serving]``; the environment wins over the
file. Refinements are choices of one request and never a setting.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from fairview.core.errors import DataError, MissingError

SETTINGS_FILE = "fairview.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CatalogSettings(_Section):
    """How pictures are taken in."""

    picture_side: int = Field(default=640, ge=64, le=4096, description="longest side that is kept")
    max_pixels: int = Field(default=100_000_000, ge=1, description="larger pictures are refused")
    batch: int = Field(default=256, ge=1, description="items per committed batch")


class SignalSettings(_Section):
    """Which producers run, and with which backbone."""

    producers: tuple[str, ...] = Field(
        default=(
            "picture_embedding",
            "text_embedding",
            "dominant_colours",
            "ai_generated",
            "skin_tone",
        ),
        description="names of the producers to run",
    )
    backbone: str = Field(
        default="", description="optional model for embeddings, such as open_clip:/path/to/model"
    )
    processes: int = Field(default=0, ge=0, description="worker processes; 0 means one per core")
    required: tuple[str, ...] = Field(
        default=(), description="signals without which an item isn't shown"
    )
    integrity: tuple[str, ...] = Field(
        default=(), description="rules such as 'unsafe <= 0.2'; unknown values aren't shown"
    )


class DiscoverySettings(_Section):
    """How a search page is made."""

    slate_size: int = Field(default=24, ge=1, le=200, description="items on a page")
    candidates: int = Field(default=300, ge=1, description="items that reach the ranker")
    minimum_share: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="share of the candidates that each group of the attribute is promised",
    )
    source_share: float = Field(
        default=0.0,
        ge=0,
        le=0.25,
        description="share of the candidates that each source (words, vectors) is promised",
    )
    graph: bool = Field(
        default=False, description="whether what people took together finds related items"
    )
    deadline_ms: int = Field(default=2000, ge=1, description="optional stages stop after this")
    reranker: str = Field(default="dpp", description="the re-ranking kernel")
    diversity: float = Field(default=0.15, ge=0, le=1, description="weight of dissimilarity")
    representation: float = Field(default=0.6, ge=0, le=1, description="weight of group balance")
    relevance_floor: float = Field(
        default=0.5, ge=0, le=1, description="share of the best relevance that an item must have"
    )
    target: str = Field(default="qualified", description="what representation is judged against")
    attribute: str = Field(default="skin_tone", description="the attribute that is balanced")
    stages: tuple[str, ...] = Field(default=(), description="names of further stages to run")


class RankingSettings(_Section):
    """How the ranker is trained."""

    reweighing: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="0 learns from the log as it is, 1 as if actions didn't depend on the group",
    )


class AuditSettings(_Section):
    """How audits are made."""

    gates: str = Field(default="audit.yaml", description="the audit file of the workspace")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="confidence of intervals")
    replicates: int = Field(default=1000, ge=100, description="bootstrap replicates")
    minimum_cell: int = Field(default=10, ge=1, description="smaller cells are suppressed")
    sampling_rate: float = Field(
        default=1.0, gt=0, le=1, description="share of requests whose candidates are logged"
    )


class ServingSettings(_Section):
    """Where the page is served."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8765, ge=0, le=65535, description="port to listen on")


class Settings(BaseSettings):
    """Every setting of a workspace."""

    model_config = SettingsConfigDict(
        env_prefix="FAIRVIEW_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    name: str = Field(default="catalogue", description="the workspace's name on pages and reports")
    synthetic: bool = Field(default=False, description="whether the catalogue is synthetic")
    seed: int = Field(default=7, ge=0, description="seed of every random choice")
    plugins: tuple[str, ...] = Field(default=(), description="modules or .py files to import")
    catalog: CatalogSettings = CatalogSettings()
    signals: SignalSettings = SignalSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    ranking: RankingSettings = RankingSettings()
    audit: AuditSettings = AuditSettings()
    serving: ServingSettings = ServingSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """Read the settings of the workspace in `folder`.

        Raises
        ------
        MissingError
            Where the folder has no settings file.
        DataError
            Where the file isn't TOML, or a setting is unknown or out of range.
        """
        path = folder / SETTINGS_FILE
        if not path.is_file():
            raise MissingError(f"{folder} is no workspace; run: fairview init {folder}")
        try:
            given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise DataError(f"{path} isn't valid TOML: {error}.") from error
        return cls.checked(given, f"{path} or the environment")

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """Return these settings with some changed; the environment doesn't win over them.

        Parameters
        ----------
        changes
            Setting to value, with its section: ``{"discovery.reranker": "mmr"}``.

        Raises
        ------
        DataError
            Where a setting is unknown or out of range.
        """
        changed: dict[str, Any] = {}
        for name, value in changes.items():
            section, _, key = name.rpartition(".")
            part = changed.get(section) or getattr(self, section, None)
            if not isinstance(part, _Section) or key not in type(part).model_fields:
                raise DataError(f"There is no setting {name!r}; write it as section.name.")
            try:
                whole = {**part.model_dump(), key: value}
                changed[section] = type(part).model_validate(whole)
            except ValidationError as error:
                raise DataError(f"Setting {name}: {error.errors()[0]['msg']}.") from error
        return self.model_copy(update=changed)

    @classmethod
    def checked(cls, given: dict[str, Any], where: str) -> Settings:
        """Return settings from plain data; a bad one is a `DataError` that names it."""
        try:
            return cls(**given)
        except SettingsError as error:
            raise DataError(
                f"An environment variable isn't of the form that its setting needs ({error}); "
                f"write lists as JSON, such as FAIRVIEW_PLUGINS='[\"mine.py\"]'."
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise DataError(f"{where}: setting {name}: {first['msg']}.") from error
