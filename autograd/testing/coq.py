"""Rows as theorems of Coq: each slope is the derivative of what the row means.

A theorem speaks of real numbers, in the row's domain and away from its kinks: nothing in the text
of the slope is undefined there, and it is the derivative. Of floats it says nothing. What Coq's
libraries lack stands in `reals.v`, with the tactic that proves the theorems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Final, NamedTuple

from autograd.codegen import AND, ATOM, BINDING, CHOICE, COMPARE, NOT, OR, POWER, SIGN, SUM, Source
from autograd.ops import Op
from autograd.text import (
    CONSTANTS,
    Binary,
    Call,
    Choice,
    Compare,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    calls,
    names,
    parts,
)

# Definitions, lemmas and the tactic, in the language of Coq.
REALS: Final = files(__package__) / "reals.v"

# What Coq and `reals.v` have. Everything else is what the rows say that it means.
PRIMITIVES: Final = {
    **{name: name for name in ("exp", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: name for name in ("atan2", "floor", "erf", "erfc")},
    **{name: name for name in ("dot", "logsumexp", "softmax", "softmean", "softmean_dx")},
    **{name: name for name in ("prod", "prod_dx", "mean", "share", "norm", "norm_dx")},
    "abs": "Rabs", "log": "ln",
}  # fmt: skip

# Where a function has a value, if that is not what the domain of its row says.
_HAS_VALUE: Final = {
    "log": "0 < {}", "sqrt": "0 <= {}", "tan": "cos {} <> 0",
    **dict.fromkeys(("asin", "acos"), "-1 <= {} <= 1"),
}  # fmt: skip

# What no input may be called: words of the language, and all that a theorem speaks of.
RESERVED: Final = {*PRIMITIVES.values()} | {*re.findall(r"\w+", """
    as at cofix else end exists exists2 fix for forall fun if in let match mod return then where
    with using by Set Prop Type SProp IF R PI list length is_derive Rpower negb true false True
    False every_theorem
