"""What the routes of one app share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from fairview.catalog import Workspace
from fairview.core import UsageError
from fairview.discovery import Answer
from fairview.serving.assets import Assets
from fairview.serving.bodies import RelatedBody, SearchBody
from fairview.serving.engine_slot import Engine, EngineSlot
from fairview.serving.examples import Examples
from fairview.serving.media import Pictures
from fairview.serving.metrics import Metrics
from fairview.serving.presentation import Slate, slate_of
from fairview.serving.seed_items import SeedItems
from fairview.serving.templating import Templates


@dataclass(frozen=True)
class Services:
    """Everything that routes need, made once per app."""

    workspace: Workspace
    slot: EngineSlot
    assets: Assets
    templates: Templates
    pictures: Pictures
    seeds: SeedItems
    examples: Examples
    metrics: Metrics

    @classmethod
    def of(
        cls, workspace: Workspace, engine: Engine | None, opener: Callable[[], Engine] | None
    ) -> Services:
        """Return the services of a workspace."""
        assets = Assets.load()
        return cls(
            workspace,
            EngineSlot(engine, opener),
            assets,
            Templates(workspace, assets),
            Pictures(workspace.media_dir),
            SeedItems(workspace),
            Examples(workspace),
            Metrics(),
        )

    def search(self, body: SearchBody, *, log: bool = True) -> Answer:
        """Answer a search and count it, unless it was refined."""
        refinement = body.refinement()
        answer = self.slot.get().search(
            body.q, refine=refinement, k=body.k, diversify=body.diversify, log=log
        )
        if refinement is None and log:
            self.metrics.answer("search", len(answer.items))
        return answer

    def related(self, body: RelatedBody) -> Answer:
        """Answer with related items and count it, unless it may not be logged."""
        answer = self.slot.get().related(
            body.item_id, k=body.k, diversify=body.diversify, log=body.log
        )
        if body.log:
            self.metrics.answer("related", len(answer.items))
        return answer

    def slate(self, query: str, *, diversify: bool | None = None, log: bool = True) -> Slate:
        """Return an unrefined search as a page shows it."""
        return slate_of(self.search(SearchBody(q=query, diversify=diversify), log=log))


def services_of(request: Request) -> Services:
    """Return the services of the app that got this request."""
    services = request.app.state.services
    if not isinstance(services, Services):
        raise UsageError("This app has no services; make it with fairview.serving.create_app.")
    return services
