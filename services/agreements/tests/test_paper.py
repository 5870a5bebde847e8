"""The governing-body paper: its tables add up, its risk shares sum, and no word of a caller becomes markup."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import ValidationError

from concord_agreements.contracts_held import ContractsHeld, HeldContract, held
from concord_agreements.paper import PaperFacts, governing_body_paper
from concord_agreements.risk_share import share_variance
from concord_contracts.agreements import Content, PaperAnnex, RiskLayer
from concord_contracts.registry import ContractView
from concord_kit.markdown_text import page, plain
from services.agreements.tests.worlds import (
    CENTRAL,
    MANCHESTER,
    NORTH,
    POOL_BASIS,
    SOUTH,
    annex_document,
    make_annex,
    make_facts,
    make_lead,
    make_pool,
)

WHOLE_LIFE = {MANCHESTER: 120_000_000, NORTH: 40_000_000}


def written(
    content: Content | None = None, annex: PaperAnnex | None = None, contracts: ContractsHeld | None = None
) -> str:
    content = content or make_pool()
    facts = make_facts(content)
    paper = PaperFacts(1, "ab" * 32, content, annex or make_annex(), facts, POOL_BASIS, WHOLE_LIFE)
    return governing_body_paper(replace(paper, contracts=contracts) if contracts else paper)


def test_a_board_finds_what_it_looks_for_in_its_order() -> None:
    headings = re.findall(r"^#+ (.*)$", written(), re.MULTILINE)
    assert headings == [
        "Manchester lung prevention and awareness fund",
        "Table 1. Money by payer, GBP thousand",
        "Table 2. Stages",
        "Table 3. Options",
        "What binds",
        "Risk share at ±5%",
        "Legal basis",
        "Quality, equality, privacy, engagement",
        "Exit",
        "Timetable",
    ]


def test_table_one_shows_the_change_and_a_total_that_adds_up() -> None:
    text = written()
    assert "| Manchester City Council | 610 | -10 | 0 | -9 | 591 | 600 | +9 | +1.5 | yes |" in text
    assert "| **Total** | **610** |  |  |  | **591** | **800** | **+209** | **+35.4** |  |" in text


def test_steps_that_do_not_reach_the_baseline_are_refused() -> None:
    document = annex_document()
    document["payers"][0]["baseline_gbp"] = 1
    with pytest.raises(ValidationError, match="come to 591000 GBP"):
        PaperAnnex.model_validate(document)


def test_the_risk_share_is_worked_through() -> None:
    assert (
        "An overspend of 5% would cost Manchester City Council GBP 24k, NHS Central Manchester CCG GBP 12k" in written()
    )
    assert "shares no risk" in written(make_lead())


def test_the_law_is_named_with_what_it_keeps_out() -> None:
    text = written()
    assert "Regulation 5 of SI 2000/617 keeps out thoracic surgery (surgery)." in text
    assert "Each partner stays liable for its functions." in text
    assert (
        "Whole-life commitment: GBP 1.6m (Manchester City Council GBP 1.2m, NHS North Manchester CCG GBP 400k)." in text
    )


def test_what_the_law_leaves_open_is_said() -> None:
    scopes = [
        {"stage": "prevention", "handling": "pooled", "places": ["la-E08000003"]},
        {"stage": "chemotherapy", "handling": "in_view", "places": ["ccg-01M"]},
    ]
    text = written(make_pool(stages=scopes))
    assert "Whether it keeps out chemotherapy too needs a legal view." in text


def test_a_stand_in_is_not_called_outturn_and_what_gives_way_is_named() -> None:
    text = written(
        annex=make_annex(
            outturn_is="stand-in",
            payers_note="Derived by a stated rule",
            options_note="Two years together",
            gives_way=["Palliative care: GBP 5,000 less"],
        )
    )
    assert "| Payer | 2013-14 stand-in |" in text
    assert "2013-14 outturn" not in text
    assert "Derived by a stated rule." in text
    assert "Two years together." in text
    assert "## What gives way\n\n- Palliative care: GBP 5,000 less" in text


def test_the_footer_says_how_much_is_assumed() -> None:
    assert "not known" in written()
    cited = {
        "scenario": "01939b5e",
        "problem_digest": "c" * 64,
        "answer_digest": "d" * 64,
        "assumption_share": "0.925",
    }
    assert "**92.5% of this total rests on assumptions.**" in written(make_pool(allocation=cited))


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) | **b** `c` &amp; <b>\n# no heading\n- no list ![i](http://x/y.png)"


@pytest.mark.parametrize(
    "field", ["approve", "delegate", "author", "clinical_lead", "quality", "conflicts_of_interest"]
)
def test_hostile_words_stay_words(field: str) -> None:
    calm = page("t", written()).lower()
    html = page("t", written(annex=make_annex(**{field: HOSTILE}))).lower()
    for tag in ("<script", "<b>", "<a ", "<img", "<h1", "<li", "<td", "<code"):
        assert html.count(tag) <= calm.count(tag), tag
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_hostile_title_stays_in_the_title() -> None:
    html = page("</title><script>", written(make_pool(title="</title><script>x</script>")))
    assert "<script" not in html


@given(st.text(max_size=80) | st.text("\\`*_{}[]()<>#+-.!|&~=12 ax", max_size=20))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """Rendered as a list item, the text comes back: nothing lost but control characters and outer space."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(f"- {plain(text)}")
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {"ul", "li"}
    (shown,) = re.findall(r"<li>(.*?)</li>", html, re.DOTALL)
    assert unescape(shown).split() == re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split()


