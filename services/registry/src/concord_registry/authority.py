"""Who may do what in the registry: the table that is enforced, tested and documented.

Deciding on a claim takes more than a row: the body acted for must be concerned by the claim
(`claim_changes.bodies_concerned`), or have asserted it; correcting and withdrawing are for the asserter alone.
"""

from concord_kit.authority import Relation, Row

TABLE = (
    Row("map.read", "*", Relation.ANYONE),
    Row("claims.read", "*", Relation.ANYONE),
    Row("claims.assert", "commissioner", Relation.SELF),
    Row("claims.assert", "commissioner", Relation.MANDATE),
    Row("claims.confirm", "commissioner", Relation.SELF),
    Row("claims.confirm", "commissioner", Relation.MANDATE),
    Row("claims.dispute", "commissioner", Relation.SELF),
    Row("claims.dispute", "commissioner", Relation.MANDATE),
    Row("claims.end", "commissioner", Relation.SELF),
    Row("claims.end", "commissioner", Relation.MANDATE),
    Row("claims.pay", "commissioner", Relation.SELF),
    Row("claims.correct", "commissioner", Relation.SELF),
    Row("claims.correct", "commissioner", Relation.MANDATE),
    Row("claims.withdraw", "commissioner", Relation.SELF),
    Row("claims.withdraw", "commissioner", Relation.MANDATE),
    Row("imports.create", "data-steward", Relation.SELF),
    Row("imports.create", "commissioner", Relation.SELF),
    Row("imports.create", "commissioner", Relation.MANDATE),
    Row("activations.read", "*", Relation.ANYONE),
    Row("activations.put", "activator", Relation.SERVICE, service="agreements"),
    Row("mandates.read", "*", Relation.ANYONE),
    Row("mandates.grant", "chief-officer", Relation.SELF),
    Row("mandates.grant", "board-secretary", Relation.SELF),
    Row("mandates.end", "chief-officer", Relation.SELF),
    Row("mandates.end", "board-secretary", Relation.SELF),
    Row("changes.read", "*", Relation.ANYONE),
)
