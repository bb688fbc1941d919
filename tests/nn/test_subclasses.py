"""Modules of one's own: parameters, sub-modules and buffers found where they are kept."""

import copy
import pickle
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, tanh
from nn import (
    MLP,
    SGD,
    Buffer,
    Dropout,
    Layer,
    Module,
    Neuron,
    Sequential,
    draw,
    evaluate,
    fit,
    load,
    mse,
    predict,
    save,
    to_onnx,
    to_torch,
)


class Net(Module):
    def __init__(self):
        self.scale = Value(2.0, "scale")
        self.parts = [Layer(2, 2, "tanh", seed=1), {"out": (Neuron(2, "linear", seed=2),)}]
        self.again = self.parts[0]
        self.mean = Buffer(0.5, "mean")
        self.tied = self.scale
        self._hidden = Value(3.0)
        self.last = tanh(self.scale)
        self.rate, self.name, self.nothing = 0.1, "net", None

    def __call__(self, xs):
        return self.scale * self.parts[1]["out"][0](self.parts[0](xs)) - self.mean


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts():
    net = Net()
    first, second = (
        [f"parts.0.neurons.{k}.{name}" for k in (0, 1) for name in ("w1", "w2", "b")],
        [f"parts.1.out.0.{name}" for name in ("w1", "w2", "b")],
    )
    assert [path for path, _ in net.named_parameters()] == ["scale", *first, *second]
    assert net.parameters()[0] is net.scale
    assert dict(net.named_parameters())["parts.1.out.0.b"] is net.parts[1]["out"][0].bias
    assert net.named_buffers() == [("mean", net.mean)]


def test_modules_come_depth_first_and_once():
    net = Net()
    paths = ["", "parts.0", "parts.0.neurons.0", "parts.0.neurons.1", "parts.1.out.0"]
    assert [path for path, _ in net.named_modules()] == paths
    assert net.modules()[0] is net
    assert net.modules()[-1] is net.parts[1]["out"][0]


def test_what_holds_itself_is_walked_once():
    net = Net()
    net.parent = net
    net.parts.append(net.parts)
    assert len(net.parameters()) == 10
    chain = Module()
    for _ in range(3000):
        outer = Module()
        outer.inner, outer.w, chain = chain, Value(1.0), outer
    assert len(chain.parameters()) == 3000
    assert chain.eval().inner.inner.training is False


def test_two_parameters_of_one_path_are_refused():
    net = Module()
    net.d = {1: Value(1.0), "1": Value(2.0)}
    with pytest.raises(ValueError, match=r"two parameters of Module are called 'd.1'"):
        net.parameters()


def test_arrays_of_values_are_found_and_slots_refused():
    numpy = pytest.importorskip("numpy")
    net = Module()
    net.w = numpy.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    net.numbers = numpy.array([1.0, 2.0])
    assert [path for path, _ in net.named_parameters()] == ["w.0.0", "w.0.1", "w.1.0", "w.1.1"]
    assert net.parameters() == [*net.w.ravel()]
    with pytest.raises(TypeError, match="Net has __slots__, where no parameters would be found"):
        type("Net", (Module,), {"__slots__": ("w",)})


def test_training_mode_reaches_all():
    net = Net()
    assert all(module.training for module in net.modules())
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    assert copy.deepcopy(net).training is False
    assert net.train().parts[0].neurons[1].training is True
    assert Net().training is True


def test_a_summary_counts_every_parameter_once(capsys):
    Net().summary()
    assert capsys.readouterr().out.splitlines() == [
        "Net",
        "module         kind    shape  activation  parameters",
        "itself         Net                                 1",
        "parts.0        Layer   2 → 2  tanh                 6",
        "parts.1.out.0  Neuron  2 → 1  linear               3",
        "total                                             10",
    ]


@pytest.mark.parametrize("jit", [False, True])
def test_one_trains_and_a_buffer_stays(jit):
    if jit:
        pytest.importorskip("numpy")
    net = Net()
    before = [p.data for p in net.parameters()]
    fit(net, [((1.0, 2.0), 3.0)], mse, SGD(0.01), epochs=2, jit=jit)
    assert all(p.data != was for p, was in zip(net.parameters(), before, strict=True))
    assert (net.mean.data, net._hidden.data) == (0.5, 3.0)


