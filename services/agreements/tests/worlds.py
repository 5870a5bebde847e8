"""Small worlds for the tests: what the registry would say, and texts that are lawful until a test spoils one thing."""

from datetime import UTC, date, datetime
from typing import Any

from concord_agreements.facts import BodyFact, CellFact, PlaceFact, RegistryFacts
from concord_agreements.legal_basis import LegalBasis, RequiredItem
from concord_contracts.agreements import Content, PaperAnnex

MANCHESTER, TRAFFORD_COUNCIL = "gss:E08000003", "gss:E08000009"
NORTH, CENTRAL, SOUTH = "ods:01M", "ods:00W", "ods:01N"
TRAFFORD, SALFORD = "ods:02A", "ods:01G"
NHS_ENGLAND = "ods:X24"

BODIES = {
    MANCHESTER: BodyFact(id=MANCHESTER, name="Manchester City Council", kind="council", legal_person=True),
    TRAFFORD_COUNCIL: BodyFact(id=TRAFFORD_COUNCIL, name="Trafford Council", kind="council", legal_person=True),
    NHS_ENGLAND: BodyFact(id=NHS_ENGLAND, name="NHS England", kind="nhs_england", legal_person=True),
    "ods:Q46": BodyFact(id="ods:Q46", name="Greater Manchester Area Team", kind="area_team", legal_person=False),
    **{
        code: BodyFact(id=code, name=f"NHS {name} CCG", kind="ccg", legal_person=True, valid_from=date(2013, 4, 1))
        for code, name in {
            NORTH: "North Manchester",
            CENTRAL: "Central Manchester",
            SOUTH: "South Manchester",
            TRAFFORD: "Trafford",
            SALFORD: "Salford",
        }.items()
    },
}
PLACES = {
    "la-E08000003": (MANCHESTER, {"ccg-00W", "ccg-01M", "ccg-01N"}),
    "ccg-00W": (CENTRAL, {"la-E08000003", "greater-manchester"}),
    "ccg-01M": (NORTH, {"la-E08000003", "greater-manchester"}),
    "ccg-01N": (SOUTH, {"la-E08000003", "greater-manchester"}),
    "ccg-02A": (TRAFFORD, {"la-E08000009", "greater-manchester"}),
    "ccg-01G": (SALFORD, {"greater-manchester"}),
}
CLASSES = {"bronchoscopy": "endoscopy", "thoracic_surgery": "surgery", "chemotherapy": "needs_legal_view"}
SPECIALISED = {"thoracic_surgery", "chemotherapy", "radiotherapy"}
COUNCIL_STAGES = {"prevention", "awareness"}
NOBODY_NAMED = {"care_coordination"}
STAGES = {*CLASSES, *SPECIALISED, *COUNCIL_STAGES, *NOBODY_NAMED, "diagnostic_imaging"}


def commissioners(stage: str, place: str) -> tuple[str, ...]:
    """The small world's rule book: councils prevent, NHS England does what is specialised, CCGs the rest."""
    body = PLACES[place][0]
    if stage in NOBODY_NAMED:
        return ()
    if stage in SPECIALISED:
        return (NHS_ENGLAND,)
    if stage in COUNCIL_STAGES:
        return (TRAFFORD_COUNCIL if place == "ccg-02A" else MANCHESTER,)
    return (body,)


