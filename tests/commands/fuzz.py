"""The command line under 20 000 strings: `python -m tests.commands.fuzz --strings 20000 --seed 1`.

Formulas in every notation, with their value and derivative from mpmath, which shares nothing with
the project; the same with a few characters changed; rubbish; and what is meant to take for ever.
Whatever is typed ends in time, with status 0 and the right number or with status 2 and one line.
The first failure stops the run, with the command that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import re
import sys
import time
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from autograd.__main__ import main as command_line

SECONDS = 6.0  # of the processor: the command line gives up after three
ALPHABET = "x y w₁ŷ01239.,·*×/÷+-−^²³⁻()|√∛[]{}=;:<>≤≠≈!?'\"\\#@%&~_π∞e∂½…\n\t\u200b\ud800é字"
SUM, PRODUCT, POWER, ATOM = range(4)


class Wrong(AssertionError):
    """What the command line did, and what it should have done."""


@dataclass(frozen=True)
class Formula:
    """A formula as text, how tightly it binds, and its value and derivative to x (None: unknown).

    `exact` is the value as a Fraction, if it is one, `largest` the largest number on the way.
    """

    text: str
    binds: int
    value: mpmath.mpf
    slope: mpmath.mpf | None
    exact: Fraction | None = None
    largest: float = 0.0
    names: frozenset[str] = frozenset()

    def within(self, least):
        return self.text if self.binds >= least else f"({self.text})"


def formula(source, depth, names):
    """A random formula over names with numbers, in a random notation."""
    if depth == 0 or source.random() < 0.15:
        return leaf(source, names)
    kind = source.choice(["sum", "sum", "product", "quotient", "power", "negative", "call", "call"])
    one = formula(source, depth - 1, names)
    if kind in ("sum", "product", "quotient"):
        return binary(source, kind, one, formula(source, depth - 1, names))
    if kind == "power":
        return power(source, one)
    if kind == "negative":
        sign = source.choice("-−")
        return made(f"{sign}{one.within(PRODUCT)}", SUM, [one], lambda a: -a, [-1], lambda a: -a)
    return call(source, one, formula(source, depth - 1, names))


def leaf(source, names):
    if source.random() < 0.65:
        name = source.choice(sorted(names))
        number = Fraction(names[name])
        slope = mpmath.mpf(name == "x")
        written = source.choice(SPELLINGS[name])
        return Formula(
            written, ATOM, as_real(number), slope, number, abs(float(number)), frozenset([name])
        )
    text, number = source.choice(NUMBERS)
    binds = POWER if text in ("π", "pi", "e") else ATOM
    value = as_real(number) if isinstance(number, Fraction) else number
    exact = number if isinstance(number, Fraction) else None
    return Formula(text, binds, value, mpmath.mpf(0), exact, abs(float(value)))


SPELLINGS = {
    "x": ["x"],
    "w1": ["w1", "w₁", "w_1"],
    "yhat": ["yhat", "ŷ", "y_hat", "y\u0302"],
    "eta": ["eta", "η"],
    "lambda": ["lambda", "λ"],
}
NUMBERS = [
    *((text, Fraction(text)) for text in ("0", "1", "2", "3", "10", ".5", "2.", "0.25", "1e-2")),
    ("1e−2", Fraction(1, 100)), ("½", Fraction(1, 2)), ("⅔", Fraction(2, 3)), ("1_0", Fraction(10)),
    ("π", mpmath.pi), ("pi", mpmath.pi), ("e", mpmath.e),
]  # fmt: skip


def as_real(number):
    return mpmath.mpf(number.numerator) / number.denominator


def made(text, binds, parts, value, slopes, exact=None):
    """A formula of parts; `slopes` are its derivatives to them, None where there is none."""
    result = value(*(part.value for part in parts))
    if mpmath.im(result):
        raise ArithmeticError("no real number")
    slope = None
    if all(s is not None for s in slopes) and all(part.slope is not None for part in parts):
        slope = mpmath.fsum(s * part.slope for s, part in zip(slopes, parts, strict=True))
    rational = None
    if exact is not None and all(part.exact is not None for part in parts):
        rational = exact(*(part.exact for part in parts))
    sizes = [part.largest for part in parts] + [abs(float(result))]
    if slope is not None:
        sizes.append(abs(float(slope)))
    names = frozenset().union(*(part.names for part in parts))
    return Formula(text, binds, result, slope, rational, max(sizes), names)


def binary(source, kind, one, other):
    a, b = one.value, other.value
    if kind == "sum":
        sign = source.choice(["+", "-", " − ", " + "])
        text, flip = f"{one.within(SUM)}{sign}{other.within(PRODUCT)}", 1 if "+" in sign else -1
        plus = lambda x, y: x + flip * y
        return made(text, SUM, [one, other], plus, [1, flip], plus)
    if kind == "product":
        sign = source.choice(["*", "·", " · ", "×"])
        text = f"{one.within(PRODUCT)}{sign}{other.within(POWER)}"
        if source.random() < 0.2:
            text = f"({one.text})({other.text})"
        times = lambda x, y: x * y
        return made(text, PRODUCT, [one, other], times, [b, a], times)
    if b == 0:
        raise ValueError("a quotient by 0")
    sign = source.choice(["/", " / ", "÷"])
    text = f"{one.within(PRODUCT)}{sign}{other.within(POWER)}"
    over = lambda x, y: x / y
    return made(text, PRODUCT, [one, other], over, [1 / b, -a / b**2], over)


def power(source, one):
    exponent, a = source.choice([0, 1, 2, 3, 4, -1, -2]), one.value
    if a == 0 and exponent <= 1:
        raise ValueError("a power of 0")
    above = str(exponent).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    after = source.choice(
        [above, f"**{exponent}", f"^{exponent}", f"^({exponent})", f" ** {exponent}"]
    )
    raised = lambda x: x**exponent
    slope = exponent * a ** (exponent - 1) if exponent else 0
    return made(one.within(ATOM) + after, POWER, [one], raised, [slope], raised)


def call(source, one, other):
    a, b = one.value, other.value
    pick = lambda *names: source.choice(names)
    if (choice := source.randrange(10)) == 0:
        text = f"|{one.text}|" if source.random() < 0.7 else f"abs({one.text})"
        return made(text, ATOM, [one], abs, [mpmath.sign(a) if a else None], abs)
    if choice == 1:
        larger = source.random() < 0.5
        name = pick("max", "maximum") if larger else pick("min", "minimum")
        slopes = [None, None] if a == b else [int((a > b) == larger), int((a < b) == larger)]
        best = max if larger else min
        return made(f"{name}({one.text}, {other.text})", ATOM, [one, other], best, slopes, best)
    if choice == 2:  # e^x is exp(x)
        value = mpmath.exp(a)
        if source.random() < 0.6:
            return made(f"e{pick('^', '**')}{one.within(ATOM)}", POWER, [one], mpmath.exp, [value])
        return made(f"exp({one.text})", ATOM, [one], mpmath.exp, [value])
    names, value, slope = FUNCTIONS[source.randrange(len(FUNCTIONS))]
    inside = made(f"{one.within(SUM)} + 3", SUM, [one], lambda x: x + 3, [1])
    if inside.value <= 0 and names[0] in ("ln", "log₂", "log₁₀", "√", "∛"):
        raise ValueError("not where it is defined")
    name = source.choice(names)
    text = f"{name}({inside.text})"
    return made(text, ATOM, [inside], value, [slope(inside.value)])


FUNCTIONS = [
    (("ln", "log"), mpmath.log, lambda x: 1 / x),
    (("log₂", "log2"), lambda x: mpmath.log(x, 2), lambda x: 1 / (x * mpmath.log(2))),
    (("log₁₀", "log10"), mpmath.log10, lambda x: 1 / (x * mpmath.log(10))),
    (("√", "sqrt"), mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x))),
    (("∛", "cbrt"), mpmath.cbrt, lambda x: mpmath.cbrt(x) / (3 * x)),
    (("sin",), mpmath.sin, mpmath.cos),
    (("cos",), mpmath.cos, lambda x: -mpmath.sin(x)),
    (("arctan", "atan"), mpmath.atan, lambda x: 1 / (1 + x**2)),
    (("arsinh", "asinh", "arcsinh"), mpmath.asinh, lambda x: 1 / mpmath.sqrt(1 + x**2)),
    (("tanh",), mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    (("σ", "sigmoid", "sigma"), lambda x: 1 / (1 + mpmath.exp(-x)),
     lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
]  # fmt: skip


# What is typed.


@dataclass(frozen=True)
class Case:
    """What is typed; `wanted` is the formula if it must be read."""

    arguments: tuple[str, ...]
    wanted: Formula | None = None


def case(seed, index, *, bombs=True):
    """The case of a place in a run: the same whatever came before it."""
    source = random.Random(f"{seed} {index}")
    kind = source.random()
    if kind < 0.015 and bombs:
        return bomb(source)
    if kind < 0.12:
        text = "".join(source.choices(ALPHABET, k=source.randint(0, 25)))
        return Case(("explain", text, *(f"{name}={source.choice(ALPHABET)}" for name in "xy"[:1])))
    found = valid(source)
    if kind < 0.7:
        return found
    arguments = list(found.arguments)
    place = source.randrange(1, len(arguments)) if source.random() < 0.2 else 1
    arguments[place] = mutated(source, arguments[place])
    return Case(tuple(arguments))


def valid(source):
    names = {"x": number(source)}
    for name in source.sample(sorted(SPELLINGS.keys() - {"x"}), source.randint(0, 3)):
        names[name] = number(source)
    while True:
        try:
            with mpmath.workdps(50):
                wanted = formula(source, source.randint(1, 4), names)
        except (ValueError, ArithmeticError):
            continue
        if "x" in wanted.names and wanted.text != "x" and wanted.largest < 1e6:
            break
    given = [f"{source.choice(SPELLINGS[name])}={names[name]}" for name in sorted(wanted.names)]
    arguments = [wanted.text, *given]
    if source.random() < 0.3:
        arguments.insert(source.randint(0, len(arguments)), "--numbers=float")
    command = source.choice(["explain"] * 8 + ["steps", "draw"])
    if command == "explain":
        arguments[:0] = ["--wrt", "x"]
    return Case((command, *arguments), wanted)


def number(source):
    return source.choice(["2", "-1.5", "1/3", "0.1", "-3", "7/4", "1e-3", "5"])


def mutated(source, text):
    for _ in range(source.randint(1, 3)):
        place = source.randint(0, len(text))
        cut = source.randint(0, 2)
        text = text[:place] + source.choice([*ALPHABET, ""]) + text[place + cut :]
    return text


def bomb(source):
    """What fills the memory or the recursion where nothing is bounded."""
    n = source.choice([10, 100, 3000, 10**9])
    many = min(n, 3000)
    x = source.choice(["2", "3", "1e300", "1e99999999", "-1e-300", "1/3", "9" * 5000, "1e4000"])
    text = source.choice([
        f"x*1e{n}", f"x**{n}", f"x^{n}^{n}", "^".join(["x"] * many), "+".join(["x"] * many),
        "*".join(["x"] * many), "(" * many + "x" + ")" * many, "-" * many + "x",
        "√" * many + "x", "|" * many + "x" + "|" * many, "x" + "²" * many, f"exp2(x*{n})",
        "a0=x;" + ";".join(f"a{i + 1}=a{i}*a{i}" for i in range(40)) + ";a40",
        "a0=x;" + ";".join(f"a{i + 1}=a{i}+a{i}/3" for i in range(many)) + f";a{many}",
        "a0=x;" + ";".join(f"a{i + 1}=sin(a{i})" for i in range(many)) + f";a{many}",
        "+".join(f"x/{i + 1}" for i in range(many)), "x*0*" + "*".join(["1e4000"] * many),
        "*".join(f"(x - {i})" for i in range(min(many, 300))), f"gamma({n}*x)", f"cosh({n}*x)",
        "dot([" + ", ".join(["x"] * many) + "], [" + ", ".join(["x"] * many) + "])",
    ])  # fmt: skip
    numbers = source.choice([(), (), ("--numbers", "float"), ("--numbers", "decimal")])
    return Case((source.choice(["explain", "explain", "steps", "draw"]), text, f"x={x}", *numbers))


# What comes of it.


def run(arguments):
    """The status of a command, what it printed, what it complained, and the seconds it took."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace") for _ in "12")
    begun = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = command_line(arguments)
        except SystemExit as stop:
            status = stop.code
    seconds = time.process_time() - begun
    out.flush(), err.flush()
    texts = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]
    return status, *texts, seconds


