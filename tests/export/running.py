"""Runs exported code: what each language gives for many points, as Python's floats."""

import ctypes
import json
import math
import shutil
import struct
import subprocess
import sys

import pytest

from tests.jit.test_rows import NO_CODE

# The gamma function and its kin, and the derivatives of sinc, are computed with many digits, which
# other languages have not.
UNWRITTEN = NO_CODE
# Nor have tensors powers of two apart.
UNWRITTEN_FOR_TENSORS = {"prod", "prod_dx", "norm", "norm_dx"}

FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]


def tool(name, *others):
    found = next(filter(None, map(shutil.which, (name, *others))), None)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def compiled(path):
    """The library made of a C file."""
    library = path.with_suffix(".so")
    command = [tool("gcc", "cc"), *FLAGS, "-shared", "-fPIC", path, "-o", library, "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


def in_c(path, name, points, sizes, parameters=0, outputs=None, weights=None):
    """(value, slopes to each argument, slopes to the parameters) of an exported C file.

    `sizes` has None for an argument that is a number, else how many numbers it holds.
    """
    library = compiled(path)
    double = ctypes.c_double
    function, gradient = getattr(library, name), getattr(library, f"{name}_gradient")
    extra = [None] if parameters else []
    found = []
    for point in points:
        given = [
            double(x) if size is None else (double * size)(*x)
            for x, size in zip(point, sizes, strict=True)
        ]
        slopes = [(double * (size or 1))() for size in sizes]
        own = [(double * parameters)()] if parameters else []
        if outputs is None:
            function.restype = gradient.restype = double
            value = function(*given, *extra)
            again = gradient(*given, *extra, *slopes, *own)
        else:
            out, twice = (double * outputs)(), (double * outputs)()
            function(*given, *extra, out)
            gradient(*given, *extra, (double * outputs)(*weights), twice, *slopes, *own)
            value, again = [*out], [*twice]
        assert_same(value, again)
        back = [s[0] if size is None else [*s] for s, size in zip(slopes, sizes, strict=True)]
        found.append((value, back, [*own[0]] if parameters else []))
    return found


BITS = """
const bytes = new DataView(new ArrayBuffer(8));
const read = (x) => {
  if (Array.isArray(x)) return x.map(read);
  bytes.setBigUint64(0, BigInt("0x" + x));
  return bytes.getFloat64(0);
};
const write = (x) => {
  if (Array.isArray(x)) return x.map(write);
  bytes.setFloat64(0, x);
  return bytes.getBigUint64(0).toString(16);
};
"""


def bits(x):
    return [*map(bits, x)] if isinstance(x, list | tuple) else struct.pack(">d", x).hex()


def number(x):
    if isinstance(x, list):
        return [*map(number, x)]
    return struct.unpack(">d", bytes.fromhex(x.zfill(16)))[0]


def in_javascript(path, name, points, weights=None):
    """The same of an exported module, run by node."""
    script = path.with_name("run.mjs")
    given = "" if weights is None else f", {json.dumps(weights)}"
    script.write_text(
        'import { readFileSync } from "node:fs";\n'
        f'import * as code from "./{path.name}";\n{BITS}'
        f'for (const line of readFileSync(0, "utf8").trim().split("\\n")) {{\n'
        "  const point = read(JSON.parse(line));\n"
        f"  const value = code.{name}(...point);\n"
        f"  const found = code.gradient(...point{given});\n"
        "  const all = [value, found.value, found.slopes, found.parameters];\n"
        "  console.log(JSON.stringify(write(all)));\n"
        "}\n"
    )
    lines = "\n".join(json.dumps(bits(list(point))) for point in points)
    done = subprocess.run(
        [tool("node", "nodejs"), script], input=lines, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return _read(done.stdout)


def in_python(path, name, points, weights=None):
    """The same of an exported file, run by an interpreter that sees nothing else."""
    script = (
        "import json, runpy, struct, sys\n"
        "def read(x):\n"
        "    return [*map(read, x)] if isinstance(x, list) else "
        "struct.unpack('>d', bytes.fromhex(x))[0]\n"
        "def write(x):\n"
        "    return [*map(write, x)] if isinstance(x, list | tuple) else "
        "struct.pack('>d', x).hex()\n"
        "code = runpy.run_path(sys.argv[1])\n"
        "for line in sys.stdin:\n"
        "    point = read(json.loads(line))\n"
        f"    value = code[{name!r}](*point)\n"
        f"    found = code['gradient'](*point{'' if weights is None else f', {weights!r}'})\n"
        "    print(json.dumps(write([value, *found])))\n"
    )
    lines = "\n".join(json.dumps(bits(list(point))) for point in points)
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, path], input=lines, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return _read(done.stdout)


def _read(lines):
    found = []
    for line in lines.splitlines():
        value, again, slopes, parameters = number(json.loads(line))
        assert_same(value, again)
        found.append((value, slopes, parameters))
    return found


def flat(x):
    return [y for part in x for y in flat(part)] if isinstance(x, list | tuple) else [x]


def distance(x, y):
    """How many ulps apart, 0 if both are nan or equal."""
    if x == y or (math.isnan(x) and math.isnan(y)):
        return 0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(float(x) - float(y)) / max(math.ulp(x), math.ulp(y))


def assert_same(x, y):
    for a, b in zip(flat(x), flat(y), strict=True):
        assert distance(a, b) == 0, (x, y)
