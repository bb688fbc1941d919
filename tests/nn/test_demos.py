"""Demonstrations that really train: moons, XOR, a circle in a ring, spirals; PyTorch agrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import (
    MLP,
    SGD,
    Adam,
    LinearDecay,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    moons,
    ring,
    spiral,
    to_torch,
    xor,
)
from nn.accuracy import same_side
from nn.pytorch import MODULES


def test_micrograds_moons_reach_every_point_in_a_hundred_steps():
    data = moons(100, noise=0.1, seed=1337, labels=(-1, 1))
    model = MLP(2, [16, 16, 1], seed=1337)
    history = fit(model, data, hinge, SGD(LinearDecay(1.0, 0.1, 100)), epochs=100, l2=1e-4)
    assert history.iterations == 100
    assert history.accuracy[-1] == 1.0
    assert all(same_side(model(x), y) for x, y in data)


def test_xor():
    model = MLP(2, [4, 1], activation="tanh", seed=1)
    history = fit(model, xor(), binary_cross_entropy, Adam(0.1), epochs=100)
    assert history.accuracy[-1] == 1.0
    assert history.loss[-1] < 0.05


def test_a_circle_in_a_ring():
    model = MLP(2, [8, 1], activation="tanh", seed=3)
    history = fit(
        model, ring(80, seed=2), binary_cross_entropy, Adam(0.1), epochs=40, batch_size=20, seed=2
    )
    assert history.accuracy[-1] == 1.0


def test_three_spirals():
    model = MLP(2, [16, 16, 3], activation="tanh", init="xavier", seed=5)
    data = spiral(90, seed=5)
    history = fit(model, data, cross_entropy, Adam(0.03), epochs=60, batch_size=15, seed=5)
    assert history.accuracy[-1] >= 0.98


ACTIVATION = st.sampled_from(["linear", *MODULES])


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    ACTIVATION,
    ACTIVATION,
    st.booleans(),
    st.lists(st.floats(-3, 3), min_size=2, max_size=2),
)
def test_outputs_and_gradients_of_a_network_are_pytorchs(
    torch, seed, widths, activation, output, bias, inputs
):
    model = MLP(2, widths, activation, output, bias=bias, init="xavier", seed=seed)
    theirs = to_torch(model)
    x = torch.tensor(inputs, dtype=torch.float64)
    outputs = model(inputs)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    sum(value * value for value in outputs).backward()
    expected = theirs(x)
    (expected**2).sum().backward()
    # PyTorch has a sixth in single precision.
    single = not {activation, output}.isdisjoint({"hardsigmoid", "hardswish"})
    near = {"rel": 1e-5, "abs": 1e-6} if single else {"rel": 1e-8, "abs": 1e-11}
    assert [v.data for v in outputs] == pytest.approx(expected.tolist(), **near)
    ours = [p.grad for p in model.parameters()]
    gradients = []
    for linear in theirs:
        if isinstance(linear, torch.nn.Linear):
            for row, weights in enumerate(linear.weight.grad.tolist()):
                gradients += weights + ([linear.bias.grad[row].item()] if bias else [])
    assert ours == pytest.approx(gradients, **near)


def test_training_is_pytorchs_step_by_step(torch):
    model = MLP(2, [5, 3], activation="tanh", seed=4)
    theirs = to_torch(model)
    data = spiral(30, seed=1)
    x = torch.tensor([point for point, _ in data], dtype=torch.float64)
    y = torch.tensor([label for _, label in data])
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.05)
    losses = []
    for _ in range(30):
        loss = torch.nn.functional.cross_entropy(theirs(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    history = fit(model, data, cross_entropy, Adam(0.05), epochs=30)
    assert history.loss == pytest.approx(losses, rel=1e-9)
