"""How each operation is reached by the command line: the table that the test of all operations works through.

A line is what is typed after `concord`; `{name}` stands for a file with a valid body. Each query parameter of the
operation is added as an option of its own name, unless `named` has another for it, or says that the line tells it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

BY_THE_LINE = ""
"""Told by the line itself: an argument, a file's name or ending, or what is sent unasked."""
EVERY_PAGE = {"limit": BY_THE_LINE, "cursor": BY_THE_LINE}
"""The command reads every page, at the first one's position; there is no page to choose."""
UP_TO_LIMIT = {"cursor": BY_THE_LINE}
"""The command reads page after page, up to the limit."""

IN_A_FORM = dict.fromkeys(("table", "action", "dry_run", "reason"), BY_THE_LINE)
"""How one of our forms is sent, which the line says in options of its own."""


@dataclass(frozen=True)
class Way:
    """A command line, and which option stands for a query parameter of another name."""

    line: str
    named: Mapping[str, str] = field(default_factory=dict)


def _records(command: str, plural: str, singular: str, body: str) -> dict[str, Way]:
    return {
        f"list_{plural}": Way(f"{command} list", EVERY_PAGE),
        f"enter_{singular}": Way(f"{command} enter {{{body}}}"),
        f"read_{singular}": Way(f"{command} show r1"),
        f"correct_{singular}": Way(f"{command} correct r1 {{{body}}}"),
        f"end_{singular}": Way(f"{command} end r1 --reason over"),
    }


