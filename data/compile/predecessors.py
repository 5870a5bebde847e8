"""Which CCGs took over a primary care trust's area: by equal names, else as entered; no licensed lookup was found."""

import re
from collections.abc import Iterator

from data.compile.apportion import millionths, share_text
from data.compile.facts import facts
from data.compile.reference import Reference
from data.compile.tables import Row

REFORM = "2013-04-01"
TITLES = re.compile(r"\b(NHS|CCG|Teaching|Care Trust( Plus)?|Primary Care Trust|PCT)\b")
BY_NAME = "same area by name; functions went to NHS England and the council too"
ENTERED = (
    "areas of the county or city as remembered, from professional memory, not yet verified; where divided, by "
    "registered list of 2013-14; functions went to NHS England and the council too"
)


def trust_successions(ref: Reference) -> Iterator[Row]:
    """One row per primary care trust and CCG, shares by registered list; each trust is succeeded by one CCG or more."""
    by_name = {_bare(name): code for code, (_, name) in ref.ccgs.items()}
    entered = {row["trust"].replace(";", ","): row["ccgs"].split() for row in facts("pct_successors")}
    for trust, name in sorted(ref.trusts_before.items()):
        known = entered.get(name)
        codes = known or [by_name[_bare(name)]]
        shares = millionths({code: ref.qof["LIST"][code] for code in codes})
        for code in codes:
            yield {
                "predecessor": f"ods:{trust}",
                "successor": f"ods:{code}",
                "kind": "split" if len(codes) > 1 else "transfer",
                "on": REFORM,
                "share": share_text(shares[code]),
                "basis": "assumption",
                "source": "",
                "note": ENTERED if known else BY_NAME,
            }


def _bare(name: str) -> str:
    return re.sub(r"[^a-z]", "", TITLES.sub("", name).lower().replace("&", "and"))
