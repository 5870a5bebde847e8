"""What the lines of one area say of its people, by sex and age, as one answer for men and women together. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field

from concord_registry.publications.cells import word

BOTH, MEN, WOMEN, OTHER = "", "men", "women", "other"
WORDS = {
    BOTH: ("", "persons", "people", "all", "total", "both", "t", "p"),
    MEN: ("1", "m", "male", "males", "man", "men"),
    WOMEN: ("2", "f", "female", "females", "woman", "women"),
}
SEXES = {one: sex for sex, ways in WORDS.items() for one in ways}


def sex_of(cell: str) -> str:
    """BOTH, MEN, WOMEN, or OTHER for any other word: unknown, indeterminate."""
    return SEXES.get(word(cell), OTHER)


@dataclass(slots=True)
class Area:
    """People of an area as its lines come: by sex and age, and of all ages where a line or column says so."""

    line: int
    ages: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    all_ages: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def only(self) -> str:
        """The one sex that the lines are of, in a word; "" where they are of everybody."""
        sexes = self.ages.keys() | self.all_ages.keys()
        if BOTH in sexes or {MEN, WOMEN} <= sexes:
            return ""
        return next((one for one in (WOMEN, MEN) if one in sexes), OTHER)

    def by_age(self) -> dict[str, float]:
        """Lines of both together go before those of each; without them, each is added up."""
        if BOTH in self.ages:
            return dict(self.ages[BOTH])
        found: dict[str, float] = defaultdict(float)
        for ages in self.ages.values():
            for age, people in ages.items():
                found[age] += people
        return dict(found)

    def total(self) -> float | None:
        """People of all ages as the file says; None where it does not, or of one of two sexes alone."""
        if BOTH in self.all_ages:
            return self.all_ages[BOTH]
        if not self.all_ages or not {sex for sex in self.ages if sex != OTHER} <= self.all_ages.keys():
            return None
        return sum(self.all_ages.values())
