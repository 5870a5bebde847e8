"""The formats we know, each in a module of its own. A new one is a module and a line here."""

from concord_registry.publications.formats import (
    code_list,
    councils,
    ods_efile,
    ods_roles,
    ods_successors,
    ons_lookup,
    outcomes,
    populations,
    postcode_shares,
    qof,
    tumour_groups,
    waiting_times,
    weighted,
)
from concord_registry.publications.formats.base import Format

FORMATS: tuple[Format, ...] = (
    ods_roles.FORMAT,
    ods_efile.FORMAT,
    code_list.FORMAT,
    ods_successors.FORMAT,
    ons_lookup.FORMAT,
    councils.MYSOCIETY_LIST,
    councils.GOVUK_REGISTER,
    populations.FORMAT,
    populations.PATIENTS_FORMAT,
    qof.FORMAT,
    weighted.FORMAT,
    waiting_times.COMMISSIONER_FORMAT,
    waiting_times.TRUST_FORMAT,
    outcomes.FORMAT,
    tumour_groups.FORMAT,
    postcode_shares.FORMAT,
)
"""In the order in which their files refer to each other."""

BY_KEY = {one.key: one for one in FORMATS}
