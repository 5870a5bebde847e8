"""CPLEX-LP as words by section: what a reader must not pass over in silence is a fault here. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from concord_allocation.documents.written.draft import Draft

OBJECTIVES = {"max": True, "maximize": True, "maximise": True, "maximum": True}
OBJECTIVES |= {"min": False, "minimize": False, "minimise": False, "minimum": False}
SECTIONS: Mapping[str, str] = {
    **dict.fromkeys(OBJECTIVES, "objective"),
    **dict.fromkeys(("subject to", "such that", "st", "st.", "s.t."), "rows"),
    **dict.fromkeys(("bounds", "bound"), "bounds"),
    **dict.fromkeys(("general", "generals", "gen", "integer", "integers", "int"), "integer"),
    **dict.fromkeys(("binary", "binaries", "bin"), "binary"),
    **dict.fromkeys(("semi-continuous", "semis", "semi"), "semi"),
    "end": "end",
}
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("sos", "sos1", "sos2"), "special ordered sets"),
    "lazy constraints": "lazy constraints", "user cuts": "user cuts", "pwlobj": "a piecewise-linear objective",
    **dict.fromkeys(("general constraints", "general constraint", "gencons"), "general constraints"),
    "multi-objectives": "several objectives", "scenario": "scenarios",
}  # fmt: skip
_HEADING = re.compile(
    r"\s*(" + "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted((*SECTIONS, *REFUSED), key=len)[::-1])
    + r")(?=\s|$)(?!\s*(?::|[<>=]))", re.IGNORECASE,
)  # fmt: skip
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(
    rf"(?P<arrow>->)|(?P<sign><=|=<|>=|=>|==|[<>=])|(?P<number>{NUMBER})"
    r"|(?P<name>[A-Za-z_!\"#$%&(),;?@`'{}~|][A-Za-z0-9_!\"#$%&(),.;?@`'{}~|/\[\]]*)|(?P<mark>[-+*/^:\[\]])"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    line: int


def sections_of(text: str, draft: Draft) -> dict[str, list[Token]]:
    """The words of each section, comments left out; sets the sense of the draft and tells it what is wrong."""
    return _Splitting(draft).split(text)


class _Splitting:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.parts: dict[str, list[Token]] = {}

    def split(self, text: str) -> dict[str, list[Token]]:
        section = ""
        for count, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
            line = line.partition("\\")[0]
            if not line.strip():
                continue
            if section == "end":
                self.draft.wrong(count, "stands after End")
                return self.parts
            heading = _HEADING.match(line)
            if heading:
                word = " ".join(heading[1].lower().split())
                line = line[heading.end() :]
                if word in REFUSED:
                    self.draft.wrong(count, f"{REFUSED[word]}, and only linear programmes are solved here")
                    return self.parts
                section = SECTIONS[word]
                if section == "end" and line.strip():
                    self.draft.wrong(count, "stands after End")
                if section == "objective":
                    self._start(count, word, line)
                elif "objective" not in self.parts:
                    break
                self.parts.setdefault(section, [])
            if "objective" not in self.parts:
                break
            self.parts[section] += self._tokens(count, line)
        if "objective" not in self.parts:
            self.draft.wrong(0, "the text does not begin with Maximize or Minimize")
        elif section != "end" and not self.draft.faults:
            self.draft.wrong(0, "there is no End: the text is not complete")
        return self.parts

    def _start(self, count: int, word: str, rest: str) -> None:
        if "objective" in self.parts:
            self.draft.wrong(count, "there is a second objective")
        if rest.strip().lower().startswith("multi-objective"):
            self.draft.wrong(count, "several objectives, and only one is solved for here")
        self.draft.maximise = OBJECTIVES[word]

    def _tokens(self, count: int, line: str) -> list[Token]:
        found: list[Token] = []
        place = 0
        while place < len(line):
            if line[place].isspace():
                place += 1
                continue
            match = _TOKEN.match(line, place)
            if match is None:
                self.draft.wrong(count, f"{line[place]!r} means nothing here")
                return []
            found.append(Token(str(match.lastgroup), match[0], count))
            place = match.end()
        return found
