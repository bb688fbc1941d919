"""The page's numbers beside Python's: arithmetic, rounding, reading and writing."""

import itertools
import math
import random
import struct
from fractions import Fraction

from autograd.draw.titles import short
from autograd.elementary import nearest
from autograd.formula.notation import digits
from autograd.ops import OPS
from tests.live.node import data_of, number_of, run


def doubles(source, count):
    """Of all sizes; short decimals, whose halves fall between two digits; subnormals."""
    for _ in range(count):
        yield struct.unpack("d", source.randbytes(8))[0]
        yield round(source.uniform(-100, 100), source.randint(0, 6))
        yield source.randint(-(2**53), 2**53) / 2 ** source.randint(0, 60)
        yield math.ldexp(source.randint(1, 99), -1074)
        yield source.randint(0, 10**6) * 10.0 ** source.randint(-300, 300)


def fractions(source, count):
    """Decimals, quotients, halves of a digit, and numbers as long as they are rounded."""
    for _ in range(count):
        yield Fraction(source.randint(-(10**6), 10**6), 10 ** source.randint(0, 9))
        yield Fraction(source.randint(-99, 99), source.randint(1, 99))
        long = source.choice((3, 40, 280, 310, 400, 1300))
        yield Fraction(source.randint(-(10**long), 10**long), source.randint(1, 10**long))
        yield Fraction(source.randint(-(10**long), 10**long), 2 ** source.randint(0, 1100))
        yield Fraction(2 * source.randint(10**11, 10**12) + 1, 2) * Fraction(10) ** source.randint(
            -20, 20
        )


def integers(source, count):
    """Around the limits of 64 bits and of 300 digits, and any others."""
    for _ in range(count):
        yield source.randint(-99, 99)
        yield source.randint(-(2**66), 2**66)
        yield source.randint(1, 10**9) * 10 ** source.randint(0, 320)
        yield source.choice((-1, 1)) * (2 ** source.randint(50, 1200) + source.randint(-1, 1))


SPECIAL = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308, 2.0**53, 0.5,
           2.5, 1234567890.125, 1e16, 123456789012.5, 0, 1, -1, 10**400, -(10**400), 7**6000,
           Fraction(1, 3), Fraction(1, 10**350), Fraction(-1, 10**400), Fraction(0), Fraction(2),
           Fraction(10**320, 10**320 + 1), Fraction(2**1075 + 1, 2**1076), Fraction(1, 2**1075),
           Fraction(3, 2**1075), Fraction(2**54 + 1, 2), Fraction(2**1024 - 2**969)]  # fmt: skip


def numbers(seed, count):
    source = random.Random(seed)
    makers = doubles, fractions, integers
    return [*SPECIAL, *itertools.chain(*(maker(source, count) for maker in makers))]


def test_digits_are_those_of_python(tmp_path):
    given = numbers(1, 300)
    places = [None, 1, 3, 6, 12, 16, 17, 30]
    found = run(
        tmp_path,
        'import { digits, short } from "./numbers.js";\n'
        "for (const x of data.given.map(given))\n"
        "  say([...data.places.map((k) => digits(x, k)), short(x), short(x, 3)]);",
        given=[*map(data_of, given)],
        places=places,
    )
    for number, texts in zip(given, found, strict=True):
        expected = [digits(number, k) for k in places] + [short(number), short(number, 3)]
        assert texts == expected, repr(number)


def test_the_nearest_double_is_that_of_python(tmp_path):
    source = random.Random(2)
    given = [x for x in numbers(2, 400) if not isinstance(x, float)]
    for _ in range(2000):  # beside a double and half way to the next, subnormals too
        x = abs(struct.unpack("d", source.randbytes(8))[0])
        if x < math.inf:
            middle = (Fraction(x) + Fraction(math.nextafter(x, 0))) / 2
            given.append(middle + source.choice((0, Fraction(1, 10**400), -Fraction(1, 2**1200))))
    found = run(
        tmp_path,
        'import { toDouble } from "./numbers.js";\n'
        "say(data.given.map((x) => written(toDouble(given(x)))));",
        given=[*map(data_of, given)],
    )
    assert [number_of(x) for x in found[0]] == [nearest(x) for x in given]


