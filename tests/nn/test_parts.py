"""Embedding, Dropout, LayerNorm, RMSNorm, Sequential: PyTorch's numbers, eager and compiled."""

import math
import random
import runpy

import pytest

import nn
from autograd import Value, jit
from nn import (
    MLP,
    SGD,
    Adam,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    Module,
    Neuron,
    RMSNorm,
    Sequential,
    cross_entropy,
    evaluate,
    fit,
    mse,
    predict,
    spiral,
)

VECTOR = [0.3, -1.2, 2.5]


def double(torch, numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def close(found, expected):
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


def norm_of(torch, kind, **options):
    """One of ours and PyTorch's, with the same weights."""
    ours = {"layer": LayerNorm, "rms": RMSNorm}[kind](3, **options)
    eps = {"eps": options["epsilon"]} if options else {}
    make = {"layer": torch.nn.LayerNorm, "rms": torch.nn.RMSNorm}[kind]
    theirs = make(3, dtype=torch.float64, **eps)
    for value, weight in zip(ours.parameters(), [0.5, -2.0, 1.5, 0.1, 0.2, -0.3], strict=False):
        value.data = weight
    with torch.no_grad():
        theirs.weight.copy_(double(torch, [0.5, -2.0, 1.5]))
        if kind == "layer":
            theirs.bias.copy_(double(torch, [0.1, 0.2, -0.3]))
    return ours, theirs


@pytest.mark.parametrize("kind", ["layer", "rms"])
@pytest.mark.parametrize("options", [{}, {"epsilon": 0.1}], ids=["default", "epsilon"])
@pytest.mark.parametrize("point", [VECTOR, [1e-9, 2e-9, 4e-9], [5.0, 5.0, 5.0]])
def test_norms_have_pytorchs_values_and_gradients(torch, kind, options, point):
    ours, theirs = norm_of(torch, kind, **options)
    x = double(torch, point).requires_grad_()
    seeds = [1.0, -0.5, 2.0]
    out = theirs(x)
    (out * double(torch, seeds)).sum().backward()
    xs = [Value(number) for number in point]
    found = ours(xs)
    sum(s * y for s, y in zip(seeds, found, strict=True)).backward()
    close([y.data for y in found], out.tolist())
    scale = max(map(abs, x.grad.tolist()), default=0) + 1e-30
    assert [v.grad / scale for v in xs] == pytest.approx((x.grad / scale).tolist(), abs=1e-9)
    expected = [*theirs.weight.grad, *(theirs.bias.grad if kind == "layer" else [])]
    close([p.grad for p in ours.parameters()], [g.item() for g in expected])
    program = jit(lambda xs: sum(s * y for s, y in zip(seeds, ours(xs), strict=True)))
    close(program(point), (out * double(torch, seeds)).sum().item())


def test_norms_take_lists_of_lists_and_refuse_other_sizes():
    norm = LayerNorm(3)
    rows = norm([VECTOR, VECTOR[::-1]])
    close([y.data for y in rows[1]], [y.data for y in norm(VECTOR[::-1])])
    for given, words in [
        ([1.0, 2.0], "LayerNorm.3. takes lists of 3 numbers, not of 2"),
        (1.0, "not of 1"),
    ]:
        with pytest.raises(ValueError, match=words):
            norm(given)


def test_an_embedding_has_pytorchs_rows_and_gradients(torch):
    ours = Embedding(5, 2, seed=1)
    theirs = torch.nn.Embedding(5, 2, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight.copy_(double(torch, [[v.data for v in row] for row in ours.rows]))
    ids = [3, 0, 3]
    (theirs(torch.tensor(ids)) ** 2).sum().backward()
    sum(x * x for row in ours(ids) for x in row).backward()
    assert [[v.data for v in row] for row in ours(ids)] == theirs(torch.tensor(ids)).tolist()
    assert [[v.grad for v in row] for row in ours.rows] == theirs.weight.grad.tolist()
    assert ours(1) == [*ours.rows[1]]
    assert [path for path, _ in ours.named_parameters()][:3] == ["rows.0.0", "rows.0.1", "rows.1.0"]


def test_a_compiled_embedding_has_no_row_from_the_end():
    pytest.importorskip("numpy")
    table = Embedding(4, 2, seed=0)
    program = jit(lambda i: table(i)[0] * 2)
    assert [program(i) for i in range(4)] == [row[0].data * 2 for row in table.rows]
    assert math.isnan(program(-1))
    with pytest.raises(IndexError, match=r"uses 4.* as an index, but there are 4 rows"):
        program(4)


def test_an_embedding_says_what_it_cannot_look_up():
    numpy = pytest.importorskip("numpy")
    table = Embedding(4, 2, seed=0)
    assert table(numpy.int64(3)) == table(3)
    assert table(numpy.array([[0, 1]])) == [[table(0), table(1)]]
    for wrong, kind, words in [
        (4, IndexError, r"Embedding\(4, 2\) has rows 0 to 3, not 4"),
        (-1, IndexError, "rows 0 to 3, not -1"),
        ([0, 7], IndexError, "not 7"),
        (1.0, TypeError, r"takes whole numbers and lists of them, not 1.0"),
        ("a", TypeError, "not 'a'"),
        (None, TypeError, "not None"),
        ({0, 3}, TypeError, "not {0, 3}"),
        (Value(1), TypeError, "rows"),
    ]:
        with pytest.raises(kind, match=words):
            table(wrong)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Dropout(1), "the rate of a dropout is at least 0 and below 1, not 1"),
        (lambda: Dropout(-0.1), "not -0.1"),
        (lambda: Embedding(0, 3), "count is a whole number of at least 1, not 0"),
        (lambda: Embedding(3, 2.5), "size is a whole number of at least 1, not 2.5"),
        (lambda: LayerNorm(0), "size is a whole number"),
        (lambda: RMSNorm(3, epsilon=-1), "epsilon is at least 0"),
        (lambda: Sequential(), "needs at least one part"),
        (lambda: Sequential(Layer(2, 3), Layer(2, 1)), "does not fit onto the 3 outputs of Layer"),
    ],
)
def test_sizes_and_rates_are_checked_when_given(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_dropout_keeps_what_is_expected_and_stays_out_of_evaluation():
    dropout = Dropout(0.25, seed=1)
    found = [dropout(1.0) for _ in range(4000)]
    assert {*found} == {0.0, 1 / 0.75}
    assert sum(found) / len(found) == pytest.approx(1, abs=4 * math.sqrt(1 / 3 / 4000))
    assert dropout([[1.0, 1.0], [1.0]])[1][0] in (0.0, 1 / 0.75)
    assert dropout.eval()(found) == found
    again = Dropout(0.25, rng=random.Random(1))
    assert [again(1.0) for _ in range(4000)] == found
    random.seed(1)
    assert [Dropout(0.25)(1.0) for _ in range(4000)] == found


class Net(Module):
    """A model with dropout in two places, of different rates."""

    def __init__(self, seed=3):
        self.first, self.last = Layer(2, 5, "tanh", seed=seed), Layer(5, 3, "linear", seed=seed)
        self.before, self.after = Dropout(0.2), Dropout(0.5)

    def __call__(self, xs):
        return self.last(self.after(self.first(self.before(xs))))


DATA = spiral(21, seed=2)


def course(jit, make=Net, **options):
    if jit:
        pytest.importorskip("numpy")
    model = make()
    given = {"epochs": 3, "batch_size": 4, "seed": 5, "validation": DATA[:6], **options}
    history = fit(model, DATA, cross_entropy, Adam(0.02), jit=jit, **given)
    return model, history


def test_dropout_compiled_is_dropout_eager():
    (eager, told), (compiled, found) = course(jit=False), course(jit=True)
    close(found.loss, told.loss)
    close(found.validation_loss, told.validation_loss)
    assert found.accuracy == told.accuracy
    assert found.validation_accuracy == told.validation_accuracy
    close([p.data for p in compiled.parameters()], [p.data for p in eager.parameters()])
    assert compiled.training and compiled.after.training


@pytest.mark.parametrize("jit", [False, True])
def test_masks_differ_from_step_to_step_and_follow_the_seed(jit):
    model, one = Net(), DATA[:1]
    if jit:
        pytest.importorskip("numpy")
    history = fit(model, one, cross_entropy, SGD(0), epochs=12, jit=jit, seed=1)
    assert len({*history.loss}) > 4
    assert fit(model, one, cross_entropy, SGD(0), epochs=12, jit=jit, seed=1).loss == history.loss
    assert fit(model, one, cross_entropy, SGD(0), epochs=12, jit=jit, seed=2).loss != history.loss
    expected = cross_entropy(model.eval()(one[0][0]), one[0][1]).data
    history = fit(model, one, cross_entropy, SGD(0), validation=one, jit=jit)
    close(history.validation_loss, [expected])
    assert not model.training


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
def test_random_seed_governs_weights_data_order_and_masks(jit, shuffle):
    if jit:
        pytest.importorskip("numpy")

    def run(seed):
        random.seed(seed)
        model, data = MLP(2, [4, 3]), spiral(9)
        model = Sequential(model, Dropout(0.5))
        options = {"epochs": 2, "batch_size": 2, "shuffle": shuffle, "jit": jit}
        return fit(model, data, cross_entropy, SGD(0.1), **options).loss

    assert run(1) == run(1) != run(2)


def test_a_model_that_draws_is_named_where_it_cannot_be_compiled():
    model = Sequential(Neuron(1, "linear", seed=1), Dropout(0.5, seed=1))
    with pytest.raises(TypeError, match=r"Dropout\(0.5\) in training mode .* model.eval\(\)"):
        jit(model)(1.0)
    assert jit(model.eval())(2.0) == model(2.0).data


def test_a_sequential_is_its_parts_one_after_the_other(torch):
    model = Sequential(
        Layer(2, 3, "tanh", seed=1), LayerNorm(3), lambda xs: xs, MLP(3, [2, 1], seed=2)
    )
    assert model([1.0, 2.0]).data == model[3](model[1](model[0]([1.0, 2.0]))).data
    assert [p.label for p in model.parameters()][:9] == [
        "w1",
        "w2",
        "b1",
        "w3",
        "w4",
        "b2",
        "w5",
        "w6",
        "b3",
    ]
    assert [p.label for p in model[3].parameters()][:4] == ["w7", "w8", "w9", "b4"]
    assert model([1.0, 2.0]).label == "yhat"
    assert [path for path, _ in model.named_parameters()][-1] == "3.layers.1.neurons.0.b"
    assert (len(model), model.nin, model.nout) == (4, 2, 1)
    assert not hasattr(model, "stack")
    with pytest.raises(TypeError, match="takes modules and functions, not 'relu'"):
        Sequential(Layer(2, 3), "relu")


def test_a_sequential_of_layers_is_read_layer_by_layer():
    model = Sequential(Layer(2, 3, "tanh", seed=1), Sequential(MLP(3, [4, 2], seed=2), Neuron(2)))
    shapes = [(layer.nin, layer.nout) for layer in model.stack()]
    assert shapes == [(2, 3), (3, 4), (4, 2), (2, 1)]
    assert [p for layer in model.stack() for p in layer.parameters()] == model.parameters()


def test_whole_numbers_stay_indices_in_compiled_training():
    class Factors(Module):
        """Matrix factorisation: a rating is the product of a user's and an item's row."""

        def __init__(self):
            self.users, self.items = Embedding(4, 2, seed=1), Embedding(3, 2, seed=2)
            self.extra = [Value(0.1), Value(0.2), Value(0.3), Value(0.4)]

        def __call__(self, pair):
            user, item = pair
            u, v = self.users(user), self.items(item)
            return sum(a * b for a, b in zip(u, v, strict=True)) + self.extra[user]

    rng = random.Random(0)
    data = [((u, i), rng.gauss(0, 1)) for u in range(4) for i in range(3)]
    found = []
    for compiled in (False, True):
        model = Factors()
        options = {"epochs": 3, "batch_size": 5, "seed": 1, "l2": 0.01, "jit": compiled}
        history = fit(model, data, mse, Adam(0.05), **options)
        found.append([*history.loss, *(p.data for p in model.parameters())])
    close(found[1], found[0])


@pytest.mark.parametrize("weights", [[0.5, 1.0, 2.5], [Value(0.5), Value(1.0), Value(2.5)]])
def test_a_loss_weighs_classes_by_their_numbers(weights):
    pytest.importorskip("numpy")
    found = []
    for compiled in (False, True):
        model = MLP(2, [4, 3], "tanh", seed=1)
        loss = lambda scores, label: weights[label] * cross_entropy(scores, label)
        history = fit(model, DATA, loss, Adam(0.05), epochs=3, jit=compiled)
        found.append([*history.loss, *(p.data for p in model.parameters())])
    close(found[1], found[0])


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("where", ["data", "validation"])
def test_what_no_row_or_class_has_is_named(jit, where):
    if jit:
        pytest.importorskip("numpy")
    good = [(0, 1), (3, 0), (1, 2)]
    for bad, error, words in [
        ((4, 1), IndexError, r"Embedding\(4, 3\) has rows 0 to 3, not 4"),
        ((-1, 1), IndexError, r"Embedding\(4, 3\) has rows 0 to 3, not -1"),
        ((1, 5), ValueError, "no class 5: the 3 scores"),
        ((1, -1), ValueError, "no class -1"),
        ((1, 0.5), ValueError, "no class 0.5"),
    ]:
        model = Embedding(4, 3, seed=1)
        data = {"data": good, "validation": good}
        data[where] = [*good, bad]
        with pytest.raises(error, match=words):
            fit(
                model, data["data"], cross_entropy, SGD(0.1), validation=data["validation"], jit=jit
            )


@pytest.mark.parametrize("kind", ["float16", "float32", "int8", "uint16"])
def test_numbers_of_numpy_are_computed_with_in_double_precision(kind):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    given = numpy.array([100, 61] if "int" in kind else [0.1, 0.3], kind)
    plain = given.tolist()
    for make in (
        lambda: LayerNorm(2),
        lambda: RMSNorm(2),
        lambda: Dropout(0.25, seed=1),
        lambda: Sequential(lambda xs: [x * x * 3 for x in xs]),
    ):
        found = [[float(getattr(x, "raw", x)) for x in make()(it)] for it in (given, [*given])]
        wanted = [float(getattr(x, "raw", x)) for x in make()(plain)]
        assert found == [wanted, wanted]


@pytest.mark.parametrize("given", [{"a": 1.0}, "ab", None])
@pytest.mark.parametrize("part", [Dropout(0.5), LayerNorm(2), RMSNorm(2)])
def test_what_is_no_number_is_named(part, given):
    with pytest.raises(TypeError, match=r"takes numbers, Values and lists of them, not"):
        part(given)


class Box:
    """Keeps something where no module is looked for."""

    def __init__(self, kept):
        self.kept = kept


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("place", ["private", "box", "closure"])
def test_nothing_is_dropped_out_of_training_wherever_a_dropout_is_kept(jit, place):
    if jit:
        pytest.importorskip("numpy")
    drop = Dropout(0.5)

    class Kept(Module):
        def __init__(self):
            self.layer, self.out = Layer(2, 8, "tanh", seed=1), Neuron(8, seed=2)
            if place == "private":
                self._drop = drop
            self.box = Box(drop)

        def __call__(self, xs):
            hidden = self.layer(xs)
            kept = {"private": vars(self).get("_drop"), "box": self.box.kept, "closure": drop}
            return self.out(kept[place](hidden))

    model, data = Kept(), [((1.0, 2.0), 0.5), ((-1.0, 0.5), 2.0)]
    plain = [model.out(model.layer(xs)).data for xs, _ in data]
    loss = sum((y - t) ** 2 for y, (_, t) in zip(plain, data, strict=True)) / 2
    assert predict(model, [xs for xs, _ in data], jit=jit) == pytest.approx(plain, rel=1e-14)
    assert evaluate(model, data, mse, jit=jit).loss == pytest.approx(loss, rel=1e-14)
    history = fit(model, data, mse, SGD(0.0), 2, validation=data, jit=jit, seed=3)
    assert history.validation_loss == pytest.approx([loss, loss], rel=1e-14)
    assert history.loss[0] != history.loss[1] != loss  # training drops
    if place == "private":
        assert model.eval()._drop.training is False
        assert [path for path, _ in model.named_modules()][-1] == "_drop"


def test_what_is_exported_and_diagnosed_drops_nothing_wherever_a_dropout_is_kept(tmp_path):
    drop, layer = Dropout(0.5), Layer(2, 8, "tanh", seed=1)

    class Hidden(Module):
        def __init__(self):
            self.layer, self.out = layer, Neuron(8, seed=2)

        def __call__(self, xs):
            return self.out(drop(self.layer(xs)))

    model, data = Hidden(), [((1.0, 2.0), 0.5)]
    plain = model.out(layer((1.0, 2.0))).data
    nn.export(model, tmp_path / "hidden.py", [1.0, 2.0])
    code = runpy.run_path(str(tmp_path / "hidden.py"))
    assert code["hidden"]([1.0, 2.0]) == pytest.approx(plain, rel=1e-14)
    said = {repr(nn.diagnose(model, data, mse)) for _ in range(5)}
    assert len(said) == 1
