"""Reads what explain prints, by rules of its own, and says whether the signs in a line hold."""

import ast
import math
import random
import re
from fractions import Fraction
from functools import partial

import mpmath

from autograd import explain, topological
from autograd.explain.reading import Reading
from autograd.formula.notation import pretty
from tests.soak import EXACT, SMOOTH, Different, random_expression

DIGITS = 60
EQUAL = mpmath.mpf(10) ** -50  # of numbers that are equal on paper
NOISE = 1e-10  # of a name's number and the digits shown for it
LARGEST = mpmath.mpf(2) ** 1023
NEAR = 1e-8  # of numbers that were rounded to 12 digits on the way


def without_nan(choose):
    """The larger or the smaller of two numbers, nan beside nan."""
    return lambda x, y: mpmath.nan if mpmath.isnan(x) or mpmath.isnan(y) else choose(x, y)


def hypot(x, y):
    """The hypotenuse, infinite beside nan, too, if one side is: IEEE 754."""
    return mpmath.inf if mpmath.isinf(x) or mpmath.isinf(y) else mpmath.hypot(x, y)


FUNCTIONS = {
    "ln": mpmath.log, "√": mpmath.sqrt, "∛": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "abs": abs, "max": without_nan(max), "min": without_nan(min),
    "log₂": lambda x: mpmath.log(x, 2), "log₁₀": mpmath.log10, "arcsin": mpmath.asin,
    "arccos": mpmath.acos, "arctan": mpmath.atan, "arsinh": mpmath.asinh, "arcosh": mpmath.acosh,
    "artanh": mpmath.atanh, "σ": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)), "relu": lambda x: max(x, mpmath.mpf(0)),
    "hypot": hypot, "where": lambda c, x, y: x if c else y,
    **{name: getattr(mpmath, name) for name in
       ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "erf", "erfc", "expm1", "log1p")},
}  # fmt: skip
ABOVE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?(?:e−?\d+)?|∞|nan)|(?P<above>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)"
    r"|(?P<name>@\d+@)|(?P<word>log₂|log₁₀|[√∛σπ]|[a-z]\w*)|(?P<sign>[-+−·/^(),|])|\s+"
)


class UnreadableError(ValueError):
    """A side of a line that this reader has no rule for."""


def printed_lines(text):
    """The lines of an explanation, with what goes on below joined, without titles and notes."""
    found = []
    for line in text.splitlines():
        row = line.split("   (")[0] if "   (" in line.strip() else line
        if row.strip()[:2] in ("= ", "≈ ", "+ ", "− "):
            found[-1] += " " + row.strip()
        elif " = " in row or " ≈ " in row:
            found.append(row.strip())
    return found


def sides(line):
    """The sides of a line, each with the sign before it."""
    parts = re.split(r" ([=≈]) ", " = " + line)
    return list(zip(parts[1::2], parts[2::2], strict=True))


class Calculator:
    """Reads sides: names stand for numbers."""

    def __init__(self, numbers):
        self.names = sorted({pretty(name) for name in numbers}, key=len, reverse=True)
        self.numbers = {pretty(name): number for name, number in numbers.items()}
        self.largest, self.named = mpmath.mpf(0), False

    def value(self, text):
        """The number that a text means; `largest` is the largest on the way."""
        self.largest = mpmath.mpf(0)
        if "…" in text or "∂" in text or re.search(r"−0(?![.\d])", text):
            raise UnreadableError(text)
        return self._value(ast.parse(self._python(text), mode="eval").body)

    def _python(self, text):
        for place, name in enumerate(self.names):
            behind = "(?![A-Za-z0-9_₀-₉′Α-ω(]|,[₀-₉])"
            text = re.sub(rf"(?<![\w@]){re.escape(name)}{behind}", f"@{place}@", text)
        self.named = "@" in text
        out, at, operand = [], 0, False
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise UnreadableError(f"{text!r} at {text[at:]!r}")
            at, kind, says = found.end(), found.lastgroup, found[0]
            if kind == "sign":
                if says == "|":  # closes behind a number
                    out.append(")" if operand else "abs(")
                elif says == "(" and operand and out[-1] == ")":
                    out.append("*(")  # brackets side by side
                else:
                    out.append({"−": "-", "·": "*", "^": "**"}.get(says, says))
                operand = out[-1] == ")"
            elif kind == "above":
                out.append(f"**d({says.translate(ABOVE)!r})")
            elif kind == "word" and text[at : at + 1] == "(":
                out.append(f"f{list(FUNCTIONS).index(says)}" if says in FUNCTIONS else "?")
                operand = False
            elif kind:
                out.append(self._atom(kind, says))
                operand = True
        if "?" in out:
            raise UnreadableError(text)
        return "".join(out)

    def _atom(self, kind, says):
        if kind == "name":
            return "n" + says.strip("@")
        if says in ("∞", "nan", "π", "e"):
            return {"∞": "inf", "π": "pi"}.get(says, says)
        if kind == "word":
            raise UnreadableError(says)
        return f"d({says.replace('−', '-')!r})"

    def _value(self, node):
        found = self._computed(node)
        if mpmath.isfinite(found):
            self.largest = max(self.largest, abs(found))
        return found

    def _computed(self, node):
        match node:
            case ast.BinOp(left, op, right):
                x, y = self._value(left), self._value(right)
                return OPERATORS[type(op)](x, y)
            case ast.UnaryOp(_, of):
                return -self._value(of)
            case ast.Call(ast.Name("d"), [ast.Constant(digits)]):
                return mpmath.mpf(digits)
            case ast.Call(ast.Name("abs"), [of]):
                return abs(self._value(of))
            case ast.Call(ast.Name(name), given):
                found = FUNCTIONS[list(FUNCTIONS)[int(name[1:])]](*map(self._value, given))
                return mpmath.nan if isinstance(found, mpmath.mpc) else found
            case ast.Name("inf" | "nan" | "pi" | "e" as name):
                return +getattr(mpmath, name)
            case ast.Name(name):
                return exact(self.numbers[self.names[int(name[1:])]])
        raise UnreadableError(ast.dump(node))


