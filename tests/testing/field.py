"""Rules as people write them: right ones, however crude their formulas are, and wrong ones.

Each line of a table of texts is a name, the value, the slopes, and what else there is: a domain, a
kink, a meaning. The functions are pairs of Python functions, and what they mean.
"""

import math

# Right rules: a check may find them inaccurate, and never wrong.
RIGHT = """
sigmoid1 | 1 / (1 + exp(-x)) | z * (1 - z)
sigmoid2 | exp(x) / (1 + exp(x)) | exp(x) / (1 + exp(x)) ** 2
softplus1 | log(1 + exp(x)) | 1 / (1 + exp(-x))
softplus2 | log1p(exp(x)) | exp(x) / (1 + exp(x))
softplus3 | x if x > 20 else log1p(exp(x)) | 1 if x > 20 else exp(x) / (1 + exp(x)) | meaning=log(1 + exp(x))
tanh1 | tanh(x) | 1 - z * z
tanh2 | (exp(x) - exp(-x)) / (exp(x) + exp(-x)) | 1 - z ** 2
tanh3 | tanh(x) | 1 / cosh(x) ** 2
exp2a | 2 ** x | z * log(2 + zero(x))
exp10 | 10 ** x | z * log(10 + zero(x))
expm1a | exp(x) - 1 | exp(x)
expm1b | expm1(x) | z + 1
xlogy1 | x * log(y) if x != 0 else zero(x) | log(y), x / y | domain=y > 0
xlog1py1 | x * log1p(y) | log1p(y), x / (1 + y) | domain=y > -1
logit1 | log(x / (1 - x)) | 1 / (x * (1 - x)) | domain=0 < x < 1
logit2 | log(x) - log(1 - x) | 1 / x + 1 / (1 - x) | domain=0 < x < 1
gelu_erf | half(x) * x * (1 + erf(x / sqrt(2 + zero(x)))) | half(x) * (1 + erf(x / sqrt(2 + zero(x)))) + x * exp(-x * x / 2) / sqrt(8 * atan(1 + zero(x)))
smooth_l1 | x * x / 2 if abs(x) < 1 else abs(x) - half(x) | x if abs(x) < 1 else sign(x)
huber | x * x / 2 if abs(x) <= 2 else 2 * (abs(x) - 1) | x if abs(x) <= 2 else 2 * sign(x)
hardswish1 | x * relu6(x + 3) / 6 | 0 if x < -3 else 1 if x > 3 else x / 3 + half(x) | kink=x == -3 or x == 3
entr | -x * log(x) | -log(x) - 1 | domain=x > 0
rsqrt | 1 / sqrt(x) | -z / (2 * x) | domain=x > 0
rsqrt2 | x ** (-1 / 2) | -half(x) * x ** (-3 / 2) | domain=x > 0
square1 | x * x | 2 * x
cube1 | x ** 3 | 3 * x ** 2
reciprocal | 1 / x | -z * z | domain=x != 0
reciprocal2 | 1 / x | -1 / (x * x) | domain=x != 0
third | x / 3 | one(x) / 3
affine | 3 * x + 5 | 3
hardsigmoid1 | relu6(x + 3) / 6 | one(x) / 6 if -3 < x < 3 else 0 * x | kink=x == -3 or x == 3
bce | -(y * log(x) + (1 - y) * log(1 - x)) | (x - y) / (x * (1 - x)), log(1 - x) - log(x) | domain=0 < x < 1
bce_logits | maximum(x, zero(x)) - x * y + log1p(exp(-abs(x))) | sigmoid(x) - y, -x
kl_div | y * (log(y) - x) | -y, log(y) - x + 1 | domain=y > 0
logaddexp1 | log(exp(x) + exp(y)) | exp(x) / (exp(x) + exp(y)), exp(y) / (exp(x) + exp(y))
logaddexp2 | logaddexp(x, y) | exp(x - z), exp(y - z)
hypot1 | sqrt(x * x + y * y) | x / z, y / z | domain=x != 0 or y != 0
atan2a | atan2(x, y) | y / (x * x + y * y), -x / (x * x + y * y) | domain=x != 0 or y > 0
cbrt1 | cbrt(x) | 1 / (3 * z * z) | domain=x != 0
relu_a | maximum(x, zero(x)) | 1 if x > 0 else 0 | kink=x == 0
relu_b | x if x > 0 else zero(x) | 1 if x >= 0 else 0 * x | kink=x == 0
relu6a | minimum(maximum(x, zero(x)), 6 * one(x)) | 1 if x > 0 and x < 6 else 0 | kink=x == 0 or x == 6
threshold1 | x if x > 1 else 20 * one(x) | 1 if x > 1 else 0 | kink=x == 1
softshrink | x - 1 if x > 1 else x + 1 if x < -1 else zero(x) | 1 if abs(x) > 1 else 0 | kink=x == 1 or x == -1
hardshrink | x if abs(x) > 1 else zero(x) | 1 if abs(x) > 1 else 0 | kink=abs(x) == 1
tanhshrink | x - tanh(x) | tanh(x) ** 2
celu2 | x if x > 0 else 2 * expm1(x / 2) | 1 if x > 0 else exp(x / 2)
elu1 | x if x > 0 else exp(x) - 1 | 1 if x > 0 else exp(x)
selu1 | selu(x) | selu_scale(x) if x > 0 else z + selu_scale(x) * selu_alpha(x) | kink=x == 0
leaky | x if x > 0 else x / 100 | 1 if x > 0 else one(x) / 100 | kink=x == 0
log_cosh | log(cosh(x)) | tanh(x)
log_cosh2 | x + log1p(exp(-2 * x)) - log(2 + zero(x)) | tanh(x)
squareplus | (x + sqrt(x * x + 4)) / 2 | (1 + x / sqrt(x * x + 4)) / 2
frac | x - floor(x) | 1 | kink=floor(x) == x
sinc1 | sin(x) / x if x != 0 else one(x) | (x * cos(x) - sin(x)) / (x * x) if x != 0 else 0
sinc2 | sin(x) / x | cos(x) / x - z / x | domain=x != 0
sinc3 | sin(x) / x if x != 0 else one(x) | -x / 3 if abs(x) * 10000 < 1 else (x * cos(x) - sin(x)) / (x * x)
norm_cdf | half(x) * erfc(-x / sqrt(2 + zero(x))) | exp(-x * x / 2) / sqrt(8 * atan(1 + zero(x)))
pow3 | x ** 3 | 3 * z / x | domain=x > 0
pow1 | x ** y | y * x ** (y - 1), z * log(x) | domain=x > 0
silu1 | x / (1 + exp(-x)) | sigmoid(x) * (1 + x * (1 - sigmoid(x)))
mish1 | x * tanh(log1p(exp(x))) | tanh(log1p(exp(x))) + x * (1 - tanh(log1p(exp(x))) ** 2) * sigmoid(x)
asinh1 | log(x + sqrt(x * x + 1)) | 1 / sqrt(x * x + 1)
acosh1 | acosh(x) | 1 / sqrt(x * x - 1) | domain=x > 1
atanh1 | half(x) * log((1 + x) / (1 - x)) | 1 / (1 - x * x) | domain=-1 < x < 1
asin1 | asin(x) | 1 / sqrt(1 - x * x) | domain=-1 < x < 1
tan1 | tan(x) | 1 + z * z
tan2 | sin(x) / cos(x) | 1 / cos(x) ** 2
log1 | log(x) | 1 / x | domain=x > 0
sqrt1 | sqrt(x) | half(x) / z | domain=x > 0
abs1 | abs(x) | sign(x) | kink=x == 0
abs2 | sqrt(x * x) | x / z | domain=x != 0
softsign1 | x / (1 + abs(x)) | 1 / (1 + abs(x)) ** 2
log_sigmoid1 | -log(1 + exp(-x)) | 1 / (1 + exp(x))
gaussian | exp(-x * x) | -2 * x * z
cauchy | log(1 + x * x) | 2 * x / (1 + x * x)
max1 | maximum(x, y) | 1 if x > y else 0, 0 if x > y else 1 | kink=x == y
hinge | maximum(zero(x), 1 - x * y) | -y if x * y < 1 else 0, -x if x * y < 1 else 0 | kink=x * y == 1
mse | (x - y) ** 2 | 2 * (x - y), 2 * (y - x)
div1 | x / y | 1 / y, -x / (y * y) | domain=y != 0
quake | x / sqrt(1 + x * x) | 1 / (1 + x * x) / sqrt(1 + x * x)
"""

