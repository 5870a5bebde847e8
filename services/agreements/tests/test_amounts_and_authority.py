"""Whole-life values, amounts in words, and whose approval is enough."""

from datetime import date

import pytest

from concord_agreements.amounts import financial_year_of, in_words, whole_life_by_party, years_touched
from concord_agreements.authority_limits import AuthorityLimit, Standing, committed, judge, limits_for, several_for
from services.agreements.tests.worlds import MANCHESTER, NORTH, make_pool, pool_document

M = 100_000_000


def limit(role: str, pence: int | None, **changes: object) -> AuthorityLimit:
    values = {
        "body_kind": "ccg",
        "body": "*",
        "decision": "enter_agreement",
        "jointly_with": None,
        "valid_from": date(2013, 4, 1),
        "valid_to": date(9999, 12, 31),
        **changes,
    }
    return AuthorityLimit(role=role, limit_pence=pence, **values)  # type: ignore[arg-type]


LIMITS = {"chief-finance-officer": limit("chief-finance-officer", M), "governing-body": limit("governing-body", None)}


def test_the_refusal_reads_as_a_board_would_say_it() -> None:
    judgement = judge("chief-finance-officer", 240_000_000, LIMITS)
    assert judgement.standing is Standing.EXCEEDS
    assert judgement.words == (
        "Whole-life GBP 2.4m exceeds the chief finance officer's limit of GBP 1m: needs a governing-body minute."
    )
    assert (judgement.limit_pence, judgement.needs) == (M, ("governing-body",))


def test_a_limit_includes_itself() -> None:
    assert judge("chief-finance-officer", M, LIMITS).standing is Standing.SUFFICIENT
    assert judge("chief-finance-officer", M + 1, LIMITS).standing is Standing.EXCEEDS


def test_a_role_without_a_row_has_no_authority() -> None:
    assert judge("receptionist", 1, LIMITS).standing is Standing.NONE


def test_two_who_decide_jointly_are_both_needed() -> None:
    limits = {
        "chief-officer": limit("chief-officer", M, jointly_with="chief-finance-officer"),
        "chief-finance-officer": limit("chief-finance-officer", M // 2),
    }
    assert judge("chief-officer", M, limits).needs == ("chief-finance-officer",)
    assert not committed(dict.fromkeys({"chief-officer"}, limits), M)
    assert committed(dict.fromkeys({"chief-officer", "chief-finance-officer"}, limits), M)
    assert not committed(dict.fromkeys({"chief-finance-officer"}, limits), M)
    assert committed(dict.fromkeys({"chief-finance-officer"}, limits), M // 2)


def test_a_bodys_own_scheme_comes_before_that_of_its_kind() -> None:
    rows = [limit("chief-finance-officer", M), limit("chief-finance-officer", 2 * M, body=NORTH)]
    assert limits_for(rows, NORTH, "ccg", date(2014, 1, 1))["chief-finance-officer"].limit_pence == 2 * M
    assert limits_for(rows, "ods:02A", "ccg", date(2014, 1, 1))["chief-finance-officer"].limit_pence == M
    assert limits_for(rows, "ods:02A", "council", date(2014, 1, 1)) == {}
    assert limits_for(rows, "ods:02A", "ccg", date(2013, 3, 31)) == {}


def test_of_two_limits_of_one_office_and_day_none_is_picked() -> None:
    published = [
        limit("chief-finance-officer", pence, body=NORTH, record=key) for key, pence in (("r1", M), ("r2", 3 * M))
    ]
    loaded = [limit("chief-finance-officer", 2 * M, body=NORTH), limit("chief-officer", M)]
    day = date(2014, 1, 1)
    for rows in (published, published[::-1]):
        assert set(limits_for([*loaded, *rows], NORTH, "ccg", day)) == {"chief-officer"}
        several = several_for([*loaded, *rows], NORTH, "ccg", day)
        assert {one.record for one in several["chief-finance-officer"]} == {"r1", "r2"}
    one_source_each = [*loaded, published[0]]
    assert limits_for(one_source_each, NORTH, "ccg", day)["chief-finance-officer"].limit_pence == M
    assert several_for(one_source_each, NORTH, "ccg", day) == {}


def test_whole_life_runs_recurrent_money_on_to_the_end() -> None:
    assert whole_life_by_party(make_pool())[MANCHESTER] == 120_000_000, "600k in each of two years"
    once = pool_document()
    for contribution in once["contributions"]:
        contribution["recurrent"] = False
    assert whole_life_by_party(make_pool(**once))[MANCHESTER] == 60_000_000


def test_stated_years_are_not_counted_again() -> None:
    document = pool_document()
    document["contributions"].append({**document["contributions"][0], "year": "2015-16", "amount_pence": 10})
    assert whole_life_by_party(make_pool(**document))[MANCHESTER] == 60_000_010


@pytest.mark.parametrize(
    ("day", "year"), [(date(2014, 3, 31), "2013-14"), (date(2014, 4, 1), "2014-15"), (date(1999, 4, 1), "1999-00")]
)
def test_a_financial_year_turns_on_the_first_of_april(day: date, year: str) -> None:
    assert financial_year_of(day) == year


def test_an_agreement_ending_on_the_first_of_april_does_not_touch_that_year() -> None:
    assert years_touched(date(2014, 4, 1), date(2016, 4, 1)) == ["2014-15", "2015-16"]
    assert years_touched(date(2014, 3, 31), date(2014, 4, 2)) == ["2013-14", "2014-15"]


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (240_000_000, "GBP 2.4m"),
        (M, "GBP 1m"),
        (65_000_000, "GBP 650k"),
        (99_999_999, "GBP 999,999.99"),
        (215_770_000, "GBP 2,157,700"),
        (330_000, "GBP 3,300"),
        (1_234_567, "GBP 12,345.67"),
        (100, "GBP 1"),
        (0, "GBP 0"),
        (-6_000_000, "-GBP 60k"),
    ],
)
def test_amounts_in_words_lose_no_penny(pence: int, words: str) -> None:
    assert in_words(pence) == words
