"""Every generated function shows its own rule, to `inspect` and in a traceback."""

import inspect
import linecache
import traceback

import pytest

from autograd import Op, Value, jit, register
from autograd.engine import unregister
from autograd.ops import OPS


@pytest.mark.parametrize("name", OPS)
def test_a_row_shows_its_own(name):
    op = OPS[name]
    functions = [op.compute, *op.partials, *op.handed, op.inside, op.at_kink]
    files = [
        inspect.getsourcefile(function) or function.__code__.co_filename for function in functions
    ]
    assert len({*files}) == len(functions)
    source = inspect.getsource(op.compute)
    assert source.startswith(f"def {name}({', '.join(op.parameters)}):")
    assert "return " in source
    for input_, function in zip(op.inputs, op.partials, strict=True):
        header = f"def {name}_slope_{input_}({', '.join(op.arguments)}):"
        assert inspect.getsource(function).startswith(header)


def test_texts_are_there_as_they_were_written():
    assert "return 4 * bell(2 * x)" in inspect.getsource(OPS["tanh"].partials[0])
    assert "x if x > 0 else y * x" in inspect.getsource(OPS["leaky_relu"].compute)
    assert "return x > 0" in inspect.getsource(OPS["log"].inside)


def test_methods_show_the_recorder():
    x = Value(0.5)
    for method, text in (("exp", "exp(x)"), ("__mul__", "x * y"), ("arctan", "atan(x)")):
        getattr(x, method)(*[x] * (method == "__mul__"))  # made when it is first called
        source = inspect.getsource(getattr(Value, method))
        assert source.startswith(f"def {method}(self")
        assert text in source
        assert ".op = op" in source


def test_the_puller_shows_the_slope():
    (Value(0.5).tanh() * 2).backward()
    assert "p.grad += g * (4 * bell(2 * x))" in inspect.getsource(OPS["tanh"].pull)


def test_programs_show_their_own():
    first, second = (jit(f, backend="python") for f in (lambda x: x * x, lambda x: x + 1))
    assert (first(2.0), second(2.0)) == (4.0, 3.0)
    assert "v0 * v0" in first.source()
    assert "+ 1" in second.source()
    assert "*" not in second.source()


def test_a_traceback_shows_the_rule():
    function = register(Op(name="deep", value="x * (1 - x) / (x - 3)", slopes=("1",)))
    try:
        with pytest.raises(TypeError) as error:
            OPS["deep"].compute("text")
        assert "return div(x * (1 - x), x - 3)" in "".join(traceback.format_exception(error.value))
        assert function(2.0) == 2.0
    finally:
        unregister("deep")


def test_the_source_of_a_function_goes_with_it():
    compute = Op(name="short", value="x + 1", slopes=("1",)).compute
    file = compute.__code__.co_filename
    assert file in linecache.cache
    del compute
    import gc

    gc.collect()
    assert file not in linecache.cache
