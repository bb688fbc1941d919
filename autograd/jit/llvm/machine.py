"""Machine: this computer's processor as LLVM knows it, and code made for it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any


@cache
def llvm() -> Any:
    """Llvmlite's binding, ready for this processor. Raises ImportError saying what to install."""
    try:
        import numpy as np  # noqa: F401  what machine code is given
        from llvmlite import binding
    except ImportError:
        raise ImportError(
            'machine code needs llvmlite and numpy: pip install "chainrule[jit]", '
            'or use jit(f, backend="python")'
        ) from None
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    for name in _PYTHON.split():
        binding.add_symbol(name, _address(name))
    return binding


# What machine code calls in Python itself.
_PYTHON = (
    "PyFloat_AsDouble PyFloat_FromDouble PyTuple_New PyTuple_SetItem PyErr_Occurred PyErr_Clear "
    "PyErr_BadArgument PyErr_NoMemory PyObject_GetBuffer PyBuffer_Release "
    "PyMem_RawMalloc PyMem_RawFree Py_IncRef _Py_FalseStruct"
)


def _address(name: str) -> int:
    """Where a function of Python's own is."""
    return ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0


@cache
def _target() -> Any:
    binding = llvm()
    target = binding.Target.from_default_triple()
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features, opt=1, jit=True
    )


@cache
def describe() -> str:
    """Everything that decides what code a module becomes: LLVM's version and the processor."""
    binding = llvm()
    import llvmlite

    return " ".join(
        [
            llvmlite.__version__,
            ".".join(map(str, binding.llvm_version_info)),
            binding.get_default_triple(),
            binding.get_host_cpu_name(),
            binding.get_host_cpu_features().flatten(),
        ]
    )


def compiled(text: str) -> bytes:
    """The object code of a module."""
    binding = llvm()
    target = _target()
    parsed = binding.parse_assembly(text)
    # What is written here is already as short as the standard passes would make it, and they take
    # longer than everything else together; two of them tidy up.
    passes = binding.create_new_module_pass_manager()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    options = binding.create_pipeline_tuning_options(speed_level=1)
    passes.run(parsed, binding.create_pass_builder(target, options))
    code: bytes = target.emit_object(parsed)
    return code


class Code:
    """Object code in memory, its functions found by name. It may call what `uses` export."""

    def __init__(self, code: bytes, uses: Sequence[Code] = ()) -> None:
        self._uses = uses  # stay as long as this does
        self._methods: list[_Method] = []
        binding = llvm()
        # The engine owns the target machine that it is given, so it gets one of its own.
        empty = binding.parse_assembly("")
        machine = binding.Target.from_default_triple().create_target_machine(jit=True)
        self._engine = binding.create_mcjit_compiler(empty, machine)
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Where the function `name` begins. Raises KeyError if the code has none."""
        address: int = self._engine.get_function_address(name)
        if not address:
            raise KeyError(name)
        return address

    def export(self, names: Iterable[str]) -> None:
        """Lets code that is made after this call functions of it."""
        for name in names:
            llvm().add_symbol(name, self.address(name))

    def routine(self, name: str) -> Any:
        """The function `name`, which takes one address and returns an int.

        Other threads of Python run while it does.
        """
        found: Any = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(self.address(name))
        found.code = self  # stays as long as the function
        return found

    def callable(self, name: str) -> Any:
        """The function `name`, which CPython calls with an array of objects, as a Python function.

        It is called as a function of the standard library is, without the cost of ctypes.
        """
        method = _Method(name.encode(), self.address(name), _FASTCALL, None)
        self._methods.append(method)
        new = ctypes.pythonapi.PyCFunction_NewEx
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p]
        # Bound to this object, so that the code stays as long as the function.
        return new(ctypes.addressof(method), self, None)


_FASTCALL = 0x80  # METH_FASTCALL


class _Method(ctypes.Structure):
    """PyMethodDef, as CPython's documentation gives it."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("code", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("text", ctypes.c_char_p),
    )
