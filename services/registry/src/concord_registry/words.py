"""The registry's tables in plain words, for whoever fills in a form. The columns' forms come from the row models."""

from collections.abc import Mapping

from concord_contracts.imports import TableWords
from concord_kit.templates import Plain, table_words
from concord_registry.file_rows import OWN_ROWS
from concord_registry.words_of_comparisons import COMPARISONS
from concord_registry.words_of_records import RECORDS

STEWARDS = "data stewards"

COMMON: Mapping[str, str] = {
    "body": "The body, by scheme and code",
    "place": "The place, as in the table places: ccg-02A, la-E08000009",
    "stage": "The stage or function, as in the table stages",
    "pathway": "The pathway, as in the table pathways; * where the table allows it: all of them",
    "name": "What it is called",
    "kind": "What kind it is of, as our rows of the table have it",
    "order": "Where it stands among the others, from 1",
    "valid_from": "The first day on which this holds",
    "valid_to": "The day on which it no longer holds; empty: it has no end",
    "basis": "What the figure rests on: published (a document says it), derived (worked out from such), assumption",
    "source": "The documents it comes from, as in the table sources; several with spaces between",
    "note": "What a reader should know; needed for a figure that is not published",
    "low": "The least that the figure may reasonably be",
    "high": "The most that the figure may reasonably be",
    "year": "The financial year",
}

