"""Pathways, services, comparators and guidance, planning advice, and whose a person is, as a caller asks for them."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from concord_client.transport import Service
from concord_client.when import when
from concord_contracts.registry import (
    Comparators,
    GuidanceList,
    PathwayAnswer,
    Pathways,
    PathwayVersionIn,
    PathwayVersionMade,
    PathwayVersions,
    PlanningDistances,
    PlanningSets,
    PlanningThresholds,
    ResponsibleCommissioner,
    Services,
    Stages,
)

PAGE = 500
DERIVING_SECONDS = 120.0
"""What a version does to all England's maps takes seconds, and others may be served first."""
ADVICE_SECONDS = 20.0
"""An exact search takes milliseconds; a busy machine may take its time."""


class PathwaysClient:
    """Typed reads; each takes `as_of` and `known_at`. Lists come whole: every page, read at the first's position."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def all(self, **times: Any) -> Pathways:
        return Pathways.model_validate(self.service.get("/v1/pathways", when(**times)).body)

    def stages(self, **times: Any) -> Stages:
        """Every stage and function, in order."""
        return Stages.model_validate(self.service.get("/v1/stages", when(**times)).body)

    def get(self, pathway: str, **times: Any) -> PathwayAnswer:
        """A pathway stage by stage, with services, comparators and guidance."""
        return PathwayAnswer.model_validate(self.service.get(f"/v1/pathways/{pathway}", when(**times)).body)

    def versions(self, pathway: str, **times: Any) -> PathwayVersions:
        """Its ordered stages through time."""
        answer = self.service.get(f"/v1/pathways/{pathway}/versions", when(**times))
        return PathwayVersions.model_validate(answer.body)

    def change(
        self,
        pathway: str,
        version: PathwayVersionIn,
        *,
        if_match: str,
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> PathwayVersionMade:
        """A new version, unless the pathway's record has changed since `if_match`, its version."""
        answer = self.service.post(
            f"/v1/pathways/{pathway}/versions",
            version.model_dump(mode="json"),
            params={"dry_run": "true"} if dry_run else {},
            if_match=if_match,
            idempotency_key=idempotency_key,
            deadline_seconds=DERIVING_SECONDS,
        )
        return PathwayVersionMade.model_validate(answer.body)

    def services(self, *, pathway: str | None = None, stages: Sequence[str] = (), **times: Any) -> Services:
        return self._whole(Services, "/v1/services", {"pathway": pathway, "stage": list(stages), **when(**times)})

    def comparators(
        self,
        *,
        pathway: str | None = None,
        stages: Sequence[str] = (),
        place: str | None = None,
        **times: Any,
    ) -> Comparators:
        """With every value reached; with a place, those of the nearest place around it that has any."""
        params = {"pathway": pathway, "stage": list(stages), "place": place, **when(**times)}
        return self._whole(Comparators, "/v1/comparators", params)

    def guidance(
        self,
        *,
        pathway: str | None = None,
        stages: Sequence[str] = (),
        organisation: str | None = None,
        in_force: bool = False,
        **times: Any,
    ) -> GuidanceList:
        params = {"pathway": pathway, "stage": list(stages), "organisation": organisation, **when(**times)}
        return self._whole(GuidanceList, "/v1/guidance", params | ({"in_force": "true"} if in_force else {}))

    def thresholds(self, **times: Any) -> PlanningThresholds:
        return PlanningThresholds.model_validate(self.service.get("/v1/planning-thresholds", when(**times)).body)

    def distances(self, need: dict[str, Any], **times: Any) -> PlanningDistances:
        """`need`: stage, service, threshold, people, pathway. Every commissioner's distance from the population."""
        return self._whole(PlanningDistances, "/v1/planning-advice", {**need, **when(**times)})

    def planning_sets(self, organisation: str, need: dict[str, Any], *, sets: int = 5, **times: Any) -> PlanningSets:
        """The smallest sets of neighbours around a commissioner that reach the population."""
        params = {**need, "sets": sets, **when(**times)}
        answer = self.service.get(f"/v1/planning-advice/{organisation}", params, deadline_seconds=ADVICE_SECONDS)
        return PlanningSets.model_validate(answer.body)

    def responsible_commissioner(self, person: dict[str, Any], **times: Any) -> ResponsibleCommissioner:
        """`person`: stage or service, pathway, registered_with, lives_in, present_in; places, never the person."""
        answer = self.service.get("/v1/responsible-commissioner", {**person, **when(**times)})
        return ResponsibleCommissioner.model_validate(answer.body)

    def _whole[Page: BaseModel](self, model: type[Page], path: str, params: dict[str, Any]) -> Page:
        page: Any = model.model_validate(self.service.get(path, params | {"limit": PAGE}).body)
        items = list(page.items)
        following: Any = page
        while following.next_cursor:
            at = {"as_of": page.as_of.isoformat(), "known_at": page.known_at.isoformat()}
            more = params | at | {"limit": PAGE, "cursor": following.next_cursor}
            following = model.model_validate(self.service.get(path, more).body)
            items += following.items
        whole: Page = page.model_copy(update={"items": items, "next_cursor": None})
        return whole
