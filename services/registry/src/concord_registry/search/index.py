"""Every name and code, of any day, at one state of the reference data; asked in milliseconds.

A name is a bag of words. Each word typed is looked for among all words that any name has, by RapidFuzz, allowing for
mistakes and for a word not yet typed to its end; a name scores by how much of what was typed it has, weighed by how
rare each word is, and a little by how much of the name that is. A long form ("clinical commissioning group") is one
word of a name; its single words are found too, but are no further part of the name.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from concord_contracts.registry import Found, MatchedBy
from concord_registry.postcodes import SCHEME, postcode_of
from concord_registry.search.words import INCIDENTAL, OF_LONG_FORMS, code_of, shortened, spelt_out, split, words_of

LIKE = 0.7
"""Two words are taken for one from here on: a letter wrong, missing or swapped in four, two in seven."""
LESS_LIKE = 0.12
"""Words so much less like than the likest are not meant: "Traford" is Trafford, not Bradford."""
ENOUGH = 0.62
"""A name is found if it has this share, by weight, of what was typed."""
INCIDENTAL_WEIGHT = 0.08
UNKNOWN_WEIGHT = 0.4
"""A word that no name has weighs less than a telling one: one of them beside a place's name leaves the place found."""
BEGUN = 0.9
"""How like a word is to its beginning of three letters and more."""
SHORTEST_BEGINNING = 3
OF_THE_NAME = 0.15
"""How much of the score is for how much of the name was typed."""
CODE_BEGUN = 0.85
MISWRITTEN = 0.8
"""A word typed is taken for one of a long form ("comissioning") from here on."""
RUN_TOGETHER = 85.0
"""Where no word fits, whole names without spaces are compared ("towerhamlets"): how like they must be, of 100."""

MOST_RUN_TOGETHER = 50


