"""Formulas: what a page writes about a graph, as JSON in which numbers are references.

A formula is a list: its sign, what belongs to it, its parts. `["n", number]` is a number,
`["v", k]` the value of node k, `["x", k]` its name. Where a rule chooses, `["?", test, yes, no]`
leads to a `[":", formula, remark]` for each case: that tree is grown by running the code that
writes a formula with answers for the questions that it asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from autograd import text
from autograd.explain import equation, passes, paths, slopes
from autograd.explain.naming import origin
from autograd.explain.reading import Reading
from autograd.explain.slopes import because
from autograd.explain.writing import Holds, rule_name, scope_of
from autograd.formula import arithmetic, notation, typesetter
from autograd.formula import tree as fm
from autograd.formula.mathml import MATHML
from autograd.formula.notation import Name
from autograd.formula.plain import PLAIN
from autograd.formula.symbolic import condition_of_rule
from autograd.formula.tree import Formula, Num, Sym
from autograd.live.program import number_data
from autograd.ops import OPS, Op
from autograd.value import Value

# A formula with more cases than this is not written, only its number.
MOST_CASES = 64

Json: TypeAlias = Any

_SIGNS: dict[type, str] = {
    fm.Add: "+", fm.Mul: "*", fm.Div: "/", fm.Pow: "^", fm.Neg: "-", fm.Run: "run",
    fm.Call: "f", fm.Compare: "<", fm.Logic: "&", fm.Not: "!",
}  # fmt: skip


class Pool:
    """Formulas as lists whose parts are places in the pool, so that each is there once.

    >>> pool = Pool()
    >>> pool.tree(fm.Pow(Sym("x"), Num(2)), lambda label: ["x", 0])
    2
    >>> pool.trees
    [['x', 0], ['n', ['q', '2', '1', 'int']], ['^', 0, 0, 1]]
    """

    def __init__(self) -> None:
        self.trees: list[Json] = []
        self._places: dict[str, int] = {}
        self.functions: dict[str, Op | None] = {}  # those that occur, with their rows

    def kept(self, entry: Json) -> int:
        """The place of an entry."""
        key = json.dumps(entry)
        if key not in self._places:
            self._places[key] = len(self.trees)
            self.trees.append(entry)
        return self._places[key]

    def tree(self, formula: Formula, name: Callable[[str], Json]) -> int:
        """The place of a formula; `name` says what stands for a name in it."""
        match formula:
            case Num(value):
                return self.kept(["n", number_data(value)])
            case Sym(label):
                return self.kept(name(label))
            case fm.Call(function, _, row, spelled):
                own: Json = [function, spelled]
                self.functions[function] = row or OPS.get(function)
            case fm.Mul(_, own) | fm.Compare(own) | fm.Logic(own):
                pass
            case _:
                own = 0
        parts = [self.tree(part, name) for part in fm.parts_of(formula)]
        return self.kept([_SIGNS[type(formula)], own, *parts])


Question: TypeAlias = tuple[Value, int, text.Node]


class Undecided(Exception):
    """A question that has no answer yet: the condition of a rule, for the slope at a place."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


class TooMany(Exception):
    """There are more cases than are written."""


# How two numbers may stand to each other where a comparison holds; else they are no numbers.
_WHERE = {
    "<": {"<"}, ">": {">"}, "==": {"="},
    "<=": {"<", "="}, ">=": {">", "="}, "!=": {"<", ">", "nan"},
}  # fmt: skip
_SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def implied(known: Mapping[Question, bool], question: Question) -> bool | None:
    """The answer to a comparison that follows from others of the same two sides."""
    *at, condition = question
    if not isinstance(condition, text.Compare) or len(condition.signs) > 1:
        return None
    sides, possible = condition.sides, {"<", "=", ">", "nan"}
    for (*there, other), answer in known.items():
        if there != at or not isinstance(other, text.Compare) or len(other.signs) > 1:
            continue
        if other.sides in (sides, sides[::-1]):
            sign = other.signs[0] if other.sides == sides else _SWAPPED[other.signs[0]]
            possible = possible & _WHERE[sign] if answer else possible - _WHERE[sign]
    left = possible & _WHERE[condition.signs[0]]
    return None if left and left != possible else bool(left)


