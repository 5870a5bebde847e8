"""A page about one pathway in one or several places for people who do not work in commissioning: Markdown or HTML.

Short sentences, no abbreviations that are not spelt out, and the source beside each statement. Everything on it is
public: what the registry answers without a sign-in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from concord_client.show.coverage import bodies, by_stage, commissioner
from concord_client.show.page import day_in_words, listed, plain
from concord_contracts.registry import ClaimStatus, Coverage, Finding, FindingKind, Role, StageCoverage

ABOUT = (
    "To commission a service is to decide that there shall be one, to pay for it, and to answer for it. In England "
    "different bodies commission the steps of one patient's way through care. This page says who they are. A "
    "clinical commissioning group (CCG), since July 2022 an integrated care board, is the health service's local "
    "commissioner, a council of public health and social care; NHS England answers for general practice and "
    "specialised services."
)
PLAIN: Mapping[FindingKind, str] = {
    FindingKind.GAP: "We know of nobody who has said that they commission this here.",
    FindingKind.NO_FUNDER: "Nobody has said that they pay for enough of this here.",
    FindingKind.ASSUMED_ELSEWHERE: "Each body believes that another one does this.",
    FindingKind.DUPLICATE: "More than one body says that it does this, and no agreement joins them.",
    FindingKind.DISPUTED: "There is disagreement about who does this.",
    FindingKind.DEPARTS_FROM_RULE: "Somebody other than the body the law names is said to do this.",
    FindingKind.UNCONFIRMED: "The body has not confirmed it for this place.",
    FindingKind.STALE: "What is said is older than the day on which it should have been looked at again.",
}
"""What a finding about a step means for a patient."""

ROLES: Mapping[Role, str] = {
    Role.ACCOUNTABLE: "answers for it",
    Role.COMMISSIONS: "commissions it",
    Role.FUNDS: "pays for it",
    Role.LEADS: "leads it",
    Role.SUPPORTS: "supports it",
    Role.ADVISES: "advises on it",
    Role.COORDINATES: "coordinates it",
    Role.SCRUTINISES: "watches over it",
    Role.PROVIDES: "provides it",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs and a list below it; `level` 1 is the page's own."""

    level: int
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def sections(coverage: Coverage, names: Mapping[str, str]) -> list[Section]:
    """The page. `names` of places, by key."""
    where = listed((names.get(place, place) for place in coverage.places), most=6)
    head = Section(
        1,
        f"{coverage.pathway_name} in {where}: who is responsible",
        (
            ABOUT,
            f"As it stood on {_day(coverage)}, from what was recorded by {coverage.known_at:%Y-%m-%d %H:%M} UTC.",
        ),
    )
    steps = by_stage(coverage.stages)
    whole = [one for one in coverage.findings if one.kind is FindingKind.NO_PATHWAY_LEAD]
    return [
        head,
        Section(2, "The whole way", (_lead(whole, names),)),
        Section(2, "Step by step"),
        *(_step(number, cells) for number, cells in enumerate(steps, 1) if cells[0].kind == "stage"),
        _passing_on(coverage, steps),
        Section(2, "What goes on beside the steps"),
        *(_step(None, cells) for cells in steps if cells[0].kind != "stage"),
        _sources(coverage),
    ]


def _day(coverage: Coverage) -> str:
    return f"{coverage.as_of.day} {coverage.as_of:%B %Y}"


def _lead(missing: Sequence[Finding], names: Mapping[str, str]) -> str:
    if not missing:
        return "One body leads the whole way here, in the area and nationally."
    levels = {"local": "here", "regional": "in the area", "national": "nationally"}
    where = [*dict.fromkeys(levels.get(one.level or "", names.get(one.place, one.place)) for one in missing)]
    *first, last = where
    return f"Nobody is known to lead the whole way {f'{", ".join(first)} and {last}' if first else last}."


def _step(number: int | None, cells: Sequence[StageCoverage]) -> Section:
    """One step: the law, what is said, how far agreements are, what is open."""
    first = cells[0]
    return Section(
        3,
        f"{number}. {first.name}" if number else first.name,
        (_law(cells),),
        tuple(dict.fromkeys([*_said(cells), *_agreed(cells), *_open(cells)])),
    )


