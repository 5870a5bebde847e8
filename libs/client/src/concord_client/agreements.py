"""Agreements, as a caller uses them: draft, approve, send, sign, give notice, and the governing-body paper."""

from datetime import date, datetime

from pydantic import BaseModel

from concord_client.transport import Service
from concord_client.when import when
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
from concord_contracts.registry import Changes

PAGE = 100


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
        answer = self.service.get(f"/v1/agreements/{agreement}", when(as_of, known_at))
        return AgreementView.model_validate(answer.body)

    def version(
        self, agreement: str, number: int, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> VersionView:
        """One text, and what was decided about it."""
        path = f"/v1/agreements/{agreement}/versions/{number}"
        return VersionView.model_validate(self.service.get(path, when(as_of, known_at)).body)

    def list(
        self,
        *,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Agreements:
        """A page of the agreements of the body acted for, by id."""
        params = {"limit": limit, "cursor": cursor, **when(as_of, known_at)}
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
        params = {"year": year, **when(as_of, known_at)}
        return FundPositions.model_validate(self.service.get(f"/v1/agreements/{agreement}/positions", params).body)

    def paper(
        self,
        agreement: str,
        *,
        version: int | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> GoverningBodyPaper:
        """The paper of a version, of the present one where none is named."""
        params = {"version": version, **when(as_of, known_at)}
        return GoverningBodyPaper.model_validate(self.service.get(f"/v1/agreements/{agreement}/paper", params).body)

    def erase_signatory(self, agreement: str, signatory: str) -> AgreementView:
        """Forget a signatory's name for good; that the party signed, in which post and when, stays."""
        answer = self.service.delete(f"/v1/agreements/{agreement}/signatories/{signatory}")
        return AgreementView.model_validate(answer.body)

    def mechanisms(
        self,
        *,
        place: str | None = None,
        pathway: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Mechanisms:
        """The agreements that let somebody other than the statutory commissioner pay, in force on the day."""
        params = {"place": place, "pathway": pathway, **when(as_of, known_at)}
        return Mechanisms.model_validate(self.service.get("/v1/mechanisms", params).body)

    def legal_bases(self, *, as_of: date | None = None, known_at: datetime | None = None) -> LegalBases:
        """Who may join under which law, what may not be put in, what a text must say."""
        return LegalBases.model_validate(self.service.get("/v1/legal-bases", when(as_of, known_at)).body)

    def changes(self, after: int = 0, limit: int = PAGE) -> Changes:
        """A page of what the agreements service recorded after a sequence; for auditors."""
        return Changes.model_validate(self.service.get("/v1/changes", {"after": after, "limit": limit}).body)

    def _change(
        self, path: str, body: BaseModel, *, if_match: str | None = None, key: str | None = None
    ) -> AgreementView:
        answer = self.service.post(
            f"/v1/agreements{path}", body.model_dump(mode="json"), if_match=if_match, idempotency_key=key
        )
        return AgreementView.model_validate(answer.body)
