"""Rows refer to rows that exist; periods are half-open and never say two things on one day; each stage has one rule."""

import itertools
from collections import defaultdict

import pytest

Row = dict[str, str]
Tables = dict[str, list[Row]]

EXPRESSIONS = {
    "ccg_of_place",
    "icb_of_place",
    "upper_tier_council_of_place",
    "nhs_england",
    "secretary_of_state",
    "pct_of_place",
    "scg_of_place",
    "support_unit_of_place",
    "none_named",
}
KEYS = {
    "registry/sources": ("source",),
    "registry/body_kinds": ("kind",),
    "registry/places": ("place",),
    "registry/stages": ("stage",),
    "registry/pathways": ("pathway",),
    "registry/networks": ("network",),
    "registry/pathway_stages": ("pathway", "stage"),
    "registry/rules": ("rule",),
    "registry/planning_thresholds": ("threshold",),
    "registry/services": ("service",),
    "registry/comparators": ("comparator",),
    "registry/comparator_values": ("comparator", "place", "period"),
    "registry/guidance": ("guidance",),
    "registry/guidance_links": ("guidance", "stage", "pathway", "organisation"),
    "registry/responsible_rules": ("responsible_rule",),
    "registry/claims": ("claim",),
    "registry/bodies": ("body", "valid_from"),
    "registry/populations": ("place", "year", "population_basis"),
    "registry/footprints": ("ccg_place", "council_place", "valid_from"),
    "allocation/purses": ("purse",),
    "allocation/purse_amounts": ("purse", "pathway", "year"),
    "allocation/lines": ("line",),
    "allocation/curves": ("pathway", "stage", "segment"),
    "allocation/unit_costs": ("pathway", "stage", "mode"),
    "allocation/activity": ("line", "mode"),
    "allocation/what_if_amounts": ("what_if", "purse", "year"),
    "agreements/legal_bases": ("legal_basis",),
    "agreements/required_content": ("legal_basis", "item"),
    "agreements/authority_limits": ("body_kind", "body", "role", "decision"),
}
REFERENCES = [
    ("registry/bodies", "kind", "registry/body_kinds", "kind"),
    ("registry/body_names", "body", "registry/bodies", "body"),
    ("registry/body_codes", "body", "registry/bodies", "body"),
    ("registry/relations", "subject", "registry/bodies", "body"),
    ("registry/relations", "object", "registry/bodies", "body"),
    ("registry/succession", "predecessor", "registry/bodies", "body"),
    ("registry/succession", "successor", "registry/bodies", "body"),
    ("registry/places", "body", "registry/bodies", "body"),
    ("registry/place_parents", "child", "registry/places", "place"),
    ("registry/place_parents", "parent", "registry/places", "place"),
    ("registry/footprints", "ccg_place", "registry/places", "place"),
    ("registry/footprints", "council_place", "registry/places", "place"),
    ("registry/footprints", "part_place", "registry/places", "place"),
    ("registry/populations", "place", "registry/places", "place"),
    ("registry/stages", "allocation_stage", "registry/stages", "stage"),
    ("registry/seed_key_stages", "stage", "registry/stages", "stage"),
    ("registry/pathway_stages", "pathway", "registry/pathways", "pathway"),
    ("registry/pathway_stages", "stage", "registry/stages", "stage"),
    ("registry/rules", "stage", "registry/stages", "stage"),
    ("registry/rules", "pathway", "registry/pathways", "pathway"),
    ("registry/rules", "office_default", "registry/bodies", "body"),
    ("registry/claims", "stage", "registry/stages", "stage"),
    ("registry/claims", "pathway", "registry/pathways", "pathway"),
    ("registry/claims", "place", "registry/places", "place"),
    ("registry/claims", "asserted_by", "registry/sources", "source"),
    ("registry/hand_overs", "from_stage", "registry/stages", "stage"),
    ("registry/hand_overs", "to_stage", "registry/stages", "stage"),
    ("registry/planning_thresholds", "stages", "registry/stages", "stage"),
    ("registry/services", "stage", "registry/stages", "stage"),
    ("registry/services", "pathways", "registry/pathways", "pathway"),
    ("registry/services", "threshold", "registry/planning_thresholds", "threshold"),
    ("registry/comparators", "stages", "registry/stages", "stage"),
    ("registry/comparators", "pathways", "registry/pathways", "pathway"),
    ("registry/comparator_values", "comparator", "registry/comparators", "comparator"),
    ("registry/comparator_values", "place", "registry/places", "place"),
    ("registry/guidance", "superseded_by", "registry/guidance", "guidance"),
    ("registry/guidance_links", "guidance", "registry/guidance", "guidance"),
    ("registry/guidance_links", "stage", "registry/stages", "stage"),
    ("registry/guidance_links", "pathway", "registry/pathways", "pathway"),
    ("registry/contradictions", "stages", "registry/stages", "stage"),
    ("registry/networks", "body", "registry/bodies", "body"),
    ("registry/networks", "pathways", "registry/pathways", "pathway"),
    ("registry/networks", "stages", "registry/stages", "stage"),
    ("registry/mandates", "holder", "registry/bodies", "body"),
    ("registry/mandates", "body", "registry/bodies", "body"),
    ("allocation/payers", "payer", "registry/bodies", "body"),
    ("allocation/payers", "place", "registry/places", "place"),
    ("allocation/purses", "owner", "allocation/payers", "payer"),
    ("allocation/purses", "office", "registry/bodies", "body"),
    ("allocation/purses", "places", "registry/places", "place"),
    ("allocation/purses", "stages", "registry/stages", "stage"),
    ("allocation/purses", "pathways", "registry/pathways", "pathway"),
    ("allocation/purse_amounts", "purse", "allocation/purses", "purse"),
    ("allocation/purse_amounts", "pathway", "registry/pathways", "pathway"),
    ("allocation/lines", "place", "registry/places", "place"),
    ("allocation/lines", "stage", "registry/stages", "stage"),
    ("allocation/lines", "purse", "allocation/purses", "purse"),
    ("allocation/stage_totals", "stage", "registry/stages", "stage"),
    ("allocation/stage_prices", "stage", "registry/stages", "stage"),
    ("allocation/planning_rules", "stages", "registry/stages", "stage"),
    ("allocation/need_weights", "place", "registry/places", "place"),
    ("allocation/curves", "stage", "allocation/stage_totals", "stage"),
    ("allocation/unit_costs", "stage", "allocation/stage_totals", "stage"),
    ("allocation/activity", "line", "allocation/lines", "line"),
    ("allocation/curves", "pathway", "registry/pathways", "pathway"),
    ("allocation/stage_totals", "pathway", "registry/pathways", "pathway"),
    ("allocation/incidence", "pathway", "registry/pathways", "pathway"),
    ("allocation/cases_by_place", "place", "registry/places", "place"),
    ("allocation/boundary_transfers", "from_body", "registry/bodies", "body"),
    ("allocation/public_health_grants", "body", "registry/bodies", "body"),
    ("allocation/ccg_allocations", "body", "registry/bodies", "body"),
    ("registry/districts", "council", "registry/bodies", "body"),
    ("registry/districts", "network", "registry/bodies", "body"),
    ("registry/population_ages", "body", "registry/bodies", "body"),
    ("allocation/links", "stage", "allocation/unit_costs", "stage"),
    ("allocation/links", "per_stage", "allocation/unit_costs", "stage"),
    ("allocation/ccg_allocations", "body", "registry/bodies", "body"),
    ("allocation/public_health_grants", "body", "registry/bodies", "body"),
    ("allocation/what_if_amounts", "what_if", "allocation/what_ifs", "what_if"),
    ("allocation/what_if_amounts", "purse", "allocation/purses", "purse"),
    ("allocation/what_if_amounts", "to_purse", "allocation/purses", "purse"),
    ("agreements/legal_bases", "may_join", "registry/body_kinds", "kind"),
    ("agreements/legal_bases", "functions_of", "registry/body_kinds", "kind"),
    ("agreements/required_content", "legal_basis", "agreements/legal_bases", "legal_basis"),
    ("agreements/authority_limits", "body_kind", "registry/body_kinds", "kind"),
]


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(tables: Tables, name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name]) for row in tables[name]]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("name", "column", "target", "key"), REFERENCES)
def test_references_hold(tables: Tables, name: str, column: str, target: str, key: str) -> None:
    known = {row[key] for row in tables[target]} | {"*"}
    assert {value for row in tables[name] for value in row[column].split()} - known == set()


