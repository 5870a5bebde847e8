"""Which CCGs took over a primary care trust's area, and how much of it: by where its postcodes lie."""

import re
from collections.abc import Iterator
from fractions import Fraction

from data.compile.apportion import millionths, share_text
from data.compile.facts import facts
from data.compile.reference import Reference
from data.compile.tables import Row

REFORM = "2013-04-01"
SOURCE = "pct-ccg-postcodes"
LEAST_PERCENT = Fraction(1)
"""Less of a trust's postcodes than this is taken for the lookup's own error and left out; the rest is rescaled.

No share lies between 0.36 and 1.21 percent; those just above are people known to have changed sides (Royston, Bentham).
"""
TITLES = re.compile(r"\b(NHS|CCG|Teaching|Care Trust( Plus)?|Primary Care Trust|PCT)\b")
PASSED_ON = "functions went to NHS England and the council too"
BY_POSTCODES = f"share of the trust's postcodes, not people, rescaled without those under 1%; {PASSED_ON}"
BY_NAME = f"same area by name; {PASSED_ON}"
ENTERED = f"area as remembered, from professional memory, not yet verified; by registered list of 2013-14; {PASSED_ON}"


def trust_successions(ref: Reference) -> Iterator[Row]:
    """One row per primary care trust and CCG; each trust is succeeded by one CCG or more, its shares sum to 1.

    Where the lookup names a CCG that came later (13T, of 2015): by equal names or as entered, shares by registered
    list.
    """
    by_name = {_bare(name): code for code, (_, name) in ref.ccgs.items()}
    entered = {row["trust"]: row["ccgs"].split() for row in facts("pct_successors")}
    for trust, name in sorted(ref.trusts_before.items()):
        printed = ref.trust_postcodes[trust]
        if printed.keys() <= ref.ccgs.keys():
            kept = {code: percent for code, percent in printed.items() if percent >= LEAST_PERCENT}
            yield from _rows(trust, kept, "derived", SOURCE, BY_POSTCODES)
            continue
        codes = entered.get(name) or [by_name[_bare(name)]]
        lists = {code: Fraction(ref.qof["LIST"][code]) for code in codes}
        yield from _rows(trust, lists, "assumption", "", ENTERED if name in entered else BY_NAME)


def _rows(trust: str, weights: dict[str, Fraction], basis: str, source: str, note: str) -> Iterator[Row]:
    for code, share in sorted(millionths(weights).items()):
        yield {
            "predecessor": f"ods:{trust}",
            "successor": f"ods:{code}",
            "kind": "split" if len(weights) > 1 else "transfer",
            "on": REFORM,
            "share": share_text(share),
            "basis": basis,
            "source": source,
            "note": note,
        }


def _bare(name: str) -> str:
    return re.sub(r"[^a-z]", "", TITLES.sub("", name).lower().replace("&", "and"))
