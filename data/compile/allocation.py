"""The tables the allocation service reads: money, curves, costs, activity, and the example questions."""

from data.compile.curves import check_rows, curve_rows
from data.compile.facts import facts
from data.compile.geography import Geography
from data.compile.grants import ccg_allocation_rows, grant_rows, transfer_rows
from data.compile.money import Money, activity_rows, line_rows, need_rows, stage_total_rows, unit_cost_rows
from data.compile.purses import (
    amount_rows,
    payer_rows,
    purse_rows,
    what_if_tables,
)
from data.compile.reference import Reference
from data.compile.tables import Table, table

PROVENANCE = "basis source note low high"


def allocation_tables(ref: Reference, geo: Geography, all_money: Money) -> list[Table]:
    """Every table below allocation/."""
    purses = list(purse_rows(all_money, geo))
    questions, question_money = what_if_tables(all_money.example(), geo)
    return [
        table(
            "allocation/money_national",
            "item year amount_gbp terms kind_of_money as_printed basis source note",
            facts("money_national"),
        ),
        table("allocation/deflators", f"series vintage year index {PROVENANCE}", facts("deflators")),
        table("allocation/price_changes", "year sector change basis source note", facts("price_changes")),
        table("allocation/stage_prices", "stage sector basis source note", facts("stage_prices")),
        table(
            "allocation/planning_rules",
            f"rule kind pathways stages max_up max_down floor_share years label {PROVENANCE}",
            facts("planning_rules"),
        ),
        table("allocation/payers", "payer place note", payer_rows(purses)),
        table(
            "allocation/purses",
            "purse owner office name kind pathways stages places recurrent in_baseline note",
            purses,
        ),
        table(
            "allocation/purse_amounts",
            f"purse pathway year amount_gbp kind_of_money follows_lines {PROVENANCE}",
            amount_rows(all_money, purses),
        ),
        table(
            "allocation/lines",
            f"line place pathway stage population_basis purse baseline_gbp kind_of_money {PROVENANCE}",
            line_rows(all_money),
        ),
        table(
            "allocation/stage_totals",
            "pathway stage rate_gbp_per_100k england_gbp greater_manchester_gbp rest_of_england_gbp " + PROVENANCE,
            stage_total_rows(all_money),
        ),
        table(
            "allocation/need_weights",
            "place persons need_register weight_share basis source note",
            need_rows(ref, all_money, "COPD"),
        ),
        table(
            "allocation/need_weights_cancer",
            "place persons need_register weight_share basis source note",
            need_rows(ref, all_money, "CAN"),
        ),
        table(
            "allocation/curves",
            "pathway stage segment label width_share width_per_100k_gbp gbp_per_qaly gbp_per_qaly_low "
            "gbp_per_qaly_high slope_qaly_per_gbp rule grade basis source note",
            curve_rows(),
        ),
        table("allocation/checks", "check pathway value unit at_least at_most passed note", check_rows(all_money)),
        table(
            "allocation/unit_costs",
            f"pathway stage mode unit unit_cost_gbp price_year {PROVENANCE}",
            unit_cost_rows(),
        ),
        table(
            "allocation/activity",
            f"line mode unit cases driver must_meet follows_lines {PROVENANCE}",
            activity_rows(all_money),
        ),
        table(
            "allocation/links",
            f"link pathway stage per_stage at_most label {PROVENANCE}",
            facts("links"),
        ),
        table(
            "allocation/ccg_allocations",
            f"body year allocation_gbp headroom_gbp pathway_headroom_gbp {PROVENANCE}",
            ccg_allocation_rows(all_money, geo),
        ),
        table(
            "allocation/public_health_grants",
            f"body year grant_gbp {PROVENANCE}",
            grant_rows(geo),
        ),
        table(
            "allocation/boundary_transfers",
            f"from_body to_body service year recurrent amount_gbp kind_of_money {PROVENANCE}",
            transfer_rows(geo),
        ),
        table("allocation/specialised_offices", "area_team office basis source note", facts("specialised_offices")),
        table("allocation/evidence", "code citation", facts("evidence")),
        table("allocation/what_ifs", f"what_if question kind value unit {PROVENANCE}", questions),
        table("allocation/what_if_amounts", "what_if purse to_purse year amount_gbp note", question_money),
    ]