def check(case):
    """Runs a case and returns its status and seconds. Raises Wrong."""
    try:
        status, out, err, seconds = run(case.arguments)
    except Exception as error:
        raise Wrong(f"{type(error).__name__}: {error}") from error
    if seconds > SECONDS:
        raise Wrong(f"took {seconds:.1f} seconds of the processor")
    if status == 2:
        if out or err.count("\n") != 1 or not err.startswith("chainrule"):
            raise Wrong(f"status 2 with {out[:80]!r} and {err[:300]!r}")
        if case.wanted is not None:
            raise Wrong(f"refused a formula: {err.strip()}")
    elif status != 0 or err or not out.strip():
        raise Wrong(f"status {status} with {out[:80]!r} and {err[:300]!r}")
    elif case.wanted is not None and case.arguments[0] == "explain":
        compare(out, case.wanted)
    return status, seconds


def compare(out, wanted):
    """Checks the value and the derivative that were printed, each at the end of its block."""
    blocks = [block.splitlines() for block in out.strip().split("\n\n")]
    if blocks[0][0] == "values":
        close(last_number(blocks[0][-1]), wanted.value, wanted.exact, wanted.largest, "value")
    if wanted.slope is not None:
        close(last_number(blocks[-1][-1]), wanted.slope, None, wanted.largest, "derivative")