""")}  # fmt: skip

_TESTS: Final = {"<": "<?", "<=": "<=?", "==": "=?"}
_SIGNS: Final = {"<": "<", "<=": "<=", "==": "=", "!=": "<>"}
_OTHERWISE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_TURNED: Final = {">": "<", ">=": "<="}


class Real(Source):
    """The writer of terms and of conditions of real numbers.

    As a condition of a choice a comparison is a bool (`x <? y`), elsewhere a proposition.

    >>> from autograd.text import read
    >>> Real({"x": "x"}, PRIMITIVES.__getitem__)(read("x if not -1 < x <= 2 else log(x) ** 2"))
    'if negb ((- 1 <? x) && (x <=? 2)) then x else (ln x) ^ 2'
    """

    def write(self, node: Node) -> tuple[str, int]:
        """The term of a tree, and how tightly it binds."""
        match node:
            case Negative(of):
                return f"- {self.within(of, POWER)}", SIGN
            case Call(name, (_,)) if name in CONSTANTS:
                value = CONSTANTS[name]
                return self.write(_fraction(value))
            case Call(name, arguments):
                given = " ".join(self.within(argument, ATOM) for argument in arguments)
                return f"{self.call(name)} {given}", POWER
            case Name() | Number() | Binary() | Choice():
                return super().write(node)
        return self.condition(node)

    def binary(self, sign: str, left: Node, right: Node) -> tuple[str, int]:
        """Arithmetic; powers of whole exponents are products, others are of positive numbers."""
        match sign, right:
            case "**", Number(int(value)):
                return f"{self.within(left, ATOM)} ^ {value}", POWER
            case "**", Negative(Number() as exponent):
                return self.write(Binary("/", Number(1), Binary("**", left, exponent)))
            case "**", _:
                return f"Rpower {self.within(left, ATOM)} {self.within(right, ATOM)}", POWER
        binding = BINDING[sign]
        return f"{self.within(left, binding)} {sign} {self.within(right, binding + 1)}", binding

    def number(self, node: Number) -> str:
        """A number written out, or as the power that it was."""
        return super().number(node).replace("**", " ^ ")

    def choice(self, test: Node, yes: Node, no: Node) -> tuple[str, int]:
        """A choice."""
        texts = self.within(_condition(test), CHOICE), self.within(yes, OR), self(no)
        return "if {} then {} else {}".format(*texts), CHOICE

    def condition(self, node: Node) -> tuple[str, int]:
        """A condition as a bool."""
        match node:
            case Compare((">" | ">=" as sign,), (left, right)):
                return self.condition(Compare((_TURNED[sign],), (right, left)))
            case Compare(("!=",), sides):
                return self.condition(Not(Compare(("==",), sides)))
            case Compare((sign,), (left, right)):
                return f"{self.within(left, SUM)} {_TESTS[sign]} {self.within(right, SUM)}", COMPARE
            case Compare():
                return self.condition(_pairs(node))
            case Logic(word, ()):
                return ("true" if word == "and" else "false"), ATOM
            case Logic(word, conditions):
                texts = [self.within(_condition(part), ATOM) for part in conditions]
                return (" && " if word == "and" else " || ").join(texts), (
                    AND if word == "and" else OR
                )
            case Not(of):
                return f"negb {self.within(_condition(of), ATOM)}", NOT
        raise TypeError(f"not a tree of a rule: {node!r}")

    def proposition(self, node: Node) -> str:
        """A condition as a proposition."""
        match _condition(node):
            case Compare((">" | ">=" as sign,), (left, right)):
                return self.proposition(Compare((_TURNED[sign],), (right, left)))
            case Compare((sign,), (left, right)):
                return f"{self.within(left, SUM)} {_SIGNS[sign]} {self.within(right, SUM)}"
            case Compare() as chain:
                return self.proposition(_pairs(chain))
            case Logic(word, ()):
                return "True" if word == "and" else "False"
            case Logic(word, conditions):
                joined = " /\\ " if word == "and" else " \\/ "
                return f"({joined.join(map(self.proposition, conditions))})"
            case Not(of):
                return f"~ ({self.proposition(of)})"
        raise TypeError(f"not a condition of a rule: {node!r}")


def _fraction(value: Fraction) -> Node:
    number = Number(value.numerator)
    return number if value.denominator == 1 else Binary("/", number, Number(value.denominator))


def _condition(node: Node) -> Node:
    """A number as a condition holds where it is not 0."""
    known = isinstance(node, Compare | Logic | Not)
    return node if known else Compare(("!=",), (node, Number(0)))


def _pairs(chain: Compare) -> Logic:
    """A chain of comparisons as comparisons of two."""
    pairs = zip(chain.signs, chain.sides, chain.sides[1:], strict=False)
    return Logic("and", tuple(Compare((sign,), (x, y)) for sign, x, y in pairs))


# Rows.


def writer(op: Op, known: Mapping[str, str]) -> Real:
    """The writer of this row's texts, where `known` says what its names are.

    It raises NotImplementedError for a function that Coq and `reals.v` do not have.
    """

    def called(name: str) -> str:
        if name == "pi":
            return "PI"
        if name in PRIMITIVES:
            return PRIMITIVES[name]
        if name not in op.rows or not is_real(op.rows[name]):
            raise NotImplementedError(
                f"{op.name!r} calls {name!r}, which Coq does not have: give its row a meaning "
                f"made of {', '.join(sorted(PRIMITIVES))}"
            )
        return f"row_{_plain(name)}"

    return Real(known, called)


def is_primitive(op: Op) -> bool:
    """Whether the row is one of the functions that Coq and `reals.v` have."""
    return op.name in PRIMITIVES and op.name in {call.name for call in calls(op.trees.value)}


def is_real(op: Op) -> bool:
    """Whether Coq has what the row means. It has no functions of Python."""
    if op.routines or is_primitive(op):
        return not op.routines
    return all(
        call.name in PRIMITIVES or call.name in CONSTANTS
        or (call.name != op.name and call.name in op.rows and is_real(op.rows[call.name]))
        for call in calls(op.trees.meaning)
    )  # fmt: skip


def has_value(op: Op, tree: Node, known: Mapping[str, str]) -> Iterator[str]:
    """The propositions under which everything in a tree of the row has a value."""
    write = writer(op, known)
    match tree:
        case Choice(test, yes, no):
            yield from has_value(op, test, known)
            texts = [" /\\ ".join(has_value(op, branch, known)) or "True" for branch in (yes, no)]
            if texts != ["True", "True"]:
                yield "(if {} then {} else {})".format(write(_condition(test)), *texts)
            return
        case Binary("/", _, right) | Binary("**", right, Negative(Number())):
            if not (isinstance(right, Number) and right.value):
                yield write.proposition(Compare(("!=",), (right, Number(0))))
        case Binary("**", left, right) if not isinstance(right, Number):
            yield write.proposition(Compare(("<",), (Number(0), left)))
        case Call(name, (argument,)) if name in _HAS_VALUE:
            yield _HAS_VALUE[name].format(write.within(argument, ATOM))
        case Call(name, arguments) if name in op.rows:
            row = op.rows[name]
            given = [write.within(argument, ATOM) for argument in arguments]
            yield from assumed(row, row.trees.domain, dict(zip(row.inputs, given, strict=True)))
    for part in parts(tree):
        yield from has_value(op, part, known)


def assumed(op: Op, tree: Node, known: Mapping[str, str]) -> list[str]:
    """A condition of the row as propositions of which all must hold."""
    match _condition(tree):
        case Logic("and", conditions):
            return [text for part in conditions for text in assumed(op, part, known)]
        case Compare(signs) as chain if len(signs) > 1:
            return assumed(op, _pairs(chain), known)
        case condition:
            return [writer(op, known).proposition(condition)]


def excluded(op: Op, tree: Node, known: Mapping[str, str]) -> list[str]:
    """The same of a condition that does not hold."""
    match _condition(tree):
        case Logic("or", conditions):
            return [text for part in conditions for text in excluded(op, part, known)]
        case Compare((sign,), sides):
            return assumed(op, Compare((_OTHERWISE[sign],), sides), known)
        case Logic("and", conditions) if conditions:
            either = [text for part in conditions for text in excluded(op, part, known)]
            return ["({})".format(" \\/ ".join(either))]
        case condition:
            return assumed(op, Not(condition), known)


class Theorem(NamedTuple):
    """A theorem: for all `variables`, under the hypotheses, the claims.

    `points` are where the value may change its form, as the input that it is differentiated to goes
    through them: the proof looks at both sides.
    """

    name: str
    variables: str
    hypotheses: tuple[str, ...]
    claims: tuple[str, ...]
    points: tuple[str, ...] = ()

    @property
    def proposition(self) -> str:
        """What holds for the variables."""
        return " ->\n  ".join((*self.hypotheses, " /\\\n    ".join(self.claims)))

    def __str__(self) -> str:
        return f"Theorem {self.name} {self.variables} :\n  {self.proposition}"


def statement(op: Op) -> str:
    r"""The theorems of a row as Coq reads them. Raises NotImplementedError as `theorems` does.

    >>> from autograd.ops import OPS
    >>> print(statement(OPS["sqrt"]))
    Theorem sqrt_x (x : R) :
      0 < x ->
      2 * (sqrt x) <> 0 /\
        is_derive (fun x => sqrt x) x (1 / (2 * (sqrt x))).
    """
    return "\n\n".join(f"{theorem}." for theorem in theorems(op))


def theorems(op: Op) -> list[Theorem]:
    """What is to be proved of a row: its value, and each slope, also as a textbook writes it.

    Raises NotImplementedError where a text calls what Coq does not have.
    """
    speech = Speech(op)
    found = [*speech.value()]
    for place, name in enumerate(op.inputs):
        for kind, trees in (("", op.trees.slopes), ("_written", op.trees.written)):
            if not kind or trees[place] != op.trees.slopes[place]:
                found.append(speech.slope(place, trees[place], f"{name}{kind}"))
    return found


class Speech:
    """What the theorems of a row speak of: its inputs by their names in Coq, and its value."""

    def __init__(self, op: Op) -> None:
        if op.routines:
            raise NotImplementedError(
                f"{op.name!r} is computed by a function of Python, not a text"
            )
        self.op = op
        self.own = PRIMITIVES[op.name] if is_primitive(op) else f"row_{_plain(op.name)}"
        taken = {*RESERVED}
        self.inputs = {name: _local(name, taken) for name in op.inputs}
        self.known, self.variables, self.hypotheses = self.inputs, "", []
        if not is_primitive(op):
            writer(op, self.known | {name: name for name in op.parameters})(op.trees.meaning)
        if op.run:
            self._runs(taken)
        else:
            self.variables = f"({' '.join(self.inputs.values())} : R)"
            self.hypotheses = assumed(op, op.trees.domain, self.inputs)

    def _runs(self, taken: set[str]) -> None:
        """Each run is a list, with the input somewhere in it."""
        before = [_local(f"before_{name}", taken) for name in self.op.parameters]
        after = [_local(f"after_{name}", taken) for name in self.op.parameters]
        whole = [
            f"({left} ++ {x} :: {right})"
            for left, x, right in zip(before, self.inputs.values(), after, strict=True)
        ]
        self.known = self.inputs | dict(zip(self.op.parameters, whole, strict=True))
        self.variables = (
            f"({' '.join(self.inputs.values())} : R) ({' '.join(before + after)} : list R)"
        )
        self.hypotheses = [f"length {before[0]} = length {other}" for other in before[1:]]
        if self.op.trees.domain != Logic("and", ()) or self.op.trees.kink != Logic("or", ()):
            raise NotImplementedError(f"the domain or the kink of the run {self.op.name!r}")

    @property
    def whole(self) -> str:
        """The row's value."""
        return " ".join((self.own, *(self.known[name] for name in self.op.parameters)))

    def value(self) -> Iterator[Theorem]:
        """That the value has one in the domain, and that its text is what it means."""
        op, trees = self.op, self.op.trees
        claims = [] if is_primitive(op) else [*has_value(op, trees.meaning, self.known)]
        own = any(call.name == op.name for call in calls(trees.value))
        if trees.value != trees.meaning and not own:
            claims += has_value(op, trees.value, self.known)
            claims.append(f"{writer(op, self.known).within(trees.value, SUM)} = {self.whole}")
        if claims:
            yield Theorem(
                f"{_plain(op.name)}_value",
                self.variables,
                tuple(self.hypotheses),
                tuple(dict.fromkeys(claims)),
            )

    def slope(self, place: int, tree: Node, name: str) -> Theorem:
        """That a slope is the derivative to an input."""
        op, x = self.op, self.inputs[self.op.inputs[place]]
        known = {**self.known, "z": f"({self.whole})"}
        said = writer(op, known).within(tree, ATOM)
        defined = dict.fromkeys(has_value(op, tree, known))
        return Theorem(
            f"{_plain(op.name)}_{_plain(name)}",
            self.variables,
            tuple(dict.fromkeys((*self.hypotheses, *excluded(op, op.trees.kink, self.inputs)))),
            (*defined, f"is_derive (fun {x} => {self.whole}) {x} {said}"),
            tuple(self.points(op.inputs[place])),
        )

    def points(self, name: str) -> Iterator[str]:
        """Where an input meets a kink or an excluded point of the domain."""
        for tree, word in ((self.op.trees.domain, "and"), (self.op.trees.kink, "or")):
            for node in tree.parts if isinstance(tree, Logic) and tree.word == word else [tree]:
                match node:
                    case Compare(("==" | "!=",), (Name(x), other)) if x == name:
                        pass
                    case Compare(("==" | "!=",), (other, Name(x))) if x == name:
                        pass
                    case _:
                        continue
                if name not in names(other):
                    yield writer(self.op, self.inputs)(other)