def decided(
    make: Callable[[Holds], int],
    test: Callable[[Value, int, text.Node, Holds], int],
    kept: Callable[[Json], int],
) -> int | None:
    """What `make` gives for each way in which rules may choose, behind the tests that decide it.

    None if there are too many ways. `make` is run with answers to the questions that it asks, until
    it asks none that is new.
    """
    left = MOST_CASES

    def grown(known: dict[Question, bool]) -> int:
        def holds(node: Value, place: int, condition: text.Node) -> bool:
            assert node.op is not None
            question = node, place if node.op.run else 0, condition
            answer = known[question] if question in known else implied(known, question)
            if answer is None:
                raise Undecided(question)
            return answer

        def branch(question: Question) -> int:
            try:
                asked = test(*question, holds)
            except Undecided as inner:  # what the question itself depends on comes first
                return branch(inner.question)
            sides = [grown(known | {question: answer}) for answer in (True, False)]
            return sides[0] if sides[0] == sides[1] else kept(["?", asked, *sides])

        nonlocal left
        try:
            found = make(holds)
        except Undecided as asked:
            return branch(asked.question)
        left -= 1
        if left < 0:
            raise TooMany
        return found

    try:
        return grown({})
    except TooMany:
        return None


class Formulas:
    """The formulas of a graph that is read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.place = {node: place for place, node in enumerate(reading.order)}
        self.labels = {label: self.place[node] for node, label in reading.names.items()}
        self.pool = Pool()
        self.fixed = self._fixed()
        self.hops = {top: [*inputs] for top, inputs in reading.slope.items()}

    def _fixed(self) -> set[Value]:
        """What has a formula that the numbers at the start have chosen: it is not shown."""
        found = set[Value]()
        for node in self.reading.order:
            own = node.op is not None and node.op.helper and _chooses(node.op)
            if own or any(x in found and x not in self.reading.names for x in node.parents):
                found.add(node)
        return found

    def tree(self, formula: Formula) -> int:
        """A formula with the names of the graph."""
        return self.pool.tree(formula, lambda label: ["x", self.labels[label]])

    def case(self, formula: Formula, remark: equation.Phrase) -> int:
        """A formula and the remark that says when it applies."""
        parts = [part if isinstance(part, str) else self.tree(part) for part in remark]
        return self.pool.kept([":", self.tree(formula), parts])

    def operand(self, node: Value, place: int) -> Json:
        """The number of one argument."""
        given = node.inputs[place]
        is_value = isinstance(given, Value)
        return ["v", self.place[given]] if is_value else ["n", number_data(node.operands[place])]

    def test(self, node: Value, place: int, test: text.Node, holds: Holds) -> int:
        """A condition of a rule in numbers, as the slope to the argument at a place has it."""
        op = node.op
        assert op is not None
        own: list[Formula] = [Sym(str(k)) for k in range(len(node.inputs))]
        _, scope = scope_of(op, place, own, Sym("z"))

        def choose(inner: text.Node) -> bool:
            return holds(node, place, inner)

        def name(label: str) -> Json:
            return ["v", self.place[node]] if label == "z" else self.operand(node, int(label))

        return self.pool.tree(condition_of_rule(test, scope, choose, op.rows), name)

    # What is written about single operations.

    def operation(self, node: Value) -> Json:
        """The value and the slopes of one operation."""
        reading, op = self.reading, node.op
        assert op is not None
        value = None
        if node not in self.fixed:
            operands = passes.of_operands(reading, node)
            numbers = self.pool.tree(operands, lambda label: self.operand(node, int(label)))
            value = [self.tree(reading.writing.body[node]), numbers]
        found: dict[str, Json] = {"rule": passes.row(node), "value": value, "slopes": {}}
        for parent in dict.fromkeys(node.parents):
            found["slopes"][self.place[parent]] = self._slope(node, parent)
        if not (op.run or op.opaque) and op.domain != "True":
            domain = self.test(node, 0, op.trees.domain, _never)
            found["domain"] = [domain, f"{rule_name(op)} has no value at "]
        return found

    def _slope(self, node: Value, parent: Value) -> int | None:
        def made(holds: Holds) -> int:
            formula, reasons = passes.slope_formula(self.reading.writing, node, parent, holds)
            return self.case(formula, because(reasons))

        return None if node in self.fixed else decided(made, self.test, self.pool.kept)

    # What is written about named values.

    def named(self, top: Value) -> Json:
        """The value of a named operation, and its slopes to its named inputs."""
        reading = self.reading
        inner = reading.segments[top]
        shown = not any(node in self.fixed for node in (top, *self._inside(top)))
        return {
            "node": self.place[top],
            "rule": reading.values[top].rule,
            "value": self.tree(reading.writing.body[top]) if shown else None,
            "inner": [self.place[node] for node in (top, *self._inside(top))],
            "slopes": [
                {
                    "node": self.place[parent],
                    "direct": paths.another_way(top, parent, self.hops),
                    "slope": self._between(top, parent, inner) if shown else None,
                    "shares": [],
                }
                for parent in reading.slope[top]
            ],
        }

    def _inside(self, top: Value) -> Iterator[Value]:
        """What is written out in a named value, from its end to its beginning."""
        names = self.reading.names
        for node in reversed(self.reading.segments[top]):
            if node is not top and node not in names:
                yield node

    def _between(self, top: Value, parent: Value, segment: list[Value]) -> int | None:
        """The slope between two named values."""
        leading = {parent}
        for node in segment:
            if (node is top or node not in self.reading.names) and leading & {*node.parents}:
                leading.add(node)
        way = [node for node in segment if node in leading]

        def made(holds: Holds) -> int:
            slope = slopes.formulas(top, way, self.reading.writing, holds)[parent]
            return self.case(slope.formula, slope.remark)

        return decided(made, self.test, self.pool.kept)

    def named_values(self) -> list[Json]:
        """The named operations in the order of the forward pass."""
        reading, found = self.reading, {}
        for top in reading.slope:
            found[top] = self.named(top)
        hops = {
            (top, parent): hop["shares"]
            for top, data in found.items()
            for parent, hop in zip(reading.slope[top], data["slopes"], strict=True)
        }
        owner = {node: top for top in found for node in (top, *self._inside(top))}
        for node in reversed(reading.order):
            for place, through in enumerate(node.inputs):
                if isinstance(through, Value) and origin(node, reading.names) is node:
                    pair = owner[node], origin(through, reading.names)
                    if pair in hops:
                        hops[pair].append([self.place[node], place])
        return [*found.values()]

    def data(self) -> dict[str, Json]:
        """All of it."""
        reading = self.reading
        computed = [node for node in reading.order if node.op is not None]
        named = self.named_values()
        operations = {self.place[node]: self.operation(node) for node in computed}
        titles = {
            self.place[node]: self.tree(passes.symbol(reading, node))
            for node in computed
            if node not in reading.names
        }
        return {
            "digits": reading.digits,
            "names": {place: _name(label) for label, place in self.labels.items()},
            "letters": {name: _written(Name(name)) for name in ("e", "pi")},
            "functions": {
                name: [PLAIN.function(name), MATHML.function(name)] for name in self.pool.functions
            },
            "superscripts": {chr(k): chr(v) for k, v in notation.SUPERSCRIPTS.items()},
            "pool": self.pool.trees,
            "titles": titles,
            "operations": operations,
            "named": named,
            "notes": passes.NOTES,
            "words": equation.WORDS,
            "most": {
                "parts": typesetter.MOST_PARTS,
                "worked": equation.MOST_WORKED_OUT,
                "exact": arithmetic.MOST_EXACT,
                "paths": paths.MOST_PATHS,
                "hops": paths.MOST_HOPS,
                "noise": equation.NOISE,
            },
        }


def formulas(reading: Reading) -> tuple[dict[str, Json], list[Op]]:
    """What a page writes about a graph, and the rows that it needs to work that out."""
    found = Formulas(reading)
    data = found.data()
    return data, [op for op in found.pool.functions.values() if op is not None]


def _never(*_: Any) -> bool:
    return False


def _chooses(op: Op) -> bool:
    return any(isinstance(part, text.Choice) for part in text.walk(op.trees.meaning))


def _name(label: str) -> Json:
    """A name as it is written, and how tightly it binds."""
    name = notation.read_name(label)
    return [*_written(name), typesetter.binding(name)]


def _written(name: Name) -> list[str]:
    return [PLAIN.name(name), MATHML.name(name)]
