"""Changes of who may pay for what: mechanisms, funds, bars, responsibility."""

import copy
from collections.abc import Mapping
from typing import Any

from concord_allocation.core.changes.selecting import Mutable, Refusing, keys_of, line_faults, put, selected_lines


def set_mechanism(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    put(document["mechanisms"], change["mechanism"])
    yield from ()


def remove_mechanism(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["mechanism"]
    if key not in keys_of(document["mechanisms"]):
        yield "/mechanism", "unknown-key", f"no mechanism {key!r} in this problem"
    for fund in document["funds"]:
        if fund["mechanism"] == key:
            yield "/mechanism", "in-use", f"fund {fund['key']!r} rests on it; remove the fund first"
    document["mechanisms"] = [item for item in document["mechanisms"] if item["key"] != key]


def set_fund(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    put(document["funds"], change["fund"])
    yield from ()


def remove_fund(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    key = change["fund"]
    if key not in keys_of(document["funds"]):
        yield "/fund", "unknown-key", f"no fund {key!r} in this problem"
    if any(payment["fund"] == key for line in document["lines"] for payment in line["reference"]):
        yield "/fund", "in-use", "the reference split has money in it, and the reference is not changed"
    document["funds"] = [item for item in document["funds"] if item["key"] != key]


def remove_eligibility(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    if change["bar"]["key"] in keys_of(document["bars"]):
        yield "/bar/key", "duplicate", f"there is a bar {change['bar']['key']!r} already"
    if not selected_lines(document, change["bar"]["lines"]):
        yield "/bar/lines", "selects-nothing", "no line is selected"
    document["bars"].append(copy.deepcopy(change["bar"]))


def reassign_lines(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    yield from line_faults(document, change["select"])
    if change["payer"] not in keys_of(document["payers"]):
        yield "/payer", "unknown-key", f"no payer {change['payer']!r} in this problem"
    for line in selected_lines(document, change["select"]):
        line["statutory_payer"], line["citation"] = change["payer"], change["citation"]