def make_facts(content: Content, *, bodies: dict[str, BodyFact] | None = None) -> RegistryFacts:
    """What the registry says about a text, in this small world."""
    known = BODIES | (bodies or {})
    named = {place for scope in content.stages for place in scope.places} | set(content.leads_pathway_for)
    statutory = {
        body
        for scope in content.stages
        for place in scope.places
        if place in PLACES and scope.stage in STAGES
        for body in commissioners(scope.stage, place)
    }
    wanted = statutory | {party.organisation for party in content.parties}
    return RegistryFacts(
        as_of=content.starts,
        known_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        seq=17,
        bodies=tuple(known[body] for body in sorted(wanted & set(known))),
        cells=tuple(
            CellFact(
                stage=scope.stage,
                place=place,
                commissioners=commissioners(scope.stage, place),
                procedure_class=CLASSES.get(scope.stage, "none"),
                citation="the rule book of a small world",
            )
            for scope in content.stages
            for place in scope.places
            if place in PLACES and scope.stage in STAGES
        ),
        places=tuple(
            PlaceFact(key=place, name=place, body=PLACES[place][0], overlaps=frozenset(PLACES[place][1]))
            for place in sorted(named)
            if place in PLACES
        ),
        unknown_stages=frozenset(scope.stage for scope in content.stages if scope.stage not in STAGES),
    )


POOL_BASIS = LegalBasis(
    key="s75_pool",
    name="Section 75 pooled fund",
    citation="NHS Act 2006 s.75; SI 2000/617",
    allows=frozenset({"pooled_fund"}),
    mechanism="s75_pool",
    may_join=frozenset({"ccg", "nhs_england", "council"}),
    requires=frozenset({"nhs_body_and_council", "written_agreement"}),
    functions_of=frozenset({"ccg", "nhs_england", "council"}),
    excluded_classes=frozenset({"surgery", "radiotherapy", "endoscopy", "termination", "laser", "other_invasive"}),
    uncertain_classes=frozenset({"needs_legal_view"}),
    exclusion_citation="regulation 5 of SI 2000/617",
    liability="Each partner stays liable for its functions.",
    valid_from=date(2000, 4, 1),
    valid_to=date(9999, 12, 31),
    verified=True,
    note="",
    required_items=tuple(
        RequiredItem(item, words, "SI 2000/617 reg 7(3)")
        for item, words in {
            "aims": "the agreed aims and outcomes",
            "contributions": "the contributions and how they may be varied",
            "termination": "how long it lasts and how it is reviewed, varied and ended",
        }.items()
    ),
)
LEAD_BASIS = LegalBasis(
    key="s14Z3",
    name="Section 14Z3 lead commissioning between CCGs",
    citation="NHS Act 2006 s.14Z3",
    allows=frozenset({"lead", "joint"}),
    mechanism="s14Z3",
    may_join=frozenset({"ccg"}),
    requires=frozenset({"two_ccgs"}),
    functions_of=frozenset({"ccg"}),
    excluded_classes=frozenset(),
    uncertain_classes=frozenset(),
    exclusion_citation="",
    liability="Each group stays liable for its functions.",
    valid_from=date(2013, 4, 1),
    valid_to=date(2022, 7, 1),
    verified=True,
    note="",
)


def pool_document(**changes: Any) -> dict[str, Any]:
    """A lawful pooled fund as JSON: Manchester City Council and its three CCGs, for prevention and awareness."""
    shares = {MANCHESTER: "0.4", NORTH: "0.2", CENTRAL: "0.2", SOUTH: "0.2"}
    return {
        "title": "Manchester lung prevention and awareness fund",
        "basis": "s75_pool",
        "pathway": "lung",
        "parties": [
            {"organisation": MANCHESTER, "role": "host"},
            *({"organisation": code, "role": "partner"} for code in (NORTH, CENTRAL, SOUTH)),
        ],
        "stages": [
            {"stage": "prevention", "handling": "pooled", "places": ["la-E08000003"]},
            {"stage": "awareness", "handling": "pooled", "places": ["la-E08000003"]},
            {"stage": "care_coordination", "handling": "pooled", "places": ["ccg-00W", "ccg-01M", "ccg-01N"]},
            {"stage": "diagnostic_imaging", "handling": "aligned", "places": ["ccg-00W", "ccg-01M", "ccg-01N"]},
            {"stage": "thoracic_surgery", "handling": "in_view", "places": ["ccg-00W"]},
        ],
        "contributions": [
            {
                "party": MANCHESTER,
                "purse": "phg-E08000003",
                "year": "2014-15",
                "amount_pence": 60_000_000,
                "ring_fence": "public-health-grant",
                "for_stages": ["prevention", "awareness"],
            },
            *(
                {"party": code, "purse": f"general-{code[4:]}", "year": "2014-15", "amount_pence": 20_000_000}
                for code in (NORTH, CENTRAL, SOUTH)
            ),
        ],
        "risk": [{"over_shares": shares, "under_shares": shares}],
        "clauses": [
            {"item": "aims", "text": "Fewer people smoke; lung cancer is found earlier."},
            {"item": "contributions", "text": "As scheduled; varied by all partners in writing."},
            {"item": "termination", "text": "Two years, reviewed yearly, ended by six months' notice."},
        ],
        "starts": "2014-04-01",
        "ends": "2016-04-01",
        "review_by": "2015-04-01",
        "notice_months": 6,
        **changes,
    }


