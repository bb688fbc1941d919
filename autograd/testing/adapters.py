"""Other engines' rules as functions of floats, for `check_function`.

Each adapter gives the keywords that say what the function and its derivative are; what it means and
where it is defined is for the call: `check_function(**from_torch(Square), meaning="x * x")`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

Function = Callable[..., Any]
Given = dict[str, Any]


def from_torch(function: Any, *constants: Any, name: str = "") -> Given:
    """A `torch.autograd.Function`, or any function of tensors: its forward pass and its backward.

    It is called with tensors of no dimensions in double precision, then with `constants`, and gives
    one such tensor.

    >>> import pytest; torch = pytest.importorskip("torch")
    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x ** 3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x ** 2
    >>> from autograd.testing import check_function
    >>> check_function(**from_torch(Cube), meaning="x ** 3", largest=1e100, count=50).name
    'Cube'
    """
    import torch

    apply = getattr(function, "apply", None) or function

    def leaves(numbers: Sequence[float]) -> list[Any]:
        return [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]

    def vjp(numbers: Sequence[float], g: float) -> list[Any]:
        given = leaves(numbers)
        made = apply(*given, *constants)
        out = torch.tensor(g, dtype=torch.float64)
        return [*torch.autograd.grad(made, given, out, allow_unused=True)]

    def value(*numbers: float) -> float:
        return float(apply(*leaves(numbers), *constants).detach())

    return {"value": value, "vjp": vjp, "name": name or named(function)}


def from_jax(function: Any, *, forward: bool = False, name: str = "", **parameters: Any) -> Given:
    """A JAX function: one with `custom_vjp` or `custom_jvp`, a primitive, or any other.

    It is called with scalars in double precision, and with `parameters` by name; a primitive is
    bound to them. With `forward=True` the derivative is that of `jax.jvp`, else that of `jax.vjp`.

    >>> import pytest; jax = pytest.importorskip("jax")
    >>> @jax.custom_jvp
    ... def cube(x):
    ...     return x ** 3
    >>> cube.defjvps(lambda t, ans, x: 3 * x ** 2 * t)
    >>> from autograd.testing import check_function
    >>> check_function(**from_jax(cube), meaning="x ** 3", largest=1e100, count=10).name
    'cube'
    """
    import jax
    import jax.extend

    primitive = isinstance(function, jax.extend.core.Primitive)
    call = partial(function.bind if primitive else function, **parameters)

    def numbers_of(numbers: Sequence[float]) -> list[Any]:
        return [jax.numpy.asarray(x, dtype=jax.numpy.float64) for x in numbers]

    def value(*numbers: float) -> float:
        with jax.enable_x64(True):
            return float(call(*numbers_of(numbers)))

    def vjp(numbers: Sequence[float], g: float) -> list[float]:
        with jax.enable_x64(True):
            _, pull = jax.vjp(call, *numbers_of(numbers))
            return [float(x) for x in pull(*numbers_of([g]))]

    def jvp(numbers: Sequence[float], tangents: Sequence[float]) -> float:
        with jax.enable_x64(True):
            _, tangent = jax.jvp(call, numbers_of(numbers), numbers_of(tangents))
            return float(tangent)

    rule = {"jvp": jvp} if forward else {"vjp": vjp}
    return {"value": value, **rule, "name": name or named(function)}


def from_hips(primitive: Function, *makers: Function | None, name: str = "") -> Given:
    """A primitive of HIPS autograd and the vjp makers that `defvjp(primitive, *makers)` was given.

    A maker takes the answer and the arguments and gives a function from the gradient that comes in
    to the one that goes out; None is no gradient. That package installs under the same name as this
    one, so nothing of it is imported here.

    >>> from autograd.testing import check_function
    >>> print(check_function(**from_hips(lambda x: x * x, lambda ans, x: lambda g: g * 2 * x),
    ...     meaning="x ** 2", count=50))
    f: 50 + 44 points, value 0.49 ulp, slopes 0.00 ulp
    """

    def vjp(numbers: Sequence[Any], g: Any) -> list[Any]:
        ans = primitive(*numbers)
        return [0 * g if maker is None else maker(ans, *numbers)(g) for maker in makers]

    return {"value": primitive, "vjp": vjp, "name": name or named(primitive)}


def from_numpy(function: Function, *gradients: Function, name: str = "") -> Given:
    """A function of NumPy arrays, element by element, with its gradients written by hand.

    Each gradient takes the same arrays and gives the slope of each element. Every number is tried
    between others in one array, so that a function that mixes elements, or decides by the first of
    them, is seen.

    >>> import pytest; np = pytest.importorskip("numpy")
    >>> from autograd.testing import check_function
    >>> square = from_numpy(np.square, lambda x: 2 * x)
    >>> print(check_function(**square, meaning="x * x", count=50))  # doctest: +ELLIPSIS
    square: 50 + ... points, value 0.50 ulp, slopes 0.00 ulp
    """
    import numpy as np

    def element(f: Function) -> Function:
        def of_numbers(*numbers: float) -> Any:
            arrays = [np.array([1.5, x, 0.25]) for x in numbers]
            with np.errstate(all="ignore"):
                found = np.asarray(f(*arrays))
            return found[1].item() if found.shape == (3,) else found.item()

        return of_numbers

    numbers = [x for f in (function, *gradients) for x in constants_of(f)]
    return {
        "value": element(function),
        "vjp": lambda point, g: [g * element(slope)(*point) for slope in gradients],
        "name": name or named(function),
        "marks": numbers,
    }


def from_values(function: Function, value_class: type, name: str = "") -> Given:
    """A function of a Value class of one's own, with `data`, `grad` and `backward()`.

    `function` takes Values and gives one: a method (`Value.tanh`), an operator, any expression.

    >>> from autograd import Value, tanh
    >>> from autograd.testing import check_function
    >>> print(check_function(**from_values(lambda a, b: a * b, Value), inputs=("a", "b"),
    ...     meaning="a * b", count=50))
    f: 50 + 116 points, value 0.50 ulp, slopes 0.00, 0.00 ulp
    """

    def value(*numbers: float) -> Any:
        return function(*map(value_class, numbers)).data

    def vjp(numbers: Sequence[float], g: float) -> list[Any]:
        given = [value_class(x) for x in numbers]
        made = function(*given)
        made = made * g if g != 1 else made  # what comes in is what is multiplied by afterwards
        made.backward()
        return [leaf.grad for leaf in given]

    return {
        "value": value, "vjp": vjp, "name": name or named(function), "marks": constants_of(function)
    }  # fmt: skip


def named(function: Any) -> str:
    """The name of a function or a primitive, "f" for a lambda.

    >>> named(named), named(lambda x: x)
    ('named', 'f')
    """
    name = getattr(function, "__name__", "") or getattr(function, "name", "")
    return name if isinstance(name, str) and name.isidentifier() else "f"


def constants_of(function: Any) -> list[float]:
    """The numbers that stand in a function's code, where they can be read."""
    from autograd.testing.exact import numbers

    return sorted(numbers(function))
