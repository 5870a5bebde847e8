"""Reads that name bodies and take no `roll_to`, by the operation's name in OpenAPI, and why: the one place for it."""

from collections.abc import Mapping

_ACTS = "an act, its file or its keeper as recorded: whoever did it did it, whatever became of it later"
_EVENTS = "it is itself of the day on which bodies or the law change"
_ADVICE = "advice from the people, places and neighbours of the day: ask with `as_of` of the other day"

NOT_ROLLED: Mapping[str, str] = {
    "list_holdings": "it names who follows the body already, once all that is known has happened",
    "list_planning_distances": _ADVICE,
    "read_planning_sets": _ADVICE,
    "read_responsible_commissioner": "whose a person is follows from where they are on the day: ask with `as_of`",
    "read_contacts": "people to turn to hold their roles for a body of the day: ask with `as_of`",
    "read_jsna": "a paper of a day for the authority of that day: ask with `as_of`",
    "search": "finds bodies by any name and code of any day; `GET organisations` re-expresses them",
    "read_activation": "an agreement's words as its service sent them; `GET claims?agreement=` re-expresses them",
    "list_rule_versions": _EVENTS,
    "list_rule_changes": _EVENTS,
    "read_rule_change": _EVENTS,
    "list_reorganisations": _EVENTS,
    "read_reorganisation": _EVENTS,
    "list_people": _ACTS,
    "read_person": _ACTS,
    "list_imports": _ACTS,
    "read_import": _ACTS,
    "list_files": _ACTS,
    "read_file": _ACTS,
    "list_webhooks": _ACTS,
    "read_webhook": _ACTS,
}
