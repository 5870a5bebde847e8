"""What figures rest on, and the documents behind them."""

from concord_contracts.registry import DocumentView, FigureBasis
from concord_registry.store.reference import Basis
from concord_registry.world import Source


def figure_basis(one: Basis) -> FigureBasis:
    published, derived, assumption = (one.rows.get(basis, 0) for basis in ("published", "derived", "assumption"))
    return FigureBasis(
        table=one.table,
        columns=one.columns,
        words=one.words,
        published=published,
        derived=derived,
        assumption=assumption,
    )


def document(key: str, one: Source, figures: int) -> DocumentView:
    return DocumentView(
        key=key,
        title=one.title,
        publisher=one.publisher,
        date=one.date,
        date_precision=one.date_precision,
        licence=one.licence,
        address=one.address,
        taken=one.taken,
        limits=one.limits,
        figures=figures,
    )
