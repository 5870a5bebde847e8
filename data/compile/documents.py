"""The sources: their table, and SOURCES.md, written from the same rows so that the two cannot differ."""

from collections.abc import Iterator

from data.compile.facts import facts
from data.compile.tables import Row

HEAD = """# Sources of the reference data

Written by `python -m data.compile`; one entry per key of `registry/sources.csv`. The codes `E1` to `E83`, also keys
there, are the evidence citations in `allocation/evidence.csv`: several were read as abstracts or press reports of the
named source, so open the source before quoting it outside.

Crown copyright material is used under the Open Government Licence v3.0. Council names and codes: mySociety, CC-BY 4.0.
The reports are quoted in short extracts for criticism and review. No published file is copied here; facts taken from
them are.

## What is a stand-in, and by which rule

`docs/reference-data.md` tells each at more length.

* **Money by place, pathway and stage.** Programme budgeting was published by primary care trust and care setting; we
  have not got it. Each stage has a national total, rate, or remainder of a published total
  (`allocation/stage_totals.csv` says how it was reached); divided over CCGs half by list and half by a disease register
  (lung: chronic obstructive pulmonary disease; the others: cancer); council stages by residents. Whole pounds by
  largest remainder: the parts sum to the stage's total exactly. Programme stages leave out primary medical services,
  council spend and screening, which have lines of their own. To be replaced by import.
* **What the stages do not hold** of the published GBP 5.68bn is named in `allocation/reconciliation.csv`, not spread.
* **Purses** hold exactly what their lines cost in 2013-14, and the same cash in 2014-15 and 2015-16.
* **Headroom** is 2% of a CCG's allocation: printed for fifteen CCGs, for the rest what is left of 63.4bn by list.
* **Public health grants** are printed for 2015-16 for the North and part of the East Midlands, for 2014-15 for London
  and some cities, and taken as equal in the other of the two years; the rest of 2.79bn is divided by residents. 2013-14
  is that less the national growth. Each year sums to the national total.
* **Residents** of the ten boroughs are the mid-2011 estimates; of other councils England's 53.5 million less those, by
  registered list and small areas.
* **Footprints** are the small areas of April 2015, carried back to 2013; Newcastle's are divided between its two CCGs
  of 2013 by list.
* **Primary care trusts to CCGs**: by where a trust's postcodes lie, which is not where its people live; shares under 1%
  are left out and the rest rescaled. The compilation states no licence of its own: ask before it is shipped further.
  Gateshead is by equal names, Newcastle as remembered, by list.
* **Offices for specialised services**: published for Greater Manchester, remembered for the others.
* **Boundary transfers** by CCG: 611m by list; in the example question 611m x the pathway's specialised baseline here
  / 13.0bn.
* **The reports' dates.** Two of the five appeared after January 2014; their claims are about 2013-14 and are loaded as
  valid from April 2013. `stated_on` is the source's date.

## Limits of the dates

A body found in a list without an opening date is recorded from the date of the list. Ends after 2015 are recorded only
where the Organisation Data Service or mySociety prints them. NHS England's name in law remained National Health Service
Commissioning Board after April 2013; the name in use is shown.

## The sources
"""


def source_rows() -> Iterator[Row]:
    """Every key a `source` column may hold: the entered sources, and the evidence citations by their code."""
    yield from facts("sources")
    for row in facts("evidence"):
        yield {
            "source": row["code"],
            "title": row["citation"],
            "publisher": "",
            "date": "",
            "date_precision": "",
            "licence": "figure cited; all rights with the publisher",
            "address": "",
            "taken": "values in curves, unit costs, links and stage money",
            "limits": "several were read as abstracts or press reports of the named source",
        }


def sources_page() -> str:
    """The page, one entry per source, in the order they were entered."""
    return HEAD + "\n" + "\n".join(_entry(row) for row in facts("sources"))


def _entry(row: Row) -> str:
    when = row["date"][: {"year": 4, "month": 7, "day": 10}[row["date_precision"]]]
    licence = row["licence"][0].upper() + row["licence"][1:]
    lines = [f"**`{row['source']}`** {row['title']}. {row['publisher']}, {when}. {licence}."]
    if row["taken"]:
        lines.append(f"Taken: {row['taken']}.")
    if row["limits"]:
        lines.append(f"Limits: {row['limits']}.")
    if row["address"]:
        lines.append(f"<{row['address']}>")
    return " ".join(lines) + "\n"
