"""A short strain of the optimiser's core; `make fuzz` has the long one."""

from tests.fuzz.core import strain

CASES = 120
NUMBER = 1


def test_the_core_answers_or_names_faults_whatever_the_numbers() -> None:
    answers = strain(CASES, NUMBER)
    assert answers["optimal"] > CASES / 10
    assert answers["invalid"] > CASES / 10
    # What is drawn depends on which of our modules are loaded (Hypothesis takes their constants): 2 to 5 of 120.
    assert answers["conflict"] > 0
