"""Names as bags of words. What is typed and what is recorded are read alike, so that "&" is "and", and "Clinical
Commissioning Group" is "CCG"."""

import re
import unicodedata
from collections.abc import Iterable

LONG_FORMS = {
    "clinical commissioning group": "ccg",
    "primary care trust": "pct",
    "commissioning support unit": "csu",
    "strategic health authority": "sha",
    "integrated care board": "icb",
    "metropolitan borough council": "council",
    "county council": "council",
    "city council": "council",
    "borough council": "council",
    "district council": "council",
    "health and wellbeing board": "hwb",
    "foundation trust": "ft",
    "saint": "st",
}
"""Long form -> the word that stands for it in every name."""

INCIDENTAL = frozenset(
    {"nhs", "ccg", "pct", "csu", "sha", "icb", "council", "hwb", "ft", "trust"}
    | {"and", "the", "of", "for", "in", "england"}
)
"""Words that people leave out or add: they count little, and only between names that are otherwise alike."""

SPELT_OUT = {short: form.split() for form, short in LONG_FORMS.items() if short not in ("council", "st")}
"""What a short form stands for, where it stands for one thing."""

OF_LONG_FORMS = tuple(sorted({word for form in LONG_FORMS for word in form.split()}))
_LONG = re.compile(rf"\b({'|'.join(sorted(LONG_FORMS, key=len, reverse=True))})\b")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in lower case, without accents and marks, "&" read as "and", long forms shortened."""
    return shortened(split(text))


def spelt_out(text: str) -> frozenset[str]:
    """The single words of the long forms in a name, whether it has them long or short: who types "Trafford clinical"
    has not typed the form to its end."""
    words = split(text)
    found = {word for form in _LONG.findall(" ".join(words)) for word in form.split()}
    return frozenset(found.union(*(SPELT_OUT.get(word, ()) for word in words)))


def split(text: str) -> list[str]:
    """The words as they stand."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("+", " and "))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return re.findall(r"[^\W_]+", plain.replace("'", "").replace("\u2019", ""))


def shortened(words: Iterable[str]) -> tuple[str, ...]:
    """The words with each long form as the one word that stands for it."""
    return tuple(_LONG.sub(lambda found: LONG_FORMS[found[1]], " ".join(words)).split())


def code_of(text: str) -> str:
    """A code as it is compared: no spaces, no case; a scheme before it ("ods:02A") is kept."""
    return "".join(text.split()).casefold()
