"""The rule book and its changes, as a caller reads and makes them."""

from collections.abc import Sequence
from typing import Any

from concord_client.transport import Service
from concord_client.when import when
from concord_contracts.registry import (
    RuleChangeEffect,
    RuleChangeIn,
    RuleChanges,
    RuleChangeView,
    Rules,
    RuleVersions,
)

PAGE = 500
DERIVING_SECONDS = 120.0
"""What a change does to all England's maps takes seconds, and others may be served first."""


class RuleBookClient:
    """Typed calls; raises ConcordProblem and ConcordUnreachable. Reads take `as_of` and `known_at`."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def rules(self, *, pathway: str | None = None, stages: Sequence[str] = (), **times: Any) -> Rules:
        """Rules in force on the day; every page, joined, read at the first's position."""
        params = {"pathway": pathway, "stage": list(stages), "limit": PAGE, **when(**times)}
        page = Rules.model_validate(self.service.get("/v1/rules", params).body)
        items = list(page.items)
        while page.next_cursor:
            at = when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = Rules.model_validate(self.service.get("/v1/rules", params | at).body)
            items += page.items
        return page.model_copy(update={"items": items})

    def versions(self, *, pathway: str | None = None, stages: Sequence[str] = (), **times: Any) -> RuleVersions:
        """Every rule for every period, with its recorded period; every page, joined."""
        params = {"pathway": pathway, "stage": list(stages), "limit": PAGE, **when(**times)}
        page = RuleVersions.model_validate(self.service.get("/v1/rules/versions", params).body)
        items = list(page.items)
        while page.next_cursor:
            at = when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = RuleVersions.model_validate(self.service.get("/v1/rules/versions", params | at).body)
            items += page.items
        return page.model_copy(update={"items": items})

    def preview(self, change: RuleChangeIn, pathways: Sequence[str] = ()) -> RuleChangeEffect:
        """What a change would do; findings on the maps of these pathways, else of the four most common cancers."""
        answer = self.service.post(
            "/v1/rules/changes/preview",
            change.model_dump(mode="json"),
            params={"pathway": list(pathways)},
            deadline_seconds=DERIVING_SECONDS,
        )
        return RuleChangeEffect.model_validate(answer.body)

    def change(self, change: RuleChangeIn, *, if_match: str, idempotency_key: str | None = None) -> RuleChangeView:
        """Make it, unless the rule book has changed since `if_match`, a version."""
        body = change.model_dump(mode="json")
        answer = self.service.post("/v1/rules/changes", body, if_match=if_match, idempotency_key=idempotency_key)
        return RuleChangeView.model_validate(answer.body)

    def changes(self, *, limit: int = PAGE, cursor: str | None = None, **times: Any) -> RuleChanges:
        """A page of those that were made, the latest first."""
        asked = {"limit": limit, "cursor": cursor, **when(**times)}
        return RuleChanges.model_validate(self.service.get("/v1/rules/changes", asked).body)

    def find(self, change: str) -> RuleChangeView:
        """One that was made."""
        return RuleChangeView.model_validate(self.service.get(f"/v1/rules/changes/{change}").body)
