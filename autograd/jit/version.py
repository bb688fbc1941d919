"""Version: a program for arguments of one structure, its tape and the code made from it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from itertools import pairwise
from operator import add, attrgetter
from struct import pack, unpack
from threading import Lock
from typing import Any, Final

from autograd.elementary import nearest
from autograd.jit import cache
from autograd.jit.llvm import machine, samples, single
from autograd.jit.python import PythonCode
from autograd.jit.trace import Tape, trace
from autograd.jit.workers import spread
from autograd.structure import ARRAY, Spec, flatten, size

data_of: Final = attrgetter("raw")

# Which gradients code computes.
NONE, ARGUMENTS, PARAMETERS, ALL = "none", "arguments", "parameters", "all"
FIRST = "first"  # of the first of several outputs to the parameters


class Version:
    """A function on arguments of the structures `specs`. Code is made when it is first needed."""

    def __init__(
        self,
        f: Callable[..., Any],
        specs: Sequence[Spec],
        data: Sequence[Any],
        *,
        backend: str,
        fastmath: bool,
    ) -> None:
        self.specs = specs
        self._function, self._data = f, data
        self.tape: Tape = trace(f, specs, data)
        self.parameters = [*self.tape.parameters.values()]
        self.shapes = [*map(shape, specs)]
        self._python = backend == "python"
        self._fast = fastmath
        self._codes: dict[tuple[str, bool], Any] = {}
        self._compiling = Lock()
        # What calls with Values made of it: see `autograd.jit.call`.
        self.operations: list[Any] = []
        self.derivatives: dict[int, Any] = {}
        self._weighted: Any = None

    def wanted(self, what: str) -> list[int]:
        """The leaves whose gradients are computed."""
        if what == NONE:
            return []
        arguments, parameters = [*range(self.tape.arguments)], [*self.tape.parameters]
        known = {ARGUMENTS: arguments, PARAMETERS: parameters, FIRST: parameters}
        return known.get(what, arguments + parameters)

    def _tape(self, what: str) -> Tape:
        return replace(self.tape, structure=None) if what == FIRST else self.tape

    def source(self, what: str) -> str:
        """The program in Python."""
        return PythonCode(self.tape, self.wanted(what)).source

    def ir(self, what: str, *, many: bool) -> str:
        """The program in LLVM's language."""
        if many:
            tape = self._tape(what)
            return samples.many(tape, self.shapes, self.wanted(what), fast=self._fast)
        return single.one(self.tape, self.wanted(what), fast=self._fast)

    # One sample.

    def one(self, what: str, numbers: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """The outputs and the gradients for the numbers of one sample."""
        return self.with_parameters(what, numbers, map(data_of, self.parameters))

    def with_parameters(
        self, what: str, numbers: Sequence[Any], parameters: Iterable[Any]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """The same with other numbers for the parameters."""
        code = self._codes.get((what, False))
        if code is None:
            python = self._python
            code = (
                PythonCode(self._tape(what), self.wanted(what)) if python else self.callable(what)
            )
            self._codes[what, False] = code
        if self._python:
            outputs, grads = code([*numbers, *parameters])
            return outputs, grads
        given: list[Any] = [*numbers, *parameters]
        try:
            found = code(*given)
        except OverflowError:  # an int beyond the largest double
            given = [*map(nearest, given)]
            found = code(*given)
        if found.__class__ is float:
            return [found], ()
        count = len(self.tape.outputs)
        return found[:count], found[count:]

    # Arguments and parameters together, as the parents of a node.

    def of(self, xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """The outputs for the numbers of all arguments and parameters."""
        count = self.tape.arguments
        return self.with_parameters(NONE, xs[:count], xs[count:])

    def slopes(self, xs: Sequence[Any], output: int) -> Sequence[Any]:
        """The gradient of one output to all of them."""
        count = self.tape.arguments
        if self.tape.structure is None:
            return self.with_parameters(ALL, xs[:count], xs[count:])[1]
        if self._weighted is None:
            self._weighted = self._weighing()
        own, places = self._weighted
        seeds = [float(k == output) for k in range(len(self.tape.outputs))]
        parameters = xs[count:]
        numbers = (*xs[:count], *seeds)
        grads = own.with_parameters(ALL, numbers, [parameters[place] for place in places])[1]
        found = [*grads[:count], *[0] * len(parameters)]
        for place, grad in zip(places, grads[len(numbers) :], strict=True):
            found[count + place] = grad
        return found

    def _weighing(self) -> tuple[Version, list[int]]:
        """The sum of the outputs, each times a number that is one more argument."""
        f, count = self._function, len(self.tape.outputs)

        def weighted(*args: Any) -> Any:
            *inner, seeds = args
            outputs: list[Any] = []
            flatten(f(*inner), outputs)
            total: Any = 0
            for seed, output in zip(seeds, outputs, strict=True):
                total = total + seed * output
            return total

        leaves: list[Any] = [0.0] * count
        spec = flatten(leaves, [])
        made = Version(
            weighted, (*self.specs, spec), [*self._data, *leaves],
            backend="python" if self._python else "llvm", fastmath=self._fast,
        )  # fmt: skip
        place = {parameter: k for k, parameter in enumerate(self.parameters)}
        return made, [place[parameter] for parameter in made.parameters]

    def callable(self, what: str) -> Callable[..., Any]:
        """Machine code for one sample: floats in, a float or a tuple of floats out."""
        found: Callable[..., Any] = self._loaded(what, many=False).callable("call")
        return found

    def flat(self) -> Callable[..., float]:
        """Machine code for many samples: arrays in, the mean out, gradients into the second."""
        found: Callable[..., float] = self._loaded(PARAMETERS, many=True).callable("flat")
        return found

    @cached_property
    def _most(self) -> int:
        return samples.most(self.tape)

    def _loaded(self, what: str, *, many: bool) -> machine.Code:
        key = what + " code", many
        with self._compiling:
            if key not in self._codes:
                text = self.ir(what, many=many)
                name = cache.key(machine.describe(), text)
                code = cache.load(name)
                if code is None:
                    code = machine.compiled(text)
                    cache.store(name, code)
                self._codes[key] = machine.Code(code)
            loaded: machine.Code = self._codes[key]
        return loaded

    # Many samples, with NumPy arrays.

    def many(
        self, what: str, parameters: Any, arrays: Sequence[Any], seed: float, workers: int | None
    ) -> tuple[Any, float, Any, list[Any]]:
        """The outputs of each sample, the first's sum, and the gradients of parameters, arguments.

        `seed` is the gradient of each sample's output. The shares in which samples are computed and
        added up follow from their number alone, so the results are the same for any `workers`.
        """
        import numpy as np

        run = self._codes.get((what, True))
        if run is None:
            run = self._codes[what, True] = self._loaded(what, many=True).routine("run")
        count = len(arrays[0])
        outputs = np.empty((count, len(self.tape.outputs)))
        slopes = [np.empty(a.shape) for a in arrays] if what == ARGUMENTS else []
        edges = [*range(0, count, samples.share(count, self._most)), count]
        grads = np.empty((len(edges) - 1, len(self.parameters)))
        frames = []
        bits = unpack("q", pack("d", seed))
        for row, (start, stop) in zip(grads, pairwise(edges), strict=True):
            given = [_address(array, start) for array in (outputs, *arrays, *slopes)]
            frame = [stop - start, *bits, _address(parameters), given[0], _address(row), 0]
            frame += given[1:] + [0] * (len(arrays) - len(slopes))
            frames.append((ctypes.c_int64 * len(frame))(*frame))
        if spread(run, frames, workers):
            raise MemoryError
        sums = [unpack("d", pack("q", frame[5]))[0] for frame in frames]
        return outputs, reduce(add, sums), reduce(add, grads), slopes


def _address(array: Any, row: int = 0) -> int:
    """Where an array begins, or one of its rows."""
    address: int = array.ctypes.data
    return address + row * array.strides[0] if row else address


def shape(spec: Spec) -> tuple[int, ...]:
    """The shape of one sample: an array's own, else as many numbers as the structure holds."""
    if spec is None:
        return ()
    found: tuple[int, ...] = spec.keys if spec.kind == ARRAY else (size(spec),)
    return found
