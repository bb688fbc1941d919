"""Interruptions: Ctrl-C, or no memory, at any line that runs of the package; what it leaves.

A case makes something to do, and something that says whether all is as it was before or as it is
afterwards, and that doing it again gives what is right.
"""

import random
import sys
from fractions import Fraction
from functools import cache
from linecache import getline
from opcode import opmap
from pathlib import Path

import autograd
from autograd import (
    OPS,
    Op,
    Value,
    custom,
    dot,
    draw,
    errors,
    explain,
    grad,
    hessian,
    jit,
    log,
    logsumexp,
    register,
    steps,
    tanh,
    where,
)
from autograd.calculus import _alive
from autograd.engine import unregister
from autograd.errors import guard
from autograd.graph import topological
from autograd.value import tracing

HOME = str(Path(autograd.__file__).parent)
# What the collector calls in between: Python itself takes errors from there away.
APART = ("collector.py", "release.py")
NOP, FOR_ITER = opmap["NOP"], opmap["FOR_ITER"]


@cache
def instructions(code):
    """The bytes of a code object, which makes new ones each time it is asked."""
    return code.co_code


class Press:
    """Raises an error when so many lines of the package have run, which it counts."""

    def __init__(self, when=0, error=KeyboardInterrupt):
        self.when, self.error, self.lines = when, error, 0

    def __call__(self, frame, event, _):
        name = frame.f_code.co_filename
        if not name.startswith((HOME, "<autograd ")) or name.endswith(APART):
            return None
        # Where a line begins with one of these no signal comes, and not every Python lets go of
        # what a block holds. A `with` is a line once more when it is left, before it lets go.
        apart = instructions(frame.f_code)[frame.f_lasti] in (NOP, FOR_ITER) or getline(
            name, frame.f_lineno
        ).lstrip().startswith("with ")
        if event == "line" and not apart:
            self.lines += 1
            if self.lines == self.when:
                raise self.error
        return self

    def during(self, work):
        """Whether `work` ends by the error."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            work()
        except self.error:
            return True
        finally:
            sys.settrace(before)
        return False


def graph(kind):
    """Shared nodes, runs, a branch not taken, a function; gradients from before."""
    leaves = a, b, c = [Value(kind(number)) for number in (2, 3, 5)]
    h = a * b + 2
    run = dot([h, c, 1], [a, h, h])
    f = where(a > 0, run * h, c / 7) - h / c
    if kind is float:
        f = tanh(f) + logsumexp([h, a, h]) + COMPILED(a, b)[0] * COMPILED(b, c)[1]
    for leaf in leaves:
        leaf.grad = kind(1) / 8
    return leaves, f


COMPILED = jit(lambda x, y: [x * y, x / y], backend="python")


def overflowing():
    """Numbers that are too large for a float: the pass begins anew, in other numbers."""
    x, y = Value(10**400), Value(0.5)
    return [x, y], x * 3 + y * y + x * y


def passing(make):
    """A pass adds to all leaves or to none, and leaves no mark."""

    def case():
        leaves, root = make()
        after_leaves, twin = make()
        before = [leaf.grad for leaf in leaves]
        twin.backward()
        after = [leaf.grad for leaf in after_leaves]

        def check():
            assert [leaf.grad for leaf in leaves] in (before, after)
            assert {node.grad.__class__.__name__ for node in topological(root)}.isdisjoint(
                {"_Mark"}
            )
            for leaf, grad_ in zip(leaves, before, strict=True):
                leaf.grad = grad_
            root.backward()
            assert [leaf.grad for leaf in leaves] == after

        return root.backward, check

    return case


def guarded():
    """The same in a block of `errors`, which ends with it."""
    leaves, root = graph(Fraction)

    def work():
        with errors(nan="raise"):
            root.backward()

    def check():
        assert guard.check is None
        assert log(Value(-1.0)).data != 0  # nan, and no error
        assert [leaf.grad for leaf in leaves] in ([Fraction(1, 8)] * 3, after)

    twins, twin = graph(Fraction)
    twin.backward()
    after = [leaf.grad for leaf in twins]
    return work, check


def compiling(backend, call):
    """Whatever came in between, the compiled function and its parameters are whole."""

    def case():
        w, v = Value(2.0, "w"), Value(3.0, "v")
        f = jit(lambda x, *xs: w * x * x + (v * xs[0] if xs else 0.0), backend=backend)
        f(1.0)

        def work():
            call(f)

        def check():
            grads = w.grad, v.grad
            assert grads in ((0, 0), (16.0, 5.0))
            assert tracing.get() is None
            assert (f(4.0), f(4.0, 5.0)) == (32.0, 47.0)
            assert f.parameters == [w, v]
            assert f.value_and_grad(4.0, 5.0) == (47.0, (16.0, 3.0))
            mean, slopes = f.flat([2.0, 3.0], [4.0, 4.0], [5.0, 5.0])
            assert (mean, [*slopes]) == (47.0, [16.0, 5.0])
            w.grad = v.grad = 0
            f.backward(4.0, 5.0)
            assert (w.grad, v.grad) == (16.0, 5.0)

        return work, check

    return case


def deriving():
    """Derivatives leave nothing alive, and no trace."""
    f = lambda p: p[0] ** 3 * p[1] + p[1] ** 2
    at = [Fraction(2), Fraction(3)]

    def work():
        assert hessian(f)(at) == [[36, 12], [12, 2]]
        assert grad(lambda x: grad(lambda y: x * y**3)(x))(Fraction(2)) == 36

    def check():
        assert not _alive
        assert tracing.get() is None
        work()

    return work, check


def registering():
    """A row is there with all that follows from it, or not at all."""

    def work():
        register(Op(name="cubed", value="x * x * x", slopes=("3 * x * x",)))
        unregister("cubed")

    def check():
        if "cubed" in OPS:
            assert hasattr(Value, "cubed") or not unregister("cubed")
        if "cubed" in OPS:
            unregister("cubed")
        assert not hasattr(Value, "cubed")
        work()

    return work, check


def showing():
    """What shows a graph changes nothing."""
    x = Value(Fraction(2), "x")
    root = x * x + 1
    twice = custom(lambda x: 2 * x, lambda x, z: 2, name="twice")
    root = twice(root)
    texts = [draw(root).source, str(explain(root)), str(steps(root))]

    def work():
        assert [draw(root).source, str(explain(root)), str(steps(root))] == texts

    return work, work


CALLS = {
    "call": lambda f: f(4.0, 5.0),
    "gradient": lambda f: f.value_and_grad(4.0, 5.0),
    "backward": lambda f: f.backward(4.0, 5.0),
    "flat": lambda f: f.trace(4.0, 5.0).flat([2.0, 3.0], [4.0, 4.0], [5.0, 5.0]),
}
CASES = {
    "backward": passing(lambda: graph(float)),
    "exact backward": passing(lambda: graph(Fraction)),
    "large backward": passing(overflowing),
    "guarded backward": guarded,
    "derivatives": deriving,
    "rows": registering,
    "pictures": showing,
} | {
    f"{backend} {name}": compiling(backend, call)
    for backend in ("python", "llvm")
    for name, call in CALLS.items()
}


def interrupt(name, line, error=KeyboardInterrupt):
    """One interruption of a case; whether it came before the end. Raises if something is broken."""
    work, check = CASES[name]()
    came = Press(line, error).during(work)
    check()
    return came


def length(name):
    """How many lines of the package a case runs."""
    press = Press()
    press.during(CASES[name]()[0])
    return press.lines


def interruptions(count, seed, progress=iter):
    """`count` interruptions of each case at random lines."""
    names = list(CASES)
    lengths = {name: length(name) for name in names}
    for turn in progress(range(count)):
        source = random.Random(f"{turn} {seed}")
        for name in names:
            line = source.randint(1, lengths[name])
            error = source.choice((KeyboardInterrupt, MemoryError))
            try:
                interrupt(name, line, error)
            except BaseException as broken:
                call = f"tests.interrupting.interrupt({name!r}, {line}, {error.__name__})"
                broken.add_note(f"to repeat it: {call}")
                raise
    return count
