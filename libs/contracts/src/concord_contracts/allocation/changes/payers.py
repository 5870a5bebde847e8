"""Typed changes of who may pay for what: mechanisms, funds, bars, responsibility."""

from typing import Literal

from concord_contracts.allocation.problem import Bar, Fund, Mechanism
from concord_contracts.allocation.quantities import LineSelection, Words
from concord_contracts.identifiers import Key, Request, ShortText


class SetMechanism(Request):
    """Add a mechanism, or replace the one of the same key: what if this agreement were in force?"""

    kind: Literal["set_mechanism"] = "set_mechanism"
    mechanism: Mechanism
    note: Words | None = None


class RemoveMechanism(Request):
    """End a mechanism. Funds that rest on it must be removed first."""

    kind: Literal["remove_mechanism"] = "remove_mechanism"
    mechanism: Key
    note: Words | None = None


class SetFund(Request):
    """Add a fund, or replace the one of the same key."""

    kind: Literal["set_fund"] = "set_fund"
    fund: Fund
    note: Words | None = None


class RemoveFund(Request):
    kind: Literal["remove_fund"] = "remove_fund"
    fund: Key
    note: Words | None = None


class RemoveEligibility(Request):
    """Bar payers from lines they may pay for today."""

    kind: Literal["remove_eligibility"] = "remove_eligibility"
    bar: Bar
    note: Words | None = None


class ReassignLines(Request):
    """Another body becomes the statutory payer of lines, as when a service moves between commissioners."""

    kind: Literal["reassign_lines"] = "reassign_lines"
    select: LineSelection
    payer: Key
    citation: ShortText
    note: Words | None = None
