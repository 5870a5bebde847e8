"""Part 3: two texts drafted from the chosen answer, approved, sent, signed; and three refusals on the way."""

from concord_client.show.agreement import contributions_table, show_faults, stages_table
from concord_client.show.problems import show_failure
from concord_contracts.agreements import (
    AgreementView,
    Approval,
    Content,
    DraftIn,
    Reasoned,
    SignatureIn,
    State,
)
from demo import days
from demo.annex import lead_annex, paper_annex
from demo.case import Case, in_words
from demo.expect import expect, refused
from demo.texts import lead_text, pool_text
from demo.walk import Walk

KINDS = {"ods": ("governing-body", "chief officer"), "gss": ("cabinet", "chief executive")}
"""Who decides and who signs, by the code of a body: groups are `ods:`, councils `gss:`."""


def decides(body: str) -> str:
    return KINDS[body.partition(":")[0]][0]


def post(body: str) -> str:
    return KINDS[body.partition(":")[0]][1]


def draft_the_lead(walk: Walk) -> None:
    """Trafford's commissioner drafts the lead agreement; its text has no fault."""
    text = lead_text(walk.case, walk.chosen, walk.chosen_answer)
    trafford = walk.people.at(walk.case.lead, "commissioner")
    with walk.working(f"{walk.case.lead_name} drafts the lead agreement (s.14Z3)"):
        walk.lead = trafford.agreements.draft(
            DraftIn(content=text, reason=f"lead commissioner for {walk.case.groups_words}")
        )
    show_text(walk, walk.lead)
    expect(walk.lead.current.content == text, "what is stored is what was drafted")
    expect(not walk.lead.current.faults, "the lead agreement's text has no fault")


def draft_the_pool_with_excluded(walk: Walk) -> None:
    """Manchester drafts the pool with bronchoscopy in it: regulation 5 stands against it."""
    text = pool_text(walk.case, walk.chosen, walk.chosen_answer, pooled_too=[walk.case.excluded])
    annex = paper_annex(walk)
    council = walk.people.at(walk.case.host, "commissioner")
    with walk.working(f"{walk.case.council_name} drafts the pooled fund (s.75), {walk.case.excluded_words} included"):
        walk.pool = council.agreements.draft(
            DraftIn(content=text, annex=annex, reason=f"pooled fund for {walk.case.pathway_words}")
        )
    show_faults(walk.console, walk.pool.current.faults)
    expect(
        any(f.rule == "excluded-function" and named_in(walk, f.words) for f in walk.pool.current.faults),
        f"the draft names {walk.case.excluded_words} as excluded from a pool",
    )
    problem = refused(lambda: approve(walk, walk.pool, walk.case.host, "cabinet", "first reading"), "not-lawful")
    walk.say(f"Refused: {walk.case.excluded_class} in the pool.", "bold")
    show_failure(walk.console, problem)
    expect("regulation 5" in str(problem), "the refusal names regulation 5")
    walk.met("not-lawful")


def take_excluded_out(walk: Walk) -> None:
    """A second version without it; the text has no fault now."""
    council = walk.people.at(walk.case.host, "commissioner")
    text = pool_text(walk.case, walk.chosen, walk.chosen_answer)
    draft = DraftIn(content=text, annex=paper_annex(walk), reason=f"{walk.case.excluded_words} stays with each group")
    walk.pool = council.agreements.new_version(walk.pool.id, draft, if_match=walk.pool.etag)
    show_text(walk, walk.pool)
    expect(walk.pool.current.number == 2, f"taking {walk.case.excluded_words} out makes a second version")
    expect(not walk.pool.current.faults, "the pool's second version has no fault")


def draft_the_lead_with_too_much(walk: Walk) -> None:
    """The lead drafts with a stage of NHS England in it: section 14Z3 is for functions of the groups only."""
    text = lead_text(walk.case, walk.chosen, walk.chosen_answer, led_too=[walk.case.not_the_groups])
    lead = walk.people.at(walk.case.lead, "commissioner")
    words = walk.case.not_the_groups_words
    with walk.working(f"{walk.case.lead_name} drafts the lead agreement (s.14Z3), {words} included"):
        draft = DraftIn(content=text, annex=lead_annex(walk), reason=f"lead for {walk.case.groups_words}")
        walk.lead = lead.agreements.draft(draft)
    show_faults(walk.console, walk.lead.current.faults)
    expect(
        any(fault.rule == "function-not-covered" for fault in walk.lead.current.faults),
        f"the draft names {words} as no function of the groups",
    )
    problem = refused(lambda: approve(walk, walk.lead, walk.case.lead, "governing-body", "first reading"), "not-lawful")
    walk.say(f"Refused: {words} under the groups' lead.", "bold")
    show_failure(walk.console, problem)
    walk.met("not-lawful")


