"""The reference tables in plain words, for whoever fills in a form. The columns' forms come from the row models."""

from collections.abc import Mapping

from concord_allocation.reference.files import TABLES
from concord_contracts.imports import TableWords
from concord_kit.templates import Plain, table_words

STEWARDS = "data stewards"
OWNERS = "the body that owns the purse (commissioners and analysts, themselves or by mandate), and data stewards"

COMMON: Mapping[str, str] = {
    "pathway": "The tumour group's pathway, as in the registry; * where the table allows it: all of them",
    "stage": "The stage that money is planned under, such as imaging or surgery",
    "place": "The place whose people are served, as in the registry: ccg-02A, la-E08000009, or where they meet",
    "purse": "The purse that pays, as in the table purses",
    "year": "The financial year",
    "basis": "What the figure rests on: published (a document says it), derived (worked out from such), assumption",
    "source": "The documents it comes from, as in the table sources; several with spaces between. Needed for published",
    "note": "How the figure was made; needed where it is not published",
    "low": "The least that the figure may reasonably be, in its own unit",
    "high": "The most that the figure may reasonably be, in its own unit",
    "kind_of_money": "allocation, plan, contract value, forecast or outturn: which of them the amount is",
    "unit": "What one case is: a scan, a resection",
    "mode": "How the service is delivered: day-case, outpatient",
    "label": "What a reader is shown",
    "pathways": "The pathways that it is for",
    "stages": "The stages that it is for",
    "places": "The places that it is for",
    "amount_gbp": "Whole pounds",
}

