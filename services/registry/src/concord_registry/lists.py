"""The registry's lists that are kept as printed: nothing is derived from them."""

from collections.abc import Mapping

LISTS: Mapping[str, str] = {
    "body_kinds": "What kinds of organisation there are, and under which law",
    "contradictions": "Where the reports disagree with each other or with their own arithmetic, kept as printed",
    "districts": "Districts with their upper-tier council and strategic clinical network",
    "hand_overs": "Hand-overs between stages that the reports name as problems, in their words",
    "rule_changes": "What changed in the law, and whether who is responsible changed with it",
    "seed_key_stages": "How what the reports say of a stage in their words is carried to our stages",
    "waiting_standards": "Waiting time standards with thresholds and the days they hold",
}
"""Name of the file without `.csv` -> what it holds."""