def test_who_is_a_body_or_an_expression(tables: Tables) -> None:
    known = {row["body"] for row in tables["registry/bodies"]} | EXPRESSIONS
    assert {row["commissioner"] for row in tables["registry/rules"]} <= known
    assert {row["organisation"] for row in tables["registry/claims"] if row["organisation"]} <= known
    for row in tables["registry/claims"]:
        assert (row["claim_type"] == "none_named") == (row["organisation"] == "")


def test_payers_are_legal_persons_and_offices_are_not(tables: Tables) -> None:
    legal = {row["body"]: row["legal_person"] for row in tables["registry/bodies"] if row["kind"] != "sub_icb_location"}
    assert {legal[row["payer"]] for row in tables["allocation/payers"]} == {"yes"}
    assert {legal[row["office"]] for row in tables["allocation/purses"] if row["office"]} == {"no"}


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("registry/bodies", ("body",)),
        ("registry/body_names", ("body",)),
        ("registry/body_codes", ("scheme", "code")),
        ("registry/relations", ("subject", "type", "object")),
        ("registry/place_parents", ("child", "parent")),
        ("registry/footprints", ("ccg_place", "council_place")),
        ("registry/rules", ("stage", "pathway")),
        ("registry/waiting_standards", ("standard",)),
        ("registry/responsible_rules", ("population_basis", "person")),
        ("registry/pathway_stages", ("pathway", "stage")),
    ],
)
def test_periods_are_half_open_and_do_not_overlap(tables: Tables, name: str, identity: tuple[str, ...]) -> None:
    periods: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for row in tables[name]:
        assert row["valid_from"] < row["valid_to"], row
        shared = row["body"] if row.get("scheme") == "postcode" else ""  # bodies may share a seat
        periods[*(row[column] for column in identity), shared].append((row["valid_from"], row["valid_to"]))
    for key, found in periods.items():
        for (_, end), (start, _) in itertools.pairwise(sorted(found)):
            assert end <= start, key


