"""What the data rest on: documents, then how much is published, derived, assumed."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from concord_client.basis import DataSources
from concord_client.show.page import add, percent, pounds, say, table
from concord_contracts.allocation.reference import PathwayPounds
from concord_contracts.registry import FigureBasis


@dataclass(frozen=True)
class Document:
    """A document as one or both services know it; `figures` counts the figures of both that cite it."""

    title: str
    publisher: str | None
    date: str | None
    licence: str | None
    taken: str | None
    limits: str | None
    figures: int


def show_sources(console: Console, found: DataSources) -> None:
    listed = documents(found)
    say(console, f"{len(listed)} documents, by licence", "bold")
    for licence in sorted({one.licence or "" for one in listed}, key=lambda text: (not text, text)):
        console.print(documents_table(licence, [one for one in listed if (one.licence or "") == licence]))
    console.print(figures_table(found))
    if found.allocation is not None:
        console.print(pounds_table(found.allocation.pounds))
    for name, held in (("registry", found.registry), ("allocation", found.allocation)):
        if held is not None:
            say(console, f"{name}: as known at {held.known_at:%Y-%m-%d %H:%M:%S.%f} UTC", "dim")


def documents(found: DataSources) -> list[Document]:
    """Each document once, by title; what only the registry knows of it (licence, what was taken) goes with it."""
    by_key: dict[str, Document] = {}
    for one in found.registry.sources if found.registry else ():
        by_key[one.key] = Document(
            one.title,
            one.publisher,
            _date(one.date, one.date_precision),
            one.licence,
            one.taken,
            one.limits,
            one.figures,
        )
    for cited in found.allocation.sources if found.allocation else ():
        known = by_key.get(cited.key)
        more = cited.figures + (known.figures if known else 0)
        by_key[cited.key] = (
            Document(cited.title, cited.publisher, None, None, None, None, more)
            if known is None
            else Document(known.title, known.publisher, known.date, known.licence, known.taken, known.limits, more)
        )
    return sorted(by_key.values(), key=lambda one: one.title)


def _date(written: str | None, precision: str | None) -> str | None:
    """`2012`, `2012-05` or `2012-05-01`: no more than is known."""
    length = {"year": 4, "month": 7}.get(precision or "day", 10)
    return written[:length] if written else None


def documents_table(licence: str, alike: list[Document]) -> Table:
    """Documents of one licence; what was taken from several alike is said once."""
    made = table(
        licence or "Licence not known to the service asked", "Document:51", "Taken, and its limits:31", ">Cited:6"
    )
    before = ""
    for one in sorted(alike, key=lambda one: (one.taken or "", one.limits or "", one.title)):
        named = ", ".join(filter(None, (one.title, one.publisher, one.date)))
        taken = "; ".join(filter(None, (one.taken, one.limits))) or "-"
        add(made, named, "the same" if taken == before != "-" else taken, f"{one.figures:,}" if one.figures else "-")
        before = taken
    return made


def figures_table(found: DataSources) -> Table:
    made = table(
        "Figures by what they rest on",
        "Service:11",
        "Table:16",
        ">Figures",
        ">Published",
        ">Derived",
        ">Assumption",
        caption="Derived: from published figures by a stated rule. An assumption has a note, and a range where there "
        "can be one.",
    )
    for service, one in _tables(found):
        figures = one.published + one.derived + one.assumption
        shares = (
            f"{percent(count / figures)}" if count else "-" for count in (one.published, one.derived, one.assumption)
        )
        add(made, service, one.table.replace("_", " "), f"{figures:,}", *shares)
    return made


def _tables(found: DataSources) -> Iterator[tuple[str, FigureBasis]]:
    for service, held in (("registry", found.registry), ("allocation", found.allocation)):
        for one in held.tables if held else ():
            if one.published + one.derived + one.assumption:
                yield service, one


def pounds_table(by_pathway: list[PathwayPounds]) -> Table:
    made = table("Baseline spend that rests on assumptions", "Pathway:20", ">Baseline", ">On assumptions", ">Share")
    total = PathwayPounds(
        pathway="all",
        gbp=sum(one.gbp for one in by_pathway),
        assumption_gbp=sum(one.assumption_gbp for one in by_pathway),
    )
    for one in (*by_pathway, total) if len(by_pathway) > 1 else by_pathway:
        add(made, one.pathway, pounds(one.gbp), pounds(one.assumption_gbp), percent(one.share))
    return made