def layers(*limits: int | None) -> list[RiskLayer]:
    third = {MANCHESTER: "0.333334", NORTH: "0.333333", CENTRAL: "0.333333"}
    return [RiskLayer(up_to_pence=limit, over_shares=third, under_shares={SOUTH: "1"}) for limit in limits]


@given(st.integers(-(10**12), 10**12))
def test_the_shares_of_a_variance_sum_to_it_to_the_penny(variance: int) -> None:
    assert sum(share_variance(layers(1000, 50_000, None), variance).values()) == variance


def test_a_waterfall_is_worked_layer_by_layer() -> None:
    first = RiskLayer(up_to_pence=100, over_shares={NORTH: "1"}, under_shares={NORTH: "1"})
    rest = RiskLayer(over_shares={SOUTH: "0.5", NORTH: "0.5"}, under_shares={SOUTH: "1"})
    assert share_variance([first, rest], 300) == {NORTH: 200, SOUTH: 100}
    assert share_variance([first, rest], -300) == {NORTH: -100, SOUTH: -200}


def test_no_unlisted_fields_slip_into_an_annex() -> None:
    document: dict[str, Any] = annex_document(letterhead="x")
    with pytest.raises(ValidationError):
        PaperAnnex.model_validate(document)


def contract(**changed: Any) -> HeldContract:
    given = {
        "id": "c1", "version": 1, "owner": "ods:02A", "valid_from": "2013-04-01", "valid_to": "2015-04-01",
        "recorded_from": "2014-01-01T00:00:00Z", "title": "x", "provider": "ods:RM2", "coordinator": "ods:02A",
        "form": "cost-and-volume", "stages": ["prevention"], "places": ["ccg-02A"],
        "bodies": [{"id": "ods:RM2", "name": "A | Trust", "kind": "nhs_trust"}],
    }  # fmt: skip
    return held(ContractView.model_validate(given | changed))


def test_table_two_shows_the_contracts_that_the_registry_holds_where_the_annex_is_open() -> None:
    annex = make_annex()
    open_row = annex.stages[0].model_copy(
        update={
            "stage": "prevention",
            "provider": "not recorded",
            "contract_form": "",
            "releasable_when": "not recorded",
        }
    )
    annex = annex.model_copy(update={"stages": [open_row]})
    row = next(line for line in written(annex=annex).splitlines() if line.startswith(f"| {open_row.name}"))
    assert "not recorded" in row
    known = ContractsHeld((contract(releasable_share=0.5, releasable_from="2014-10-01"), contract(stages=["other"])))
    text = written(annex=annex, contracts=known)
    row = next(line for line in text.splitlines() if line.startswith(f"| {open_row.name}"))
    assert "| A \\| Trust | cost and volume |" in row
    assert "| 50% from 1 October 2014 |" in row
    assert "those of the contracts that the registry holds" in text
    told = annex.model_copy(update={"stages": [open_row.model_copy(update={"provider": "The council itself"})]})
    assert "| The council itself | cost and volume |" in written(annex=told, contracts=known)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"notice_by": "2014-04-01"}, "with the term, by notice until 1 April 2014"),
        ({"notice_months": 12, "releasable_share": 0.25}, "25% after 12 months' notice"),
        ({}, "not recorded"),
    ],
)
def test_when_a_contracts_cost_can_be_released(given: dict[str, Any], words: str) -> None:
    assert contract(**given).releasable == words