def _law(cells: Sequence[StageCoverage]) -> str:
    laws = [cell.statutory for cell in cells if cell.statutory is not None]
    if not any(law.commissioners for law in laws):
        return "The law names nobody for this step, as far as we know."
    cited = listed(dict.fromkeys(law.citation.text for law in laws))
    awaited = "" if all(law.citation.verified for law in laws) else "; we still await its source"
    duty = "" if any(law.naming == "named" for law in laws) else " under a general duty"
    return f"By law this is for {commissioner(cells)}{duty} ({cited}{awaited})."


def _said(cells: Sequence[StageCoverage]) -> Iterable[str]:
    for cell in cells:
        for claim in cell.claims:
            if claim.displaced_by or claim.agreement:
                continue
            who = bodies(claim.organisations) or claim.organisation_said
            when = f" (said on {day_in_words(claim.stated_on)})" if claim.stated_on else ""
            if claim.organisation is None and not claim.organisations:
                yield f"{claim.asserted_by_name} says that nobody is named{when}."
            elif claim.status is ClaimStatus.CONFIRMED:
                yield f"{who} has confirmed that it {ROLES[claim.role]}."
            elif claim.status is ClaimStatus.ASSUMED:
                yield f"{claim.asserted_by_name} assumes that {who} {ROLES[claim.role]}{when}."
            else:
                disputed = "; this is disputed" if claim.status is ClaimStatus.DISPUTED else ""
                yield f"{claim.asserted_by_name} says that {who} {ROLES[claim.role]}{when}{disputed}."
            if claim.interim_payer:
                yield f"{claim.interim_payer.name} pays until the disagreement is settled."


def _agreed(cells: Sequence[StageCoverage]) -> Iterable[str]:
    for cell in cells:
        for one in cell.commitments:
            since = f"{one.since.day} {one.since:%B %Y}"
            yield f"By an agreement since {since}, {one.organisation.name} {ROLES[one.role]}: {one.commitment.value}."


def _open(cells: Sequence[StageCoverage]) -> Iterable[str]:
    for cell in cells:
        for one in cell.findings:
            if one.kind in PLAIN:
                yield f"Open: {PLAIN[one.kind]}"


def _passing_on(coverage: Coverage, steps: Sequence[Sequence[StageCoverage]]) -> Section:
    held = {cells[0].stage: cells for cells in steps}
    pairs = dict.fromkeys((one.stage, one.next_stage) for one in coverage.findings if one.kind is FindingKind.HAND_OVER)
    items = []
    for before, after in pairs:
        first, second = held.get(before or ""), held.get(after or "")
        if first and second:
            items.append(f"From {first[0].name} ({commissioner(first)}) to {second[0].name} ({commissioner(second)}).")
    words = "Here one body's part ends and another's begins. It is worth asking who makes sure that nobody is lost."
    return Section(2, "Where you pass from one body's care to another's", (words,) if items else (), tuple(items))


def _sources(coverage: Coverage) -> Section:
    titles = {claim.source for cell in coverage.stages for claim in cell.claims if claim.source and not claim.agreement}
    laws = {cell.statutory.citation.source for cell in coverage.stages if cell.statutory}
    return Section(2, "Where this comes from", (), tuple(sorted(titles | {law for law in laws if law})))


def as_markdown(page: Iterable[Section]) -> str:
    """The page as Markdown; what an answer holds is text, never markup."""
    lines: list[str] = []
    for one in page:
        lines += [f"{'#' * one.level} {_literal(one.heading)}", ""]
        for words in one.paragraphs:
            lines += [_literal(words), ""]
        if one.items:
            lines += [*(f"- {_literal(item)}" for item in one.items), ""]
    return "\n".join(lines).rstrip() + "\n"


def _literal(text: str) -> str:
    """`text` with the characters that Markdown would read escaped."""
    return "".join(f"\\{char}" if char in r"\`*_[]<>#|" else char for char in " ".join(plain(text).split()))


STYLE = "body{font:1.05em/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em}h3{margin-bottom:.2em}"


def as_html(page: Sequence[Section]) -> str:
    """The page as one HTML document without scripts or foreign addresses."""
    body: list[str] = []
    for one in page:
        body.append(f"<h{one.level}>{escape(plain(one.heading))}</h{one.level}>")
        body += [f"<p>{escape(plain(words))}</p>" for words in one.paragraphs]
        if one.items:
            body.append("<ul>" + "".join(f"<li>{escape(plain(item))}</li>" for item in one.items) + "</ul>")
    title = escape(plain(page[0].heading))
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )
