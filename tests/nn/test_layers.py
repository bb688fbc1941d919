"""Neurons, layers and networks: what they compute, record, refuse and are called."""

import copy
import itertools
import pickle
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, dot, topological
from nn import MLP, SGD, Layer, Neuron, Optimizer, half_squared_error
from nn.pytorch import MODULES


def notes_network():
    model = MLP(2, [1, 1], activation="linear", bias=False)
    for weight, data in zip(model.parameters(), ("0.4", "0.6", "0.5"), strict=True):
        weight.data = Fraction(data)
    return model


@pytest.mark.parametrize("elementary", [False, True])
def test_the_notes_network_is_exact_through_an_optimizer_step(elementary):
    model = MLP(2, [1, 1], activation="linear", bias=False, elementary=elementary)
    for weight, data in zip(model.parameters(), ("0.4", "0.6", "0.5"), strict=True):
        weight.data = Fraction(data)
    yhat = model([5, 3])
    error = half_squared_error(yhat, 8)
    error.backward()
    h1 = next(node for node in topological(error) if node.label == "h1")
    assert h1.data == Fraction("3.8")
    assert yhat.data == Fraction("1.9")
    assert yhat.label == "yhat"
    assert error.data == Fraction("18.605")
    assert yhat.grad == Fraction("-6.1")
    assert [w.grad for w in model.parameters()] == [
        Fraction("-15.25"),
        Fraction("-9.15"),
        Fraction("-23.18"),
    ]
    Optimizer(SGD(Fraction("0.01")), model.parameters()).step()
    new = [Fraction("0.5525"), Fraction("0.6915"), Fraction("0.7318")]
    assert [w.data for w in model.parameters()] == new
    again = half_squared_error(model([5, 3]), 8)
    assert model([5, 3]).data == Fraction("3.5397166")
    assert again.data == Fraction("9.94706400415778")
    assert all(type(w.data) is Fraction for w in model.parameters())


def test_labels_are_those_of_the_notes():
    model = MLP(2, [1, 1])
    assert [p.label for p in model.parameters()] == ["w1", "w2", "b1", "w3", "b2"]
    labels = {node.label for node in topological(model([5, 3])) if node.label}
    assert labels == {"x1", "x2", "w1", "w2", "w3", "b1", "b2", "h1", "yhat"}
    wide = MLP(1, [2, 2], seed=0)
    assert [value.label for value in wide(1.0)] == ["yhat1", "yhat2"]
    assert [p.label for p in Neuron(2).parameters()] == ["w1", "w2", "b"]


def test_values_given_as_inputs_are_used_as_they_are():
    x = Value(3.0, "height")
    model = Neuron.of([2.0])
    out = model(x)
    out.backward()
    assert x.label == "height"
    assert x.grad == 2.0
    assert [node.label for node in topological(out)] == ["w1", "height", ""]


def test_named_parameters():
    model = MLP(3, [4, 2], seed=0)
    names = [name for name, _ in model.named_parameters()]
    assert names[:5] == [f"layers.0.neurons.0.{name}" for name in ("w1", "w2", "w3", "b")] + [
        "layers.0.neurons.1.w1"
    ]
    assert (
        dict(model.named_parameters())["layers.0.neurons.3.w1"]
        is (model.layers[0].neurons[3].weights[0])
    )
    assert names[-1] == "layers.1.neurons.1.b"
    assert [value for _, value in model.named_parameters()] == model.parameters()
    assert len(names) == 3 * 4 + 4 + 4 * 2 + 2


def test_a_neuron_is_one_node_and_its_activation():
    nodes = [node.op.name for node in topological(Neuron(3, "tanh")([1, 2, 3])) if node.op]
    assert nodes == ["dot", "tanh"]
    nodes = [node.op.name for node in topological(Neuron(3, "linear")([1, 2, 3])) if node.op]
    assert nodes == ["dot"]
    lone = Neuron(3, "tanh", elementary=True)([1, 2, 3])
    nodes = [node.op.name for node in topological(lone) if node.op]
    assert sorted(nodes) == ["add"] * 3 + ["mul"] * 3 + ["tanh"]


@given(st.integers(0, 2**32), st.sampled_from(["linear", *MODULES]), st.booleans())
def test_elementary_and_dot_networks_agree(seed, activation, bias):
    options = {"activation": activation, "output": "tanh", "bias": bias, "seed": seed}
    short = MLP(2, [3, 3, 1], **options)
    long = MLP(2, [3, 3, 1], **options, elementary=True)
    for model in (short, long):
        model([0.3, -0.7]).backward()
    assert short([0.3, -0.7]).data == pytest.approx(long([0.3, -0.7]).data, rel=1e-12)
    gradients = [[p.grad for p in model.parameters()] for model in (short, long)]
    assert gradients[0] == pytest.approx(gradients[1], rel=1e-9, abs=1e-14)