REGISTRY: Mapping[str, Way] = {
    "read_activation": Way("agreement on-map a1"),
    **_records("advice", "advice", "advice", "AdviceIn"),
    **_records("authorisation", "authorisations", "authorisation", "AuthorisationIn"),
    **_records("contract", "contracts", "contract", "ContractIn"),
    **_records("network", "networks", "network", "NetworkIn"),
    **_records("local-plan", "plans", "plan", "PlanIn"),
    **_records("risk", "risks", "risk", "RiskIn"),
    **_records("role", "role_holders", "role_holder", "RoleHolderIn"),
    **_records("authority", "signing_authorities", "signing_authority", "SigningAuthorityIn"),
    "list_changes": Way("changes"),
    "stream_changes": Way("changes --follow"),
    "list_claims": Way("claim list", {"asserted_by": "--by"}),
    "assert_claim": Way("claim assert --place ccg-02A --from 2013-04-01 --stage imaging --organisation ods:02A"),
    "record_in_bulk": Way("claim bulk {claims.csv} --reason surveyed"),
    "read_claim": Way("claim history c1"),
    "confirm_claim": Way("claim confirm c1 --reason minuted --if-match v"),
    "correct_claim": Way("claim correct c1 {ClaimCorrection} --if-match v"),
    "dispute_claim": Way("claim dispute c1 --reason wrong --if-match v"),
    "end_claim": Way("claim end c1 --reason over --if-match v"),
    "pay_meanwhile": Way("claim pay-meanwhile c1 --reason care --if-match v"),
    "withdraw_claim": Way("claim withdraw c1 --reason mistaken --if-match v"),
    "list_clinical_leads": Way("leads"),
    "read_commissioners": Way("who imaging", {"stage": BY_THE_LINE}),
    "list_comparators": Way("pathway comparators", EVERY_PAGE),
    "read_contacts": Way("who-to-contact imaging", {"stage": BY_THE_LINE}),
    "read_coverage": Way("map lung", {"pathway": BY_THE_LINE}),
    "list_exports": Way("export tables"),
    "read_export": Way("export csv bodies --out {folder}", EVERY_PAGE),
    "search_fhir_organizations": Way("export fhir --out {folder}", {"_count": "", "cursor": "", "type": "--kind"}),
    "read_fhir_organization": Way("export resource Organization ods-02A"),
    "search_fhir_affiliations": Way(
        "export fhir --out {folder}",
        {
            "_count": "",
            "cursor": "",
            "primary-organization": "--primary",
            "participating-organization": "--participating",
        },
    ),
    "read_fhir_affiliation": Way("export resource OrganizationAffiliation x1"),
    "read_fhir_capabilities": Way("export capabilities"),
    "list_files": Way("data files"),
    "import_file": Way("data import {ods.csv}", {"name": BY_THE_LINE}),
    "list_file_formats": Way("data formats"),
    "read_file": Way("data files 1"),
    "reconcile_file": Way("data reconcile 1"),
    "withdraw_file": Way("data withdraw-file 1 --reason wrong"),
    "list_findings": Way("findings list", UP_TO_LIMIT),
    "list_findings_ahead": Way("findings ahead", UP_TO_LIMIT),
    "list_finding_changes": Way("findings changes", UP_TO_LIMIT),
    "read_fragmentation": Way("findings ranking lung", {"pathway": BY_THE_LINE}),
    "list_guidance": Way("pathway guidance", EVERY_PAGE | {"organisation": "--for", "in_force": BY_THE_LINE}),
    "list_imports": Way("data imports --service registry", {"acting_for": "--body"}),
    "import_rows": Way("data import {lines.csv} --service registry --withdraw --dry-run --reason r",
                       IN_A_FORM),
    "list_import_templates": Way("data templates --service registry"),
    "read_import_template": Way("data template bodies --service registry --out {new.xlsx}"),
    "read_import": Way("data imports 1 --service registry"),
    "read_jsna": Way("jsna la-E08000009", {"place": BY_THE_LINE}),
    "list_mandates": Way("mandate list"),
    "grant_mandate": Way("mandate grant ods:0AJ --action claims.confirm --from 2013-04-01"),
    "end_mandate": Way("mandate end m1 --reason over"),
    "read_matrix": Way("matrix lung", {"pathway": BY_THE_LINE}),
    "list_measures": Way("data measures x-measure", {"measure": BY_THE_LINE}),
    "list_measure_kinds": Way("data measures"),
    "read_national": Way("map --england"),
    "read_network_coverage": Way("networks"),
    "list_organisations": Way("body list x-q", {"q": BY_THE_LINE}),
    "read_organisation": Way("body show ods:02A"),
    "list_holdings": Way("body holdings ods:02A"),
    "read_organisation_responsibilities": Way("who ods:02A"),
    "list_pathways": Way("pathway list"),
    "read_pathway": Way("pathway show lung"),
    "list_pathway_versions": Way("pathway versions lung"),
    "change_pathway": Way("pathway change lung {PathwayVersionIn} --if-match v"),
    "list_people": Way("people list", EVERY_PAGE),
    "enter_person": Way("people enter --name N"),
    "erase_person": Way("people erase p1"),
    "read_person": Way("people show p1"),
    "change_person": Way("people change p1 --name N"),
    "list_places": Way("place list", EVERY_PAGE),
    "read_place": Way("place show ccg-02A"),
    "list_place_overlaps": Way("place overlaps ccg-02A"),
    "read_plan_coverage": Way("plan-coverage lung", {"pathway": BY_THE_LINE}),
    "list_planning_distances": Way("advise distance", EVERY_PAGE),
    "read_planning_sets": Way("advise sets ods:02A"),
    "list_planning_thresholds": Way("advise thresholds"),
    "list_populations": Way("place people ccg-02A", {"place": BY_THE_LINE}),
    "list_powers": Way("body powers ods:02A", {"organisation": BY_THE_LINE}),
    "list_reference_lists": Way("data list --service registry"),
    "read_reference_list": Way("data list waiting_standards --service registry", EVERY_PAGE),
    "read_reference_summary": Way("data sources --service registry"),
    "list_relation_types": Way("body relations"),
    "list_reorganisations": Way("reorganise list"),
    "reorganise": Way("reorganise preview {ReorganisationIn}", {"dry_run": BY_THE_LINE}),
    "read_reorganisation": Way("reorganise show r1"),
    "list_responsibilities": Way("responsibilities", EVERY_PAGE),
    "read_responsible_commissioner": Way("rule person imaging", {"stage": BY_THE_LINE}),
    "read_risk_register": Way("risks lung", {"pathway": BY_THE_LINE}),
    "list_rules": Way("rule list", EVERY_PAGE),
    "list_rule_changes": Way("rule changes"),
    "change_rules": Way("rule change {RuleChangeIn} --if-match v"),
    "preview_rule_change": Way("rule preview {RuleChangeIn}"),
    "read_rule_change": Way("rule changes r1"),
    "list_rule_versions": Way("rule versions", EVERY_PAGE),
    "search": Way("search x-q", {"q": BY_THE_LINE}),
    "list_services": Way("pathway services", EVERY_PAGE),
    "list_stages": Way("pathway stages"),
    "list_terms": Way("data terms x-scheme", {"scheme": BY_THE_LINE}),
    "list_webhooks": Way("webhook list"),
    "create_webhook": Way("webhook create https://example.org/changes"),
    "read_webhook": Way("webhook show w1"),
    "list_deliveries": Way("webhook deliveries w1"),
    "decide_webhook": Way("webhook decide pause w1 --reason quiet"),
}  # fmt: skip

QUESTIONS = ("alternatives", "frontier", "least-change", "monte-carlo", "nobody-worse", "ranges", "regret",
             "ring-fences", "steps", "target", "tornado")  # fmt: skip
