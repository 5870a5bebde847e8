"""Programmes in CPLEX-LP format, read strictly. Pure.

Beyond the letter of the format: variables may stand on both sides of a row, constants too, and `*` between a number and
its variable. A bound below 0 above a variable leaves its lower bound of 0 as it is, and is told in the notes.
"""

import math
from dataclasses import dataclass, field

from concord_allocation.documents.written.draft import Draft, Kind, Row, number
from concord_allocation.documents.written.lp_text import Token, sections_of

INFINITE = ("inf", "infinity")


@dataclass(slots=True)
class Sum:
    """One side of a row."""

    terms: list[tuple[str, float]] = field(default_factory=list)
    constant: float = 0.0
    read: int = 0


def read_lp(text: str) -> Draft:
    """The programme. Raises NotReadable with everything that is wrong, by line."""
    return _Reading().read(text)


class _Stop(Exception):
    """The rest of a statement makes no sense."""


class _Reading:
    def __init__(self) -> None:
        self.draft = Draft()
        self.parts: dict[str, list[Token]] = {}
        self.names: set[str] = set()

    def read(self, text: str) -> Draft:
        self.parts = sections_of(text, self.draft)
        if not self.draft.faults:
            self._objective(self.parts.get("objective", []))
            self._rows(self.parts.get("rows", []))
            used = len(self.draft.variables)
            self._bounds(self.parts.get("bounds", []))
            self._kinds()
            for variable in self.draft.variables[used:]:
                self.draft.notes.append(f"{variable.name}: stands in no row and not in the objective")
        return self.draft.finished()

    def _objective(self, tokens: list[Token]) -> None:
        place = 2 if _labelled(tokens, 0) else 0
        try:
            found, place = self._sum(tokens, place)
            if place < len(tokens):
                self._cannot(tokens[place])
        except _Stop:
            return
        self.draft.offset = found.constant
        for name, value in found.terms:
            self.draft.variables[self.draft.variable(name)].cost += value

    def _rows(self, tokens: list[Token]) -> None:
        place = 0
        while place < len(tokens):
            begun = place
            try:
                place = self._row(tokens, place)
            except _Stop:  # go on at the next line
                line = tokens[begun].line
                while place < len(tokens) and tokens[place].line <= line:
                    place += 1

    def _row(self, tokens: list[Token], place: int) -> int:
        line = tokens[place].line
        name = f"row_{len(self.draft.rows) + 1}"
        if _labelled(tokens, place):
            name, place = tokens[place].text, place + 2
        if name in self.names:
            self.draft.wrong(line, f"row {name!r} stands twice")
        self.names.add(name)
        left, place = self._sum(tokens, place)
        first, place = self._sign(tokens, place, line)
        # A row ends with its line; only behind a number alone on the left may its sum go on over the next ones.
        middle, place = self._sum(tokens, place, line_ends=bool(left.terms))
        second = None
        if place < len(tokens) and tokens[place].kind == "sign":
            second, place = self._sign(tokens, place, line)
            right, place = self._sum(tokens, place, line_ends=True)
            if left.terms or right.terms or not middle.terms or second != first or first == "=":
                self.draft.wrong(line, "a row with two signs is number <= sum <= number, both signs alike")
                raise _Stop
        if place < len(tokens) and tokens[place].kind == "arrow":
            self._cannot(tokens[place])
        if middle.terms and left.terms and place < len(tokens) and tokens[place].text in "+-":
            self.draft.wrong(tokens[place].line, "it is not clear where the row ends: put its variables on the left")
            raise _Stop
        self._add(line, name, left, first, middle)
        if second is not None:
            row = self.draft.rows[-1]
            side = right.constant - middle.constant
            row.lower, row.upper = (row.lower, side) if second == "<" else (side, row.upper)
        return place

    def _add(self, line: int, name: str, left: Sum, sign: str, right: Sum) -> None:
        """left sign right, as lower <= sum <= upper; constants go to the other side."""
        turned = not left.terms
        one, other = (right, left) if turned else (left, right)
        if turned and sign != "=":
            sign = "<" if sign == ">" else ">"
        side = other.constant - one.constant
        row = Row(name, -math.inf if sign == "<" else side, math.inf if sign == ">" else side)
        for terms, times in ((one.terms, 1.0), (other.terms, -1.0)):
            for variable, value in terms:
                j = self.draft.variable(variable)
                row.entries[j] = row.entries.get(j, 0.0) + times * self.draft.coefficient(line, value)
        if not one.terms:
            self.draft.wrong(line, "a row without a variable")
        self.draft.rows.append(row)

    def _sign(self, tokens: list[Token], place: int, line: int) -> tuple[str, int]:
        if place < len(tokens) and tokens[place].kind == "sign":
            text = tokens[place].text
            return "<" if "<" in text else ">" if ">" in text else "=", place + 1
        if place < len(tokens):
            self._cannot(tokens[place])
        self.draft.wrong(line, "a row without <=, = or >=")
        raise _Stop

    def _sum(self, tokens: list[Token], place: int, *, line_ends: bool = False) -> tuple[Sum, int]:
        """Terms until something else begins; with `line_ends`, until a line begins behind a finished term."""
        found = Sum()
        while place < len(tokens):
            if _labelled(tokens, place) or (found.read and tokens[place].text not in ("+", "-")):
                break
            if line_ends and found.read and tokens[place].line > tokens[place - 1].line:
                break
            if tokens[place].kind == "sign":
                break
            place = self._term(tokens, place, found, line_ends=line_ends)
        return found, place

    def _term(self, tokens: list[Token], place: int, found: Sum, *, line_ends: bool) -> int:
        """[+|-]... [number [*]] name, or a number alone."""
        begun, value = tokens[place], 1.0
        while place < len(tokens) and tokens[place].text in ("+", "-"):
            value = -value if tokens[place].text == "-" else value
            place += 1
        has_number = place < len(tokens) and (tokens[place].kind == "number" or tokens[place].text.lower() in INFINITE)
        if has_number:
            value *= number(tokens[place].text) or 0.0
            place += 1
            if place < len(tokens) and tokens[place].text == "*":
                place += 1
                if place == len(tokens) or tokens[place].kind != "name":
                    self._cannot(tokens[place - 1])
        behind = tokens[place] if place < len(tokens) else None
        next_row = has_number and line_ends and behind is not None and behind.line > tokens[place - 1].line
        if behind is not None and behind.kind == "name" and not next_row and not _labelled(tokens, place):
            found.terms.append((behind.text, self.draft.coefficient(behind.line, value)))
            place += 1
        elif has_number:
            found.constant += value
        else:
            self._cannot(behind or begun)
        if place < len(tokens) and tokens[place].text in ("^", "*", "[", "/"):
            self._cannot(tokens[place])
        found.read += 1
        return place

    def _cannot(self, token: Token) -> None:
        words = {
            "->": "an indicator constraint, and only linear programmes are solved here",
            "[": "a quadratic term, and only linear programmes are solved here",
            "^": "a quadratic term, and only linear programmes are solved here",
            "*": "a product of variables, and only linear programmes are solved here",
        }.get(token.text, f"{token.text[:80]!r} is not expected here")
        self.draft.wrong(token.line, words)
        raise _Stop

    def _bounds(self, tokens: list[Token]) -> None:
        for line in dict.fromkeys(token.line for token in tokens):
            try:
                self._bound(line, [token for token in tokens if token.line == line])
            except _Stop:
                continue

    def _bound(self, line: int, tokens: list[Token]) -> None:
        if len(tokens) == 2 and tokens[1].text.lower() == "free":
            variable = self.draft.variables[self.draft.variable(tokens[0].text)]
            variable.lower, variable.upper = -math.inf, math.inf
            return
        sides, signs, place = [], [], 0
        while place < len(tokens):
            one, place = self._sum(tokens, place)
            sides.append(one)
            if place < len(tokens):
                sign, place = self._sign(tokens, place, line)
                signs.append(sign)
        named = [k for k, one in enumerate(sides) if one.terms]
        spanned = len(sides) == 3 and named == [1] and signs == [signs[0]] * 2 and signs[0] != "="
        if len(sides) != len(signs) + 1 or not (spanned or (len(sides) == 2 and len(named) == 1)):
            self.draft.wrong(line, "a bound is number <= variable <= number, variable = number or variable free")
            return
        (k,) = named
        if len(sides[k].terms) > 1 or sides[k].terms[0][1] != 1 or sides[k].constant:
            self.draft.wrong(line, "a bound is of one variable alone")
            return
        variable = self.draft.variables[self.draft.variable(sides[k].terms[0][0])]
        for position, sign in enumerate(signs):
            other = position + 1 if position >= k else position
            below = (sign == ">") if other > k else (sign == "<")
            value = sides[other].constant
            if below or sign == "=":
                variable.lower = value
            if not below or sign == "=":
                variable.upper = value

    def _kinds(self) -> None:
        for section, kind in (("integer", Kind.INTEGER), ("binary", Kind.INTEGER), ("semi", Kind.SEMI_CONTINUOUS)):
            for token in self.parts.get(section, []):
                if token.kind != "name":
                    self.draft.wrong(token.line, f"{token.text[:80]!r} is no name of a variable")
                    continue
                variable = self.draft.variables[self.draft.variable(token.text)]
                whole = variable.kind == Kind.INTEGER and section == "semi"
                variable.kind = Kind.SEMI_INTEGER if whole else kind
                if section == "binary":  # within bounds that are said of it, as where one is fixed
                    variable.lower = max(0.0, variable.lower or 0.0)
                    variable.upper = min(1.0, 1.0 if variable.upper is None else variable.upper)
        for variable in self.draft.variables:
            if variable.upper is not None and variable.upper < 0 and variable.lower is None:
                self.draft.notes.append(f"{variable.name}: its upper bound lies below 0, and its lower bound is 0")


def _labelled(tokens: list[Token], place: int) -> bool:
    """Whether a row's name and colon stand here."""
    return place + 1 < len(tokens) and tokens[place].kind == "name" and tokens[place + 1].text == ":"