def last_number(line):
    text = re.sub(r"   \(.*\)$", "", line)
    text = re.split(r"[=≈] ", text)[-1].strip().replace("−", "-").replace("∞", "inf")
    return text if text in ("inf", "-inf", "nan") else Fraction(text)


def close(printed, value, exact, largest, what):
    if isinstance(printed, str):
        raise Wrong(f"{what} {printed}, not {mpmath.nstr(value, 20)}")
    if exact is not None and printed == exact:
        return
    with mpmath.workdps(50):
        if abs(as_real(printed) - value) > 1e-9 * (abs(value) + 1e-3 * largest + 1e-9):
            raise Wrong(f"{what} {float(printed)!r}, not {mpmath.nstr(value, 20)}")


def strings(count, seed, bar=iter, first=0):
    """Runs so many cases from the `first` on; returns their number. Raises Wrong at a failure."""
    refused, longest = 0, (0.0, ())
    for index in bar(range(first, first + count)):
        found = case(seed, index)
        try:
            status, seconds = check(found)
        except Wrong as wrong:
            typed = [ascii(text[:200] + "…" * (len(text) > 200)) for text in found.arguments]
            raise Wrong(
                f"string {index}: {wrong}\n  typed: {' '.join(typed)}\n"
                f"  again: python -m tests.commands.fuzz --seed {seed} --first {index} --strings 1"
            ) from wrong
        refused += status == 2
        longest = max(longest, (seconds, tuple(text[:60] for text in found.arguments)))
    print(
        f"{count} strings on the command line: {count - refused} read, {refused} refused in a "
        f"line; the longest took {longest[0]:.2f} s: {longest[1]!a}"
    )
    return count


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--strings", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the string to begin with")
    given = parser.parse_args(argv)
    begun = time.time()
    try:
        strings(given.strings, given.seed, first=given.first)
    except Wrong as wrong:
        print(wrong)
        return 1
    print(f"{time.time() - begun:.0f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