def leave_it_with_its_commissioner(walk: Walk) -> None:
    """A second version without it; the text has no fault now."""
    lead = walk.people.at(walk.case.lead, "commissioner")
    text = lead_text(walk.case, walk.chosen, walk.chosen_answer)
    reason = f"{walk.case.not_the_groups_words} stays with NHS England"
    draft = DraftIn(content=text, annex=lead_annex(walk), reason=reason)
    walk.lead = lead.agreements.new_version(walk.lead.id, draft, if_match=walk.lead.etag)
    show_text(walk, walk.lead)
    expect(walk.lead.current.number == 2, f"leaving {walk.case.not_the_groups_words} out makes a second version")
    expect(not walk.lead.current.faults, "the lead agreement's second version has no fault")


def refuse_the_finance_officer(walk: Walk) -> None:
    """A chief finance officer cannot commit a group beyond the limit of the office."""
    body = most_committed_ccg(walk.case, walk.lead)
    problem = refused(
        lambda: approve(walk, walk.lead, body, "chief-finance-officer", "under delegated powers"), "exceeds-authority"
    )
    walk.say(f"Refused: {walk.case.names[body]}'s chief finance officer over the limit.", "bold")
    show_failure(walk.console, problem)
    expect("limit" in str(problem), "the refusal states the limit")
    walk.met("exceeds-authority")


def approve_both(walk: Walk) -> None:
    """Every body decides, with its minute, on exactly the text it read."""
    with walk.working(decisions_words(walk)):
        for agreement in walk.texts:
            approve_by_all(walk, agreement)
    read_back(walk)
    for agreement in walk.texts:
        expect(not agreement.current.awaiting_approval, f"every party has approved {agreement.title}")


def named_in(walk: Walk, words: str) -> bool:
    """Whether the excluded stage is named, by its name or its key."""
    name = walk.case.stage_names.get(walk.case.excluded, walk.case.excluded)
    return name.lower() in words.lower() or walk.case.excluded_words in words.lower()


def parties(walk: Walk) -> int:
    """Parties of both texts: the groups on the lead, the host and its groups on the pool."""
    return sum(len(agreement.current.content.parties) for agreement in walk.texts)


def decisions_words(walk: Walk) -> str:
    lead, pool = len(walk.case.ccgs), len(walk.case.host_ccgs)
    on_the_pool = f", {in_words(pool)} and the cabinet on the pool" if walk.case.pooled else ""
    return f"{in_words(parties(walk))} decisions: {in_words(lead)} governing bodies on the lead{on_the_pool}"


def send_both(walk: Walk) -> None:
    """Sent for signature after the check for conflicts with other agreements."""
    for agreement, body in zip(walk.texts, (walk.case.lead, walk.case.host), strict=False):
        send(walk, agreement, body)
    read_back(walk)
    expect(all(agreement.state is State.SENT for agreement in walk.texts), "every text is sent")


def change_a_word_after_a_signature(walk: Walk) -> None:
    """The host, or the lead, signs; then a word changes; the next to sign is refused, no signature carries over."""
    signed = walk.contested
    sign(walk, signed, walk.keeper)
    changed = with_a_word_changed(signed.current.content)
    keeper = walk.people.at(walk.keeper, "commissioner")
    tag = keeper.agreements.get(signed.id).etag
    annex = paper_annex(walk) if walk.case.pooled else lead_annex(walk)
    draft = DraftIn(content=changed, annex=annex, reason="the board meets every month")
    walk.contested = keeper.agreements.new_version(signed.id, draft, if_match=tag)
    second = (walk.partners or [walk.keeper])[0]
    problem = refused(lambda: sign(walk, signed, second), "text-changed")
    walk.say(f"Refused: {walk.case.names[second]} signs the text it read, but a word of it has changed since.", "bold")
    show_failure(walk.console, problem)
    walk.met("text-changed")
    expect(not walk.contested.current.signatures, "the signature on the old text does not carry over to the new one")
    with walk.working("the changed text is approved and sent again"):
        approve_by_all(walk, walk.contested)
        walk.contested = keeper.agreements.get(signed.id)
        send(walk, walk.contested, walk.keeper)


