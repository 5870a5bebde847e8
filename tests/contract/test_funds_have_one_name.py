"""A pooled fund is called the same where money is planned into it and where its position is reported."""

from concord_allocation.assembly.keys import joined_key
from concord_contracts.agreements import fund_key


def test_allocation_and_agreements_name_a_fund_alike() -> None:
    agreement = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"
    assert fund_key(agreement) == joined_key("fund", agreement)
