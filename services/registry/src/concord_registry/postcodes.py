"""Postcodes as people and lists write them. Kept as codes of the scheme `postcode`: of a body's seat, not of the people
that it answers for; several bodies may share one."""

import re

SCHEME = "postcode"

_WHOLE = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9][A-Z]{2})")
_BEGUN = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)?")


def postcode_of(text: str) -> tuple[str, str, str] | None:
    """(area, district, rest) of a postcode or its beginning: ("M", "M33", "7ZF"); "" for what is not given.

    None where the text is none. `M` and `OL` are areas, `M33` a district, `M33 7ZF` a whole postcode.
    """
    packed = "".join(text.split()).upper()
    if whole := _WHOLE.fullmatch(packed):
        return whole[1], whole[1] + whole[2], whole[3]
    begun = _BEGUN.fullmatch(packed)
    return (begun[1], packed if begun[2] else "", "") if begun else None


def written(text: str) -> str | None:
    """A whole postcode as it is written, `M33 7ZF`; None for what is none."""
    found = postcode_of(text)
    return f"{found[1]} {found[2]}" if found and found[2] else None