def sign_both(walk: Walk) -> None:
    """Every party signs; with the last signature the agreement is concluded."""
    with walk.working(f"{in_words(parties(walk))} signatures"):
        for agreement in walk.texts:
            sign_by_all(walk, agreement)
    read_back(walk)
    for agreement in walk.texts:
        walk.say(summary(agreement))
        expect(not agreement.current.awaiting_signature, f"every party has signed {agreement.title}")
        expect(
            all(each.digest == agreement.current.digest for each in agreement.current.signatures),
            "each signature is over the text in force",
        )
        expect(agreement.state is State.IN_FORCE, f"{agreement.title} is in force on {days.IN_FORCE}")


def names_of(walk: Walk) -> dict[str, str]:
    """Stages and places in words, for the tables."""
    return walk.case.place_names | {cell.stage: cell.name for cell in walk.before.stages}


def summary(agreement: AgreementView) -> str:
    """Who decided and signed, in a line."""
    version = agreement.current
    decided = sorted({each.role for each in version.approvals})
    return (
        f"{agreement.title}: {len(version.approvals)} decisions with minutes ({', '.join(decided)}), "
        f"{len(version.signatures)} of {len(version.content.parties)} signatures over text {version.digest[:12]}; "
        f"{agreement.state} from {agreement.in_force_from} until {agreement.in_force_until}."
    )


def show_text(walk: Walk, agreement: AgreementView) -> None:
    content = agreement.current.content
    walk.say(f"{agreement.title} (version {agreement.current.number}, text {agreement.current.digest[:12]})", "bold")
    walk.console.print(stages_table(content, names_of(walk)))
    if content.contributions:
        walk.console.print(contributions_table(content, walk.case.names))
    show_faults(walk.console, agreement.current.faults)


def approve_by_all(walk: Walk, agreement: AgreementView) -> None:
    for number, party in enumerate(agreement.current.content.parties, start=1):
        body = party.organisation
        approve(walk, agreement, body, decides(body), f"{days.APPROVED:%Y-%m} item {number}")


def approve(walk: Walk, agreement: AgreementView, body: str, role: str, minute: str) -> AgreementView:
    decision = Approval(
        digest=agreement.current.digest, organisation=body, role=role, decided_on=days.APPROVED, minute=minute
    )
    return walk.people.at(body, role).agreements.approve(agreement.id, decision)


def send(walk: Walk, agreement: AgreementView, body: str) -> AgreementView:
    agreements = walk.people.at(body, "commissioner").agreements
    tag = agreements.get(agreement.id).etag
    return agreements.send(agreement.id, Reasoned(reason="approved by every party", on=days.SENT), if_match=tag)


def sign_by_all(walk: Walk, agreement: AgreementView) -> None:
    for party in agreement.current.content.parties:
        sign(walk, agreement, party.organisation)


def sign(walk: Walk, agreement: AgreementView, body: str) -> AgreementView:
    signature = SignatureIn(
        digest=agreement.current.digest,
        organisation=body,
        name=f"Signatory of {walk.case.names[body]}",
        office=post(body),
        signed_on=days.SIGNED,
    )
    return walk.people.at(body, "signatory").agreements.sign(agreement.id, signature)


def read_back(walk: Walk) -> None:
    """The agreements as the service holds them, on the first full day they are to be in force."""
    walk.lead = walk.people.at(walk.case.lead, "commissioner").agreements.get(walk.lead.id, as_of=days.IN_FORCE)
    if walk.case.pooled:
        walk.pool = walk.people.at(walk.case.host, "commissioner").agreements.get(walk.pool.id, as_of=days.IN_FORCE)


def most_committed_ccg(case: Case, agreement: AgreementView) -> str:
    committed = agreement.current.whole_life_by_party_pence
    return max(case.ccgs, key=lambda body: (committed.get(body, 0), body))


def with_a_word_changed(content: Content) -> Content:
    clauses = [
        clause.model_copy(update={"text": clause.text.replace("every two months", "every month")})
        for clause in content.clauses
    ]
    expect(clauses != content.clauses, "a word of the text is changed")
    return content.model_copy(update={"clauses": clauses})
