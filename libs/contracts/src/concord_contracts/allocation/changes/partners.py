"""Typed changes of who takes part: a payer comes in, joins an arrangement, or leaves it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.problem import Fund, FundContribution, Mechanism, Payer, Purse
from concord_contracts.allocation.quantities import Keys, LineSelection, Words
from concord_contracts.identifiers import FinancialYear, Key, Request, ShortText


class PoolContribution(FundContribution):
    """What a purse of the payer that joins may pay into a fund that is there, GBP a year between the two bounds."""

    fund: Key


class Joining(Request):
    """An arrangement in force becomes the payer's too, with what it may put into its funds."""

    mechanism: Key
    contributions: Annotated[list[PoolContribution], Field(max_length=200)] = []


class Responsibility(Request):
    """Lines that a payer is the statutory payer of, and the rule that makes it so."""

    select: LineSelection
    citation: ShortText


class NewPayer(Request):
    """A body that does not pay today comes in: with its money, and with what lets it pay.

    It may pay as a party to a `mechanism` that is new (with a `fund` on it where it pools), to arrangements that are
    there (`joins`), or because it becomes responsible for lines. One that could pay for nothing is refused.
    """

    kind: Literal["new_payer"] = "new_payer"
    payer: Payer
    purses: Annotated[list[Purse], Field(min_length=1, max_length=50)]
    mechanism: Mechanism | None = None
    fund: Fund | None = None
    joins: Annotated[list[Joining], Field(max_length=50)] = []
    responsible_for: Responsibility | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _may_pay_by_something(self) -> Self:
        if self.mechanism is None and not self.joins and self.responsible_for is None:
            raise ValueError("say what lets it pay: `mechanism`, `joins` or `responsible_for`")
        if self.fund is not None and self.mechanism is None:
            raise ValueError("a new fund rests on a new `mechanism`; to pay into one that is there, join its mechanism")
        return self


class JoinPool(Joining):
    """A payer becomes a party to an arrangement in force and may put money into its funds."""

    kind: Literal["join_pool"] = "join_pool"
    payer: Key
    note: Words | None = None


class LeavePool(Request):
    """A payer withdraws from pooled arrangements, with what its purses put in; for the whole plan or from a year on.

    Others lose the right to pay for its lines through them, it loses the right to pay for theirs: those lines fall
    back on who is responsible by law. Money stays with its owner. An arrangement that reaches nobody's function any
    more ends with its funds. `from_year`: the first year after its notice has run; what it put in before is spent
    before, and what was signed for later years falls away.
    """

    kind: Literal["leave_pool"] = "leave_pool"
    payer: Key
    mechanisms: Keys | None = Field(None, description="none: every pooled arrangement that it is a party to")
    from_year: FinancialYear | None = Field(None, description="none: the whole plan")
    note: Words | None = None