type Likes = Mapping[str, Mapping[str, float]]
"""Word typed -> words that names have -> how like they are, 0..1."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A name or code of a body, or the name of a place, with its days."""

    found: Found
    key: str
    text: str
    valid_from: date
    valid_to: date
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What fits what was typed, and how well, 0..1."""

    score: float
    by: MatchedBy
    entry: Dated
    exact: bool


class Index:
    """Names and codes at one state. Immutable once made, so safe to share between threads."""

    def __init__(self, names: Iterable[Dated], codes: Iterable[Dated]) -> None:
        self.names = tuple(names)
        self._words = tuple(frozenset(words_of(name.text)) for name in self.names)
        self._packed = tuple(_packed(words_of(name.text)) for name in self.names)
        self._all_words = tuple(
            words | spelt_out(name.text) for name, words in zip(self.names, self._words, strict=True)
        )
        self._having: dict[str, list[int]] = {}
        for number, words in enumerate(self._all_words):
            for word in words:
                self._having.setdefault(word, []).append(number)
        self._vocabulary = list(self._having)
        all_codes = tuple(codes)
        self._codes: dict[str, list[Dated]] = {}
        for code in all_codes:
            if code.scheme != SCHEME:
                self._codes.setdefault(code_of(code.text), []).append(code)
        self.postcodes = tuple(code for code in all_codes if code.scheme == SCHEME)

    @cached_property
    def bodies_with_postcode(self) -> int:
        return len({code.key for code in self.postcodes})

    def find(self, text: str) -> list[Scored]:
        """What fits the text as a name, a code, or a postcode; in no order. Letters alone are a postcode's area only
        where they are nothing else."""
        found = [*self.by_name(text), *self.by_code(text)]
        place = postcode_of(text)
        return found + (self.by_postcode(text) if place and (place[1] or not found) else [])

    def by_code(self, text: str) -> list[Scored]:
        """Codes of any scheme that are the text, or begin with it; a body's id counts as a code of its scheme."""
        wanted = code_of(text)
        scheme, colon, code = wanted.partition(":")
        code = code if colon else wanted

        def of_scheme(one: Dated) -> bool:
            return not colon or one.scheme == scheme

        exact = [Scored(1.0, MatchedBy.CODE, one, True) for one in self._codes.get(code, ()) if of_scheme(one)]
        if exact or len(code) < SHORTEST_BEGINNING or not any(char.isdigit() for char in code):
            return exact
        return [
            Scored(CODE_BEGUN * len(code) / len(held), MatchedBy.CODE, one, False)
            for held, entries in self._codes.items()
            if held.startswith(code)
            for one in entries
            if of_scheme(one)
        ]

    def by_postcode(self, text: str) -> list[Scored]:
        """Bodies whose seat has the postcode, or lies in the district or area."""
        wanted = postcode_of(text)
        if wanted is None:
            return []
        given = [part for part in wanted if part]
        return [
            Scored(1.0, MatchedBy.POSTCODE, one, len(given) == len(wanted))
            for one in self.postcodes
            if (held := postcode_of(one.text)) and [*held][: len(given)] == given
        ]

    def by_name(self, text: str) -> list[Scored]:
        """Names that have enough of the words typed, mistakes allowed."""
        words = _words_typed(text)
        return self._by_words(words) or self._run_together(words) if words else []

    def _by_words(self, words: tuple[str, ...]) -> list[Scored]:
        typed = dict.fromkeys(words)
        telling = [word for word in typed if word not in INCIDENTAL] or [*typed]
        like = {word: self._like(word) for word in typed}
        weights = {word: self._weight_typed(word, found) for word, found in like.items()}
        all_typed = sum(weights.values())
        candidates = {number for word in telling for held in like[word] for number in self._having[held]}
        scored = []
        for number in candidates:
            has = self._share(number, like, weights) / all_typed
            if has >= ENOUGH:
                scored.append(self._scored(number, has, frozenset(typed), like))
        return scored

    def _run_together(self, words: tuple[str, ...]) -> list[Scored]:
        found = process.extract(
            _packed(words), self._packed, scorer=fuzz.ratio, score_cutoff=RUN_TOGETHER, limit=MOST_RUN_TOGETHER
        )
        return [
            Scored(round(score / 100 * BEGUN, 4), MatchedBy.NAME, self.names[number], False)
            for _, score, number in found
        ]

    def _scored(self, number: int, has: float, typed: frozenset[str], like: Likes) -> Scored:
        words = self._words[number]
        whole = sum(self._weight(word) for word in words)
        named = sum(self._weight(word) for word in words if any(word in found for found in like.values()))
        exact = typed - INCIDENTAL == words - INCIDENTAL and bool(typed - INCIDENTAL or typed == words)
        score = has * (1 - OF_THE_NAME + OF_THE_NAME * named / whole) if whole else has
        return Scored(min(1.0, round(score, 4)), MatchedBy.NAME, self.names[number], exact)

    def _share(self, number: int, like: Likes, weights: Mapping[str, float]) -> float:
        words = self._all_words[number]
        return sum(
            weights[word] * max((likeness for held, likeness in found.items() if held in words), default=0.0)
            for word, found in like.items()
        )

    def _like(self, word: str) -> dict[str, float]:
        """Words that names have and that may be meant, with how like they are, 0..1."""
        found = {
            held: score
            for held, score, _ in process.extract(
                word, self._vocabulary, scorer=OSA.normalized_similarity, score_cutoff=LIKE, limit=50
            )
        }
        if len(word) >= SHORTEST_BEGINNING:
            begun = {held: BEGUN for held in self._vocabulary if held.startswith(word) and held != word}
            found |= {held: max(score, found.get(held, 0.0)) for held, score in begun.items()}
        likest = max(found.values(), default=0.0)
        return {held: likeness for held, likeness in found.items() if likeness >= likest - LESS_LIKE}

    def _weight(self, word: str) -> float:
        if word in INCIDENTAL:
            return INCIDENTAL_WEIGHT
        return math.log(1 + len(self.names) / len(self._having[word])) / math.log(1 + max(1, len(self.names)))

    def _weight_typed(self, word: str, found: Mapping[str, float]) -> float:
        """A word typed weighs as the likest that is recorded; one that no name has, less."""
        if word in INCIDENTAL:
            return INCIDENTAL_WEIGHT
        return self._weight(max(found, key=lambda held: (found[held], held))) if found else UNKNOWN_WEIGHT


def _packed(words: Iterable[str]) -> str:
    """The telling words without spaces between them."""
    return "".join(word for word in words if word not in INCIDENTAL)


def _words_typed(text: str) -> tuple[str, ...]:
    """Words of what was typed; those of long forms ("clinical comissioning group") are mended first."""

    def mended(word: str) -> str:
        found = process.extractOne(word, OF_LONG_FORMS, scorer=OSA.normalized_similarity, score_cutoff=MISWRITTEN)
        return found[0] if found and len(word) > len("group") else word

    return shortened(mended(word) for word in split(text))
