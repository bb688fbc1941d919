"""Weights that training would not find are named; what is to stay can stay."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial

import pytest

from autograd import Value, tanh
from nn import SGD, Buffer, Module, Neuron, Optimizer, evaluate, fit, mse

DATA = [(1.0, 2.0), (2.0, 3.0)]
BOTH = pytest.mark.parametrize("jit", [False, True])


class Box:
    def __init__(self, kept):
        self.kept = kept

    def get(self):
        return self.kept


class Slotted:
    __slots__ = ("kept",)

    def __init__(self, kept):
        self.kept = kept


class Single:
    __slots__ = "kept"

    def __init__(self, kept):
        self.kept = kept


def closed(kept):
    return lambda: kept


@dataclass
class Answer:
    y: Value
    noted: Value | None = field(default=None, init=False)


class Line(Module):
    """Its slope may be kept anywhere."""

    shared = Value(0.5)

    def __init__(self, keep, get):
        self.b = Value(0.0, "b")
        for name, part in keep().items():
            setattr(self, name, part)
        self._get = get

    def __call__(self, x):
        return self._get(self) * x + self.b


PLACES = {
    "private": (lambda: {"_w": Value(0.5)}, lambda it: it._w, "computes with its _w, a Value"),
    "object": (lambda: {"box": Box(Value(0.5))}, lambda it: it.box.kept, "its box.kept, a Value"),
    "set": (lambda: {"ws": {Value(0.5)}}, lambda it: min(it.ws), "its ws.0, a Value that is no"),
    "slots": (lambda: {"box": Slotted(Value(0.5))}, lambda it: it.box.kept, "its box.kept, a Val"),
    "slot": (lambda: {"box": Single(Value(0.5))}, lambda it: it.box.kept, "its box.kept, a Val"),
    "deque": (lambda: {"ws": deque([Value(0.5)])}, lambda it: it.ws[0], "its ws.0, a Value that"),
    "closure": (lambda: {"f": closed(Value(0.5))}, lambda it: it.f(), "its f.kept, a Value that"),
    "partial": (
        lambda: {"f": partial(pow, Value(2.0))},
        lambda it: it.f(-1),
        "its f.args.0, a Val",
    ),
    "method": (lambda: {"f": Box(Value(0.5)).get}, lambda it: it.f(), "its f.__self__.kept, a Val"),
    "class": (dict, lambda it: it.shared, "its shared, a Value that is no parameter"),
    "computed": (lambda: {"w": Value(5.0) * 0.1}, lambda it: it.w, r"w = Value\(w.data\) makes"),
    "in list": (lambda: {"ws": [tanh(Value(0.5))]}, lambda it: it.ws[0], "ws.0, which was comput"),
}


@BOTH
@pytest.mark.parametrize("place", PLACES)
def test_a_weight_that_would_not_be_trained_is_named(jit, place):
    if jit:
        pytest.importorskip("numpy")
    keep, get, words = PLACES[place]
    with pytest.raises(ValueError, match=words):
        fit(Line(keep, get), DATA, mse, SGD(0.1), validation=DATA, jit=jit)
    assert evaluate(Line(keep, get), DATA, mse).samples == 2


@BOTH
def test_what_is_to_stay_can_stay(jit):
    if jit:
        pytest.importorskip("numpy")
    for keep, get in [
        (lambda: {"_w": 0.5}, lambda it: it._w),
        (lambda: {"_w": Buffer(0.5)}, lambda it: it._w),
        (lambda: {"w": Value(0.5)}, lambda it: it.w),
        *([] if jit else [(lambda: {"w": Buffer(5.0) * 0.1}, lambda it: it.w)]),
    ]:
        model = Line(keep, get)
        frozen = isinstance(getattr(model, "w", None), Value) and model.w.op is None
        fit(model, DATA, mse, {"w": None, "": SGD(0.1)} if frozen else SGD(0.1), jit=jit)
        # b − 0.1·d/db of the mean of (x/2 + b − y)²: −2·mean(1.5, 2)
        assert model.b.data == pytest.approx(0.35, rel=1e-14)
        assert getattr(get(model), "data", get(model)) == 0.5


@BOTH
def test_an_answer_of_several_names_is_looked_into(jit):
    class Answering(Line):
        def __call__(self, x):
            return Answer(super().__call__(x))

    class Noting(Line):
        def __call__(self, x):
            found = Answer(self.b * x)
            found.noted = super().__call__(x)
            return found

    keep, get, words = PLACES["private"]
    for kind, name in ((Answering, "y"), (Noting, "noted")):
        with pytest.raises(ValueError, match=words):
            fit(
                kind(keep, get), DATA, lambda p, y, n=name: mse(getattr(p, n), y), SGD(0.1), jit=jit
            )


def test_private_weights_can_be_given_to_the_optimizer():
    keep, get, _ = PLACES["private"]
    model = Line(keep, get)
    fit(model, DATA, mse, Optimizer(SGD(0.1), [model.b, model._w]))
    assert model._w.data != 0.5


def test_a_parameter_that_a_step_by_hand_has_computed_is_named():
    class Slope(Module):
        def __init__(self):
            self.w = Value(1.0, "w")

        def __call__(self, x):
            return self.w * x

    model = Slope()
    mse(model(1.0), 2.0).backward()
    model.w = model.w - 0.1 * model.w.grad
    with pytest.raises(ValueError, match=r"no parameters to train: w was computed, Value\(w.data"):
        fit(model, DATA, mse, SGD(0.1))


def test_gradients_are_those_of_the_last_step_for_all_that_a_model_has():
    """PyTorch's optimizers zero their own; a training of one weight must not add up the others'."""
    model = Neuron.of([0.0], 0.0)
    model.weights[0].label = "w"
    fit(model, DATA, mse, Optimizer(SGD(0.0), [model.bias]), epochs=3)
    assert model.weights[0].grad == -2 * (1 * 2 + 2 * 3) / 2

    class Shifted(Module):
        def __init__(self):
            self.w, self.mean = Value(0.0), Buffer(0.0)

        def __call__(self, x):
            return self.w * x + self.mean

    shifted = Shifted()
    fit(shifted, DATA, mse, SGD(0.0), epochs=3)
    assert shifted.mean.grad == -2 * (2 + 3) / 2
