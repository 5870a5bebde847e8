"""The tables of records beside the map, in plain words."""

from collections.abc import Mapping

from concord_kit.templates import Plain

SENDERS = "a body whose matter it is (commissioners, themselves or by mandate), and data stewards"
STAGES_OF = "The stages it covers, with spaces between"
PATHWAYS_OF = "The pathways it covers, with spaces between; * for all"
PLACES_OF = "The places it covers, with spaces between"
LINK = "Where it can be read: https://..."
BODY_OF = "For which body"

RECORDS: Mapping[str, Plain] = {
    "people": Plain(
        "people in roles",
        "Names and how to reach them. They stand apart from the roles and can be erased: withdrawing a line erases it.",
        SENDERS,
        {
            "person": "Your own key for the person; erased with the name",
            "name": "The person's name",
            "email": "An address at work",
            "telephone": "A number at work",
            "shown": "What anybody may see: nothing, name, contact",
        },
    ),
    "role_holders": Plain(
        "who holds which role",
        "Leads, commissioners and contacts, from when until when. The role stays readable when the person is erased.",
        SENDERS,
        {
            "holder": "Your own key for the line; never a person's name",
            "role": "Which role",
            "body": BODY_OF,
            "person": "Your own key for the person, as in the table people, or our id; empty: the post is vacant",
            "level": "Of a whole-pathway lead: local, regional, national",
            "place": "For which place; a lead and a contact need it",
            "stage": "Of a contact: the stage; of a hand-over: the stage before it",
            "next_stage": "Of a hand-over contact: the stage after it",
            "skills": "clinical commissioning finance analysis public-health patient-voice, with spaces between",
            "handed_on": "What the next holder must know; never personal data",
        },
    ),
    "advice": Plain(
        "who advised whom",
        "Advice that a commissioner obtained, on what, and what came of it. The first day is the day it was given.",
        SENDERS,
        {
            "advice": "Your own key for it",
            "adviser": "Who advised",
            "advised": "Who was advised",
            "person": "The person who advised, by your key or our id",
            "stage": "On which stage; empty: the whole pathway",
            "subject": "What the advice was about, and what it said",
            "outcome": "What came of it",
            "outcome_words": "And why",
            "outcome_on": "The day on which that was decided",
            "link": LINK,
        },
    ),
    "networks": Plain(
        "networks and reference groups",
        "The reach of a network: tumour groups, stages and places, with host and funders.",
        SENDERS,
        {
            "network": "Your own key for it",
            "body": "The network itself, where it is in the table bodies",
            "host": "The legal person that hosts it and signs for it",
            "funders": "Who pays for it, with spaces between",
            "funding_gbp": "Pounds a year, where it is stated",
            "pathways": PATHWAYS_OF,
            "stages": f"{STAGES_OF}; * for all",
            "places": PLACES_OF,
            "powers": "What it may do beyond advising",
            "remit": "What it is for",
        },
    ),
    "authorisations": Plain(
        "CCGs' authorisations",
        "Whether and when a CCG was authorised, and how it said it will harness the networks' expertise.",
        SENDERS,
        {
            "authorisation": "Your own key for it",
            "body": "The CCG",
            "outcome": "What was decided",
            "conditions": "How many of the 119 criteria were open",
            "network_expertise": "How it will harness the networks' expertise",
            "networks": "Ids of the networks' records, with spaces between",
            "acting_for_it": "For a shadow CCG, who commissions on its behalf",
            "link": LINK,
        },
    ),
    "plans": Plain(
        "plans and strategies",
        "CCG plans, needs assessments, health and wellbeing strategies: which stages each covers, and when.",
        SENDERS,
        {
            "plan": "Your own key for it",
            "title": "Its title",
            "body": "Whose plan it is",
            "with_bodies": "Who made it with them, with spaces between",
            "stages": STAGES_OF,
            "pathways": PATHWAYS_OF,
            "places": PLACES_OF,
            "status": "draft, published or under-review",
            "implements": "Id of the record of the strategy that it carries out here",
            "progress": "How far it has come",
            "link": LINK,
        },
    ),
    "contracts": Plain(
        "contracts",
        "Contracts through which services reach patients. Associates and yearly values have tables of their own.",
        SENDERS,
        {
            "contract": "Your own key for it",
            "title": "What it is for",
            "reference": "Its own number",
            "provider": "Who provides",
            "host": "Who holds it for others, where that is not the coordinator",
            "coordinator": "The coordinating commissioner",
            "form": "How it pays",
            "price_basis": "What is paid for, and at whose price",
            "stages": STAGES_OF,
            "pathways": PATHWAYS_OF,
            "places": PLACES_OF,
            "market_forces_factor": "Such as 1.05",
            "cquin_share": "CQUIN as a share of its value, 0 to 1",
            "notice_months": "The notice period in months",
            "latest_notice_on": "The last day on which notice ends it with its term",
            "notice_given_on": "The day on which notice was given; empty: it was not",
            "releasable_share": "What share of its cost can be released, 0 to 1",
            "releasable_from": "And from when",
            "last_reviewed": "The day of the last review",
            "renewals": "Days on which it was extended, with spaces between: 2014-04-01 2015-04-01",
            "intentions_due": "The day by which commissioning intentions are due",
            "values_public": "Whether anybody may see its values",
        },
    ),
    "contract_associates": Plain(
        "who buys under a contract",
        "Associate commissioners with their shares. Lines are added to those held; withdraw one to take it away.",
        SENDERS,
        {
            "contract": "Your own key for the contract",
            "organisation": "The associate",
            "share": "Its share of the value, 0 to 1",
        },
    ),
    "contract_values": Plain(
        "what contracts come to",
        "A year's value of one kind of money. Lines join those held, or take the place of the same year and kind.",
        SENDERS,
        {
            "contract": "Your own key for the contract",
            "money": "Which of the five kinds of money",
            "value_gbp": "Whole pounds",
        },
    ),
    "risks": Plain(
        "risks of a pathway",
        "What may go wrong, why, how likely and how bad, whose it is and what is done about it.",
        SENDERS,
        {
            "risk": "Your own key for it",
            "title": "The risk in a few words",
            "cause": "Why it may happen",
            "effect": "What it would do",
            "likelihood": "1 (least) to 5",
            "impact": "1 (least) to 5",
            "owner_body": "The body that owns it",
            "owner_role": "The office that owns it there, such as clinical-cancer-lead",
            "mitigation": "What is done about it",
            "due": "When that is due",
            "status": "Where it stands",
        },
    ),
}
