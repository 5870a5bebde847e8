"""Agreements, as a caller uses them: draft, approve, send, sign, give notice, and the governing-body paper."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from concord_client.transport import Service
from concord_contracts.agreements import (
    Agreements,
    AgreementView,
    Approval,
    CommitmentIn,
    DraftIn,
    EndIn,
    FundPosition,
    FundPositions,
    GoverningBodyPaper,
    LegalBases,
    Mechanisms,
    NoticeIn,
    PositionIn,
    Reasoned,
    SignatureIn,
    VersionView,
)


class AgreementsClient:
    """Typed calls to the agreements service; raises ConcordProblem and ConcordUnreachable.

    Changes take an optional idempotency key: after ConcordUnreachable repeat the call with the key it carries.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def draft(self, draft: DraftIn, *, key: str | None = None) -> AgreementView:
        """A new agreement; its faults are listed in the answer, not refused."""
        return self._change("", draft, key=key)

    def new_version(self, agreement: str, draft: DraftIn, *, if_match: str, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/versions", draft, if_match=if_match, key=key)

    def get(self, agreement: str, *, as_of: date | None = None, known_at: datetime | None = None) -> AgreementView:
        answer = self.service.get(f"/v1/agreements/{agreement}", _when(as_of, known_at))
        return AgreementView.model_validate(answer.body)

    def version(self, agreement: str, number: int) -> VersionView:
        return VersionView.model_validate(self.service.get(f"/v1/agreements/{agreement}/versions/{number}").body)

    def list(self, *, as_of: date | None = None, cursor: str | None = None) -> Agreements:
        params = {"cursor": cursor, **_when(as_of, None)}
        return Agreements.model_validate(self.service.get("/v1/agreements", params).body)

    def approve(self, agreement: str, approval: Approval, *, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/approvals", approval, key=key)

    def send(self, agreement: str, why: Reasoned, *, if_match: str, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/send", why, if_match=if_match, key=key)

    def sign(self, agreement: str, signature: SignatureIn, *, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/signatures", signature, key=key)

    def withdraw(self, agreement: str, why: Reasoned, *, if_match: str, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/withdraw", why, if_match=if_match, key=key)

    def give_notice(self, agreement: str, notice: NoticeIn, *, if_match: str, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/notice", notice, if_match=if_match, key=key)

    def end(self, agreement: str, ending: EndIn, *, if_match: str, key: str | None = None) -> AgreementView:
        return self._change(f"/{agreement}/end", ending, if_match=if_match, key=key)

    def commit(self, agreement: str, step: CommitmentIn, *, if_match: str, key: str | None = None) -> AgreementView:
        """A stage moves on: agreed, funded, contracted, mobilised."""
        return self._change(f"/{agreement}/commitments", step, if_match=if_match, key=key)

    def report_position(self, agreement: str, position: PositionIn, *, key: str | None = None) -> FundPosition:
        """Where a pooled fund stood at the end of a month, by its host; the month as it now reads."""
        answer = self.service.post(
            f"/v1/agreements/{agreement}/positions", position.model_dump(mode="json"), idempotency_key=key
        )
        return FundPosition.model_validate(answer.body)

    def positions(
        self,
        agreement: str,
        *,
        year: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> FundPositions:
        """Month by month, what was reported of a pooled fund, held against its plan."""
        params = {"year": year, **_when(as_of, known_at)}
        return FundPositions.model_validate(self.service.get(f"/v1/agreements/{agreement}/positions", params).body)

    def paper(self, agreement: str) -> GoverningBodyPaper:
        return GoverningBodyPaper.model_validate(self.service.get(f"/v1/agreements/{agreement}/paper").body)

    def mechanisms(
        self, *, place: str | None = None, pathway: str | None = None, as_of: date | None = None
    ) -> Mechanisms:
        """The agreements that let somebody other than the statutory commissioner pay, in force on the day."""
        params = {"place": place, "pathway": pathway, **_when(as_of, None)}
        return Mechanisms.model_validate(self.service.get("/v1/mechanisms", params).body)

    def legal_bases(self, *, as_of: date | None = None) -> LegalBases:
        return LegalBases.model_validate(self.service.get("/v1/legal-bases", _when(as_of, None)).body)

    def _change(
        self, path: str, body: BaseModel, *, if_match: str | None = None, key: str | None = None
    ) -> AgreementView:
        answer = self.service.post(
            f"/v1/agreements{path}", body.model_dump(mode="json"), if_match=if_match, idempotency_key=key
        )
        return AgreementView.model_validate(answer.body)


def _when(as_of: date | None, known_at: datetime | None) -> dict[str, Any]:
    given = {"as_of": as_of, "known_at": known_at}
    return {name: moment.isoformat() for name, moment in given.items() if moment is not None}