def test_every_period_runs_forward(tables: Tables) -> None:
    for rows in tables.values():
        if "valid_from" in rows[0]:
            assert [row for row in rows if not row["valid_from"] < row["valid_to"]] == []


def test_relations_lie_within_the_lives_of_both_bodies(tables: Tables) -> None:
    lives: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in tables["registry/bodies"]:  # a CCG's code goes on as that of a part of a board
        lives[row["body"]].append((row["valid_from"], row["valid_to"]))
    for row in tables["registry/relations"]:
        for body in (row["subject"], row["object"]):
            assert any(start <= row["valid_from"] and row["valid_to"] <= end for start, end in lives[body]), row


@pytest.mark.parametrize(
    "day",
    ["2012-04-01", "2013-03-31", "2013-04-01", "2014-01-15", "2015-04-01", "2022-06-30", "2022-07-01", "2026-06-01"],
)
def test_every_stage_has_one_rule_on_any_day_of_the_period(tables: Tables, day: str) -> None:
    in_force: dict[str, int] = defaultdict(int)
    for row in tables["registry/rules"]:
        if row["pathway"] == "*" and row["valid_from"] <= day < row["valid_to"]:
            in_force[row["stage"]] += 1
    expected = {r["stage"] for r in tables["registry/stages"] if r["kind"] == "stage"}
    assert {stage: in_force[stage] for stage in expected if in_force[stage] != 1} == {}


def test_the_rule_book_agrees_with_who_pays_the_baseline(tables: Tables) -> None:
    """Statute and money meet: a line's purse belongs to the stage's statutory commissioner."""
    owners = {row["purse"]: row["owner"] for row in tables["allocation/purses"]}
    rules = {
        r["stage"]: r["commissioner"]
        for r in tables["registry/rules"]
        if r["valid_from"] == "2013-04-01" and r["pathway"] == "*"
    }
    prefixes = {"ccg_of_place": "ods:", "upper_tier_council_of_place": "gss:", "nhs_england": "ods:X24"}
    for line in tables["allocation/lines"]:
        assert owners[line["purse"]].startswith(prefixes[rules[line["stage"]]]), line["line"]
        if rules[line["stage"]] == "ccg_of_place":
            assert owners[line["purse"]] == f"ods:{line['place'].removeprefix('ccg-')}"


