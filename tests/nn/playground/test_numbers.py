"""The page's numbers are Python's: random ones, data sets, and every weight after training."""

import contextlib
import io
import itertools
import random

import pytest

import nn
from autograd import Value
from nn import Layer, LayerNorm, Module, Sequential
from nn.activations import names
from nn.playground.rules import LOSSES, OPTIMIZERS, Own
from tests.nn.playground.running import DEFAULTS, modules, run
from tests.soaking import asked

TRAIN = """
import { Training } from "./training.js";
import { pythonCode } from "./python.js";
const STARTS = { SGD: [], Momentum: [0], Nesterov: [0], RMSprop: [0], Adam: [0, 0], AdamW: [0, 0] };
const found = given.map((settings) => {
  const training = new Training(settings, STARTS, []);
  training.iterate(settings.epochs * training.perEpoch);
  const { losses, epochLosses, validationLosses, iteration, trouble } = training;
  return { code: pythonCode(settings, training.widths, []), weights: training.layers.flat(2),
    iteration, losses, epochLosses, validationLosses, trouble };
});
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return modules(tmp_path_factory.mktemp("playground"))


def ran(code):
    """The names that the program leaves behind."""
    space = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, space)  # what the page shows
    return space


def compare(folder, configurations):
    configurations = [{**DEFAULTS, **given} for given in configurations]
    worst = 0.0
    for settings, found in zip(configurations, run(folder, TRAIN, configurations), strict=True):
        space = ran(found["code"])
        weights = [value.data for value in space["model"].parameters()]
        assert found["trouble"] == ""
        assert found["iteration"] == space["history"].iterations
        assert found["weights"] == pytest.approx(weights, rel=0, abs=1e-12), settings
        for mine, own in (
            ("losses", "loss"),
            ("epochLosses", "epoch_loss"),
            ("validationLosses", "validation_loss"),
        ):
            assert found[mine] == pytest.approx(getattr(space["history"], own), rel=1e-9, abs=1e-12)
        worst = max(worst, *(abs(a - b) for a, b in zip(found["weights"], weights, strict=True)))
    return worst


class Residual(Module):
    """A residual block whose scale is shared by its outputs, with a parameter that is not used."""

    def __init__(self, nin, nout):
        self.spare, self.last = Value(3.0), Layer(nin, nout, "linear", seed=3)
        self.inner = Sequential(Layer(nin, 4, "tanh", seed=1), LayerNorm(4), Layer(4, nin, seed=2))
        self.scale = Value(1.5)

    def __call__(self, given):
        xs = given if isinstance(given, list | tuple) else [given]
        h = self.inner(xs)
        inner = h if isinstance(h, list) else [h]
        return self.last([x + self.scale * y for x, y in zip(xs, inner, strict=True)])


@pytest.mark.parametrize(
    ("nin", "nout", "given"),
    [
        (2, 1, {"data": "moons", "l2": 0.01, "validation": 6, "optimizer": "Adam"}),
        (2, 3, {"data": "spiral", "classes": 3, "loss": "cross_entropy", "optimizer": "Momentum"}),
        (1, 1, {"data": "line", "loss": "mse"}),
    ],
)
def test_a_module_of_ones_own_is_trained_as_fit_trains_it(nin, nout, given, tmp_path):
    model = Residual(nin, nout)
    own = Own(model, nin, bare=nin == 1)
    weights = [value.data for value in model.parameters()]
    settings = {**DEFAULTS, "count": 14, "epochs": 6, **given, "layers": [], "weights": weights}
    script = TRAIN.replace("given.map", "given[0].map").replace(
        "STARTS, [])", "STARTS, [], given[1])"
    )
    ask = script.replace("training.widths, [])", "training.widths, [], given[1])")
    (found,) = run(modules(tmp_path, own), ask, [[settings], own.said])
    assert "model = Residual()  # as it was given" in found["code"]
    code = found["code"].replace("model = Residual()", "")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, space := {"model": model})
    assert found["iteration"] == space["history"].iterations == 24
    after = [value.data for value in model.parameters()]
    assert after != weights
    assert found["weights"] == pytest.approx(after, rel=0, abs=1e-12)
    assert found["losses"] == pytest.approx(space["history"].loss, rel=1e-9)
    assert found["validationLosses"] == pytest.approx(space["history"].validation_loss, rel=1e-9)


def test_random_numbers_are_those_of_python(folder):
    seeds = [0, 1, 7, 1337, 2**31, 2**32 + 5, 2**53 - 1, -12]
    script = """
