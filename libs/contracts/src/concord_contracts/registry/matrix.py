"""The responsibility matrix: bodies by stages, one letter for each part a body has."""

from pydantic import Field

from concord_contracts.identifiers import BodyId, Key, Reply
from concord_contracts.registry.claims import Role
from concord_contracts.registry.common import NamedBody
from concord_contracts.registry.rolling import ReExpressed, RolledFrom


class MatrixStage(Reply):
    """A column; stage `*` is the whole pathway."""

    stage: str
    name: str
    kind: str = Field(description="stage, function, or pathway")


class MatrixBody(NamedBody):
    """A row; with `roll_to` a body of that day, and those of the rule book and the claims that it stands for."""

    rolled_from: list[RolledFrom] = []


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


class Matrix(ReExpressed):
    """Bodies (rows, by kind and name) by stages (columns, in the pathway's order). Letters are derived from the rule
    book and from claims, never entered. With `roll_to` the rows are the bodies of that day: each has all the parts of
    those it stands for, whatever share of them reached it."""

    pathway: Key
    pathway_name: str
    places: list[Key]
    place_names: list[str] = Field([], description="what `places` are called on the day, in their order")
    stages: list[MatrixStage]
    bodies: list[MatrixBody]
    cells: list[MatrixCell]
    legend: list[LegendEntry]
