"""The mathematical functions of machine code are within 4 ulp, anywhere."""

import math

import numpy as np
import pytest

import autograd
from autograd import jit

mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed")
mp = mpmath.mp

LIMIT = 4
rng = np.random.default_rng(12)


def random_doubles(count):
    """Doubles of any sign and size, subnormal ones too."""
    doubles = np.frombuffer(rng.bytes(8 * count), dtype=np.float64)
    return doubles[np.isfinite(doubles)]


def exponentials(low, high, count=60):
    return np.exp(rng.uniform(low, high, count))


ANY = np.concatenate(
    [
        random_doubles(120),
        rng.uniform(-2, 2, 120),
        rng.uniform(-750, 750, 120),
        exponentials(-700, 700),
        -exponentials(-40, 5),
        1 + rng.uniform(-1e-3, 1e-3, 40),
        [0.0, 5e-324, 1e-310, 709.78, 709.79, -745.13, -745.14, -708.5, 2.0**50, 1.1 * 2.0**50],
    ]
)
POSITIVE = np.abs(ANY)
UNIT = np.concatenate([rng.uniform(-1, 1, 200), 1 - exponentials(-36, 0), exponentials(-36, 0) - 1])
ABOVE = np.concatenate([1 + exponentials(-36, 6, 200), exponentials(1, 700)])
TURNS = np.concatenate(
    [ANY[np.abs(ANY) < 2.0**50], np.arange(1.0, 400) * (math.pi / 2), rng.uniform(-1e15, 1e15, 100)]
)
PLAIN = ANY[np.abs(ANY) < 1e4]


def erfinv(x):
    with mp.workprec(200):
        z = mp.erfinv(x)
        return z - (mp.erf(z) - x) * mp.sqrt(mp.pi) / 2 * mp.exp(z * z)


ONE = {
    "exp": (mp.exp, ANY),
    "expm1": (mp.expm1, ANY),
    "log": (mp.log, POSITIVE),
    "log2": (lambda x: mp.log(x, 2), POSITIVE),
    "log10": (mp.log10, POSITIVE),
    "log1p": (lambda x: mp.log(1 + x), ANY[ANY > -1]),
    "sqrt": (mp.sqrt, POSITIVE),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), ANY),
    "sin": (mp.sin, TURNS),
    "cos": (mp.cos, TURNS),
    "tan": (mp.tan, TURNS),
    "asin": (mp.asin, UNIT),
    "acos": (mp.acos, UNIT),
    "atan": (mp.atan, ANY),
    "sinh": (mp.sinh, PLAIN),
    "cosh": (mp.cosh, PLAIN),
    "tanh": (mp.tanh, PLAIN),
    "asinh": (mp.asinh, ANY),
    "acosh": (mp.acosh, ABOVE),
    "atanh": (mp.atanh, UNIT),
    "erf": (mp.erf, PLAIN),
    "erfc": (mp.erfc, PLAIN[np.abs(PLAIN) < 26]),
    "erfinv": (erfinv, UNIT[np.abs(UNIT) < 1]),
    "logit": (lambda x: mp.log(x / (1 - x)), UNIT[(UNIT > 0) & (UNIT < 1)]),
    "log_sigmoid": (lambda x: -mp.log(1 + mp.exp(-x)), PLAIN),
    "selu": (
        lambda x: (
            mp.mpf("1.0507009873554805")
            * (x if x > 0 else mp.mpf("1.6732632423543772") * mp.expm1(x))
        ),
        PLAIN,
    ),
    "floor": (mp.floor, ANY),
    "ceil": (mp.ceil, ANY),
    "gelu": (lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, PLAIN),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), PLAIN),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), PLAIN),
}
EXPONENTS = np.concatenate(
    [rng.uniform(-3, 3, 100), rng.uniform(-1000, 1000, 100), rng.uniform(-1e6, 1e6, 100)]
)
BASES = np.concatenate(
    [exponentials(-100, 100, 100), exponentials(-1, 1, 100), 1 + rng.uniform(-1e-3, 1e-3, 100)]
)
TWO = {
    "power": (lambda x, y: mp.exp(y * mp.log(x)), BASES, EXPONENTS),
    "hypot": (mp.hypot, random_doubles(300)[:250], random_doubles(300)[:250]),
    "atan2": (mp.atan2, random_doubles(300)[:250], random_doubles(300)[:250]),
    "xlogy": (lambda x, y: x * mp.log(y), EXPONENTS, BASES),
    "xlog1py": (lambda x, y: x * mp.log(1 + y), EXPONENTS, BASES - 1),
    "log_base": (lambda x, y: mp.log(x) / mp.log(y), exponentials(-700, 700, 300), BASES),
    "mod": (lambda x, y: x - y * mp.floor(x / y), EXPONENTS, BASES),
    "floordiv": (lambda x, y: mp.floor(x / y), EXPONENTS, BASES),
}


def error(found, exact):
    """How many ulps of the exact result lie between, which may be beyond the doubles."""
    nearest = float(exact)
    if math.isinf(nearest):
        return 0 if found == nearest else math.inf
    return float(abs(mp.mpf(found) - exact) / mp.mpf(math.ulp(nearest)))


def exactly(reference, *arguments):
    with mp.workprec(2300 if max(map(abs, arguments)) > 1e15 else 1400):
        return +reference(*map(mp.mpf, arguments))


def check(function, reference, *columns):
    wide, fast, single = (
        jit(function, batch=True),
        jit(function, batch=True, fastmath=True),
        jit(function),
    )
    values = wide(*columns)
    np.testing.assert_array_equal(fast(*columns), values)
    for k, arguments in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        found = error(float(values[k]), exactly(reference, *arguments))
        assert found <= LIMIT, (arguments, values[k], found)
        if k % 37 == 0:
            assert single(*arguments) == values[k]


@pytest.mark.parametrize("name", ONE)
def test_functions_of_one_number(name):
    check(getattr(autograd, name), *ONE[name])


@pytest.mark.parametrize("name", TWO)
def test_functions_of_two_numbers(name):
    check(autograd.OPS[name].apply, *TWO[name])
