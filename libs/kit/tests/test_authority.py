"""The table decides: each action, role and relation allowed or refused, and for whom."""

import asyncio
from datetime import date

import pytest

from concord_kit.authority import Authority, Grant, Relation, Row
from concord_kit.problems import Problem
from concord_kit.tokens import Principal

TODAY = date(2014, 4, 1)
TRAFFORD, SALFORD, SUPPORT = "ods:02A", "ods:01G", "ods:0AJ"
ROWS = (
    Row("sign", "officer", Relation.SELF),
    Row("draft.write", "officer", Relation.SELF),
    Row("draft.write", "supporter", Relation.MANDATE),
    Row("budget", "officer", Relation.PARTY),
    Row("budget", "supporter", Relation.PARTY_BY_MANDATE),
    Row("budget", "auditor", Relation.AUDITOR),
    Row("map", "*", Relation.ANYONE),
    Row("activate", "activator", Relation.SERVICE, service="agreements"),
)


class Mandates:
    """Trafford lets its support unit draft and read budgets, until April 2015."""

    def __init__(self, *actions: str) -> None:
        self.actions = frozenset(actions or ("draft.*", "budget"))
        self.asked: list[tuple[str, str, date]] = []

    async def in_force(self, holder: str, body: str, on: date) -> frozenset[str]:
        self.asked.append((holder, body, on))
        given = holder == SUPPORT and body == TRAFFORD and on < date(2015, 4, 1)
        return self.actions if given else frozenset()


def principal(**roles: list[str]) -> Principal:
    return Principal("u1", {name.replace("_", ":", 1): frozenset(held) for name, held in roles.items()})


OFFICER = principal(ods_02A=["officer"])
SUPPORTER = principal(ods_0AJ=["supporter"])
AUDITOR = principal(gov_nao=["auditor"])
READER = principal(ods_01G=["reader"])
AGREEMENTS = Principal("service:agreements", {"service:agreements": frozenset({"activator"})})
CALLERS = {"officer": OFFICER, "supporter": SUPPORTER, "auditor": AUDITOR, "reader": READER, "service": AGREEMENTS}


def ask(
    action: str,
    caller: Principal | None,
    acting_for: str | None = None,
    *,
    mandates: Mandates | None = None,
    on: date = TODAY,
    public_reads: bool = True,
) -> Grant:
    table = Authority(ROWS, public_reads=public_reads)
    return asyncio.run(table.grant(action, caller, acting_for, mandates or Mandates(), on))


def refused(*arguments: object, **options: object) -> Problem:
    with pytest.raises(Problem) as raised:
        ask(*arguments, **options)  # type: ignore[arg-type]
    return raised.value


ALLOWED = {
    ("sign", "officer"): TRAFFORD,
    ("draft.write", "officer"): TRAFFORD,
    ("draft.write", "supporter"): TRAFFORD,
    ("budget", "officer"): TRAFFORD,
    ("budget", "supporter"): TRAFFORD,
    ("budget", "auditor"): None,
    ("map", "officer"): TRAFFORD,
    ("map", "supporter"): None,
    ("map", "auditor"): None,
    ("map", "reader"): None,
    ("map", "service"): None,
    ("activate", "service"): None,
}


@pytest.mark.parametrize("action", sorted({row.action for row in ROWS}))
@pytest.mark.parametrize("caller", sorted(CALLERS))
def test_each_action_for_each_caller(action: str, caller: str) -> None:
    for_trafford = TRAFFORD if caller in {"officer", "supporter"} and action != "map" else None
    if caller == "officer":
        for_trafford = TRAFFORD
    if (action, caller) in ALLOWED:
        assert ask(action, CALLERS[caller], for_trafford).acting_for == ALLOWED[action, caller]
    else:
        problem = refused(action, CALLERS[caller], for_trafford)
        assert problem.kind.slug == "not-allowed"
        assert problem.members["action"] == action
        assert problem.members["roles_needed"] == [str(row) for row in ROWS if row.action == action]


