"""The agreements service beside a registry double, with agreements at every step from draft to in force."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from concord_agreements.authority import TABLE
from services.agreements.tests.acts import (
    approval,
    approve_all,
    concluded,
    draft_lead,
    draft_pool,
    parties_of,
    sent,
    signature,
)
from services.agreements.tests.allocation_double import citation
from services.agreements.tests.conftest import Service, draft, pool_draft, prepare, run_service
from services.agreements.tests.registry_double import SUPPORT_UNIT, RegistryDouble, mandate
from services.agreements.tests.worlds import CENTRAL, MANCHESTER, NORTH, SALFORD, SOUTH, TRAFFORD, lead_document
from tests.fuzz.fuzzing import Valid, World
from tests.fuzz.people import People, made
from tests.support.signing import Signing

FIRST = 2014
OF_EACH = 3
"""Agreements at each step: what is sent or withdrawn is so only once."""
REASON = {"reason": "approved by every party", "on": "2014-02-10"}


@contextmanager
def agreements_world(folder: Path, fresh: Callable[..., str]) -> Iterator[World]:
    """Served on a database of `fresh`, with its keys in `folder`."""
    signing, registry = Signing(folder), RegistryDouble()
    registry.mandates = [mandate(TRAFFORD, "agreements.*")]
    with run_service(fresh("agreements", prepare), signing, registry) as service:
        yield _furnished(service, People(signing, "agreements", TABLE))


def _furnished(service: Service, people: People) -> World:
    drafts, more, to_approve = (_leads(service, FIRST) for _ in range(3))
    approved = [approve_all(service, view) for view in _leads(service, FIRST + 1)]
    out = [sent(service, view) for view in _leads(service, FIRST + 1 + OF_EACH)]
    pool = concluded(service, draft_pool(service))
    lead = concluded(service, draft_lead(service, **_year(FIRST)))
    named = [one["signatory"] for one in pool["current"]["signatures"]]
    page = made(service.client.get("/v1/agreements", params={"limit": 1}, headers=people(TRAFFORD)))
    return World(
        name="agreements",
        address=service.address,
        people=(MANCHESTER, NORTH, CENTRAL, SOUTH, TRAFFORD, SALFORD, SUPPORT_UNIT),
        sign_in=people,
        known={
            "as_of": ("2014-05-15", "2013-04-01", "2016-04-01"),
            "known_at": (page["known_at"], "2013-01-01T00:00:00Z"),
            "cursor": (page["next_cursor"],),
            "limit": (1, 2, 1000),
            "after": (0, 3, 10**6),
            "pathway": ("lung", "breast"),
            "place": ("la-E08000003", "ccg-00W", "ccg-02A"),
            "agreement": [view["id"] for view in (pool, lead, drafts[0], out[0])],
            "number": (1, 2),
            "version": (1, 2),
            "year": ("2014-15", "2015-16"),
            "signatory": named,
        },
        valid={
            "draft_agreement": [
                Valid(MANCHESTER, pool_draft()),
                Valid(TRAFFORD, draft(lead_document(), reason="as minuted")),
                Valid(TRAFFORD, draft(lead_document(allocation=citation()))),
            ],
            "revise_agreement": _on(drafts, draft(lead_document(notice_months=3))),
            "withdraw_agreement": _on(more, REASON),
            "send_agreement": _on(approved, REASON),
            "approve_agreement": [
                Valid(body, approval(view, body), {"agreement": view["id"]})
                for view in to_approve
                for body in parties_of(view)
            ],
            "sign_agreement": [
                Valid(body, signature(view, body), {"agreement": view["id"]})
                for view in out
                for body in parties_of(view)
            ],
            "give_notice": _on(
                [lead], {"organisation": TRAFFORD, "given_on": "2014-07-31", "reason": "we rejoin the north"}
            ),
            "end_agreement": _on([lead], {"organisation": TRAFFORD, "on": "2015-01-01", "reason": "as agreed"}),
            "move_commitment": _on(
                [lead],
                {"stage": "diagnostic_imaging", "commitment": "funded", "on": "2014-04-10", "evidence": "budget book"},
            ),
            "report_position": [
                Valid(
                    MANCHESTER,
                    {
                        "fund": f"fund.{pool['id']}",
                        "year": "2014-15",
                        "month": month,
                        "actual_pence": 31_000_000,
                        "forecast_pence": 126_000_001,
                        "minute": "item 5",
                        "note": "two posts vacant",
                    },
                    {"agreement": pool["id"]},
                )
                for month in (3, 12)
            ],
            "erase_signatory": [
                Valid(one["organisation"], path={"agreement": pool["id"], "signatory": one["signatory"]})
                for one in pool["current"]["signatures"]
            ],
            "read_positions": [Valid(NORTH, path={"agreement": pool["id"]})],
            "read_agreement": [Valid(NORTH, path={"agreement": pool["id"]}, query={"as_of": "2014-05-15"})],
            "read_version": [Valid(TRAFFORD, path={"agreement": drafts[0]["id"], "number": 1})],
            "read_paper": [Valid(NORTH, path={"agreement": pool["id"]})],
        },
    )


def _leads(service: Service, first: int) -> list[dict[str, Any]]:
    """Drafts for one year each, from the first year on: of two for the same year only one can be sent."""
    return [draft_lead(service, **_year(first + n)) for n in range(OF_EACH)]


def _year(year: int) -> dict[str, str]:
    return {"starts": f"{year}-04-01", "review_by": f"{year}-10-01", "ends": f"{year + 1}-04-01"}


def _on(agreements: Sequence[dict[str, Any]], body: Any) -> list[Valid]:
    """The same request on each of them, by their lead."""
    return [Valid(view["lead"], body, {"agreement": view["id"]}) for view in agreements]
