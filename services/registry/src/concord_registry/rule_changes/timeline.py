"""The days of a rule: what stays of it around a change. Pure."""

from collections.abc import Iterable

from concord_registry.file_rows import RuleRow


def changed(rows: Iterable[RuleRow], new: RuleRow) -> list[RuleRow]:
    """The rules of one stage and pathway with a new one for its days: earlier and later days stay as they are."""
    kept = []
    for row in rows:
        if row.valid_from < new.valid_from:
            kept.append(row.model_copy(update={"valid_to": min(row.valid_to, new.valid_from)}))
        if row.valid_to > new.valid_to:
            kept.append(row.model_copy(update={"valid_from": max(row.valid_from, new.valid_to)}))
    return sorted([*kept, new], key=lambda row: row.valid_from)
