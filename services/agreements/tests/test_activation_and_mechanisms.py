"""What a signed text becomes on the map, and what it lets a payer pay for."""

from datetime import date

from concord_agreements.activation import activation
from concord_agreements.mechanisms import mechanism_of
from concord_contracts.agreements import Content
from concord_contracts.registry import Activation, Commitment, Role
from services.agreements.tests.worlds import (
    CENTRAL,
    MANCHESTER,
    NORTH,
    SALFORD,
    SOUTH,
    TRAFFORD,
    make_facts,
    make_lead,
    make_pool,
    pool_document,
)

PERIOD = (date(2014, 4, 1), date(2016, 4, 1))


def activated(content: Content, sequence: int = 1, **commitments: Commitment) -> Activation:
    return activation(
        content=content,
        text_digest="a" * 64,
        facts=make_facts(content),
        commitments=commitments,
        sequence=sequence,
        citation="NHS Act 2006 s.75",
        period=PERIOD,
    )


def test_the_lead_leads_each_place_and_commissions_for_the_others() -> None:
    said = activated(make_lead()).responsibilities
    leads = [item for item in said if item.role is Role.LEADS]
    assert [(item.place, item.stage, item.organisation) for item in leads] == [
        ("ccg-01G", None, TRAFFORD),
        ("ccg-02A", None, TRAFFORD),
    ]
    assert [item.on_behalf_of for item in leads] == [[SALFORD], []]
    imaging = {item.place: item for item in said if item.stage == "diagnostic_imaging"}
    assert imaging["ccg-01G"].role is Role.COMMISSIONS
    assert imaging["ccg-01G"].on_behalf_of == [SALFORD]
    assert imaging["ccg-02A"].on_behalf_of == [], "its own function"
    assert {item.commitment for item in said} == {Commitment.AGREED}


def test_aligned_stages_are_coordinated_and_stages_in_view_give_nothing() -> None:
    said = activated(make_pool()).responsibilities
    roles = {item.stage: item.role for item in said}
    assert roles == {
        "prevention": Role.COMMISSIONS,
        "awareness": Role.COMMISSIONS,
        "care_coordination": Role.COMMISSIONS,
        "diagnostic_imaging": Role.COORDINATES,
    }
    pooled = next(item for item in said if item.stage == "prevention")
    assert (pooled.organisation, pooled.on_behalf_of) == (MANCHESTER, sorted([NORTH, CENTRAL, SOUTH]))


def test_a_commitment_moves_its_own_stage_only_and_changes_the_digest() -> None:
    before, after = activated(make_pool()), activated(make_pool(), 2, prevention=Commitment.CONTRACTED)
    moved = {item.stage for item in after.responsibilities if item.commitment is Commitment.CONTRACTED}
    assert moved == {"prevention"}
    assert before.digest != after.digest
    assert after.sequence == 2


def test_the_same_state_gives_the_same_body() -> None:
    assert activated(make_pool()) == activated(make_pool())


def test_only_what_is_pooled_or_delegated_may_be_paid_for() -> None:
    mechanism = mechanism_of(
        agreement="x", content=make_pool(), text_digest="a" * 64, kind="s75_pool", citation="s.75", period=PERIOD
    )
    assert mechanism is not None
    assert mechanism.stages == ["awareness", "care_coordination", "prevention"]
    assert ("prevention", "ccg-00W") not in mechanism.cells
    assert ("care_coordination", "ccg-00W") in mechanism.cells
    assert mechanism.payers == sorted([MANCHESTER, NORTH, CENTRAL, SOUTH])
    assert mechanism.contributions[0].for_stages == ["prevention", "awareness"], "the ring-fence follows the money"


def test_a_text_that_only_aligns_is_no_mechanism() -> None:
    document = pool_document(stages=[{"stage": "diagnostic_imaging", "handling": "aligned", "places": ["ccg-00W"]}])
    content = Content.model_validate(document)
    made = mechanism_of(agreement="x", content=content, text_digest="a" * 64, kind="s", citation="c", period=PERIOD)
    assert made is None
