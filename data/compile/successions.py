"""Who followed whom: bodies of the health service and councils, with shares where they are known."""

from collections.abc import Iterable, Iterator

from data.compile.apportion import millionths, share_text
from data.compile.other_bodies import other_successions
from data.compile.predecessors import trust_successions
from data.compile.reference import Reference
from data.compile.tables import OPEN_END, Row


def successions(ref: Reference, known: set[str]) -> Iterator[Row]:
    """Mergers and splits among `known` bodies, what followed councils and trusts; boards are reckoned by ground."""
    pairs = [(f"ods:{f}", f"ods:{t}", on) for f, t, on in ref.successions]
    # A trust's provider arm is listed under the trust's own code; what follows a trust is entered elsewhere.
    before = {f"ods:{code}" for code in ref.trusts_before}
    pairs = [pair for pair in pairs if pair[0] in known and pair[1] in known and pair[0] not in before]
    yield from _shared(pairs, "merger", "ods-successors-2023", "legal date")
    yield from _councils_after(ref)
    yield from trust_successions(ref)
    yield from other_successions()


def _shared(pairs: Iterable[tuple[str, str, str]], kind: str, source: str, note: str) -> Iterator[Row]:
    """Successions with the predecessor's share of each successor; equal where it is not known.

    A body that is succeeded again later went on in between: it kept a part, equal to the others'. So hub 13W gave a
    third each to 14J and 14K in 2016, and the third that it kept to 27T in 2020.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for predecessor, successor, on in pairs:
        groups.setdefault((predecessor, on), []).append(successor)
    for (predecessor, on), successors in groups.items():
        went_on = any(other == predecessor and later > on for other, later in groups)
        shares = millionths(dict.fromkeys([*successors, *([predecessor] if went_on else [])], 1))
        alone = len(shares) == 1
        kept = "; what it kept passed on later" if went_on else ""
        for successor in successors:
            yield {
                "predecessor": predecessor,
                "successor": successor,
                "kind": kind if alone else "split",
                "on": on,
                "share": share_text(shares[successor]),
                "basis": "published" if alone else "assumption",
                "source": source,
                "note": note if alone else f"{note}; divided equally, the shares are not published{kept}",
            }


def _councils_after(ref: Reference) -> Iterator[Row]:
    by_code = {row["local-authority-code"]: f"gss:{row['gss-code']}" for row in ref.councils}
    pairs = [
        (f"gss:{row['gss-code']}", by_code[code.strip()], row["end-date"])
        for row in ref.councils
        for code in row["replaced-by"].split(",")
        if code.strip() in by_code and row["end-date"] != OPEN_END
    ]
    yield from _shared(pairs, "merger", "mysociety-councils", "reorganisation of local government")
