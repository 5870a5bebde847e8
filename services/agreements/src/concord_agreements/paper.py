"""The two-page paper a governing body decides on, from stored facts: the version's text and its annex.

Order and tables as governing bodies are used to: for decision; money by payer; stages; options; what binds; risk; law;
quality, equality and privacy; engagement; exit; timetable; how much rests on assumptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from concord_agreements.amounts import in_words
from concord_agreements.contracts_held import NONE_HELD, ContractsHeld
from concord_agreements.facts import RegistryFacts
from concord_agreements.legal_basis import LegalBasis
from concord_agreements.policies.parties import principal
from concord_agreements.risk_share import share_variance
from concord_contracts.agreements import Content, Handling, PaperAnnex, PayerRow
from concord_kit.markdown_text import plain, table

VARIANCE = Decimal("0.05")
"""The over- and underspend that the paper works through."""

_DASH = "–"


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What the paper is made of; `facts` and `basis` are those the text was last checked on."""

    number: int
    digest: str
    content: Content
    annex: PaperAnnex
    facts: RegistryFacts
    basis: LegalBasis | None
    whole_life: dict[str, int]
    annex_digest: str | None = None
    contracts: ContractsHeld = NONE_HELD
    """What the registry holds of the stages' contracts now."""

    def name(self, organisation: str) -> str:
        return self.facts.name(organisation)


