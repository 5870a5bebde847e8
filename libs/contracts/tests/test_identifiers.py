import pytest
from pydantic import TypeAdapter, ValidationError

from concord_contracts.identifiers import BodyId, FinancialYear, digest_of, first_day


@pytest.mark.parametrize("wrong", ["2013-15", "2013/14", "13-14", "2013-2014", "1999-01"])
def test_a_financial_year_is_two_years_that_follow_each_other(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(FinancialYear).validate_python(wrong)


def test_the_turn_of_a_century_is_a_financial_year() -> None:
    assert first_day(TypeAdapter(FinancialYear).validate_python("1999-00")).isoformat() == "1999-04-01"


@pytest.mark.parametrize("wrong", ["02N", "ods:", "ODS:02N", "ods:02 N", "ods:02N;drop"])
def test_a_body_is_named_by_scheme_and_code(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(BodyId).validate_python(wrong)


def test_a_digest_does_not_depend_on_the_order_of_members() -> None:
    assert digest_of({"a": 1, "b": ["x"]}) == digest_of({"b": ["x"], "a": 1})


def test_a_digest_refuses_floats_and_says_where() -> None:
    with pytest.raises(ValueError, match="/terms/1/amount"):
        digest_of({"terms": [{}, {"amount": 0.1}]})