ID = "018f2b6e-0000-7000-8000-000000000000"
ALLOCATION: Mapping[str, Way] = {
    "appraise": Way(f"ask appraisal {ID} {ID} {ID}"),
    "list_changes": Way("changes --service allocation"),
    "divide_claims": Way("share claims {ClaimsRequest}"),
    "divide_stated_game": Way("share game {GameRequest}"),
    "list_imports": Way("data imports --service allocation", {"acting_for": "--body"}),
    "import_rows": Way("data import {lines.csv} --service allocation --withdraw --dry-run --reason r",
                       IN_A_FORM),
    "list_import_templates": Way("data templates --service allocation"),
    "read_import_template": Way("data template lines --service allocation --out {new.xlsx}", {"payer": "--body"}),
    "read_import": Way("data imports 1 --service allocation"),
    "write_problem": Way("problem convert {Problem} {new.xlsx}", {"form": BY_THE_LINE}),
    "check_problem": Way("problem check {Problem}"),
    "read_form": Way("problem form {new.xlsx}"),
    "read_tables": Way("problem check {tables}"),
    "read_workbook": Way("problem check {workbook.xlsx}"),
    "read_programme": Way("problem check {programme.mps}", {"form": BY_THE_LINE, "title": BY_THE_LINE}),
    "read_schema": Way("problem schema"),
    "solve_plain_programme": Way("solve {programme.mps}", {"form": BY_THE_LINE, "seconds": BY_THE_LINE}),
    **{f"ask_{kind.replace('-', '_')}": Way(f"ask {kind} {{Problem}} {{{kind}}}") for kind in QUESTIONS},
    **{f"ask_{kind.replace('-', '_')}_of_scenario": Way(f"ask {kind} s1 {{{kind}}}") for kind in QUESTIONS},
    "list_figures": Way("data figures x-table", {"table": BY_THE_LINE}),
    "list_reference_lists": Way("data list --service allocation"),
    "read_reference_list": Way("data list x-list --service allocation", EVERY_PAGE),
    "list_sources": Way("data documents"),
    "read_reference_summary": Way("data sources --service allocation"),
    "list_prepared_what_ifs": Way("data what-ifs"),
    "list_due": Way("retention due"),
    "remove_due": Way(f"retention remove {'a' * 64} --reason due"),
    "list_removed": Way("retention removed"),
    "list_scenarios": Way("scenarios"),
    "create_scenario": Way("plan lung --year 2014-15"),
    "read_scenario": Way("scenario s1"),
    "compare_scenarios": Way("ask compare s1 s2"),
    "read_difference": Way("ask difference s1"),
    "read_digests": Way("ask digests s1"),
    "read_problem": Way("scenario s1 --problem {new.json}"),
    "reproduce": Way("ask again s1"),
    "share_scenario": Way("share scenario s1"),
    "ask_what_if": Way("what-if s1 {WhatIfRequest}"),
    "share_problem": Way("share problem {SharingRequest}"),
    "solve": Way("solve {Problem}"),
    "ask_what_if_of_problem": Way("what-if {Problem} {WhatIfRequest}"),
}  # fmt: skip

AGREEMENTS: Mapping[str, Way] = {
    "list_agreements": Way("agreement list"),
    "draft_agreement": Way("agreement draft {DraftIn}"),
    "read_agreement": Way("agreement show a1"),
    "approve_agreement": Way(
        f"agreement approve a1 --for ods:02A --role governing-body --minute 14/1 --digest {'a' * 64}"
    ),
    "move_commitment": Way("agreement commit a1 imaging funded --evidence letter --if-match v"),
    "end_agreement": Way("agreement end a1 --for ods:02A --reason over --if-match v"),
    "give_notice": Way("agreement notice a1 --for ods:02A --reason over --if-match v"),
    "read_paper": Way("agreement paper a1"),
    "read_positions": Way("agreement positions a1"),
    "report_position": Way("agreement report a1 --year 2014-15 --month 1 --actual 1 --forecast 12"),
    "send_agreement": Way("agreement send a1 --reason ready --if-match v"),
    "erase_signatory": Way("agreement erase-signatory a1 p1"),
    "sign_agreement": Way(f"agreement sign a1 --for ods:02A --name N --office O --digest {'a' * 64}"),
    "revise_agreement": Way("agreement revise a1 {DraftIn} --if-match v"),
    "read_version": Way("agreement version a1 1"),
    "withdraw_agreement": Way("agreement withdraw a1 --reason late --if-match v"),
    "list_changes": Way("changes --service agreements"),
    "list_legal_bases": Way("agreement legal-bases"),
    "list_mechanisms": Way("agreement mechanisms"),
}

WAYS: Mapping[str, Mapping[str, Way]] = {"registry": REGISTRY, "allocation": ALLOCATION, "agreements": AGREEMENTS}

EXCUSED: Mapping[tuple[str, str], str] = {
    ("registry", "put_activation"): "only the agreements service may send it, and its outbox does",
    **{("allocation", name): "as the answer's own address, which --xlsx asks for Excel"
       for name in ("read_scenario_workbook", "solve_to_workbook")},
    ("allocation", "put_citations"): "only the agreements service may send it, and its outbox does",
    **{(service, name): "for what watches over processes; `concord up` waits for it" for service in WAYS
       for name in ("live", "ready")},
}  # fmt: skip