def test_arithmetic_is_that_of_python(tmp_path):
    source = random.Random(3)
    pool = [*SPECIAL[:11], 0, 1, -1, 2, 3, 10**400, Fraction(1, 3), Fraction(-7, 2), Fraction(0)]
    pool += [*doubles(source, 4), *fractions(source, 4), *integers(source, 4)]
    pairs = [*itertools.product(pool, repeat=2)]
    names = ["add", "sub", "mul", "div"]
    found = run(
        tmp_path,
        'import { add, sub, mul, div, compare } from "./numbers.js";\n'
        "for (const [x, y] of data.given.map((pair) => pair.map(given)))\n"
        "  say([...[add, sub, mul, div].map((f) => written(f(x, y))), written(compare(x, y))]);",
        given=[[*map(data_of, pair)] for pair in pairs],
    )
    for (x, y), results in zip(pairs, found, strict=True):
        *results, order = map(number_of, results)
        for name, result in zip(names, results, strict=True):
            try:
                expected = OPS[name].compute(x, y)
            except ZeroDivisionError:
                expected = math.inf * ((x > 0) - (x < 0))
            assert same(result, expected), (name, x, y, result, expected)
        sign = math.nan if x != x or y != y else (x > y) - (x < y)
        assert (math.isnan(sign) and math.isnan(order)) or math.copysign(1, sign) * bool(
            sign
        ) == math.copysign(1, order) * bool(order), (x, y)


def test_whole_powers_and_roots_are_exact(tmp_path):
    bases = [0, 1, -1, 2, -3, 10, Fraction(2, 3), Fraction(-9, 4), Fraction(16, 81), Fraction(8)]
    exponents = [0, 1, 2, 3, -1, -2, 7, Fraction(1, 2), Fraction(1, 3), Fraction(-3, 4),
                 Fraction(2), Fraction(-2)]  # fmt: skip
    pairs = [*itertools.product(bases, exponents)]
    found = run(
        tmp_path,
        'import { power } from "./numbers.js";\n'
        "for (const [x, y] of data.given.map((pair) => pair.map(given)))\n"
        "  say(written(power(x, y)));",
        given=[[*map(data_of, pair)] for pair in pairs],
    )
    for (x, y), result in zip(pairs, map(number_of, found), strict=True):
        try:
            expected = OPS["power"].compute(x, y)
        except ZeroDivisionError:
            expected = math.inf
        except TypeError:  # it has no exact value
            assert isinstance(result, float)
            continue
        assert same(result, expected), (x, y, result, expected)


def same(x, y):
    """The same number and, where it is 0, the same sign; exact where Python's is."""
    if x != x or y != y:
        return x != x and y != y
    signs = isinstance(y, float) and math.copysign(1, x) != math.copysign(1, y)
    return x == y and isinstance(x, float) == isinstance(y, float) and not (x == 0 and signs)


TYPED = {
    "0.4": Fraction(2, 5), ".4": Fraction(2, 5), "5.": 5, "1/3": Fraction(1, 3), "+7": 7,
    "-6.1e-3": Fraction(-61, 10000), "−6.1": Fraction(-61, 10), " 12 ": 12, "1E3": 1000,
    "-4/6": Fraction(-2, 3), "-0": 0, "−0.00": 0, "0": 0, "007": 7, "1 / 3": Fraction(1, 3),
    "inf": math.inf, "−∞": -math.inf, "+inf": math.inf, "Infinity": math.inf,
    "1e-400": Fraction(1, 10**400),
}  # fmt: skip
REFUSED = ["", " ", ".", "-", "e5", "1e", "1/0", "1/", "/3", "1/2/3", "1.5/3", "1 2", "0x10", "1_0",
           "--1", "1e99999999999", "9" * 2000, "abc", "1,5", "٣", "²", "NaN5", "1e5.5"]  # fmt: skip


def test_typed_numbers(tmp_path):
    found = run(
        tmp_path,
        'import { parseNumber, digits } from "./numbers.js";\n'
        "say(data.given.map((text) => written(parseNumber(text))));\n"
        "say(data.numbers.map((x) => written(parseNumber(digits(given(x))))));",
        given=[*TYPED, "nan", *REFUSED],
        numbers=[data_of(x) for x in fractions(random.Random(4), 50)],
    )
    read, again = ([*map(number_of, line)] for line in found)
    assert read[: len(TYPED)] == [*TYPED.values()]
    assert math.isnan(read[len(TYPED)])
    assert read[len(TYPED) + 1 :] == [None] * len(REFUSED)
    for x, back in zip(fractions(random.Random(4), 50), again, strict=True):
        power = digits(x).replace("−", "-").partition("e")[2]
        if abs(int(power or 0)) < 900:  # nobody types one beyond
            assert digits(back, 12) == digits(x, 12)
