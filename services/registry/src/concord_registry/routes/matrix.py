"""The responsibility matrix: bodies by stages, to look at or to save as a file."""

from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from concord_contracts.identifiers import Key
from concord_contracts.registry import LegendEntry, Matrix, MatrixBody, MatrixCell, MatrixStage
from concord_kit.calls import Call, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes
from concord_kit.sheets import EXCEL_TYPE
from concord_registry import rolled_views, views
from concord_registry.coverage import places_that_matter
from concord_registry.matrix import LEGEND, columns, matrix, rolled, rows
from concord_registry.matrix_files import matrix_csv, matrix_workbook
from concord_registry.reading import RollingWhen, position_of, require_known
from concord_registry.representation import CSV_TYPE, JSON_TYPE, chosen
from concord_registry.rolling import Origin, bodies_rolled, parts_of
from concord_registry.routes.shared import PathwayKey, References, reference_then, refusing_backwards
from concord_registry.store import claims
from concord_registry.store.places import days_known
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Reference

router = Routes(prefix="/v1", tags=["coverage"])

MOST_PLACES = 50
FORMS = (JSON_TYPE, CSV_TYPE, EXCEL_TYPE)


class MatrixQuery(RollingWhen):
    pathway: PathwayKey
    place: Annotated[
        list[Key],
        Field(
            min_length=1,
            max_length=MOST_PLACES,
            description="Places, repeated; an area names every CCG and council in it",
            examples=[["ccg-02A"]],
        ),
    ]


@router.get(
    "/matrix",
    name="read_matrix",
    response_model=Matrix,
    responses={
        200: {
            "content": {
                CSV_TYPE: {"schema": {"type": "string"}},
                EXCEL_TYPE: {"schema": {"type": "string", "format": "binary"}},
            }
        },
        **problem_responses("unknown-code", "known-at-too-late", "not-acceptable"),
    },
)
async def read_matrix(
    query: Annotated[MatrixQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Which part each body has in each stage of a pathway in places, as letters with a legend; by `Accept` as JSON, CSV
    or Excel. Letters follow from the rule book and the claims; nobody enters them. With `roll_to` the rows are the
    bodies of that later day, each with all the parts of those it stands for."""
    form = chosen(call.request.headers.get("accept"), FORMS)
    with refusing_backwards():
        found = await call.read(lambda tx: _matrix(tx, references, query, call.clock))
    headers = {
        "Vary": "Accept",
        "Concord-As-Of": found.as_of.isoformat(),
        "Concord-Known-At": found.known_at.isoformat(),
    }
    if form == CSV_TYPE:
        return Response(matrix_csv(found), media_type=f"{CSV_TYPE}; charset=utf-8; header=present", headers=headers)
    if form == EXCEL_TYPE:
        saved = {"Content-Disposition": f'attachment; filename="matrix-{found.pathway}.xlsx"'}
        return Response(matrix_workbook(found), media_type=EXCEL_TYPE, headers=headers | saved)
    return Response(found.model_dump_json(), media_type=JSON_TYPE, headers=headers)


def _matrix(tx: Reading, references: ReferenceReader, query: MatrixQuery, clock: Clock) -> Matrix:
    position = position_of(tx, query, clock)
    reference = references.read(tx, position.as_of, position.known_at)
    places = list(dict.fromkeys(query.place))
    require_known(reference, days_known(tx, position.known_at), pathway=query.pathway, place=places)
    around = places_that_matter(reference, places)
    known = claims.in_scope(tx, position.as_of, position.known_at, query.pathway, around)
    found = matrix(reference, known, query.pathway, places)
    then = reference_then(tx, references, reference, position.known_at, query.roll_to)
    said_of = rows(reference, found)
    origins: dict[str, list[Origin]] = {}
    if query.roll_to is not None:
        origins = bodies_rolled(reference, said_of, query.roll_to)
        followers = {body: [part.body for part in parts_of(reference, body, query.roll_to)] for body in said_of}
        found = rolled(found, followers.__getitem__)
    bodies, stages = rows(then, found), columns(reference, query.pathway)
    answer = Matrix(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathway=query.pathway,
        pathway_name=reference.pathways[query.pathway].name,
        places=places,
        place_names=[reference.places[place].name for place in places],
        stages=[_stage(reference, stage) for stage in stages],
        bodies=[
            MatrixBody(
                **dict(views.named(then, body)), rolled_from=rolled_views.origins(reference, origins.get(body, ()))
            )
            for body in bodies
        ],
        cells=[
            MatrixCell(
                body=body,
                stage=stage,
                letters=part.written,
                by_law=part.by_law,
                roles=sorted(part.roles),
                claims=sorted(part.claims),
                places=sorted(part.places),
            )
            for body in bodies
            for stage in stages
            if (part := found.get((body, stage))) is not None
        ],
        legend=[LegendEntry(letter=letter, words=words) for letter, words in LEGEND],
    )
    if query.roll_to is None:
        return answer
    return rolled_views.re_expressed(answer, reference, then, query.roll_to, [*said_of, *places])


def _stage(reference: Reference, key: str) -> MatrixStage:
    if key == ANY:
        return MatrixStage(stage=ANY, name="The whole pathway", kind="pathway")
    own = reference.stages[key]
    return MatrixStage(stage=key, name=own.name, kind=own.kind)
