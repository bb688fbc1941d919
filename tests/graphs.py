"""Graphs to show: the notes' hand calculation, small ones, and random ones."""

from fractions import Fraction

from hypothesis import strategies as st

from autograd import Value
from autograd.engine import FUNCTIONS
from autograd.ops import OPS

HAND = {"x1": "5", "x2": "3", "y": "8", "w1": "0.4", "w2": "0.6", "w3": "0.5"}


def hand(number=Fraction):
    """The hand calculation: its error, and its leaves by name."""
    v = {name: Value(number(text), name) for name, text in HAND.items()}
    h1 = v["x1"] * v["w1"] + v["x2"] * v["w2"]
    h1.label = "h1"
    yhat = h1 * v["w3"]
    yhat.label = "yhat"
    E = (yhat - v["y"]) ** 2 / 2
    E.label = "E"
    return E, v


def chain(length, start=1.0):
    x = y = Value(start, "x")
    for _ in range(length):
        y = y * 1.000001
    return x, y


ANY_LABEL = st.one_of(
    st.just(""),
    st.sampled_from(["w1", "yhat", "h_12", "eta", "x", "<b>", "a|b{c}", '"\\N"', "a\nb", "&amp;"]),
    st.text(alphabet='<>|{}"\\&\n$_^ ab\u0302é∂', max_size=6),
    st.text(max_size=6),
)
UNARY = [name for name, op in OPS.items() if len(op.inputs) == 1 and not op.run and not op.helper]
BINARY = ["add", "sub", "mul", "div", "power", "maximum", "minimum", "hypot", "atan2", "leaky_relu"]
NUMBERS = st.one_of(st.floats(-4, 4), st.floats(), st.integers(-3, 3))


@st.composite
def graphs(draw, labels=ANY_LABEL):
    """A graph of any operations on any numbers, some of its values labelled; its root."""
    values = [Value(float(draw(NUMBERS)), draw(labels)) for _ in range(draw(st.integers(1, 3)))]
    index = st.integers(0, 30)
    program = st.lists(st.tuples(st.integers(0, 9), index, index, index), min_size=1, max_size=12)
    for kind, i, j, k in draw(program):
        x, y = values[i % len(values)], values[j % len(values)]
        if kind < 4:
            made = FUNCTIONS[UNARY[k % len(UNARY)]](x)
        elif kind < 7:
            made = FUNCTIONS[BINARY[k % len(BINARY)]](x, y)
        elif kind == 7:
            made = FUNCTIONS[BINARY[k % len(BINARY)]](x, float(draw(NUMBERS)))
        elif kind == 8:
            made = FUNCTIONS["dot"]([x, y], [values[k % len(values)], float(draw(NUMBERS))])
        else:
            made = FUNCTIONS["where"](x, y, values[k % len(values)])
        made.label = draw(labels)
        values.append(made)
    return values[-1]
