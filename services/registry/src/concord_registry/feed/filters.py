"""Which changes somebody wants: by what was done, to which record, by or about whom, where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change is wanted if it fits each part that is given; a part fits if any of its values does.

    `actions` are whole ("claims.assert") or a family ("claims"); `subjects` whole ("claim:...") or a kind ("claim");
    `bodies` acted for or named in what was touched; `places` named in what was touched. Loads and imports of reference
    data can concern every body and place, so they fit any of both.
    """

    actions: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
