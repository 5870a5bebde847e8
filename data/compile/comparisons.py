"""What a stage is held against: services with their planning facts, comparators with actual values, guidance."""

from collections.abc import Iterator

from data.compile.facts import facts
from data.compile.tables import Row, Table, table


def comparison_tables() -> list[Table]:
    """The registry's tables beside the stages, entered by hand with their sources."""
    return [
        table(
            "registry/services",
            "service name stage pathways population_basis planning_population_min planning_population_max "
            "minimum_volume volume_unit hospitals_max threshold commissioner citation valid_from valid_to basis source "
            "note low high",
            facts("services"),
        ),
        table(
            "registry/comparators",
            "comparator name stages pathways direction value unit measured_from measured_to measured_as kind "
            "valid_from valid_to basis source note low high",
            _comparators(),
        ),
        table("registry/comparator_values", "comparator place period value basis source note low high", _values()),
        table(
            "registry/guidance",
            "guidance title publisher kind published_on date_precision version superseded_by valid_from valid_to mark "
            "address source note",
            facts("guidance"),
        ),
        table("registry/guidance_links", "guidance stage pathway organisation note", _links()),
        table(
            "registry/responsible_rules",
            "responsible_rule population_basis person taken_from words citation quotation note mark valid_from "
            "valid_to source",
            facts("responsible_rules"),
        ),
    ]


def _comparators() -> Iterator[Row]:
    """The waiting-time standards, each with the stages it is about, and the comparators entered as such."""
    yield from (row | {"measured_as": ""} for row in facts("comparators"))
    about = {row["standard"]: row for row in facts("standard_stages")}
    for row in facts("waiting_standards"):
        yield {
            "comparator": row["standard"],
            "name": row["name"],
            "stages": about[row["standard"]]["stages"],
            "pathways": about[row["standard"]]["pathways"],
            "direction": "at_least",
            "value": row["threshold_share"],
            "unit": "share",
            "measured_from": row["measured_from"],
            "measured_to": row["measured_to"],
            "measured_as": about[row["standard"]]["measured_as"],
            "kind": "standard",
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "basis": "published",
            "source": row["source"],
            "note": row["note"].replace("professional memory", "memory"),  # the value itself is printed
            "low": "",
            "high": "",
        }


def _values() -> Iterator[Row]:
    """Actual values; those that are measured values already are taken from there, so that the two cannot differ."""
    measured = {(row["measure"], row["period"]): row for row in facts("measured_values")}
    for row in facts("comparator_values"):
        kept = {name: value for name, value in row.items() if name != "measure"}
        if row["measure"]:
            one = measured[row["measure"], row["period"]]
            kept |= {"value": one["value"], "basis": "published", "source": one["source"], "note": one["note"]}
        yield kept


def _links() -> Iterator[Row]:
    for row in facts("guidance_links"):
        rest = {name: value for name, value in row.items() if name != "stages"}
        for stage in row["stages"].split():
            yield rest | {"stage": stage}