@given(st.lists(st.tuples(*[st.integers(0, 99)] * 4), min_size=1, max_size=12))
def test_runs_that_are_shared_are_walked_in_order(program):
    """Every node comes once, after its parents, in the order of a plain recursive search."""
    runs = [tuple(Value(float(k)) for k in range(3))]
    for a, b, keep, other in program:
        node = dot(runs[a % len(runs)], runs[b % len(runs)])
        runs.append((node, runs[keep % len(runs)][0], runs[other % len(runs)][-1]))
    root = runs[-1][0]
    expected = []

    def visit(node):
        if node not in expected:
            for parent in node.parents:
                visit(parent)
            expected.append(node)

    visit(root)
    assert topological(root) == expected


def test_a_row_times_a_column_and_a_matrix_times_a_column():
    assert Layer.of([[1, 2, 3]])([4, 5, 6]).data == 32
    matrix = Layer.of([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert [value.data for value in matrix([1, 0, -1])] == [-2, -2, -2]
    offset = Layer.of([[1, 2], [3, 4]], [10, 20])
    assert [value.data for value in offset([1, 1])] == [13, 27]


def test_micrograd_draws_the_same_weights_and_computes_the_same():
    micrograd = pytest.importorskip("micrograd.nn", reason="micrograd is not installed")
    random.seed(1337)
    theirs = micrograd.MLP(2, [16, 16, 1])
    random.seed(1337)
    ours = MLP(2, [16, 16, 1])
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    assert ours([0.5, -1.5]).data == pytest.approx(theirs([0.5, -1.5]).data, rel=1e-12)


def test_seed_and_rng_repeat():
    def drawn(**options):
        return [p.data for p in MLP(2, [3, 1], **options).parameters()]

    assert drawn(seed=5) == drawn(seed=5) == drawn(rng=random.Random(5)) != drawn(seed=6)
    with pytest.raises(ValueError, match="not both"):
        MLP(2, [1], seed=1, rng=random.Random(1))


def test_initial_weights_have_the_variance_their_scheme_promises():
    def spread(init, **sizes):
        weights = [p.data for p in Layer(init=init, bias=False, seed=3, **sizes).parameters()]
        return sum(w * w for w in weights) / len(weights), max(map(abs, weights))

    variance, largest = spread("uniform", nin=100, nout=100)
    assert variance == pytest.approx(1 / 3, rel=0.05)
    assert largest <= 1
    variance, largest = spread("xavier", nin=100, nout=200)
    assert variance == pytest.approx(2 / 300, rel=0.05)
    assert largest <= (6 / 300) ** 0.5
    assert spread("he", nin=100, nout=200)[0] == pytest.approx(2 / 100, rel=0.05)
    assert {p.data for p in Layer(2, 2, init=lambda rng, nin, nout: nin + nout).parameters()} == {
        4,
        0.0,
    }


def test_biases_start_at_zero_and_can_be_left_out():
    assert Neuron(2).bias.data == 0
    assert Neuron(2, bias=False).bias is None
    assert len(MLP(2, [3, 1], bias=False).parameters()) == 9


def test_width_one_gives_a_value_not_a_list():
    assert isinstance(Layer(2, 1)([1, 2]), Value)
    assert isinstance(MLP(2, [3, 1])([1, 2]), Value)
    assert isinstance(MLP(2, [3, 2])([1, 2]), list)
    assert isinstance(Neuron(1)(2.0), Value)


@pytest.mark.parametrize("make", [lambda: Neuron(2), lambda: Layer(2, 3), lambda: MLP(2, [3, 1])])
def test_a_wrong_number_of_inputs_names_both(make):
    with pytest.raises(ValueError, match=r"takes 2 inputs, not 3"):
        make()([1, 2, 3])
    with pytest.raises(ValueError, match=r"takes 2 inputs, not 1"):
        make()(1.0)
    for odd in ({1.0: 5.0, 2.0: 6.0}, {1.0, 2.0}, frozenset([1.0, 2.0])):  # no order, or no inputs
        with pytest.raises(TypeError, match="takes numbers, Values and lists of them, not"):
            make()(odd)


def test_what_cannot_be_built_is_refused():
    for make, words in [
        (lambda: Neuron(0), "nin is a whole number of at least 1, not 0"),
        (lambda: Layer(2, 1.5), "nout .* not 1.5"),
        (lambda: Neuron(2, "rely"), "unknown activation: 'rely' .*'relu'"),
        (lambda: Neuron(2, init="glorot"), "unknown init: 'glorot' .*'xavier'"),
        (lambda: MLP(2, []), "at least one layer"),
        (lambda: MLP(2, [3, 1], activation=["relu", "tanh"]), "1 hidden layers"),
        (lambda: MLP.of([]), "at least one layer"),
        (lambda: MLP.of([Layer(2, 3), Layer(2, 1)]), "does not fit onto the 3 outputs"),
        (lambda: Layer.of([[1, 2], [3]]), r"equally long, not of \[1, 2\]"),
        (lambda: Layer.of([[1, 2]], [3, 4]), "1 rows of weights need as many biases, not 2"),
        (lambda: Layer.of([[1], [2]], [3, None]), r"all have a bias, or none has, not \[3, None"),
        (lambda: Neuron.of([]), "at least 1 input"),
    ]:
        with pytest.raises(ValueError, match=words):
            make()


def test_models_are_frozen():
    model = MLP(2, [1])
    with pytest.raises(AttributeError):
        model.layers = ()
    with pytest.raises(AttributeError):
        model.layers[0].neurons[0].bias = None


def test_an_activation_can_be_a_function_of_ones_own():
    neuron = Neuron.of([3.0], activation=lambda z: z * z)
    assert neuron([2.0]).data == 36.0


def test_zero_grad():
    model = MLP(2, [3, 1], seed=1)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_repr_builds_the_same_architecture():
    for model in (
        MLP(2, [16, 16, 1]),
        MLP(2, [3, 2], activation="tanh", output="sigmoid", bias=False),
        MLP(2, [3, 4, 1], activation=["tanh", "relu"]),
        MLP(3, [1]),
        Layer(2, 3, "tanh", bias=False),
        Neuron(4, "linear"),
    ):
        again = eval(repr(model))
        assert repr(again) == repr(model)
        assert [n for n, _ in again.named_parameters()] == [n for n, _ in model.named_parameters()]


def test_summary_lists_layers_activations_and_parameters(capsys):
    MLP(2, [16, 1], activation="tanh").summary()
    assert capsys.readouterr().out.splitlines() == [
        "MLP 2-16-1",
        "layer  shape   activation  parameters",
        "0      2 → 16  tanh                48",
        "1      16 → 1  linear              17",
        "total                              65",
    ]
    Neuron(3).summary()
    assert "Neuron 3-1" in capsys.readouterr().out


def test_models_survive_pickle_and_deepcopy():
    model = MLP(2, [3, 1], seed=1)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert other([1.0, 2.0]).data == model([1.0, 2.0]).data
        other.parameters()[0].data = 100.0
        assert model.parameters()[0].data != 100.0
        assert other.layers[0].neurons[0]._row[0] is other.parameters()[0]


def test_a_stack_can_be_read_layer_by_layer_whatever_the_model_is():
    for model, shape in (
        (Neuron(3, "tanh", bias=False), [(3, 1, "tanh")]),
        (Layer(3, 2), [(3, 2, "relu")]),
        (MLP(3, [4, 1]), [(3, 4, "relu"), (4, 1, "linear")]),
    ):
        stack = model.stack()
        assert [(layer.nin, layer.nout, layer.activation) for layer in stack] == shape
        assert [len(layer.neurons) for layer in stack] == [nout for _, nout, _ in shape]
        parameters = [p for layer in stack for p in layer.parameters()]
        assert parameters == model.parameters()
        assert parameters == [p for layer in stack for n in layer.neurons for p in n.parameters()]


DRAWS = {
    "uniform": lambda rng, nin, nout: rng.uniform(-1, 1),
    "xavier": lambda rng, nin, nout: rng.uniform(*[s * (6 / (nin + nout)) ** 0.5 for s in (-1, 1)]),
    "he": lambda rng, nin, nout: rng.gauss(0, (2 / nin) ** 0.5),
}


@given(
    st.integers(0, 2**32),
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.sampled_from([*DRAWS]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["seed", "rng", "random"]),
)
def test_weights_are_drawn_layer_by_layer_neuron_by_neuron(
    seed, widths, init, bias, elementary, source
):
    def options():
        random.seed(seed)
        given = {"seed": {"seed": seed}, "rng": {"rng": random.Random(seed)}, "random": {}}[source]
        return {**given, "init": init, "bias": bias, "elementary": elementary}

    def drawn(widths):
        rng, expected = random.Random(seed), []
        for nin, nout in itertools.pairwise(widths):
            for _ in range(nout):
                expected += [DRAWS[init](rng, nin, nout) for _ in range(nin)] + [0.0] * bias
        return pytest.approx(expected, rel=1e-15, abs=0)

    first, second, *_ = widths
    for model, sizes in (
        (Neuron(first, "tanh", **options()), (first, 1)),
        (Layer(first, second, "tanh", **options()), (first, second)),
        (MLP(first, widths[1:], "tanh", **options()), widths),
    ):
        assert [p.data for p in model.parameters()] == drawn(sizes)
        assert {n.elementary for layer in model.stack() for n in layer.neurons} == {elementary}
        assert (model.nin, model.nout) == (sizes[0], sizes[-1])
        for letter in "wb"[: 1 + bias]:
            found = [p.label for p in model.parameters() if p.label.startswith(letter)]
            alone = isinstance(model, Neuron) and letter == "b"
            assert found == (["b"] if alone else [f"{letter}{k + 1}" for k in range(len(found))])


def test_weights_of_a_seed_stay_what_they_were():
    assert [p.data for p in MLP(2, [2, 1], seed=7).parameters()] == [
        *(-0.35233447033367526, -0.6983016521509962, 0.0),
        *(0.3018689460797075, -0.8551274266649145, 0.0),
        *(0.0717640086133784, -0.2686221661748289, 0.0),
    ]
    drawn = [-0.2558802884476004, 0.511431512516514, 0.0]
    assert [p.data for p in Neuron(2, init="he", seed=7).parameters()] == drawn
