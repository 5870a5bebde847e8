"""Two agreements over the same stage, place, party and days are found; any one of the four apart, they are not."""

from datetime import date

import pytest

from concord_agreements.conflicts import find, holding
from concord_contracts.agreements import Content
from services.agreements.tests.worlds import NORTH, lead_document, make_facts, make_lead, make_pool, pool_document


def ground(name: str, content: Content, **dates: date):
    return holding(name, content, make_facts(content), **dates)


LEAD = ground("lead", make_lead())


def test_the_same_ground_is_a_conflict_in_words() -> None:
    (conflict,) = find(ground("other", make_lead(title="Again")), [LEAD])
    assert conflict.agreement == "lead"
    assert conflict.stages == ("*", "diagnostic_imaging")
    assert conflict.places == ("ccg-01G", "ccg-02A")
    assert (conflict.first_day, conflict.until) == (date(2014, 4, 1), date(2016, 4, 1))
    assert "the whole pathway, diagnostic imaging in ccg-01G, ccg-02A" in conflict.words


def test_an_agreement_is_not_in_conflict_with_itself() -> None:
    assert find(LEAD, [LEAD]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"pathway": "breast"},
        {"starts": "2016-04-01", "ends": "2018-04-01", "review_by": "2017-04-01"},
        {
            "parties": [
                {"organisation": "ods:01M", "role": "lead"},
                {"organisation": "ods:00W", "role": "partner"},
            ]
        },
        {
            "stages": [{"stage": "care_coordination", "handling": "delegated", "places": ["ccg-02A"]}],
            "leads_pathway_for": [],
        },
        {
            "stages": [{"stage": "diagnostic_imaging", "handling": "aligned", "places": ["ccg-02A"]}],
            "leads_pathway_for": [],
        },
    ],
)
def test_another_pathway_period_party_stage_or_mere_alignment_is_none(changes: dict) -> None:
    assert find(ground("other", Content.model_validate(lead_document(**changes))), [LEAD]) == []


def test_a_councils_place_shares_ground_with_the_ccgs_in_it() -> None:
    pool = ground("pool", make_pool())
    document = pool_document(
        title="Another",
        stages=[{"stage": "prevention", "handling": "pooled", "places": ["ccg-01M"]}],
    )
    (conflict,) = find(ground("other", Content.model_validate(document)), [pool])
    assert conflict.stages == ("prevention",)
    assert NORTH in conflict.parties


def test_ground_is_free_again_after_notice() -> None:
    ended = ground("lead", make_lead(), ends=date(2015, 4, 1))
    later = make_lead(starts="2015-04-01", ends="2017-04-01", review_by="2016-04-01")
    assert find(ground("other", later), [LEAD]) != []
    assert find(ground("other", later), [ended]) == []
