"""Lanes: a number that is not known yet, one in each lane of a vector of LLVM's intermediate text.

Arithmetic on `Lanes` writes instructions instead of computing, so a Python expression run on them
is a compiler: `x * y + 1` appends an `fmul` and an `fadd` to the `Body` that `x` belongs to. A
width of 1 gives plain scalars from the same expression.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Number = int | float

# What a compiler may do under `fastmath`. Infinities and nans keep their meaning.
FAST: Final = "reassoc nsz arcp contract afn "


class Body:
    """The instructions of one function, written in order; equal instructions are written once."""

    def __init__(self, width: int = 1, flags: str = "", *, flat: bool = False) -> None:
        self.width = width
        self.flags = flags
        self.flat = flat  # whether kernels are written out instead of called
        self.lines: list[str] = []
        self.needs: set[str] = set()  # declarations of what is LLVM's own
        self.calls: set[tuple[str, int]] = set()  # kernels, by name and width
        self.memo: dict[Any, Any] = {}  # what a function that writes lanes may remember
        self.block = "entry"
        self._seen: dict[str, Lanes] = {}
        self._labels = 0

    def type(self, kind: str) -> str:
        """A vector of `kind`, or the kind itself."""
        return kind if self.width == 1 else f"<{self.width} x {kind}>"

    def suffix(self, kind: str = "double") -> str:
        """How an overloaded intrinsic names this body's vectors of `kind`, such as `v8f64`."""
        scalar = "f64" if kind == "double" else kind
        return scalar if self.width == 1 else f"v{self.width}{scalar}"

    def emit(self, text: str, kind: str = "double") -> Lanes:
        """The result of a pure instruction, written now unless it was written before."""
        lanes = self._seen.get(text)
        if lanes is None:
            lanes = self._seen[text] = self.fresh(text, kind)
        return lanes

    def fresh(self, text: str, kind: str = "double") -> Lanes:
        """The result of an instruction that reads memory, written each time."""
        name = f"%t{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return Lanes(self, name, kind)

    def line(self, text: str) -> None:
        """Writes an instruction that has no result."""
        self.lines.append("  " + text)

    def label(self, hint: str) -> str:
        """A new name for a basic block."""
        self._labels += 1
        return f"{hint}{self._labels}"

    def enter(self, label: str) -> None:
        """Begins a basic block."""
        self.block = label
        self.lines.append(f"{label}:")

    def lift(self, number: Lanes | Number, kind: str = "double") -> Lanes:
        """`number` as lanes that all hold it."""
        if isinstance(number, Lanes):
            return number
        literal = constant(number) if kind == "double" else str(int(number))
        return Lanes(self, literal if self.width == 1 else f"splat ({kind} {literal})", kind)

    def spread(self, scalar: str) -> Lanes:
        """Lanes that all hold the scalar double named `scalar`."""
        if self.width == 1:
            return Lanes(self, scalar, "double")
        vector = self.type("double")
        one = self.emit(f"insertelement {vector} poison, double {scalar}, i64 0")
        mask = f"<{self.width} x i32> zeroinitializer"
        return self.emit(f"shufflevector {vector} {one.name}, {vector} poison, {mask}")

    def intrinsic(self, name: str, *args: Lanes) -> Lanes:
        """A call of LLVM's own `llvm.name` on doubles."""
        vector = self.type("double")
        full = f"@llvm.{name}.{self.suffix()}"
        self.needs.add(f"declare {vector} {full}({', '.join([vector] * len(args))})")
        return self.emit(f"call {vector} {full}({', '.join(f'{vector} {a.name}' for a in args)})")

    def call(self, name: str, *args: Lanes) -> Lanes:
        """A call of the kernel `name`."""
        self.calls.add((name, self.width))
        vector = self.type("double")
        inputs = ", ".join(f"{vector} {x.name}" for x in args)
        return self.emit(f"call {vector} @{name}.{self.suffix()}({inputs})")

    def unless(self, rare: Lanes, usual: Callable[[], Lanes], slow: Callable[[], Lanes]) -> Lanes:
        """`usual()` if no lane is `rare`, else `slow()` for all of them: a branch, not a choice."""
        some = rare.name
        if self.width > 1:
            full = f"@llvm.vector.reduce.or.{self.suffix('i1')}"
            self.needs.add(f"declare i1 {full}({self.type('i1')})")
            some = self.emit(f"call i1 {full}({self.type('i1')} {rare.name})", "i1").name
        done = self.label("done")
        labels = [self.label("usual"), self.label("rare")]
        self.line(f"br i1 {some}, label %{labels[1]}, label %{labels[0]}")
        arms = []
        for label, arm in zip(labels, (usual, slow), strict=True):
            with self.scope():
                self.enter(label)
                arms.append(f"[{arm().name}, %{self.block}]")
                self.line(f"br label %{done}")
        self.enter(done)
        return self.fresh(f"phi {self.type('double')} {', '.join(arms)}")

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A part of the body after which what was computed in it is not known any more."""
        known = dict(self._seen)
        yield
        self._seen = known


class Lanes:
    """A value of one kind (`double`, `i64` or `i1`) in each lane, named in its body's text."""

    __slots__ = ("body", "kind", "name")

    def __init__(self, body: Body, name: str, kind: str) -> None:
        self.body = body
        self.name = name
        self.kind = kind

    def _with(self, ops: tuple[str, str], other: Lanes | Number, *, swap: bool = False) -> Lanes:
        body = self.body
        x, y = self.name, body.lift(other, self.kind).name
        if swap:
            x, y = y, x
        name = f"{ops[0]} {body.flags}" if self.kind == "double" else f"{ops[1]} "
        return body.emit(f"{name}{body.type(self.kind)} {x}, {y}", self.kind)

    def __add__(self, other: Lanes | Number) -> Lanes:
        return self._with(("fadd", "add"), other)

    def __radd__(self, other: Number) -> Lanes:
        return self._with(("fadd", "add"), other, swap=True)

    def __sub__(self, other: Lanes | Number) -> Lanes:
        return self._with(("fsub", "sub"), other)

    def __rsub__(self, other: Number) -> Lanes:
        return self._with(("fsub", "sub"), other, swap=True)

    def __mul__(self, other: Lanes | Number) -> Lanes:
        return self._with(("fmul", "mul"), other)

    def __rmul__(self, other: Number) -> Lanes:
        return self._with(("fmul", "mul"), other, swap=True)

    def __truediv__(self, other: Lanes | Number) -> Lanes:
        return self._with(("fdiv", ""), other)

    def __rtruediv__(self, other: Number) -> Lanes:
        return self._with(("fdiv", ""), other, swap=True)

    def __neg__(self) -> Lanes:
        return self.body.emit(f"fneg {self.body.flags}{self.body.type('double')} {self.name}")

    def __pos__(self) -> Lanes:
        return self

    def __abs__(self) -> Lanes:
        return self.body.intrinsic("fabs", self)

    def __and__(self, other: Lanes | Number) -> Lanes:
        return self._with(("", "and"), other)

    def __or__(self, other: Lanes | Number) -> Lanes:
        return self._with(("", "or"), other)

    def __xor__(self, other: Lanes | Number) -> Lanes:
        return self._with(("", "xor"), other)

    def __lshift__(self, bits: int) -> Lanes:
        return self._with(("", "shl"), bits)

    def __rshift__(self, bits: int) -> Lanes:
        return self._with(("", "ashr"), bits)

    def _compare(self, how: str, other: Lanes | Number) -> Lanes:
        y = self.body.lift(other)
        return self.body.emit(f"fcmp {how} {self.body.type('double')} {self.name}, {y.name}", "i1")

    def __lt__(self, other: Lanes | Number) -> Lanes:
        return self._compare("olt", other)

    def __le__(self, other: Lanes | Number) -> Lanes:
        return self._compare("ole", other)

    def __gt__(self, other: Lanes | Number) -> Lanes:
        return self._compare("ogt", other)

    def __ge__(self, other: Lanes | Number) -> Lanes:
        return self._compare("oge", other)

    def __eq__(self, other: object) -> Lanes:  # type: ignore[override]  # an instruction, not a bool
        return self._compare("oeq", other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> Lanes:  # type: ignore[override]
        return self._compare("une", other)  # type: ignore[arg-type]

    def __hash__(self) -> int:
        return hash(self.name)

    def __bool__(self) -> bool:
        raise TypeError("lanes hold a number each, so they have no one truth: use choose")


def constant(number: Number) -> str:
    """`number` as LLVM writes a double, bit for bit."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


@overload
def choose(condition: Lanes, x: Lanes | Number, y: Lanes | Number) -> Lanes: ...
@overload
def choose(condition: Lanes | Number, x: Lanes | Number, y: Lanes | Number) -> Lanes | Number: ...
def choose(condition: Lanes | Number, x: Lanes | Number, y: Lanes | Number) -> Lanes | Number:
    """`x if condition else y`, lane by lane."""
    if not isinstance(condition, Lanes):
        return x if condition else y
    body = condition.body
    if condition.kind == "double":
        condition = condition != 0
    kind = next((v.kind for v in (x, y) if isinstance(v, Lanes)), "double")
    x, y = body.lift(x, kind), body.lift(y, kind)
    vector = body.type(kind)
    flags = body.flags if kind == "double" else ""
    return body.emit(
        f"select {flags}{body.type('i1')} {condition.name}, {vector} {x.name}, {vector} {y.name}",
        kind,
    )


def fma(x: Lanes, y: Lanes | Number, z: Lanes | Number) -> Lanes:
    """`x * y + z`, rounded once."""
    body = x.body
    return body.intrinsic("fma", body.lift(x), body.lift(y), body.lift(z))


def root(x: Lanes) -> Lanes:
    """The square root."""
    return x.body.intrinsic("sqrt", x)


def nearest(x: Lanes) -> Lanes:
    """`x` rounded to a whole number, ties to even."""
    return x.body.intrinsic("rint", x)


def signed(x: Lanes | Number, like: Lanes) -> Lanes:
    """`x` with the sign bit of `like`."""
    return like.body.intrinsic("copysign", like.body.lift(x), like)


def bits(x: Lanes) -> Lanes:
    """The 64 bits of a double as a whole number."""
    return x.body.emit(f"bitcast {x.body.type('double')} {x.name} to {x.body.type('i64')}", "i64")


def unbits(x: Lanes) -> Lanes:
    """The double whose bits a whole number is."""
    return x.body.emit(f"bitcast {x.body.type('i64')} {x.name} to {x.body.type('double')}")