# Wrong rules: every one is caught.
WRONG = """
sign_of_sin | cos(x) | sin(x)
factor | x * x | x
factor3 | x ** 3 | 3 * x
twice | sin(2 * x) | cos(2 * x)
chain | exp(-x * x) | z
chain2 | tanh(x / 2) | 1 - z * z
sigmoid_z | sigmoid(x) | z * (1 + z)
sigmoid_x | sigmoid(x) | x * (1 - x)
tanh_z | tanh(x) | 1 - z
log_y | log(x) | 1 / x ** 2 | domain=x > 0
sqrt_w | sqrt(x) | 1 / z | domain=x > 0
quotient | x / y | 1 / y, x / (y * y) | domain=y != 0
swapped | x * y | x, y
swapped2 | x ** y | z * log(x), y * x ** (y - 1) | domain=x > 0
swapped3 | atan2(x, y) | -x / (x * x + y * y), y / (x * x + y * y) | domain=x != 0 or y > 0
hypot_w | hypot(x, y) | x / z, y / x | domain=x > 0 and y > 0
at_zero | softplus(x) | 0 if x == 0 else sigmoid(x)
at_zero_sinc | sin(x) / x if x != 0 else one(x) | (x * cos(x) - sin(x)) / (x * x) if x != 0 else 1
at_zero_7 | x * x * x | 7 if x == 0 else 3 * x * x
at_zero_inf | x * x * x | 1 / x if x == 0 else 3 * x * x
at_one | x * x | 3 if x == 1 else 2 * x
at_seven | x * x | 0 if x == 7 else 2 * x
second_at_zero | x * x | 0 if x == 0 else 2 * x
second_at_two | x * x | 4 if x == 2 else 2 * x
kink_four | minimum(x, 4 + zero(x)) | 1 if x < 4 else -3 if x == 4 else 0 | kink=x == 4
kink_seven | maximum(x, 7 + zero(x)) | 2 if x == 7 else 1 if x > 7 else 0 | kink=x == 7
kink_hundred | abs(x - 100) | 5 if x == 100 else sign(x - 100) | kink=x == 100
kink_six | relu6(x) | 1 if 0 < x < 6 else 2 if x == 6 else 0 | kink=x == 0 or x == 6
kink_solved | abs(x * x - 2) | 2 * x if x * x > 2 else 2 * x | kink=x * x == 2
kink_third | minimum(3 * x, one(x)) | 3 if 3 * x < 1 else -1 if 3 * x == 1 else 0 | kink=3 * x == 1
large | x * x | 2 * x if x < 10**10 else x
larger | x * x | 3 * x if abs(x) > 10**100 else 2 * x
small | sin(x) | cos(x) if abs(x) > one(x) / 10**6 else zero(x)
negative | x * x | 2 * x if x > -50 else x
negative2 | exp(x) | z if x > 0 else 1 + x
between | x * x * x | x if 4 < x < 5 else 3 * x * x
between2 | x * x * x | x if 40 * 10 < 40 * x + 1 < 41 * 10 else 3 * x * x
between3 | sigmoid(x) | 0 if 20 < x < 21 else bell(x)
between_xy | x * y | y if not 2 < x < 3 else x, x
equal_xy | x * y | 0 if x == y else y, x
relu_branch | relu(x) | 1 if x < 0 else 0 if x == x else x | kink=x == 0
leaky_branch | x if x > 0 else x / 100 | 1 if x > 1 else one(x) / 100 | kink=x == 0
elu_w | x if x > 0 else exp(x) - 1 | 1 if x > 0 else exp(x) - 1 | kink=x == 0
hardswish_w | x * relu6(x + 3) / 6 | 0 if x < -3 else 1 if x > 3 else x / 3 | kink=x == -3 or x == 3
smooth_l1_w | x * x / 2 if abs(x) < 1 else abs(x) - half(x) | x if abs(x) < 2 else sign(x)
huber_w | x * x / 2 if abs(x) <= 2 else 2 * (abs(x) - 1) | x if abs(x) <= 2 else sign(x)
gelu_w | half(x) * x * (1 + tanh((x + 44715 * x ** 3 / 1000000) * 8 / 10)) | half(x) * (1 + tanh((x + 44715 * x ** 3 / 1000000) * 8 / 10)) + half(x) * x * (1 - tanh((x + 44715 * x ** 3 / 1000000) * 8 / 10) ** 2) * 8 / 10 * (1 + 3 * 44715 * x ** 2 / 100000)
constant | log2(x) | 1 / log(3 + zero(x)) / x | domain=x > 0
constant2 | x / 180 | one(x) / 181
undeclared_kink | abs(x) | sign(x)
undeclared_kink2 | abs(x - 3) | 1 if x > 3 else -1
undeclared_kink3 | relu(x) | 1 if x > 0 else 0 if x == x else x
undeclared_kink4 | abs(x * x - 2) | 2 * x if x * x > 2 else -2 * x
undeclared_jump | x if x < 1 else x + 1 | 1
undeclared_jump2 | x if x * x < 2 else 2 * x | 1 if x * x < 2 else 2
undeclared_floor | x - floor(x) | 1
undeclared_max | maximum(x, y) | 1 if x > y else 0, 0 if x > y else 1
domain_log | log(x) | 1 / x
domain_sqrt | sqrt(x) | 1 / (2 * z)
domain_div | 1 / x | -z * z
domain_asin | asin(x) | 1 / sqrt(1 - x * x) | domain=-2 < x < 2
nan_relu | maximum(x, zero(x)) | 1 if x > 0 else 0 | kink=x == 0
pole_log | log(x) | 1 / abs(x) | domain=x > 0
nan_xlogy | xlogy(x, y) | log(y), x / y | domain=y > 0
inside_xlogy | xlogy(x, y) | log(y), x / y if x > 0 else 0 | domain=y > 0
meaning_w | x * x | 2 * x | meaning=x ** 3
value_w | expm1(x) | exp(x) | meaning=exp(x)
narrow | x * x | x | domain=5 * 10000 < x * 10000 < 50001
nothing | x * x | x | domain=x > 2 and x < 1
no_kink_met | x * x | 2 * x | kink=x == 4 and x == 5
inf_slope | x ** 3 | 3 * x ** 2 if x < 100 else 1 / zero(x)
nan_slope | x ** 3 | 3 * x ** 2 if x != 3 else zero(x) / zero(x)
second_row | sin(x) | cos(x) if x != 1 else cos(one(x))
"""


