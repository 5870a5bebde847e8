"""Decisions are cited by number, so each has one of its own, in its name as in its heading."""

import re
from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs" / "adr").glob("*.md"))


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [int(one.name[:4]) for one in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


def test_the_heading_says_the_number_of_the_name() -> None:
    for one in DECISIONS:
        said = re.match(r"# (\d+)\. ", one.read_text(encoding="utf-8"))
        assert said, one.name
        assert int(said[1]) == int(one.name[:4])
