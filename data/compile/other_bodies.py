"""Bodies that a report counts and few lists name: networks, registries, clusters, charities, national bodies.

Each row of `facts/other_bodies.csv` says which document names the body; where none does, `professional-memory`.
"""

from collections.abc import Callable, Iterator

from data.compile.facts import facts
from data.compile.tables import Row

NHS_ENGLAND = "ods:X24"


def add_other_bodies(add: Callable[..., None], code: Callable[..., None]) -> None:
    """The bodies, and a code of another scheme where one is known."""
    for row in facts("other_bodies"):
        period = row["valid_from"], row["valid_to"]
        add(row["body"], row["kind"], row["name"], *period, row["source"], legal=row["legal_person"] == "yes")
        if row["code"]:
            code(row["body"], row["scheme"], row["code"], *period, row["code_source"])


def add_reference_groups(add: Callable[..., None]) -> None:
    """Clinical reference groups that relate to cancer, those of 2013 and those of 2016; they advise NHS England."""
    for row in facts("reference_groups"):
        name = f"{row['name']} Clinical Reference Group"
        add(f"concord:{row['body']}", "crg", name, row["valid_from"], row["valid_to"], row["source"])


def network_rows() -> Iterator[Row]:
    """What each reference group covers, where anything says so; NHS England hosts them and pays."""
    for row in facts("reference_groups"):
        if row["pathways"]:
            yield {
                "network": row["body"],
                "name": f"{row['name']} Clinical Reference Group",
                "kind": "clinical-reference-group",
                "body": f"concord:{row['body']}",
                "host": NHS_ENGLAND,
                "funders": NHS_ENGLAND,
                "pathways": row["pathways"],
                "stages": row["stages"],
                "places": "england",
                "powers": "advise",
                "valid_from": row["valid_from"],
                "valid_to": row["valid_to"],
                "source": row["scope_source"],
                "note": row["note"],
            }


def other_relations(relate: Callable[..., Row]) -> Iterator[Row]:
    """Hosts of reference groups, and the authorities of each cluster."""
    for row in facts("reference_groups"):
        yield relate(f"concord:{row['body']}", "hosted_by", NHS_ENGLAND, row["source"])
    for row in facts("sha_clusters"):
        yield relate(row["cluster"], "cluster_of", row["authority"], row["source"])


def other_successions() -> Iterator[Row]:
    """Who followed the cancer networks, and took in the registries."""
    for row in facts("other_successions"):
        yield row | {"share": f"{float(row['share']):.6f}"}