PLAIN: Mapping[str, Plain] = {
    "sources": Plain(
        "documents",
        "The documents that rows cite. Send them in the same workbook as the rows, or before them.",
        "anybody who may send rows, for documents of their own; data stewards",
        {
            "source": "The document's key, as rows cite it",
            "title": "Its title",
            "publisher": "Who published it, or holds it",
            "date": "Its date, as far as it is known: 2014, 2014-03 or 2014-03-31",
            "date_precision": "year, month or day",
            "licence": "What may be done with it",
            "address": "Where it can be found",
            "taken": "What was taken from it",
            "limits": "What it does not tell",
        },
    ),
    "bodies": Plain(
        "organisations",
        "Organisations and offices, and the days from which and until when they are in being.",
        STEWARDS,
        {"legal_person": "Whether it can contract and own money: yes for a CCG, no for an area team"},
    ),
    "body_names": Plain(
        "what organisations are called",
        "An organisation's names over time. Lines for a body take the place of all its names: send every one of them.",
        "the body itself (commissioners, themselves or by mandate), and data stewards",
        {},
    ),
    "body_codes": Plain(
        "what codes organisations have",
        "An organisation's codes in the schemes that others use.",
        "the body itself (commissioners, themselves or by mandate), and data stewards",
        {"scheme": "ods or gss", "code": "The code in that scheme"},
    ),
    "relations": Plain(
        "how organisations belong together",
        "That one is an office of another, its area team, its support unit, and from when until when.",
        STEWARDS,
        {"subject": "Of whom it is said", "type": "What it is to the other", "object": "The other"},
    ),
    "relation_types": Plain(
        "what organisations can be to each other",
        "The types of relations, in words from both sides.",
        STEWARDS,
        {
            "type": "The type's key, as in the table relations",
            "name": "In words: is an office of",
            "inverse": "The type seen from the other side",
            "inverse_name": "In words: has the office",
        },
    ),
    "powers": Plain(
        "who may say what about whose plans",
        "What a body, or every body of a kind, can do about another's plans for a stage.",
        STEWARDS,
        {
            "holder": "A body (ods:X24), or a kind of bodies (hwb): each of them",
            "over": "The body or kind whose plans they are; empty: whoever's",
            "stage": "The stage; * for all",
            "power": "none, advise, refer_back or veto",
            "words": "In words, as a reader needs it",
            "citation": "The provision",
            "quotation": "The words of the source",
        },
    ),
    "population_ages": Plain(
        "how many people of which age",
        "Residents of an organisation's area, or people registered there, on a day, by age band.",
        STEWARDS,
        {
            "on": "The day of the count",
            "population_basis": "Whether people live there or are registered there; empty: they live there",
            "age_from": "From this age",
            "age_to": "To this age, inclusive; empty: and over",
            "persons": "People",
        },
    ),
    "succession": Plain(
        "who followed whom",
        "That an organisation passed to another on a day, and what part of it.",
        STEWARDS,
        {
            "predecessor": "Who ended or gave",
            "successor": "Who followed",
            "kind": "What happened: merger, transfer, split",
            "on": "The day",
            "share": "What part of the predecessor passed; parts of one day come to 1 at most",
        },
    ),
    "places": Plain(
        "places",
        "England, its regions and areas, the places of CCGs and councils, and the parts where the two meet.",
        STEWARDS,
        {"place": "The place's key", "body": "Whose place it is, where it is somebody's"},
    ),
    "place_parents": Plain(
        "which place lies in which",
        "That a place lies in another. Everything said of a place holds in those within it.",
        STEWARDS,
        {"child": "The place within", "parent": "The place around it"},
    ),
    "footprints": Plain(
        "where a CCG's and a council's places meet",
        "What share of a CCG's people lives in a council's place, and what share of the council's belongs to the CCG. "
        "The shares of each CCG come to 1 on every day: send all its councils.",
        STEWARDS,
        {
            "ccg_place": "The CCG's place",
            "council_place": "The council's place",
            "part_place": "The place where they meet, if it has a key of its own",
            "small_areas": "Small areas in the overlap; 0 where the shares come from elsewhere",
            "share_of_ccg": "Share of the CCG's people who live in the council's place",
            "share_of_council": "Share of the council's people who are the CCG's",
        },
    ),
    "populations": Plain(
        "how many people",
        "People of a place in a year, by whether they are registered with its practices or resident in it. Money per "
        "head and demand follow them.",
        "the body whose place it is (commissioners, themselves or by mandate), and data stewards",
        {
            "population_basis": "registered (with the CCG's practices), resident (in the place) or weighted (by need)",
            "persons": "People",
        },
    ),
    "stages": Plain(
        "stages and functions",
        "The stages of a patient's way, and the functions that run beside every pathway.",
        STEWARDS,
        {
            "stage": "The stage's key",
            "order": "Where it stands among all stages",
            "allocation_stage": "The stage that its money is planned under; empty where none is",
            "planning_population_min": "The fewest people it should be planned for; advice, decides nothing",
            "planning_population_max": "The most people it should be planned for; advice, decides nothing",
            "planning_note": "Where that advice comes from",
        },
    ),
    "pathways": Plain(
        "pathways",
        "The pathways by tumour group, with the diagnoses they are for.",
        STEWARDS,
        {
            "pathway": "The pathway's key",
            "tumour_group": "The group of cancers",
            "icd10": "ICD-10 codes, with spaces between",
            "big_four": "Whether it is one of the four most common cancers",
        },
    ),
    "pathway_stages": Plain(
        "which stages a pathway has",
        "The stages of a pathway in clinical order, each for the days on which it has that place. Functions belong to "
        "every pathway and are not listed.",
        STEWARDS,
        {},
    ),
    "rules": Plain(
        "the rule book",
        "Who must commission a stage by law, from when until when, with the citation. A rule for a pathway goes before "
        "one for all.",
        STEWARDS,
        {
            "rule": "The rule's key",
            "commissioner": "A body, or who it is of the place: ccg_of_place, icb_of_place, pct_of_place, "
            "scg_of_place, upper_tier_council_of_place, nhs_england, secretary_of_state, support_unit_of_place, "
            "none_named",
            "office": "Which office acts: area_team_of_place or specialised_by_provider",
            "office_default": "The office where that does not tell",
            "population_basis": "Whose people: registered, resident, provider or present",
            "procedure_class": "none, surgery, radiotherapy, ...: what some agreements may not cover",
            "naming": "named (the law names the service) or residual (it falls under a general duty)",
            "citation": "The provision",
            "quotation": "Its words",
            "mark": "V (read in the source) or M (from memory)",
        },
    ),
    **COMPARISONS,
    **RECORDS,
    "claims": Plain(
        "who does what, as you know it",
        "What your body says of who commissions, funds, leads or provides a stage. It stands beside what others and "
        "the law say, and contradicts them openly where it must.",
        "the body in whose name it is said (commissioners, themselves or by mandate)",
        {
            "claim": "Your own key for it; the same key again corrects it",
            "role": "What is done",
            "organisation": "Who does it; empty: nobody does",
            "stage": "The stage or function; empty with role leads: the whole pathway",
            "function": "Which part of the work, where only a part is meant",
            "status": "stated (you say so), confirmed (it was agreed), assumed (you think so)",
            "authority": "On what authority: an agreement, a minute, a provision",
            "quotation": "The words that say so",
            "stated_on": "The day on which it was said; empty: today",
            "review_by": "The day by which it should be looked at again",
            "source": "Where it is written",
        },
    ),
}


def words_of_table(table: str) -> TableWords:
    """The page of one table; KeyError where there is none."""
    model = OWN_ROWS[table]
    return table_words(table, model, model.identity, PLAIN[table], COMMON)


def words_of_tables() -> list[TableWords]:
    """The pages of all tables, in the order in which they refer to each other."""
    return [words_of_table(table) for table in OWN_ROWS]