# Files.


def definitions(ops: Iterable[Op]) -> Iterator[str]:
    """What the rows mean, and the rows that they call, each after those that it calls."""
    done: set[Op] = set()

    def define(op: Op) -> Iterator[str]:
        if op in done or not is_real(op):
            return
        done.add(op)
        meant = {call.name for call in calls(op.trees.meaning)}
        for name, row in op.rows.items():
            if name in meant:
                yield from define(row)
        if not is_primitive(op):
            taken = {*RESERVED}
            known = {name: _local(name, taken) for name in op.parameters}
            text = writer(op, known)(op.trees.meaning)
            kind = "list R" if op.run else "R"
            name = f"row_{_plain(op.name)}"
            yield f"Definition {name} ({' '.join(known.values())} : {kind}) : R :=\n  {text}."
            yield f"#[global] Hint Unfold {name} : rows."
        for row in op.rows.values():
            yield from define(row)

    for op in ops:
        yield from define(op)


class Hint(NamedTuple):
    """What a proof needs beside the tactic: more points, hypotheses, and a step at the end."""

    points: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    step: str = "fail"


def script(ops: Iterable[Op], hints: Mapping[str, Hint] | None = None) -> str:
    """A file for Coq that proves these rows, as far as the tactic goes: `coqc FILE` checks it.

    `hints` say for a theorem or for all of a row's, by name, what the tactic does not find. Raises
    NotImplementedError where Coq does not have what a row means or calls.
    """
    ops, hints = [*ops], hints or {}
    lines, found = [REALS.read_text(encoding="utf-8"), *definitions(ops)], list[str]()
    for op in ops:
        for theorem in theorems(op):
            hint = hints.get(theorem.name, hints.get(op.name, Hint()))
            lines += [f"\n(* {theorem.name}: only where {fact}. *)" for fact in hint.given]
            lines += ["", *proved(theorem, hint)]
            found.append(theorem.name)
    lines += [f"\nDefinition every_theorem := ({', '.join(found)})."]
    return "\n".join((*lines, "Print Assumptions every_theorem.\n"))


def proved(theorem: Theorem, hint: Hint) -> tuple[str, str]:
    """A theorem, under what the hint gives, and its proof by the tactic."""
    theorem = theorem._replace(hypotheses=(*theorem.hypotheses, *hint.given))
    points = [*dict.fromkeys((*theorem.points, *hint.points))]
    listed = " :: ".join([*(f"({point})" for point in points), "@nil R"])
    return f"{theorem}.", f"Proof. prove ({listed}) ltac:(idtac; {hint.step}). Qed."


# Names.


def _plain(name: str) -> str:
    """A name in the alphabet of Coq."""
    return re.sub(r"[^\w]", lambda found: f"u{ord(found[0]):x}", name, flags=re.ASCII)


def _local(wanted: str, taken: set[str]) -> str:
    """A name that is not taken."""
    name = _plain(wanted)
    while name in taken or name.startswith("row_"):
        name = f"{name}_" if not name.startswith("row_") else f"x{name}"
    taken.add(name)
    return name
