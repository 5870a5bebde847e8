"""How a claim begins, is confirmed, disputed and ended; who is concerned; what an activation replaces."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord_contracts.registry import ActivatedResponsibility, Activation, ClaimStatus, Commitment, Role
from concord_registry import activations
from concord_registry.activations import Held, SequenceConflictError, claims_of, identity, is_news, replacement
from concord_registry.claim_changes import (
    ClaimEndedError,
    ClaimRefusedError,
    asserted,
    bodies_concerned,
    confirmed,
    disputed,
    ended,
)
from concord_registry.world import Claim, Reference
from services.registry.tests.worlds import a_claim

ON = date(2014, 1, 15)


def test_a_body_states_what_is_its_own_and_assumes_what_is_anothers(small_world: Reference) -> None:
    assert asserted(small_world, a_claim()).status is ClaimStatus.STATED
    assert asserted(small_world, a_claim(organisation="gss:P", status=ClaimStatus.ASSUMED)).organisation == "gss:P"
    with pytest.raises(ClaimRefusedError, match="only its own responsibility") as refused:
        asserted(small_world, a_claim(organisation="gss:P"))
    assert refused.value.pointer == "/status"


def test_only_a_body_concerned_displaces_a_claim(small_world: Reference) -> None:
    """By place or by law: naming oneself is not enough, and neither is assuming."""
    assert asserted(small_world, a_claim(displaces="g")).displaces == "g"
    by_law = a_claim(organisation="ods:X24", asserted_by="ods:X24", stage="gp", displaces="g")
    assert asserted(small_world, by_law).displaces == "g"
    for refused in (
        a_claim(organisation="gss:P", asserted_by="gss:P", displaces="g"),
        a_claim(displaces="g", status=ClaimStatus.ASSUMED),
    ):
        with pytest.raises(ClaimRefusedError) as why:
            asserted(small_world, refused)
        assert why.value.pointer == "/displaces"


@pytest.mark.parametrize(
    ("me", "stage", "place", "allowed"),
    [
        ("ods:02A", "imaging", "ccg-02A", True),  # its own place
        ("ods:02A", "imaging", "la-P", True),  # shares ground with its own
        ("ods:02A", "imaging", "ccg-01Y", False),
        ("ods:02A", "imaging", "gm", False),
        ("ods:02A", "imaging", "england", False),
        ("ods:01Y", "imaging", "ccg-01Y~la-Q", True),  # lies in its own
        ("gss:P", "prevention", "ccg-01Y", True),  # named by the rule book
        ("gss:P", "support", "ccg-02A", True),  # its ground
        ("gss:Q", "support", "ccg-02A", False),
        ("ods:X24", "support", "gm", True),  # its office's place
        ("ods:X24", "gp", "england", True),  # named by the rule book everywhere
        ("ods:X24", "support", "england", False),
        ("concord:phe", "registration", "england", True),
    ],
)
def test_a_body_speaks_outright_only_of_what_is_its_own(
    small_world: Reference, me: str, stage: str, place: str, allowed: bool
) -> None:
    claim = a_claim(organisation=me, asserted_by=me, stage=stage, place=place)
    if allowed:
        assert asserted(small_world, claim) == claim
    else:
        with pytest.raises(ClaimRefusedError) as why:
            asserted(small_world, claim)
        assert why.value.pointer == "/place"
    assumed = replace(claim, status=ClaimStatus.ASSUMED)
    assert asserted(small_world, assumed) == assumed
    helps = replace(claim, role=Role.SUPPORTS)
    assert asserted(small_world, helps) == helps


def test_a_confirmed_claim_names_who_it_is(small_world: Reference) -> None:
    with pytest.raises(ClaimRefusedError) as why:
        asserted(small_world, a_claim(organisation=None, status=ClaimStatus.CONFIRMED))
    assert why.value.pointer == "/organisation"


def test_concerned_are_the_named_the_place_and_the_law_but_nobody_for_a_national_expression(
    small_world: Reference,
) -> None:
    local = a_claim(organisation="gss:P", stage="gp", place="ccg-02A", on_behalf_of=("gss:Q",))
    assert bodies_concerned(small_world, local) == {"gss:P", "gss:Q", "ods:02A", "ods:X24"}
    assert bodies_concerned(small_world, a_claim(organisation="ccg_of_place", place="england")) == frozenset()
    assert bodies_concerned(small_world, a_claim(organisation="ods:Q46", place="england")) == {"ods:X24"}


def test_confirming_after_a_dispute_settles_it() -> None:
    contested = disputed(a_claim(), by="gss:P", on=ON, reason="never agreed")
    settled = confirmed(contested, by="ods:02A", on=ON, review_by=date(2015, 1, 15))
    assert (settled.version, settled.status, settled.disputed_by) == (3, ClaimStatus.CONFIRMED, None)
    assert settled.review_by == date(2015, 1, 15)
    with pytest.raises(ClaimRefusedError, match="review"):
        confirmed(contested, by="ods:02A", on=ON, review_by=ON)


def test_a_claim_ends_within_its_period_or_not_at_all() -> None:
    claim = a_claim(valid_to=date(2014, 4, 1))
    assert ended(claim, on=date(2014, 3, 31)).valid_to == date(2014, 3, 31)
    assert ended(claim, on=date(2013, 4, 1)).valid_to == date(2013, 4, 1)
    with pytest.raises(ClaimRefusedError):
        ended(claim, on=date(2013, 3, 31))


@pytest.mark.parametrize("on", [date(2014, 4, 1), date(2020, 1, 1)])
def test_a_claim_that_has_ended_is_history(on: date) -> None:
    claim = a_claim(valid_to=date(2014, 4, 1))
    for change in (
        lambda: ended(claim, on=on),
        lambda: confirmed(claim, by="ods:02A", on=on, review_by=None),
        lambda: disputed(claim, by="ods:02A", on=on, reason="no"),
    ):
        with pytest.raises(ClaimEndedError):
            change()


def test_what_an_agreement_said_changes_only_with_the_agreement() -> None:
    agreed = a_claim(agreement="a1", commitment=Commitment.AGREED)
    for change in (
        lambda: confirmed(agreed, by="ods:02A", on=ON, review_by=None),
        lambda: disputed(agreed, by="ods:02A", on=ON, reason="no"),
        lambda: ended(agreed, on=ON),
    ):
        with pytest.raises(ClaimRefusedError, match="agreement a1"):
            change()


def an_activation(sequence: int, *places: str, digest: str = "0", to: date = date(2016, 4, 1)) -> Activation:
    return Activation(
        sequence=sequence,
        digest=digest * 64,
        basis="s.14Z3",
        effective_from=date(2014, 4, 1),
        effective_to=to,
        responsibilities=[
            ActivatedResponsibility(role=Role.LEADS, organisation="ods:02A", pathway="lung", place=place)
            for place in places
        ],
    )


def test_old_news_changes_nothing_and_a_second_text_under_one_sequence_is_refused() -> None:
    held = Held("a1", 3, "0" * 64, "s.14Z3", date(2014, 4, 1), date(2016, 4, 1))
    assert [is_news(held, an_activation(sequence)) for sequence in (2, 3, 4)] == [False, False, True]
    assert not is_news(held, an_activation(2, digest="1"))
    with pytest.raises(SequenceConflictError):
        is_news(held, an_activation(3, digest="1"))


def test_every_fault_of_an_activation_is_named(small_world: Reference) -> None:
    faulty = Activation(
        sequence=1,
        digest="0" * 64,
        basis="s.75",
        effective_from=date(2014, 4, 1),
        responsibilities=[
            ActivatedResponsibility(role=Role.COMMISSIONS, organisation="ods:99Z", stage="x", pathway="y", place="z"),
            ActivatedResponsibility(
                role=Role.COMMISSIONS, organisation="ods:Q46", on_behalf_of=["ods:OLD"], pathway="lung", place="gm"
            ),
        ],
    )
    assert [(fault.pointer, fault.kind) for fault in activations.faults(small_world, faulty)] == [
        ("/responsibilities/0/organisation", "unknown-organisation"),
        ("/responsibilities/0/stage", "unknown-stage"),
        ("/responsibilities/0/pathway", "unknown-pathway"),
        ("/responsibilities/0/place", "unknown-place"),
        ("/responsibilities/1/organisation", "not-a-legal-person"),
        ("/responsibilities/1/on_behalf_of/0", "not-in-being"),
        ("/responsibilities/1/stage", "missing"),
    ]


def apply_in_order(sent: list[Activation]) -> tuple[int, dict[str, Claim]]:
    """What the registry would hold after these messages."""
    held: Held | None = None
    present: dict[str, Claim] = {}
    versions: dict[str, int] = {}
    for one in sent:
        try:
            if not is_news(held, one):
                continue
        except SequenceConflictError:
            continue
        wanted = claims_of("a1", one, ON, {identity(r): "/".join(identity(r)) for r in one.responsibilities})
        change = replacement(present.values(), wanted, versions)
        for gone in change.withdrawn:
            del present[gone.id]
        for claim in change.written:
            assert claim.version == versions.get(claim.id, 0) + 1
            present[claim.id], versions[claim.id] = claim, claim.version
        held = Held("a1", one.sequence, one.digest, one.basis, one.effective_from, one.effective_to)
    return (held.sequence if held else 0), {
        key: (claim.place, claim.valid_to)
        for key, claim in present.items()  # type: ignore[misc]
    }


MESSAGES = [
    an_activation(1, "ccg-02A"),
    an_activation(2, "ccg-02A", "ccg-01Y"),
    an_activation(3, "ccg-01Y", to=date(2015, 4, 1)),
    an_activation(4),
    an_activation(5, "ccg-02A", "gm"),
]


@given(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=12))
def test_reordered_and_repeated_activations_end_where_the_highest_sequence_says(sent: list[Activation]) -> None:
    highest = max(sent, key=lambda one: one.sequence)
    assert apply_in_order(sent) == apply_in_order([highest])