PLAIN: Mapping[str, Plain] = {
    "payers": Plain(
        "who pays",
        "The legal persons that own purses: CCGs, NHS England, councils. An area team is an office of NHS England and "
        "no payer of its own.",
        STEWARDS,
        {
            "payer": "The legal person, by scheme and code",
            "place": "Its own place, where it has one",
            "note": "What a reader should know of it",
        },
    ),
    "purses": Plain(
        "whose money there is",
        "A budget of one owner, and what it may lawfully pay for. Send a line for a budget that we do not know, or to "
        "say that one of yours reaches less far, or further, than we took it to.",
        OWNERS,
        {
            "purse": "The purse's key; yours to choose for a new one",
            "owner": "The legal person whose money it is",
            "office": "The office that holds the budget, such as an area team; empty: the owner itself",
            "name": "What it is called",
            "kind": "general, ring_fence, non_recurrent, specialised, primary_care or section_7a",
            "recurrent": "Whether the money comes again each year",
            "note": "What a reader should know of it",
            "in_baseline": "Whether it pays for something today; otherwise it is brought into a plan by a what-if",
        },
    ),
    "purse_amounts": Plain(
        "what a purse holds",
        "What a purse holds in a year, for one pathway or for all of its pathways together. Send yours when the budget "
        "is set, and again when it changes: all amounts of the purse for that year; they take the place of all ours.",
        OWNERS,
        {
            "pathway": "The pathway that the amount is for; * for all of the purse's pathways together",
            "amount_gbp": "What the purse holds, whole pounds",
            "follows_lines": "true: the amount is what the purse's lines cost, and moves with them; false: it is fixed",
        },
    ),
    "lines": Plain(
        "what is spent today",
        "What is spent on one stage of one pathway for the people of one place, and out of which purse: the baseline "
        "that every plan starts from. Ours divide national figures by need; yours should come from the ledger.",
        OWNERS,
        {
            "line": "The line's key: place:pathway:stage, as ours are",
            "population_basis": "registered or resident: which people of the place the line is for",
            "purse": "The purse that pays for it in the baseline",
            "baseline_gbp": "What was spent on it in 2013-14, whole pounds",
        },
    ),
    "curves": Plain(
        "what more or less money does",
        "A stage's benefit curve, one line a segment: how many pounds a quality-adjusted life year costs there. "
        "Segments are used in order, the best first, so each costs more than the one before. Send all of them: they "
        "take the place of all of ours.",
        STEWARDS,
        {
            "segment": "1 for the first pounds spent, 2 for the next, and so on",
            "label": "What a reader is shown: A1, A2, B, C, Z",
            "width_share": "How far the segment reaches, as a share of the line's baseline; 0.8 is the first 80%",
            "width_per_100k_gbp": "How far it reaches in pounds per 100,000 people, where nothing is spent today",
            "gbp_per_qaly": "Pounds for one quality-adjusted life year; empty: no benefit of its own",
            "gbp_per_qaly_low": "The least that it may reasonably cost",
            "gbp_per_qaly_high": "The most that it may reasonably cost",
            "slope_qaly_per_gbp": "1 / gbp_per_qaly; 0 where that is empty",
            "rule": "The recipe that the segment was made by",
            "grade": "How good the evidence is",
            "evidence": "The evidence in words",
        },
    ),
    "unit_costs": Plain(
        "what a case costs",
        "What one case of a stage costs in one way of delivering it. Plans that count cases divide money by it.",
        STEWARDS,
        {
            "unit_cost_gbp": "Pounds for one case, with pence where they matter",
            "price_year": "The year whose prices these are",
        },
    ),
    "activity": Plain(
        "how many cases a line pays for",
        "Cases of a line in the baseline year. Counts of 1 to 5 people are not taken: they can be told apart. Send a "
        "larger place or a longer period.",
        OWNERS,
        {
            "line": "The line, as in the table lines",
            "cases": "Cases a year",
            "driver": "What the number moves with: referrals, diagnosed or none",
            "must_meet": "true: the cases have to be met; false: they are what the money buys",
            "follows_lines": "true: the cases are baseline / unit cost and move with both; false: they are counted",
        },
    ),
    "baseline_bridges": Plain(
        "from outturn to baseline",
        "How the baseline of a line for a year is built up from what was spent on it the year before: outturn, less "
        "what was non-recurrent, plus full-year effect, plus tariff uplift, less efficiency, plus growth, less QIPP. "
        "The parts must come to the baseline. A plan that asks for baselines from the books begins from them.",
        OWNERS,
        {
            "line": "The line, as in the table lines",
            "year": "The year that the baseline is for: the one after the outturn",
            "outturn_gbp": "What was spent on it in the year before, whole pounds",
            "non_recurrent_gbp": "Of that what will not be spent again; taken off",
            "full_year_effect_gbp": "What began or ended within the year, over a whole year; added, below nil: less",
            "tariff_uplift_gbp": "What the tariff or pay and prices add",
            "efficiency_gbp": "What providers are to save; taken off",
            "growth_gbp": "What more patients add",
            "qipp_gbp": "What the commissioner's own plans are to save; taken off",
            "baseline_gbp": "What the parts come to",
        },
    ),
    "links": Plain(
        "stages that hang together",
        "No more cases of one stage than some number per case of another in the same place.",
        STEWARDS,
        {
            "link": "The link's key",
            "stage": "The stage that is bounded",
            "per_stage": "The stage that it is bounded by",
            "at_most": "Cases of the first per case of the second",
        },
    ),
    "price_changes": Plain(
        "how prices move",
        "By what share the prices of a sector change into a year, against the year before.",
        STEWARDS,
        {"sector": "acute or other", "change": "A share: -0.015 is 1.5% cheaper"},
    ),
    "stage_prices": Plain(
        "which prices a stage follows",
        "The sector whose price changes a stage's unit costs follow.",
        STEWARDS,
        {"sector": "The sector, as in the table price_changes; none: no tariff moves it"},
    ),
    "stage_totals": Plain(
        "what England spends on a stage",
        "The control total that the lines of a pathway's stage come to over England. It is what lines are held "
        "against; nothing is planned from it.",
        STEWARDS,
        {"england_gbp": "Whole pounds in 2013-14"},
    ),
    "what_ifs": Plain(
        "prepared questions",
        "Questions with a published or stated size, ready to be asked of a plan.",
        STEWARDS,
        {
            "what_if": "The question's key",
            "question": "The question in words",
            "kind": "What it changes",
            "value": "Its size, in its unit",
            "unit": "GBP, share or cases",
        },
    ),
    "what_if_amounts": Plain(
        "prepared questions by purse",
        "How a prepared question's money divides over purses.",
        STEWARDS,
        {
            "what_if": "The question, as in the table what_ifs",
            "purse": "The purse that the money leaves, or that it is added to",
            "to_purse": "The purse that it goes to, where it moves",
            "amount_gbp": "Whole pounds; below nil: less",
            "note": "What a reader should know of it",
        },
    ),
    "planning_rules": Plain(
        "standard limits of a planning round",
        "How fast a line may move in a year, or how low it may fall against its baseline. Whoever asks for a plan may "
        "leave them out.",
        STEWARDS,
        {
            "rule": "The rule's key",
            "kind": "pace (how fast) or floor (how low)",
            "max_up": "The most that a line may grow in a year, as a share of its baseline",
            "max_down": "The most that a line may fall in a year, as a share of its baseline",
            "floor_share": "The least that a line keeps, as a share of its baseline",
            "years": "first (planning year), later (ones), or *: all",
        },
    ),
    "deflators": Plain(
        "price indices",
        "A series of prices by year, in the vintage it was published in. A plan may keep floors in real terms by one.",
        STEWARDS,
        {
            "series": "The series' key",
            "vintage": "When the series was published: later vintages say something else of the same year",
            "index": "The index; the note names its base",
        },
    ),
    "need_weights": Plain(
        "need for lung cancer care",
        "Each place's share of England's need, for lung. A plan may be held to fairness per weighted head by it.",
        STEWARDS,
        {"persons": "People registered in the place", "weight_share": "Share of England's need, 0 to 1"},
    ),
    "need_weights_cancer": Plain(
        "need for cancer care",
        "Each place's share of England's need, for every pathway but lung.",
        STEWARDS,
        {"persons": "People registered in the place", "weight_share": "Share of England's need, 0 to 1"},
    ),
    "business_rules": Plain(
        "rules of the planning year",
        "NHS England's planning rules of a year, as printed. A plan may be held to those that are a share of the "
        "allocation: surplus, contingency, non-recurrent headroom.",
        STEWARDS,
        {
            "rule": "The rule in words",
            "value": "Its size, in its unit",
            "unit": "What the value counts, such as share of allocation",
            "may_be_waived_by": "Who may waive it",
        },
    ),
    "sources": Plain(
        "documents",
        "The documents that figures cite: a ledger extract, a board paper, a contract. Send them in the same workbook "
        "as the figures, or before them.",
        "anybody who may send figures, for documents of their own; data stewards",
        {
            "source": "The document's key, as figures cite it; without spaces",
            "title": "Its title, with the version or month",
            "publisher": "Who published it, or holds it",
        },
    ),
}


def words_of_table(table: str) -> TableWords:
    """The page of one table; KeyError where there is none."""
    model = TABLES[table]
    return table_words(table, model, model.KEY, PLAIN[table], COMMON)


def words_of_tables() -> list[TableWords]:
    """The pages of all tables, in the order in which they refer to each other."""
    return [words_of_table(table) for table in TABLES]