def test_copies_keep_what_is_a_buffer_and_what_is_shared():
    net = Net()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert type(other.mean) is type(copy.copy(net.mean)) is Buffer
        assert other.tied is other.scale is not net.scale
        assert [path for path, _ in other.named_buffers()] == ["mean"]
        assert [(n, v.data) for n, v in other.named_parameters()] == [
            (n, v.data) for n, v in net.named_parameters()
        ]


def test_an_activation_may_have_parameters():
    class Leaky(Module):
        def __init__(self):
            self.slope = Value(0.25, "slope")

        def __call__(self, x):
            return x.maximum(self.slope * x)

    model = MLP(2, [3, 1], Leaky(), seed=1)
    paths = [path for path, _ in model.named_parameters()]
    assert paths[3] == "layers.0.neurons.0.activation.slope"
    assert len(paths) == 3 * 3 + 4 + 1


# Trees of what a module may keep: numbers pick shared Values, "_" begins what is left out.

KEYS = st.sampled_from(["a", "b", "w1", "_c"])
TREES = st.recursive(
    st.integers(0, 5) | st.just(None),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.lists(parts, max_size=3).map(tuple)
        | st.dictionaries(KEYS, parts, max_size=3)
        | st.dictionaries(KEYS, parts, max_size=3).map(lambda kept: ("module", kept))
    ),
    max_leaves=12,
)


def is_module(tree):
    return isinstance(tree, tuple) and len(tree) == 2 and tree[0] == "module"


