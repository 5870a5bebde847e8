"""The tables of what stages are planned for, held against and guided by, in plain words."""

from collections.abc import Mapping

from concord_kit.templates import Plain

STEWARDS = "data stewards"
STAGES_OF = "The stages it is about, with spaces between"
PATHWAYS_OF = "The pathways it is about, with spaces between; * for all"
MARK = "V (read in the source) or M (from memory)"

COMPARISONS: Mapping[str, Plain] = {
    "planning_thresholds": Plain(
        "for how many people to plan",
        "Populations and activity that services are best planned for, as reports state them. Advice: decides nothing.",
        STEWARDS,
        {
            "threshold": "Its key",
            "rule": "What it says",
            "measure": "What is counted: planning_population, hospitals, people_or_procedures_per_year",
            "at_least": "The least",
            "at_most": "The most",
            "unit": "What is counted, in words",
            "stages": STAGES_OF,
            "quotation": "The words that say so",
        },
    ),
    "services": Plain(
        "services within stages",
        "The services that a stage is made of, with what each should be planned for. Advice: decides nothing.",
        STEWARDS,
        {
            "service": "Its key",
            "pathways": PATHWAYS_OF,
            "population_basis": "Whose people: registered, resident, provider or present",
            "planning_population_min": "The fewest people it should be planned for",
            "planning_population_max": "The most people it should be planned for",
            "minimum_volume": "The least that one provider should do in a year",
            "volume_unit": "What is counted, in words",
            "hospitals_max": "The most hospitals in England that should provide it",
            "threshold": "The planning thresholds it comes from",
            "commissioner": "Only where the law names another for it than for the stage",
            "citation": "The provision that does",
        },
    ),
    "comparators": Plain(
        "what stages are held against",
        "Standards and best practice that what is reached is compared with.",
        STEWARDS,
        {
            "comparator": "Its key",
            "stages": STAGES_OF,
            "pathways": PATHWAYS_OF,
            "direction": "at_least or at_most: on which side of the value it should be",
            "value": "The value; empty where it is measured and there is no standard",
            "unit": "share (0 to 1), or what is counted",
            "measured_from": "Where the clock starts",
            "measured_to": "Where it stops",
            "measured_as": "Measures of publishers' files that say what was reached, with spaces between",
            "kind": "standard, best_area (what the best reach) or need (what the evidence asks for)",
        },
    ),
    "comparator_values": Plain(
        "what was reached",
        "What was reached in a place in a period, in the unit of the comparator.",
        "the body whose place it is (commissioners, themselves or by mandate), and data stewards",
        {
            "comparator": "The comparator, as in the table comparators",
            "period": "The period: 2013-14, 2013-14 Q4, 2014-03",
            "value": "What was reached",
        },
    ),
    "guidance": Plain(
        "strategies and guidance",
        "What is to be followed, and from when until when. An edition that is followed by another names it.",
        STEWARDS,
        {
            "guidance": "Its key",
            "title": "Its title",
            "publisher": "Who published it",
            "kind": "strategy, guidance, standard or law",
            "published_on": "The day it came out, as far as it is known",
            "date_precision": "year, month or day",
            "version": "Its version or number",
            "superseded_by": "What followed it",
            "mark": MARK,
            "address": "Where it can be found",
        },
    ),
    "guidance_links": Plain(
        "what guidance is about",
        "The stage that guidance is about, who is to act on it, and how far a body has come with it.",
        "the body that is to act (commissioners, themselves or by mandate), for itself; data stewards",
        {
            "guidance": "The guidance, as in the table guidance",
            "organisation": "Who is to act: a body, or who it is of the place; empty: not said",
            "progress": "not-begun, under-way or done",
        },
    ),
    "responsible_rules": Plain(
        "whose a person is",
        "Which fact about a person (registration, residence, presence) says whose the person is.",
        STEWARDS,
        {
            "responsible_rule": "Its key",
            "population_basis": "For rules about whose people: registered, resident, provider or present",
            "person": "registered, unregistered or any",
            "taken_from": "registration, residence, presence or none",
            "words": "What it says",
            "citation": "The provision",
            "quotation": "Its words",
            "mark": MARK,
        },
    ),
}
"""By table."""
