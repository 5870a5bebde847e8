"""The case: Greater Manchester, lung cancer, a decision of January 2014 for 2014-15. Bodies and days, no figures.

Figures come from the services; what is written here is who sits at the table, and when they decide.
"""

from datetime import date

PATHWAY = "lung"
AREA = "greater-manchester"
YEARS = ["2014-15", "2015-16"]

DECIDED = date(2014, 1, 15)
"""The day the map is read and the question is asked."""
APPROVED = date(2014, 2, 19)
"""After 28 clear days' notice of a key decision from the day it was decided to ask (SI 2012/2089 regs 8, 9)."""
SENT = date(2014, 2, 26)
SIGNED = date(2014, 3, 12)
STARTS = date(2014, 4, 1)
IN_FORCE = date(2014, 4, 2)
"""The day the map is read again."""
ENDS = date(2016, 4, 1)
REVIEW = date(2015, 1, 15)

TRAFFORD = "ods:02A"
CCGS = {
    "ods:00T": "NHS Bolton CCG",
    "ods:00V": "NHS Bury CCG",
    "ods:00W": "NHS Central Manchester CCG",
    "ods:00Y": "NHS Oldham CCG",
    "ods:01D": "NHS Heywood, Middleton and Rochdale CCG",
    "ods:01G": "NHS Salford CCG",
    "ods:01M": "NHS North Manchester CCG",
    "ods:01N": "NHS South Manchester CCG",
    "ods:01W": "NHS Stockport CCG",
    "ods:01Y": "NHS Tameside and Glossop CCG",
    "ods:02A": "NHS Trafford CCG",
    "ods:02H": "NHS Wigan Borough CCG",
}
"""The twelve clinical commissioning groups of Greater Manchester (Office for National Statistics, April 2013)."""

MANCHESTER = "gss:E08000003"
MANCHESTER_CCGS = ("ods:00W", "ods:01M", "ods:01N")
NAMES = CCGS | {MANCHESTER: "Manchester City Council"}

"""Bodies as the tables name them."""

POOLED_AT_THE_COUNCIL = ("prevention", "awareness")
"""The council's own stages: stop smoking, and awareness-raising."""
POOLED_AT_THE_CCGS = ("care_coordination",)
"""Navigation: nobody is named for it nationally, so it is taken on in the place of each group."""
ALIGNED = ("diagnostic_imaging",)
IN_VIEW = ("thoracic_surgery", "chemotherapy", "radical_radiotherapy", "palliative_radiotherapy")
EXCLUDED = "bronchoscopy"
"""What somebody wants in the pool although regulation 5 keeps it out."""
MOVED_BY_REFERRALS = ("diagnostic_imaging", "generalist_care", "bronchoscopy")
"""Stages whose cases come with referrals, found cancers or not."""
DELEGATED = (
    "early_stages",
    "diagnostic_imaging",
    "generalist_care",
    "bronchoscopy",
    "mdt",
    "nurse_specialists",
    "psychosocial",
    "rehabilitation",
    "follow_up",
    "survivorship",
)
"""CCG functions the lead exercises for the twelve; palliative and end-of-life care stays with each group."""
DELEGATED_OUTSIDE_MANCHESTER = POOLED_AT_THE_CCGS
"""What Manchester's pool covers for its three groups, the lead covers for the nine others."""


def ccg_place(body: str) -> str:
    """The place of a group: `ods:02A` -> `ccg-02A`."""
    return f"ccg-{body.removeprefix('ods:')}"


def council_place(body: str) -> str:
    """The place of a council: `gss:E08000003` -> `la-E08000003`."""
    return f"la-{body.removeprefix('gss:')}"


PLACE_NAMES = {ccg_place(body): name for body, name in CCGS.items()} | {council_place(MANCHESTER): "Manchester"}
"""Places as the tables name them."""