def built(tree, pool):
    if is_module(tree):
        module = Module()
        vars(module).update({key: built(part, pool) for key, part in tree[1].items()})
        return module
    if isinstance(tree, dict):
        return {key: built(part, pool) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(built(part, pool) for part in tree)
    return tree if tree is None else pool[tree]


def read(tree, path=()):
    """All paths to the numbers of a tree, in order."""
    if isinstance(tree, int):
        return [(".".join(path), tree)]
    if is_module(tree):
        parts = [(key, part) for key, part in tree[1].items() if not key.startswith("_")]
    elif isinstance(tree, dict):
        parts = tree.items()
    else:
        parts = enumerate(tree or ())
    return [pair for key, part in parts for pair in read(part, (*path, str(key)))]


@settings(max_examples=40)
@given(st.dictionaries(KEYS, TREES, max_size=4).map(lambda kept: ("module", kept)))
def test_any_nesting_is_read_in_order_each_value_once(tree):
    pool = [*(Value(float(k)) for k in range(4)), Buffer(4.0), tanh(Value(5.0))]
    model = built(tree, pool)
    first = {}
    for path, number in read(tree):
        first.setdefault(number, path)
    paths = {number: path for number, path in first.items() if number < 4}
    assert model.named_parameters() == [(path, pool[k]) for k, path in paths.items()]
    assert model.named_buffers() == [(first[k], pool[k]) for k in (4,) if k in first]


def test_names_are_those_of_pytorchs_lists_and_dicts(torch):
    class Ours(Module):
        def __init__(self):
            self.layers = [Layer(1, 1), Layer(1, 1)]
            self.heads = {"q": Layer(1, 1), "k": Layer(1, 1)}
            self.first = self.layers[0]

    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            make = lambda: torch.nn.Linear(1, 1)
            self.layers = torch.nn.ModuleList([make(), make()])
            self.heads = torch.nn.ModuleDict({"q": make(), "k": make()})
            self.first = self.layers[0]

    end = {".neurons.0.w1": ".weight", ".neurons.0.b": ".bias"}
    ours = [path for path, _ in Ours().named_parameters()]
    for own, other in end.items():
        ours = [path.replace(own, other) for path in ours]
    assert ours == [path for path, _ in Theirs().named_parameters()]


class Scaled(Sequential):
    def __init__(self):
        super().__init__(Layer(2, 2, seed=1))
        self.scale, self.drop, self.seen = Value(2.0), Dropout(0.5), Buffer(1.0)

    def __call__(self, inputs):
        return [self.scale * x for x in self.drop(super().__call__(inputs))]


class Deep(MLP):
    def __init__(self):
        super().__init__(2, [2, 1], seed=1)
        self.scale, self.drop, self.seen = Value(2.0), Dropout(0.5), Buffer(1.0)

    def __call__(self, inputs):
        return self.scale * self.drop(super().__call__(inputs))


class Wide(Layer):
    def __init__(self):
        super().__init__(2, 1, seed=1)
        self.scale, self.drop, self.seen = Value(2.0), Dropout(0.5), Buffer(1.0)

    def __call__(self, inputs):
        return self.scale * self.drop(super().__call__(inputs))


class Single(Neuron):
    def __init__(self):
        super().__init__(2, seed=1)
        self.scale, self.drop, self.seen = Value(2.0), Dropout(0.5), Buffer(1.0)

    def __call__(self, inputs):
        return self.scale * self.drop(super().__call__(inputs))


@pytest.mark.parametrize("kind", [Scaled, Deep, Wide, Single])
def test_what_a_subclass_adds_is_found_stored_and_never_left_out(kind, tmp_path):
    model, other = kind(), kind()
    assert "scale" in dict(model.named_parameters())
    assert [name for name, _ in model.named_buffers()] == ["seen"]
    assert not model.eval().drop.training
    for k, value in enumerate(model.parameters()):
        value.data = k / 4
    save(model, tmp_path / "model.json")
    load(tmp_path / "model.json", other.eval())
    found, again = (predict(it, [[0.5, -1.0]])[0] for it in (model, other))
    assert found == again
    # None of these would have the scale.
    ways = [draw, lambda it: to_onnx(it, tmp_path / "model.onnx")]
    for make in [*ways, to_torch] if find_spec("torch") else ways:
        with pytest.raises(ValueError, match=r"one call of it|takes"):
            make(model)


def test_slices_of_a_sequential_share_its_modules():
    model = Sequential(Layer(2, 3, seed=1), Layer(3, 2, seed=2), Layer(2, 1, seed=3)).eval()
    labels = [it.label for it in model.parameters()]
    part = model[1:]
    assert isinstance(part, Sequential)
    assert (len(part), part[0], part.training) == (2, model[1], False)
    assert [it.label for it in model.parameters()] == labels
    with pytest.raises(IndexError, match="of a Sequential of 3"):
        model[3:]


def test_an_activation_may_be_constant_somewhere():
    model = MLP(2, [3, 1], lambda x: 0.0 if x.data < 0 else x, seed=1)
    plain = MLP(2, [3, 1], "relu", seed=1)
    assert model([0.5, -1.0]).data == plain([0.5, -1.0]).data
    assert Neuron.of([1.0], None, lambda _: 0.5)(2.0).data == 0.5


@dataclass
class Line(Module):
    """One that compares by its parts, and so has no hash."""

    w: Value = field(default_factory=lambda: Value(0.5, "w"))
    b: Value = field(default_factory=lambda: Value(0.0, "b"))

    def __call__(self, x):
        return self.w * x + self.b


@pytest.mark.parametrize("jit", [False, True])
def test_a_module_may_be_a_dataclass(jit):
    if jit:
        pytest.importorskip("numpy")
    model = Sequential(Line(), Line())
    history = fit(model, [(1.0, 2.0), (2.0, 3.0)], mse, {"0.b": None, "": SGD(0.1)}, jit=jit)
    # ŷ = x/4: errors −7/4 and −5/2
    assert history.loss == [pytest.approx((1.75**2 + 2.5**2) / 2)]
    assert model[0].b.data == 0.0
    assert model[1].b.data == pytest.approx(0.1 * 2 * (1.75 + 2.5) / 2)


@pytest.mark.parametrize("jit", [False, True])
def test_a_module_of_ones_own_computes_with_whole_numbers_and_doubles(jit):
    numpy = pytest.importorskip("numpy")

    class Product(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, xs):
            return self.w * (xs[1] * xs[1] - xs[0])

    small, tenth = numpy.array([255, 200], "uint8"), numpy.array([0.25, 0.1], "float32")
    wide = float(tenth[1]) * float(tenth[1]) - 0.25
    whole = [(inputs, 39745.0) for inputs in (small, (*small,), [255, small[1]])]
    for inputs, expected in (*whole, (tenth, wide), ((0.25, tenth[1]), wide)):
        data = [(inputs, numpy.float32(0))]
        assert evaluate(Product(), data, mse, jit=jit).loss == expected**2
        assert fit(Product(), data, mse, SGD(0), jit=jit).loss == [expected**2]
        assert predict(Product(), [inputs], jit=jit) == [expected]