import { Random } from "./random.js";
const found = given.map((seed) => {
  const random = new Random(seed);
  const list = (make) => Array.from({ length: 700 }, make);
  return [list(() => random.random()), list(() => random.uniform(-1, 3)),
    list(() => Number(random.getrandbits(17))), list(() => String(random.getrandbits(64))),
    random.shuffle(list((_, k) => k)), list(() => random.gauss(1, 2)),
    new Random(random.getrandbits(64)).random()];
});
console.log(JSON.stringify(found));
"""
    for seed, found in zip(seeds, run(folder, script, seeds), strict=True):
        rng = random.Random(seed)
        order = [*range(700)]
        assert found[0] == [rng.random() for _ in order]
        assert found[1] == [rng.uniform(-1, 3) for _ in order]
        assert found[2] == [rng.getrandbits(17) for _ in order]
        assert found[3] == [str(rng.getrandbits(64)) for _ in order]
        rng.shuffle(order)
        assert found[4] == order
        assert found[5] == pytest.approx([rng.gauss(1, 2) for _ in order], rel=1e-14, abs=1e-15)
        assert found[6] == random.Random(rng.getrandbits(64)).random()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weights_after_fifty_iterations_are_those_of_fit(optimizer, folder):
    """Every loss with every activation, of one score and of three; but in a soak one in ten."""
    scores = ({"data": "moons"}, {"data": "spiral", "classes": 3})
    every = asked(10, 1)
    turn = [*OPTIMIZERS].index(optimizer) % every
    configurations = [
        {"optimizer": optimizer, "loss": loss, "activation": activation, "count": 5, "batch": 1,
         "layers": [2], "rate": 0.01, **data}
        for loss, activation, data in itertools.product(LOSSES, names(), scores)
    ]  # fmt: skip
    compare(folder, configurations[turn::every])


def test_settings_mean_what_they_mean_in_python(folder):
    compare(folder, [
        {"data": "line", "layers": [], "loss": "mse", "count": 30, "batch": 7, "epochs": 12},
        {"data": "line", "layers": [4, 3], "loss": "huber", "init": "he", "activation": "relu"},
        {"data": "ring", "l2": 0.01, "validation": 13, "init": "xavier", "layers": [4, 4]},
        {"data": "xor", "batch": 4, "epochs": 50, "loss": "half_squared_error"},
        {"data": "xor", "batch": 3, "epochs": 25, "loss": "binary_cross_entropy", "bias": False},
        {"data": "xor", "batch": 3, "epochs": 25, "loss": "cross_entropy", "layers": [2, 2, 2]},
        {"data": "spiral", "classes": 2, "loss": "hinge", "optimizer": "AdamW", "decay": 0.1},
        {"data": "spiral", "classes": 4, "count": 40, "loss": "cross_entropy", "batch": 100},
        {"data": "moons", "optimizer": "Nesterov", "decay": 0.05, "momentum": 0.5, "l2": 1e-3},
        {"data": "moons", "optimizer": "RMSprop", "alpha": 0.9, "epsilon": 1e-3, "decay": 0.01},
        {"data": "moons", "optimizer": "Adam", "beta1": 0.5, "beta2": 0.9, "output": "tanh"},
        {"data": "moons", "count": 1000, "batch": 10, "epochs": 1, "seed": 1337, "layers": [16, 16],
         "activation": "relu"},
    ])  # fmt: skip


def test_the_notes_network_gives_the_numbers_of_the_notes(folder):
    notes = {
        "data": "sample", "layers": [1], "activation": "linear", "bias": False, "rate": 0.01,
        "loss": "half_squared_error", "weights": [0.4, 0.6, 0.5], "epochs": 1,
    }  # fmt: skip
    compare(folder, [notes])
    ((found,)) = run(folder, TRAIN, [{**DEFAULTS, **notes}])
    assert found["weights"] == pytest.approx([0.5525, 0.6915, 0.7318], rel=1e-15)
    assert found["losses"] == pytest.approx([18.605], rel=1e-15)


def test_what_diverges_stops_with_the_weights_before(folder):
    settings = {**DEFAULTS, "data": "line", "layers": [], "loss": "mse", "rate": 50, "epochs": 2000}
    (found,) = run(folder, TRAIN, [settings])
    assert "is infinite" in found["trouble"]
    with pytest.raises(FloatingPointError, match=f"iteration {found['iteration'] + 1},"):
        ran(found["code"])


def test_weights_that_overflow_end_training(folder):
    given = {"layers": [], "rate": 1.7e308, "loss": "mse", "noise": 10}
    (found,) = run(folder, TRAIN, [{**DEFAULTS, **given}])
    assert "iteration 1 a weight is infinite" in found["trouble"]
    assert all(abs(w) <= 1 for w in found["weights"])


def test_lines_are_evenly_spaced():
    assert len(nn.line(7, seed=3)) == 7
    with pytest.raises(ValueError, match="count is a whole number"):
        nn.line(0)