def exact(number):
    """A number of any type."""
    if number in (math.inf, -math.inf) or number != number:
        return mpmath.mpf(float(number))
    if not number and math.copysign(1, number) < 0:
        raise UnreadableError("there is no −0 here")
    over, under = number.as_integer_ratio()
    return mpmath.mpf(over) / under


def divided(x, y):
    """The quotient of IEEE 754, of a zero without a sign."""
    return x / y if y else mpmath.inf * x if x else mpmath.nan


def raised(x, y):
    """The power, without complex numbers."""
    if not mpmath.isfinite(x) or not mpmath.isfinite(y):
        raise UnreadableError("IEEE 754 has its own rules for powers of what is infinite")
    if not x and y < 0:
        return mpmath.inf
    if (x < 0 and abs(y) > 10**11) or (x and abs(y * mpmath.log(abs(x))) > 10**6):
        raise UnreadableError("a power of more digits than there is time for")
    found = x**y
    return mpmath.nan if isinstance(found, mpmath.mpc) else found


OPERATORS = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: divided,
    ast.Pow: raised,
}


def check(line, numbers, near=NEAR):
    """Fails if a sign of a printed line does not hold; returns how many signs were looked at."""
    looked, before = 0, None
    reader = Calculator(numbers)
    with mpmath.workdps(DIGITS):
        for sign, side in sides(line):
            try:
                found = reader.value(side)
            except (UnreadableError, OverflowError):
                before = None
                continue
            scale = max(reader.largest, before[1]) if before else reader.largest
            if before is not None:
                looked += 1
                pair = found, before[0]
                if sign == "≈" or reader.named or before[2]:  # a double overflows
                    pair = [mpmath.sign(x) * mpmath.inf if abs(x) > LARGEST else x for x in pair]
                off = abs(pair[0] - pair[1])
                same = pair[0] == pair[1] or all(map(mpmath.isnan, pair))
                bound = near if sign == "≈" else NOISE if before[2] else EQUAL
                assert same or off <= bound * scale, (line, side, before[0], found)
            before = found, reader.largest, reader.named
    return looked


def holds(root, digits=None):
    """How many signs of a root's explanation were looked at; all of them hold."""
    names = Reading(topological(root), None).names
    numbers = {name: node.raw for node, name in names.items()}
    if any(0 < abs(x) < 1e-300 for x in numbers.values()):
        return 0  # subnormal numbers have few digits
    near = 1.0 if digits == 3 else NEAR
    lines = printed_lines(str(explain(root, digits=digits)))
    return sum(check(line, numbers, near) for line in lines)


def derivations(count, seed, progress=iter):
    """How many signs of `count` random derivations, in Fractions and in floats, hold: all of them.

    For the soak. The first sign that does not stops it, with the expression.
    """
    source, signs = random.Random(f"derivations {seed}"), 0
    for _ in progress(range(count)):
        kind, ops = source.choice(((Fraction, EXACT), (float, (*EXACT, *SMOOTH[3:9]))))
        expression = random_expression(source, ops, partial(random_number, source, kind), 8)
        try:
            signs += holds(expression(*expression.leaves()), source.choice((None, 3, 17)))
        except ZeroDivisionError:
            continue
        except AssertionError as error:
            raise Different(f"a sign does not hold: {error} in {expression!r}") from None
    return signs


def random_number(source, kind):
    """A small rational number in a number type."""
    return kind(Fraction(source.randint(-30, 30), source.randint(1, 12)))