def lead_document(**changes: Any) -> dict[str, Any]:
    """A lawful lead arrangement as JSON: Trafford leads for itself and Salford and commissions their imaging."""
    return {
        "title": "Trafford leads for lung cancer",
        "basis": "s14Z3",
        "pathway": "lung",
        "parties": [{"organisation": TRAFFORD, "role": "lead"}, {"organisation": SALFORD, "role": "partner"}],
        "stages": [{"stage": "diagnostic_imaging", "handling": "delegated", "places": ["ccg-01G", "ccg-02A"]}],
        "leads_pathway_for": ["ccg-01G", "ccg-02A"],
        "starts": "2014-04-01",
        "ends": "2016-04-01",
        "review_by": "2015-04-01",
        "notice_months": 6,
        **changes,
    }


def make_pool(**changes: Any) -> Content:
    return Content.model_validate(pool_document(**changes))


def make_lead(**changes: Any) -> Content:
    return Content.model_validate(lead_document(**changes))


def annex_document(**changes: Any) -> dict[str, Any]:
    """What the paper needs beside the text."""
    return {
        "approve": "the pooled fund for stop smoking, awareness and navigation.",
        "delegate": "signature to the chief officer.",
        "note": "that CT stays with the clinical commissioning groups.",
        "author": "Head of cancer commissioning",
        "clinical_lead": "Clinical lead for cancer",
        "outturn_year": "2013-14",
        "baseline_year": "2014-15",
        "payers": [
            {
                "payer": MANCHESTER,
                "name": "Manchester City Council",
                "outturn_gbp": 610_000,
                "non_recurrent_gbp": 10_000,
                "full_year_effect_gbp": 0,
                "uplift_and_qipp_gbp": -9_000,
                "baseline_gbp": 591_000,
                "option_gbp": 600_000,
            },
            {
                "payer": NORTH,
                "name": "NHS North Manchester CCG",
                "outturn_gbp": 0,
                "baseline_gbp": 0,
                "option_gbp": 200_000,
                "recurrent": False,
            },
        ],
        "stages": [
            {
                "stage": "prevention",
                "name": "Stop smoking",
                "statutory_commissioner": "Manchester City Council",
                "provider": "community trust",
                "contract_form": "block",
                "mechanism": "s.75 pooled fund",
                "amount_gbp": 600_000,
                "releasable_when": "after six months' notice",
                "source_grade": "assumption",
            }
        ],
        "options": [
            {"option": "Do nothing", "cost_gbp": 591_000, "risk": "late diagnosis goes on"},
            {"option": "Recommended", "cost_gbp": 1_200_000, "activity": "900 quits", "effect_62_day": "none expected"},
        ],
        "binds": ["The public health grant binds: a further pound would buy 0.0002 QALYs."],
        "timetable": ["January 2014: governing bodies decide", "1 April 2014: in force"],
        **changes,
    }


def make_annex(**changes: Any) -> PaperAnnex:
    return PaperAnnex.model_validate(annex_document(**changes))