def rows(table):
    """The lines of a table as the fields of rows."""
    for line in table.strip().splitlines():
        name, value, slopes, *more = (part.strip() for part in line.split(" | "))
        fields = dict(part.split("=", 1) for part in more)
        yield dict(name=name, value=value, slopes=split(slopes), **fields)


def split(text):
    """The slopes of a line: at commas outside brackets."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return tuple(part.strip() for part in found)


def _tanh_gelu(x):
    return 0.7978845608 * (x + 0.044715 * x**3)


def _log_cosh(x):
    return abs(x) + math.log1p(math.exp(-2 * abs(x))) - math.log(2)


def _opaque(function):
    """The same as an object that computes with doubles alone."""

    class Opaque:
        def __call__(self, *numbers):
            return function(*map(float, numbers))

    return Opaque()


# Python functions: the value and its slopes, and how they are checked.
FUNCTIONS = {
    "sigmoid": (
        (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        dict(meaning="sigmoid(x)"),
    ),
    "tanh": ((math.tanh, lambda x: 1 - math.tanh(x) ** 2), dict(meaning="tanh(x)")),
    "opaque tanh": (
        (_opaque(math.tanh), _opaque(lambda x: 1 - math.tanh(x) ** 2)),
        dict(meaning="tanh(x)"),
    ),
    "opaque exp": ((_opaque(math.exp), _opaque(math.exp)), {}),
    "gelu": (
        (
            lambda x: 0.5 * x * (1 + math.tanh(_tanh_gelu(x))),
            lambda x: (
                0.5 * (1 + math.tanh(_tanh_gelu(x)))
                + 0.5
                * x
                * (1 - math.tanh(_tanh_gelu(x)) ** 2)
                * 0.7978845608
                * (1 + 3 * 0.044715 * x * x)
            ),
        ),
        dict(meaning="0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))"),
    ),
    "erf": (
        (math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
        dict(meaning="erf(x)"),
    ),
    "relu": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
        dict(meaning="maximum(x, 0)", kink="x == 0"),
    ),
    "hypot": (
        (
            lambda x, y: math.sqrt(x * x + y * y),
            lambda x, y: x / math.sqrt(x * x + y * y),
            lambda x, y: y / math.sqrt(x * x + y * y),
        ),
        dict(meaning="hypot(x, y)", inputs=("x", "y"), domain="x != 0 or y != 0"),
    ),
    "log_cosh": ((_log_cosh, math.tanh), dict(meaning="log(cosh(x))")),
    "own code": ((lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x))), {}),
    "cubed": ((lambda x: x**3, lambda x: 3 * x**2), {}),
}

WRONG_FUNCTIONS = {
    "factor": ((lambda x: x * x, lambda x: x), dict(meaning="x * x")),
    "factor of its own code": ((lambda x: x * math.exp(x), math.exp), {}),
    "constant": (
        (
            lambda x: 0.5 * x * (1 + math.tanh(_tanh_gelu(x))),
            lambda x: (
                0.5 * (1 + math.tanh(_tanh_gelu(x)))
                + 0.5
                * x
                * (1 - math.tanh(_tanh_gelu(x)) ** 2)
                * 0.7978845608
                * (1 + 3 * 0.44715 * x * x)
            ),
        ),
        dict(meaning="0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)))"),
    ),
    "between": (
        (math.tanh, lambda x: 0.0 if 4 < x < 5 else 1 - math.tanh(x) ** 2),
        dict(meaning="tanh(x)"),
    ),
    "opaque between": (
        (math.tanh, _opaque(lambda x: 0.0 if 4 < x < 5 else 1 - math.tanh(x) ** 2)),
        dict(meaning="tanh(x)"),
    ),
    "at a constant": (
        (lambda x: x * x, lambda x: 1.0 if x == 6.5 else 2 * x),
        dict(meaning="x * x"),
    ),
    "kink": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0 if x < 0 else 2.0),
        dict(meaning="maximum(x, 0)", kink="x == 0"),
    ),
    "undeclared kink": (
        (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
        dict(meaning="maximum(x, 0)"),
    ),
    "swapped": (
        (lambda x, y: x * y, lambda x, y: x, lambda x, y: y),
        dict(meaning="x * y", inputs=("x", "y")),
    ),
    "opaque factor": ((_opaque(math.exp), _opaque(lambda x: 1.001 * math.exp(x))), {}),
    "opaque sign": ((_opaque(math.cos), _opaque(math.sin)), {}),
    "value": ((math.cosh, math.sinh), dict(meaning="sinh(x)")),
}
