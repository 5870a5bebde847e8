"""The responsibility matrix: bodies by stages, one letter for each part a body has."""

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, Reply
from concord_contracts.registry.claims import Role
from concord_contracts.registry.common import AsKnown, NamedBody


class MatrixStage(Reply):
    """A column; stage `*` is the whole pathway."""

    stage: str
    name: str
    kind: str = Field(description="stage, function, or pathway")


class MatrixCell(Reply):
    """What one body does about one stage, in the places asked about; a cell without letters is left out."""

    body: BodyId
    stage: str
    letters: str = Field(description="letters with their marks, separated by one space, as the legend explains them")
    by_law: bool
    roles: list[Role] = []
    claims: list[str] = []
    places: list[Key] = Field(description="of the places asked about, those in which it is so")


class LegendEntry(Reply):
    letter: str
    words: str


class Matrix(AsKnown):
    """Bodies (rows, by kind and name) by stages (columns, in the pathway's order). Letters are derived from the rule
    book and from claims, never entered."""

    pathway: Key
    pathway_name: str
    places: list[Key]
    stages: list[MatrixStage]
    bodies: list[NamedBody]
    cells: list[MatrixCell]
    legend: list[LegendEntry]
