"""The adapters write programs as each framework's users do, and what is not there is no fault."""

from dataclasses import replace
from fractions import Fraction

import pytest

from autograd.ops import OPS
from autograd.testing.engines import battery, program
from autograd.testing.engines.adapters import ADAPTERS
from autograd.testing.engines.candidate import Candidate
from autograd.testing.engines.isolation import Isolated

TANH = {
    "torch": "y = torch.tanh(x)",
    "jax": "y = jnp.tanh(x)",
    "hips": "y = np.tanh(x)",
    "mygrad": "y = mg.tanh(x)",
    "tinygrad": "y = x.tanh()",
}


def candidate(name):
    adapter = ADAPTERS[name]
    return Candidate(name, adapter.setup, adapter.dialect, (), (), (), Isolated({}))


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_operation_is_a_row_with_its_operands(name):
    operations = ADAPTERS[name].operations()
    for operation in operations:
        row = OPS[operation.row]
        assert len(operation.names) == len(row.inputs), operation
        shown = operation.written(*("xyz"[: len(row.inputs)]))
        assert all("xyz"[place] in shown for place in operation.places), operation
    assert len({operation.label for operation in operations}) == len(operations)
    (tanh,) = [operation for operation in operations if operation.row == "tanh"]
    step = program.Step("y", tanh, ("x",))
    assert candidate(name).steps(program.Program((("x", 2.0),), (step,))) == [TANH[name]]


def test_a_program_of_a_function_is_one_line():
    add = program.Operation("add", "{0} + {1}")
    steps = (program.Step("t", add, ("a", "b")), program.Step("y", add, ("t", Fraction(1, 2))))
    code, reads = candidate("jax").wrote(program.Program((("a", 2.0), ("b", 3.0)), steps))
    assert code == (
        "value, slopes = jax.value_and_grad("
        "lambda a, b: (t := a + b, y := t + Fraction(1, 2))[-1], (0, 1,))(2.0, 3.0)"
    )
    assert reads == ["value", "slopes[0]", "slopes[1]"]


def test_pytorch_is_right_where_it_is_asked():
    pytest.importorskip("torch")
    adapter = ADAPTERS["torch"]
    with Isolated({"setup": adapter.setup}, limit=120.0) as process:
        asked = {"add", "mul", "mod"}
        chosen = [operation for operation in adapter.operations() if operation.row in asked]
        some = replace(adapter, chosen=tuple(chosen)).candidate(process)
        report = battery.examined(some, graphs=20, longest=500)
    assert report.ok, str(report)
    assert report.missing == ("n % y",)  # PyTorch says that it has no derivative of it
    assert "a second backward() of one graph is refused" in report.conventions