@pytest.mark.parametrize("action", sorted({row.action for row in ROWS} - {"map"}))
def test_without_a_token_only_public_reads(action: str) -> None:
    assert refused(action, None).members["reason"] == "missing"


def test_public_reads_need_a_token_where_the_setting_says_so() -> None:
    assert ask("map", None) == Grant(ROWS[6], None)
    assert refused("map", None, public_reads=False).kind.slug == "unauthenticated"
    assert ask("map", READER, public_reads=False).row is ROWS[6]


def test_who_holds_the_role_at_one_body_need_not_name_it_and_at_several_must() -> None:
    assert ask("sign", OFFICER).acting_for == TRAFFORD
    both = principal(ods_02A=["officer"], ods_01G=["officer"], ods_00W=["reader"])
    problem = refused("sign", both)
    assert (problem.kind.slug, problem.members["bodies"]) == ("acting-for-required", [SALFORD, TRAFFORD])
    assert ask("sign", both, SALFORD).acting_for == SALFORD


def test_a_body_where_the_role_is_not_held_is_refused() -> None:
    assert refused("sign", OFFICER, SALFORD).members["acting_for"] == SALFORD
    assert refused("sign", principal(ods_02A=["reader"]), TRAFFORD).kind.slug == "not-allowed"


def test_a_support_body_acts_only_under_a_mandate_in_force_for_that_action() -> None:
    assert ask("draft.write", SUPPORTER, TRAFFORD).row.relation is Relation.MANDATE
    assert refused("draft.write", SUPPORTER, SALFORD).kind.slug == "not-allowed"
    assert refused("draft.write", SUPPORTER, TRAFFORD, on=date(2015, 4, 1)).kind.slug == "not-allowed"
    assert refused("draft.write", SUPPORTER, TRAFFORD, mandates=Mandates("budget")).kind.slug == "not-allowed"


def test_a_mandate_never_lets_a_support_body_sign() -> None:
    everything = Mandates("sign", "sign.*", "*", "draft.*")
    assert refused("sign", SUPPORTER, TRAFFORD, mandates=everything).kind.slug == "not-allowed"


def test_under_a_mandate_the_body_must_be_named() -> None:
    problem = refused("draft.write", SUPPORTER)
    assert (problem.kind.slug, problem.members["bodies"]) == ("acting-for-required", [SUPPORT])


def test_mandates_are_not_looked_up_where_they_play_no_part() -> None:
    mandates = Mandates()
    ask("draft.write", OFFICER, TRAFFORD, mandates=mandates)
    ask("map", SUPPORTER, mandates=mandates)
    assert mandates.asked == []
    ask("draft.write", SUPPORTER, TRAFFORD, mandates=mandates)
    assert mandates.asked == [(SUPPORT, TRAFFORD, TODAY)]


def test_a_service_row_is_for_that_service_with_that_role_only() -> None:
    assert ask("activate", AGREEMENTS).row.service == "agreements"
    impostors = [
        Principal("service:allocation", {"service:allocation": frozenset({"activator"})}),
        Principal("service:agreements", {"service:agreements": frozenset({"reader"})}),
        Principal("u1", {"service:agreements": frozenset({"activator"})}),
    ]
    assert [refused("activate", one).kind.slug for one in impostors] == ["not-allowed"] * 3


def test_a_refusal_says_in_words_what_is_missing() -> None:
    assert refused("sign", OFFICER, SALFORD).detail == (
        "You hold no role at ods:01G that allows this, and no mandate from it does."
    )
    assert refused("sign", READER).detail == "You hold no role that allows this."
    assert refused("activate", OFFICER).detail == "Only agreements may do this, by its own key."


def test_an_action_without_rows_is_nobodys() -> None:
    assert refused("delete-everything", OFFICER).detail == "Nobody may do this."


@pytest.mark.parametrize(("relation", "service"), [(Relation.SELF, "agreements"), (Relation.SERVICE, None)])
def test_a_row_names_a_service_if_and_only_if_it_is_for_one(relation: Relation, service: str | None) -> None:
    with pytest.raises(ValueError, match="names the service"):
        Row("x", "y", relation, service)
