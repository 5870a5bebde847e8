"""All of England is on the map: bodies counted by kind, successions that can be followed, pathways that differ."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

Row = dict[str, str]
Tables = dict[str, list[Row]]
REFORM = "2013-04-01"


def in_being(tables: Tables, kind: str, day: str = REFORM) -> set[str]:
    rows = tables["registry/bodies"]
    return {r["body"] for r in rows if r["kind"] == kind and r["valid_from"] <= day < r["valid_to"]}


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("ccg", 211),
        ("council", 152),
        ("hwb", 152),
        ("area_team", 25),
        ("nhs_region", 4),
        ("scn", 12),
        ("crg", 13),
        ("nhs_england", 1),
        ("phe", 1),
        ("nhs_trust", 245),
    ],
)
def test_bodies_on_the_first_day_of_the_reform(tables: Tables, kind: str, count: int) -> None:
    assert len(in_being(tables, kind)) == count


def test_predecessors_end_when_the_reform_begins(tables: Tables) -> None:
    assert (len(in_being(tables, "pct", "2013-03-31")), len(in_being(tables, "pct"))) == (151, 0)
    assert (len(in_being(tables, "sha", "2013-03-31")), len(in_being(tables, "sha"))) == (10, 0)


@pytest.mark.parametrize(
    ("kind", "count"),
    [("cancer_network", 28), ("cancer_registry", 8), ("sha_cluster", 4), ("ics", 2), ("cardiac_stroke_network", 1)],
)
def test_bodies_that_the_reform_ended_or_found(tables: Tables, kind: str, count: int) -> None:
    assert len(in_being(tables, kind, "2013-03-31")) == count


def test_every_kind_of_body_has_a_body(tables: Tables) -> None:
    named = {row["kind"] for row in tables["registry/bodies"]}
    assert {row["kind"] for row in tables["registry/body_kinds"]} == named


def test_whole_networks_and_registries_are_followed(tables: Tables) -> None:
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["registry/succession"]:
        shares[row["predecessor"]] += Decimal(row["share"])
    ended = in_being(tables, "cancer_network", "2013-03-31") | in_being(tables, "cancer_registry", "2013-03-31")
    assert {shares[body] for body in ended} == {Decimal(1)}


def test_the_eleven_groups_of_the_report_have_a_scope_but_the_one_that_joins_them(tables: Tables) -> None:
    eleven = {row["body"] for row in tables["registry/bodies"] if row["body"].startswith("concord:crg-b")}
    scoped = {row["body"] for row in tables["registry/networks"]}
    assert eleven - scoped == {"concord:crg-b03"}
    assert all(row["note"] and row["source"] for row in tables["registry/networks"])


def test_every_pathway_is_held_against_the_best_known(tables: Tables) -> None:
    stages = defaultdict(set)
    for row in tables["registry/pathway_stages"]:
        stages[row["pathway"]].add(row["stage"])
    best: dict[str, set[str]] = defaultdict(set)
    for row in tables["registry/comparators"]:
        for pathway in stages if row["pathways"] == "*" else row["pathways"].split():
            if row["kind"] == "best_area" and row["value"]:
                best[pathway] |= stages[pathway] & set(row["stages"].split())
    assert {pathway for pathway in stages if not best[pathway]} == set()
    assert {"early_stages", "screening", "palliative_eol"} <= best["cervical"]
    assert {"early_stages", "surgery", "palliative_eol"} <= best["prostate"]


def test_commissioner_codes_of_the_area_teams(tables: Tables) -> None:
    hubs = {body.removeprefix("ods:") for body in in_being(tables, "commissioning_hub")}
    assert len({hub for hub in hubs if "12G" <= hub <= "13M"}) == 23
    assert hubs >= {"13N", "13R", "13Q"}
    held = {r["object"] for r in tables["registry/relations"] if r["type"] == "hub_of" and r["valid_from"] == REFORM}
    assert held == in_being(tables, "area_team")


def follow(tables: Tables, body: str) -> list[str]:
    after: dict[str, list[str]] = defaultdict(list)
    for row in tables["registry/succession"]:
        after[row["predecessor"]].append(row["successor"])
    chain = [body]
    while len(after[chain[-1]]) == 1:
        chain.append(after[chain[-1]][0])
    return chain


def test_a_chain_of_successors_can_be_followed(tables: Tables) -> None:
    chain = follow(tables, "ods:10G")
    assert chain[:3] == ["ods:10G", "ods:15D", "ods:D4U1Y"]
    kinds = {r["body"]: r["kind"] for r in tables["registry/bodies"]}
    assert kinds[chain[-1]] == "icb"
    assert follow(tables, "ods:Q46") == ["ods:Q46", "ods:Q73"]


def test_every_trust_of_2012_is_succeeded_by_ccgs(tables: Tables) -> None:
    kinds = {r["body"]: r["kind"] for r in tables["registry/bodies"]}
    trusts = {body for body, kind in kinds.items() if kind == "pct"}
    rows = [r for r in tables["registry/succession"] if r["predecessor"] in trusts]
    assert {r["predecessor"] for r in rows} == trusts
    assert {r["successor"] for r in rows} == in_being(tables, "ccg")
    by_postcodes = [r for r in rows if r["basis"] == "derived"]
    assert all("postcodes, not people" in r["note"] for r in by_postcodes)
    assert {r["predecessor"] for r in rows} - {r["predecessor"] for r in by_postcodes} == {"ods:5D7", "ods:5KF"}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for r in rows:
        sums[r["predecessor"]] += Decimal(r["share"])
        assert Decimal(r["share"]) >= Decimal("0.01")
    assert set(sums.values()) == {Decimal(1)}


@pytest.mark.parametrize(
    ("successor", "predecessors"),
    [
        ("02N", {"5NV", "5NY"}),  # Craven was North Yorkshire's
        ("13P", {"5M1", "5MX", "5PG"}),
        ("04X", {"5M1", "5MX"}),
        ("03Q", {"5NV", "5NW"}),
        ("01R", {"5NN", "5NP"}),
        ("06H", {"5PD", "5PN", "5PP", "5QV"}),
        ("01E", {"5NG", "5NH"}),
        ("10Q", {"5QD", "5QE"}),
        ("05L", {"5MX", "5PF"}),  # an eighth of a percent of South Birmingham's is left out
    ],
)
def test_a_ccg_has_every_trust_of_whose_ground_it_took_a_hundredth(
    tables: Tables, successor: str, predecessors: set[str]
) -> None:
    rows = [r for r in tables["registry/succession"] if r["successor"] == f"ods:{successor}" and r["on"] == REFORM]
    assert {r["predecessor"] for r in rows} == {f"ods:{code}" for code in predecessors}


def test_every_board_belongs_to_one_council(tables: Tables) -> None:
    rows = [r for r in tables["registry/relations"] if r["type"] == "committee_of"]
    assert {r["subject"] for r in rows} == in_being(tables, "hwb")
    assert {r["object"] for r in rows} == in_being(tables, "council")


def test_districts_lie_in_councils_and_networks(tables: Tables) -> None:
    rows = tables["registry/districts"]
    assert len(rows) == 326
    assert {r["council"] for r in rows} == in_being(tables, "council")
    assert {r["network"] for r in rows} == in_being(tables, "scn")


def test_support_units_missing_from_the_list_say_so(tables: Tables) -> None:
    names = {r["body"]: r["name"] for r in tables["registry/body_names"]}
    for code in ("0AA", "0AC", "0AK", "0AV", "0AW"):
        assert f"ods:{code}" in in_being(tables, "csu")
        assert "not in the list" in names[f"ods:{code}"]


def test_pathways_and_their_codes(tables: Tables) -> None:
    rows = {r["pathway"]: r for r in tables["registry/pathways"]}
    groups = set(rows) - {"lung", "breast", "colorectal", "prostate", "rarer"}
    assert len(groups) >= 14
    codes = Counter(code for key in groups for code in rows[key]["icd10"].split())
    assert {code for code, n in codes.items() if n > 1} == set()
    assert {key for key in rows if not rows[key]["icd10"]} == {"childrens"}


def test_stages_differ_by_group(tables: Tables) -> None:
    stages: dict[str, set[str]] = defaultdict(set)
    for row in tables["registry/pathway_stages"]:
        stages[row["pathway"]].add(row["stage"])
    assert set(stages) == {r["pathway"] for r in tables["registry/pathways"]}
    assert {key for key, found in stages.items() if "screening" in found} == {"breast", "colorectal", "cervical"}
    assert {key for key, found in stages.items() if "childrens_cancer" in found} == {"childrens"}
    assert "specialised_surgery" in stages["pancreatic"]
    assert not stages["leukaemia"] & {"surgery", "specialised_surgery", "thoracic_surgery"}
    money = {(r["pathway"], r["stage"]) for r in tables["allocation/stage_totals"]}
    assert {(pathway, stage) for pathway, stage in money if stage not in stages[pathway]} == set()


def test_every_stage_with_money_is_its_own_stage_of_the_money(tables: Tables) -> None:
    planned_as = {r["stage"]: r["allocation_stage"] for r in tables["registry/stages"]}
    assert {r["stage"] for r in tables["allocation/stage_totals"] if planned_as[r["stage"]] != r["stage"]} == set()


def test_the_rule_book_reaches_before_and_after(tables: Tables) -> None:
    days: dict[str, int] = Counter()
    for row in tables["registry/rules"]:
        for day in ("2012-10-01", REFORM, "2015-06-01", "2023-01-01"):
            days[day] += row["valid_from"] <= day < row["valid_to"]
    assert days["2012-10-01"] > 30
    assert days["2015-06-01"] == days[REFORM] > 40
    assert days["2023-01-01"] == days[REFORM]
    assert {r["commissioner"] for r in tables["registry/rules"] if r["valid_from"] >= "2022-07-01"} == {
        "icb_of_place",
        "nhs_england",
        "none_named",
        "upper_tier_council_of_place",
    }
