"""Rules of other engines: right ones pass, wrong ones are wrong, each by its own adapter."""

import pytest

pytest.importorskip("mpmath")

from autograd.testing import RuleError, check_function
from autograd.testing.adapters import from_hips, from_jax, from_numpy, from_torch, from_values

ORDINARY = {"largest": 1e60, "count": 30}


def verdict(**how):
    """What a check comes to."""
    try:
        check_function(**ORDINARY, **how)
    except RuleError as error:
        return error.verdict
    return "right"


def test_functions_of_torch():
    torch = pytest.importorskip("torch")

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    class Alone(Square):
        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x

    class Shifted(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, by):
            ctx.save_for_backward(x, y)
            return x * y + by

        @staticmethod
        def backward(ctx, g):
            x, _ = ctx.saved_tensors
            return g * x, g * x, None

    assert verdict(**from_torch(Square), meaning="x * x") == "right"
    assert verdict(**from_torch(Alone), meaning="x * x") == "wrong"
    both = {"inputs": ("x", "y"), "meaning": "x * y + 2"}
    assert verdict(**from_torch(Shifted, 2.0), **both) == "wrong"
    assert verdict(**from_torch(torch.sigmoid), meaning="sigmoid(x)") == "inaccurate"
    assert verdict(**from_torch(torch.sigmoid), meaning="sigmoid(x)", abs_tol=1e-15) == "right"


def test_functions_of_jax():
    jax = pytest.importorskip("jax")

    def cube(slope):
        made = jax.custom_jvp(lambda x: x**3)
        made.defjvps(lambda t, ans, x: slope * x**2 * t)
        return made

    square = jax.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), lambda x, g: (x * g,))
    assert verdict(**from_jax(cube(3)), meaning="x ** 3") == "right"
    assert verdict(**from_jax(cube(2), forward=True), meaning="x ** 3") == "wrong"
    assert verdict(**from_jax(square), meaning="x * x") == "wrong"
    assert verdict(**from_jax(jax.lax.sin_p, accuracy=None), meaning="sin(x)") == "right"


def test_vjp_makers_of_hips():
    """They have the protocol of `defvjp`; its package cannot be installed beside this one."""

    def product(x, y):
        return x * y

    makers = [lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x]
    both = {"inputs": ("x", "y"), "meaning": "x * y"}
    assert verdict(**from_hips(product, *makers), **both) == "right"
    assert verdict(**from_hips(product, makers[1], makers[0]), **both) == "wrong"
    assert verdict(**from_hips(product, makers[0], None), **both) == "wrong"
    ignores = [lambda ans, x, y: lambda g: y, makers[1]]
    assert verdict(**from_hips(product, *ignores), **both) == "wrong"


def test_functions_of_arrays():
    np = pytest.importorskip("numpy")
    leaky = {"meaning": "x if x > 0 else 0.01 * x", "kink": "x == 0"}

    def slope(x):
        return np.where(x > 0, 1.0, 0.01)

    assert verdict(**from_numpy(lambda x: np.where(x > 0, x, 0.01 * x), slope), **leaky) == "right"
    mixed = from_numpy(lambda x: x if (x > 0).any() else 0.01 * x, slope)
    assert verdict(**mixed, **leaky) == "wrong"


class Value:
    """The Value class of a lecture, with one mistake if it is asked for."""

    adds = True

    def __init__(self, data, before=()):
        self.data, self.grad, self.before = data, 0.0, before

    def __mul__(self, other):
        other = other if isinstance(other, Value) else type(self)(other)
        return type(self)(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self):
        self.grad = 1.0
        self.hand_on()

    def hand_on(self):
        for one, slope in self.before:
            one.grad = one.grad * self.adds + slope * self.grad
            one.hand_on()


class Overwriting(Value):
    adds = False


def test_methods_of_a_value_class():
    assert verdict(**from_values(lambda a: a * a, Value), meaning="x * x") == "right"
    assert verdict(**from_values(lambda a: a * a, Overwriting), meaning="x * x") == "wrong"
