"""What a service's OpenAPI document is held against."""

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from concord_kit.documentation import query_parameters


def query_parameters_are_as_documented(app: FastAPI) -> bool:
    """Whether every route tells the query parameters that the document tells of it; AssertionError names the first."""
    document = app.openapi()["paths"]
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.path in document:
            for method in route.methods or ():
                told = document[context.path][method.lower()].get("parameters", ())
                documented = {one["name"] for one in told if one["in"] == "query"}
                assert query_parameters(route) == documented, (method, context.path)
    return True
