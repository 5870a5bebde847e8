"""Indivisible options: a scanner, a clinic, a contract that is let or not. Binaries in the model."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.quantities import (
    NOT_STATED,
    Amount,
    Benefit,
    Cases,
    CaseSelection,
    LineKey,
    Pounds,
    Provenance,
    Rule,
    Share,
    Words,
    Years,
)
from concord_contracts.identifiers import Key, Request, ShortText


class OptionVolume(Request):
    """Cases that come with an option, a year from its start: at least so many if it is taken, none or at most without.

    at_least x z <= cases <= at_most x z, z = 1 where the option has started.
    """

    select: CaseSelection
    at_least: Cases = 0.0
    at_most: Cases | None = None


class Option(Request):
    """Something that is supported whole or not at all, from a year on; its money is spend on `line`.

    Costs in GBP: `non_recurrent_gbp` in the starting year, `recurrent_gbp` each year from it, `capital_gbp` in the
    starting year; capital that outlives the plan (`life_years`) enters each year at equivalent annual cost instead,
    capital x r / (1 - (1 + r)^-life). `benefit` comes each year from the start, discounted as all benefit. `uses` and
    `supplies`: a year from the start, of resources.
    """

    key: Key
    name: ShortText
    line: LineKey
    starts: Years | None = Field(None, description="years it may start in; none: the first")
    non_recurrent_gbp: Pounds = 0
    recurrent_gbp: Pounds = 0
    capital_gbp: Pounds = 0
    life_years: Annotated[int, Field(ge=1, le=100)] = 1
    capital_rate: Share | None = Field(None, description="none: the problem's discount rate")
    benefit: Benefit = 0.0
    volumes: Annotated[list[OptionVolume], Field(max_length=50)] = []
    uses: dict[Key, Amount] = {}
    supplies: dict[Key, Amount] = {}
    provenance: Provenance = NOT_STATED


class OptionRule(Rule):
    """at_most, at_least, exactly `count` of the options are supported; `requires`: the first only with all others."""

    key: Key
    label: Words
    kind: Literal["at_most", "at_least", "exactly", "requires"]
    options: Annotated[list[Key], Field(min_length=1, max_length=500)]
    count: Annotated[int, Field(ge=0, le=500)] = 1
