"""Version: a program for arguments of one structure, its tape and the code made from it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from itertools import pairwise
from operator import add, attrgetter
from struct import pack, unpack
from threading import Lock, RLock
from typing import Any, Final
from weakref import WeakValueDictionary

from autograd.elementary import nearest
from autograd.jit import cache
from autograd.jit.llvm import machine, samples, single
from autograd.jit.llvm.alone import alone
from autograd.jit.llvm.callee import Callee
from autograd.jit.llvm.module import Module
from autograd.jit.products import joined
from autograd.jit.python import PythonCode
from autograd.jit.tape import Tape
from autograd.jit.trace import called, check_index, trace
from autograd.jit.workers import spread
from autograd.structure import ARRAY, Spec, size
from autograd.value import Value

data_of: Final = attrgetter("raw")

# Which gradients code computes.
NONE, ARGUMENTS, PARAMETERS, ALL = "none", "arguments", "parameters", "all"
ALONE = "alone, "  # before one of the others, for a sample that lies in arrays
PULLED = "pulled"  # of all, for given gradients of the outputs
FIRST = "first"  # of the first of several outputs to the parameters


class Version:
    """A function on arguments of the structures `specs`. Code is made when it is first needed.

    `known` are orders of parameters that other versions have; `order` is the one to take, as
    `Version.order` says it. `own` are Values that are parameters, however they were computed.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        specs: Sequence[Spec],
        data: Sequence[Any],
        *,
        backend: str,
        fastmath: bool,
        known: Iterable[Sequence[Value]] = (),
        order: Sequence[int] | None = None,
        own: Iterable[Value] = (),
    ) -> None:
        self.specs, self.name = specs, called(f)
        tape = trace(f, specs, data, own)
        self.data = data
        met = [*tape.parameters.values()]
        if order is not None:
            known = [[met[place] for place in order]]
        self.tape: Tape = (tape if backend == "python" else joined(tape)).ordered(known)
        self.parameters = [*self.tape.parameters.values()]
        # Those that are variables of derivatives: calls are differentiated to them.
        self.variables = [parameter for parameter in self.parameters if parameter.op is not None]
        # Where each parameter is among them as the trace met them.
        place = {parameter: k for k, parameter in enumerate(met)}
        self.order = [place[parameter] for parameter in self.parameters]
        self.leaves = [*range(self.tape.arguments), *self.tape.parameters]
        self.shapes = [*map(shape, specs)]
        self._python = backend == "python"
        self._fast = fastmath
        self._codes: dict[tuple[str, bool], Any] = {}
        self._callees: dict[tuple[int, bool], Callee] = {}
        self._compiling = Lock()
        # What calls with Values made of it: see `autograd.jit.call`.
        self.operations: list[Any] = []
        self.derivatives: dict[tuple[int, ...], Any] = {}
        # Where the parameters are among those of the program, and the places of those.
        self.places: tuple[Any, Any] = (None, ())
        self._puller: Any = None

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
        """The program in LLVM's language, with all that it calls."""
        found: dict[str, None] = {}
        modules: list[Module | Callee] = [self._module(what, many=many)]
        for module in modules:
            found[module.text] = None
            modules += module.callees
        return "\n".join(found)

    def _module(self, what: str, *, many: bool) -> Module:
        if many:
            tape = self._tape(what.removeprefix(ALONE))
            wanted = self.wanted(what.removeprefix(ALONE))
            made = alone if what.startswith(ALONE) else samples.many
            return made(tape, self.shapes, wanted, fast=self._fast)
        if what == PULLED:
            return single.pulled(self.tape, fast=self._fast)
        return single.one(self.tape, self.wanted(what), fast=self._fast)

    def callee(self, width: int, *, framed: bool) -> Callee:
        """Machine code for other machine code to call."""
        key = width, framed
        if key not in self._callees:
            self._callees[key] = Callee(self.tape, width, framed=framed, fast=self._fast)
        return self._callees[key]

    # One sample.

    def one(self, what: str, numbers: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """The outputs and the gradients for the numbers of one sample."""
        return self.with_parameters(what, numbers, map(data_of, self.parameters))

    def with_parameters(
        self, what: str, numbers: Sequence[Any], parameters: Iterable[Any]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """The same with other numbers for the parameters."""
        for place, count in self.tape.indices.items():
            check_index(numbers[place], count, self.name)
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
        if what == NONE:
            return found, ()
        count = len(self.tape.outputs)
        return found[:count], found[count:]

    # Arguments and parameters together, as the parents of a node.

    def of(self, xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """The outputs for the numbers of all arguments and parameters."""
        count = self.tape.arguments
        return self.with_parameters(NONE, xs[:count], xs[count:])

    def pulled(self, xs: Sequence[Any], seeds: dict[int, Any]) -> Sequence[Any]:
        """The gradients of all of them, given those of some outputs; False where none comes."""
        if self._python:
            if self._puller is None:
                self._puller = PythonCode(self.tape, self.wanted(ALL), seeded=True)
            return self._puller.pulled(xs, seeds)  # type: ignore[no-any-return]
        if self._puller is None:
            self._puller = self._loaded(PULLED, many=False).callable("call")
        ends = self.tape.ends
        given = dict.fromkeys(ends, False)
        for k, seed in seeds.items():
            end = self.tape.outputs[k]
            given[end] = seed if given[end] is False else given[end] + seed
        found = [*xs, *given.values(), *(seed is not False for seed in given.values())]
        try:
            return self._puller(*found)  # type: ignore[no-any-return]
        except OverflowError:
            return self._puller(*map(nearest, found))  # type: ignore[no-any-return]

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
                self._codes[key] = _linked(self._module(what, many=many))
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

        count = len(arrays[0])
        code = ALONE + what if count == 1 else what
        run = self._codes.get((code, True))
        if run is None:
            run = self._codes[code, True] = self._loaded(code, many=True).routine("run")
        outputs = np.empty((count, len(self.tape.outputs)))
        slopes = [np.empty(a.shape) for a in arrays] if what == ARGUMENTS else []
        edges = [*range(0, count, samples.share(count, self._most)), count]
        grads = np.empty((len(edges) - 1, len(self.parameters)))
        frames = []
        bits = unpack("q", pack("d", seed))
        for row, (start, stop) in zip(grads, pairwise(edges), strict=True):
            given = [array[start:stop] for array in (outputs, *arrays, *slopes)]
            first, *others = map(_address, given)
            frame = [stop - start, *bits, _address(parameters), first, _address(row), 0]
            frame += others + [0] * (len(arrays) - len(slopes))
            # With the arrays, which stay while a thread works on them, whatever stops this one.
            frames.append(((ctypes.c_int64 * len(frame))(*frame), (parameters, given, row)))
        if not spread(lambda item: run(item[0]), frames, workers):
            raise MemoryError
        sums = [unpack("d", pack("q", frame[5]))[0] for frame, _ in frames]
        return outputs, reduce(add, sums), reduce(add, grads), slopes


def _linked(module: Module | Callee) -> machine.Code:
    """The code of a module, in memory, after that of all that it calls."""
    uses = []
    for callee in module.callees:
        with _LINKING:
            code = _CALLED.get(callee.name)
            if code is None:
                code = _CALLED[callee.name] = _linked(callee)
                code.export([f"{callee.name}.forward", f"{callee.name}.backward"])
        uses.append(code)
    name = cache.key(machine.describe(), module.text)
    found = cache.load(name)
    if found is None:
        found = machine.compiled(module.text)
        cache.store(name, found)
    return machine.Code(found, uses)


# The code that other code calls, by name, as long as something does.
_CALLED: WeakValueDictionary[str, machine.Code] = WeakValueDictionary()
_LINKING = RLock()


def _address(array: Any) -> int:
    address: int = array.ctypes.data
    return address


def shape(spec: Spec) -> tuple[int, ...]:
    """The shape of one sample: an array's own, else as many numbers as the structure holds."""
    if spec is None:
        return ()
    found: tuple[int, ...] = spec.keys if spec.kind == ARRAY else (size(spec),)
    return found