def governing_body_paper(paper: PaperFacts) -> str:
    """The paper as Markdown; every word that comes from outside is escaped."""
    parts = [
        _front(paper),
        _payers(paper),
        _stages(paper),
        _options(paper),
        _bullets("What gives way", paper.annex.gives_way),
        _bullets("What binds", paper.annex.binds),
        _bullets("What the next GBP 100k would buy, and a release would lose", paper.annex.candidates),
        _risk(paper),
        _law(paper),
        _assurance(paper),
        _exit(paper),
        _bullets("Timetable", paper.annex.timetable),
        [_footer(paper)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _front(paper: PaperFacts) -> list[str]:
    annex, content = paper.annex, paper.content
    asks = [f"**approve** {_sentence(annex.approve)}"]
    asks += [f"**delegate** {_sentence(annex.delegate)}"] if annex.delegate else []
    asks += [f"**note** {_sentence(annex.note)}"] if annex.note else []
    parties = ", ".join(plain(paper.name(party.organisation)) for party in content.parties)
    return [
        f"# {plain(content.title)}",
        "",
        f"**For decision.** The governing body is asked to {'; '.join(asks)}.",
        "",
        f"Author: {plain(annex.author)}. Clinical lead: {plain(annex.clinical_lead)}. "
        f"Conflicts of interest: {_sentence(annex.conflicts_of_interest)}.",
        "",
        f"Parties: {parties}. Lead or host: {plain(paper.name(principal(content)))}. "
        f"Version {paper.number}, text {paper.digest[:12]}. "
        f"Whole-life commitment: {_commitments(paper)}.",
    ]


def _commitments(paper: PaperFacts) -> str:
    """In whole pounds, all parties and each: what their limits of authority are judged by."""
    each = [f"{plain(paper.name(body))} {_pounds(pence)}" for body, pence in paper.whole_life.items() if pence]
    total = _pounds(sum(paper.whole_life.values()))
    return f"{total} ({', '.join(each)})" if each else total


def _payers(paper: PaperFacts) -> list[str]:
    annex = paper.annex
    first = f"{annex.outturn_year} {plain(annex.outturn_is)}"
    headings = [
        "Payer", first, "Less non-recurrent", "Full-year effect", "Uplift and QIPP", f"{annex.baseline_year} baseline",
        "Option", "Change", "Change %", "Recurrent?",
    ]  # fmt: skip
    rows = [_payer_row(row) for row in annex.payers]
    baseline = sum(row.baseline_gbp for row in annex.payers)
    option = sum(row.option_gbp for row in annex.payers)
    outturn = sum(row.outturn_gbp for row in annex.payers)
    totals = ["Total", _thousands(outturn), "", "", "", _thousands(baseline), _thousands(option)]
    totals += [_signed(option - baseline), _percent(option - baseline, baseline), ""]
    rows.append([f"**{cell}**" if cell else "" for cell in totals])
    numeric = [False, *[True] * 8, False]
    return ["## Table 1. Money by payer, GBP thousand", "", *table(headings, numeric, rows), *_note(annex.payers_note)]


def _payer_row(row: PayerRow) -> list[str]:
    less = None if row.non_recurrent_gbp is None else -row.non_recurrent_gbp
    steps = (less, row.full_year_effect_gbp, row.uplift_and_qipp_gbp)
    change = row.option_gbp - row.baseline_gbp
    return [
        plain(row.name),
        _thousands(row.outturn_gbp),
        *(_DASH if step is None else _signed(step) for step in steps),
        _thousands(row.baseline_gbp),
        _thousands(row.option_gbp),
        _signed(change),
        _percent(change, row.baseline_gbp),
        "yes" if row.recurrent else "no",
    ]


def _stages(paper: PaperFacts) -> list[str]:
    headings = [
        "Stage", "Statutory commissioner", "Provider", "Contract form", "Mechanism", "GBP thousand",
        "Releasable when", "Source grade",
    ]  # fmt: skip
    rows = [
        [
            *_cells(r.name, r.statutory_commissioner, r.provider, r.contract_form, r.mechanism),
            _thousands(r.amount_gbp),
            *_cells(r.releasable_when, r.source_grade),
        ]
        for r in map(paper.contracts.filled, paper.annex.stages)
    ]
    numeric = [*[False] * 5, True, False, False]
    return ["## Table 2. Stages", "", *table(headings, numeric, rows), *_note(paper.contracts.note)]


def _options(paper: PaperFacts) -> list[str]:
    headings = ["Option", "Cost, GBP thousand", "Activity and benefit", "62-day effect", "Risk"]
    rows = [
        [
            plain(row.option),
            _thousands(row.cost_gbp),
            *_cells(row.activity, row.effect_62_day, row.risk),
        ]
        for row in paper.annex.options
    ]
    numeric = [False, True, False, False, False]
    return ["## Table 3. Options", "", *table(headings, numeric, rows), *_note(paper.annex.options_note)]


def _note(words: str) -> list[str]:
    return ["", f"{_sentence(words)}."] if words else []


def _risk(paper: PaperFacts) -> list[str]:
    content = paper.content
    if not content.risk or not content.contributions:
        return ["## Risk share", "", "The text shares no risk: each party bears its own over- and underspends."]
    year = min(item.year for item in content.contributions)
    fund = sum(item.amount_pence for item in content.contributions if item.year == year)
    variance = int(fund * VARIANCE)
    over, under = share_variance(content.risk, variance), share_variance(content.risk, -variance)
    return [
        "## Risk share at ±5%",
        "",
        f"Contributions in {year} come to {_pounds(fund)}; 5% of that is {_pounds(variance)}.",
        "",
        f"- An overspend of 5% would cost {_borne(paper, over)}.",
        f"- An underspend of 5% would return {_borne(paper, {body: -pence for body, pence in under.items()})}.",
    ]


def _borne(paper: PaperFacts, shares: dict[str, int]) -> str:
    return (
        ", ".join(f"{plain(paper.name(body))} {_pounds(pence)}" for body, pence in shares.items() if pence) or "nobody"
    )


def _law(paper: PaperFacts) -> list[str]:
    basis = paper.basis
    if basis is None:
        return ["## Legal basis", "", f"{paper.content.basis} is no legal basis on the day the agreement starts."]
    words = f"{_full(basis.name)} ({plain(basis.citation)})."
    for handling in Handling:
        stages = [scope.stage for scope in paper.content.stages if scope.handling is handling]
        if stages:
            words += f" {_spoken(handling).capitalize()}: {plain(', '.join(map(_spoken, stages)))}."
    said = (_kept_out(paper, basis), _unclear(paper, basis), basis.liability)
    words += "".join(f" {_full(sentence)}." for sentence in said if sentence)
    lines = ["## Legal basis", "", words]
    return [*lines, "", f"On the sources: {_sentence(basis.note)}."] if basis.note else lines


def _kept_out(paper: PaperFacts, basis: LegalBasis) -> str:
    """The stages of the text that the basis excludes from pooling, each with its class."""
    found = [f"{_spoken(stage)} ({_spoken(of)})" for stage, of in _classes(paper) if of in basis.excluded_classes]
    return f"{basis.exclusion_citation} keeps out {', '.join(found)}" if found else ""


def _unclear(paper: PaperFacts, basis: LegalBasis) -> str:
    """The stages of the text of which the law does not say whether they may be pooled."""
    found = [_spoken(stage) for stage, of in _classes(paper) if of in basis.uncertain_classes]
    return f"whether it keeps out {', '.join(found)} too needs a legal view" if found else ""


def _classes(paper: PaperFacts) -> list[tuple[str, str]]:
    """Stage of the text and its procedure class, where the rule book gives one."""
    classes = {cell.stage: cell.procedure_class for cell in paper.facts.cells}
    return [(scope.stage, classes[scope.stage]) for scope in paper.content.stages if scope.stage in classes]


def _assurance(paper: PaperFacts) -> list[str]:
    annex = paper.annex
    said = {
        "Quality": annex.quality,
        "Equality": annex.equality,
        "Privacy": annex.privacy,
        "Engagement": annex.engagement,
    }
    lines = [f"- **{name}.** {plain(words) or 'Not assessed yet.'}" for name, words in said.items()]
    return ["## Quality, equality, privacy, engagement", "", *lines]


def _exit(paper: PaperFacts) -> list[str]:
    content = paper.content
    return [
        "## Exit",
        "",
        f"In force from {content.starts.isoformat()} until {content.ends.isoformat()}, reviewed by "
        f"{content.review_by.isoformat()}. Any party may end it with {content.notice_months} months' notice; "
        "all parties together may end it on any day.",
    ]


def _footer(paper: PaperFacts) -> str:
    cited = paper.content.allocation
    if cited is None:
        return "The text cites no allocation answer: what share of this total rests on assumptions is not known."
    share = Decimal(cited.assumption_share) * 100
    parts = f" ({_sentence(paper.annex.assumptions)})" if paper.annex.assumptions else ""
    return (
        f"**{share.quantize(Decimal('0.1')).normalize():f}% of this total rests on assumptions{parts}.** "
        f"Scenario {plain(cited.scenario)}, answer {cited.answer_digest[:12]}. Figures are rounded; totals are of "
        "unrounded figures."
    )


def _bullets(title: str, sentences: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {plain(sentence)}" for sentence in sentences)] if sentences else []


def _cells(*texts: str) -> list[str]:
    return [plain(text) or _DASH for text in texts]


def _spoken(key: str) -> str:
    return key.replace("_", " ")


def _full(text: str) -> str:
    """The words as a sentence begins and without its stop."""
    return _sentence(text[:1].upper() + text[1:])


def _sentence(text: str) -> str:
    return plain(text).rstrip(".;")


def _pounds(pence: int) -> str:
    """Whole pounds, halves upwards: the schedules of the text have the pence."""
    return in_words((pence + 50) // 100 * 100)


def _thousands(gbp: int) -> str:
    """Whole pounds as thousands, halves away from nought: 1,234,500 is 1,235."""
    thousands = (abs(gbp) + 500) // 1000
    return f"{'-' if gbp < 0 and thousands else ''}{thousands:,}"


def _signed(gbp: int) -> str:
    shown = _thousands(gbp)
    return shown if shown.startswith("-") or shown == "0" else f"+{shown}"


def _percent(change: int, base: int) -> str:
    if base == 0:
        return _DASH
    return f"{Decimal(change) / Decimal(base) * 100:+.1f}" if change else "0.0"