def test_a_stage_is_paid_by_one_kind_of_purse_whatever_the_pathway(tables: Tables) -> None:
    """A purse's stages hold for all its pathways, so no purse may reach a stage that another one pays elsewhere."""
    kinds = {row["purse"]: row["kind"] for row in tables["allocation/purses"]}
    found: dict[str, set[str]] = defaultdict(set)
    for line in tables["allocation/lines"]:
        found[line["stage"]].add(kinds[line["purse"]])
    assert {stage: kind for stage, kind in found.items() if len(kind) > 1} == {}


def test_excluded_procedures_are_marked(tables: Tables) -> None:
    classes = {r["stage"]: r["procedure_class"] for r in tables["registry/rules"] if r["valid_from"] == "2013-04-01"}
    assert classes["bronchoscopy"] == classes["endoscopy"] == "endoscopy"
    assert classes["thoracic_surgery"] == "surgery"
    assert classes["radical_radiotherapy"] == classes["palliative_radiotherapy"] == "radiotherapy"
    assert classes["chemotherapy"] == "needs_legal_view"
    assert {classes[s] for s in ("prevention", "awareness", "care_coordination", "diagnostic_imaging")} == {"none"}
    pool = next(r for r in tables["agreements/legal_bases"] if r["legal_basis"] == "s75_pool")
    known = set(pool["excluded_procedure_classes"].split()) | set(pool["uncertain_procedure_classes"].split())
    assert set(classes.values()) <= known | {"none"}


def test_every_place_hangs_from_england(tables: Tables) -> None:
    for day in ("2012-04-01", "2013-03-31", "2013-04-01", "2022-06-30", "2022-07-01", "2023-04-01", "9999-12-30"):
        parents = defaultdict(set)
        for row in tables["registry/place_parents"]:
            if row["valid_from"] <= day < row["valid_to"]:
                parents[row["child"]].add(row["parent"])
        there = {r["place"] for r in tables["registry/places"] if r["valid_from"] <= day < r["valid_to"]}
        assert set().union(*parents.values()) <= there
        for place in there - {"england"}:
            seen, front = set(), {place}
            while front:
                seen |= front
                front = {parent for one in front for parent in parents[one]} - seen
            assert "england" in seen, (day, place)


def test_areas_hold_what_was_theirs_in_2014(tables: Tables) -> None:
    parents = defaultdict(set)
    for row in tables["registry/place_parents"]:
        if row["valid_from"] <= "2014-01-15" < row["valid_to"]:
            parents[row["child"]].add(row["parent"])
    assert parents["ccg-02A"] == {"greater-manchester"}
    assert parents["la-E08000009"] == {"greater-manchester"}
    assert parents["ccg-01Y~la-E10000007"] == {"ccg-01Y", "la-E10000007"}


def test_every_stage_of_the_reports_is_kept(tables: Tables) -> None:
    claimed = {row["seed_key"] for row in tables["registry/claims"]}
    carried = {row["seed_key"] for row in tables["registry/seed_key_stages"]}
    assert len(carried) == 30
    unsaid = {"awareness", "diagnostics"} - claimed  # said in the same sentence as prevention
    assert carried - claimed == unsaid


def test_lungs_stages_are_in_clinical_order(tables: Tables) -> None:
    rows = [row for row in tables["registry/pathway_stages"] if row["pathway"] == "lung"]
    assert [int(row["order"]) for row in rows] == list(range(1, len(rows) + 1))
    stages = [row["stage"] for row in rows]
    expected = ["prevention", "primary_care", "diagnostic_imaging", "bronchoscopy", "mdt", "thoracic_surgery"]
    assert sorted(expected, key=stages.index) == expected
    money = {row["stage"] for row in tables["allocation/lines"] if row["pathway"] == "lung"}
    assert money <= set(stages)
    assert set(stages) - money == {"social_care", "cancer_drugs"}
