"""Every entry point is all or nothing: Ctrl-C and no memory at lines all over it."""

import os
import random

import pytest

from autograd import Value, custom, draw, export, live, steps, tanh
from tests import interrupting
from tests.interrupting import CASES, Press, interrupt, length

SOAK = "SOAK" in os.environ


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError] if SOAK else [KeyboardInterrupt])
def test_whatever_comes_in_between_is_all_or_nothing(name, error):
    if name.startswith("llvm"):
        pytest.importorskip("llvmlite")
    interrupt(name, 10**9)  # what is made on first use is there
    lines = length(name)
    count = 1 if name == "pictures" else 8 if name.startswith("llvm") else 25
    source = random.Random(f"{name} {error.__name__}")
    for line in sorted(source.sample(range(1, lines), min(lines - 1, count * (20 if SOAK else 1)))):
        assert interrupt(name, line, error), f"interrupt({name!r}, {line}, {error.__name__})"


def test_the_soak_says_how_to_repeat_a_failure(monkeypatch):
    def broken():
        return (lambda: Value(1.0) + 1.0), (lambda: 1 / 0)

    monkeypatch.setattr(interrupting, "CASES", {"broken": broken})
    with pytest.raises(ZeroDivisionError) as raised:
        interrupting.interruptions(1, seed=0)
    assert "interrupt('broken', " in raised.value.__notes__[0]


# What writes files.


def hidden():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    root = x * tanh(y)
    root.label = "z"
    return root


def f(a, b):
    return a * tanh(b)


def command(*argv):
    from autograd.__main__ import main

    try:
        main([*argv])
    except SystemExit:  # which says the error in a line
        raise OSError from None


def playground(path):
    import nn

    nn.playground().save(path)


def model(path):
    import nn

    nn.save(nn.MLP(2, [2, 1], seed=1), path)


SAVES = {
    "draw.svg": lambda path: draw(hidden()).save(path),
    "draw.gv": lambda path: draw(hidden()).save(path),
    "drawn.pdf": lambda path: draw(hidden()).render(outfile=path, cleanup=True),
    "rendered.svg": lambda path: draw(hidden()).render(outfile=path, cleanup=True),
    "steps.svg": lambda path: steps(hidden()).save(path),
    "live.html": lambda path: live(hidden()).save(path),
    "e.c": lambda path: export(f, path, 1.0, 2.0),
    "e.js": lambda path: export(f, path, 1.0, 2.0),
    "several.js": lambda path: export({"f": (f, 1.0, 2.0)}, path),
    "e.py": lambda path: export(f, path, 1.0, 2.0),
    "command.svg": lambda path: command("draw", "x*y", "x=2", "y=3", "-o", str(path)),
    "model.json": model,
}
if SOAK:
    SAVES["playground.html"] = playground
    SAVES["steps.html"] = lambda path: steps(hidden()).save(path)


@pytest.mark.parametrize("name", SAVES)
def test_a_full_disk_leaves_the_file_as_it_was(name, tmp_path, monkeypatch):
    """And nothing beside it; with room it is written whole."""
    full = OSError(28, "No space left on device")

    def fail(_):
        raise full

    path = tmp_path / name
    path.write_text("before")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError):
            SAVES[name](path)
    assert {it.name: it.read_bytes() for it in tmp_path.iterdir()} == {name: b"before"}
    SAVES[name](path)
    assert [it.name for it in tmp_path.iterdir()] == [name]
    assert path.stat().st_size > 100


# A line that is left by `with` is a line once more, where nothing closes the file but its end.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_ctrl_c_at_any_line_of_writing(error, tmp_path):
    target = tmp_path / "e.py"
    export(f, target, 1.0, 2.0)
    new = target.read_bytes()

    class InFiles(Press):
        def __call__(self, frame, event, argument):
            if not frame.f_code.co_filename.endswith("files.py"):
                return self if frame.f_back is None else None
            return super().__call__(frame, event, argument)

    line = 0
    came = True
    while came:
        line += 1
        target.write_bytes(b"old")
        came = InFiles(line, error).during(lambda: export(f, target, 1.0, 2.0))
        assert [path.name for path in tmp_path.iterdir()] == ["e.py"], line
        assert target.read_bytes() in (b"old", new)
    assert line > 20


def test_a_custom_operation_and_names_say_what_helps():
    with pytest.raises(ValueError, match=r'a lambda has no name: .* name="cube"'):
        custom(lambda x: x**3, lambda x, z: 3 * x * x)
    root = hidden()
    for show in (draw, steps, live):
        with pytest.raises(TypeError, match=r'int 1 is no name; write {"name": v} for Value\(data'):
            show(root, names={1: root})
    assert "z" in draw(root, names={1: "no Value", "z": root}).source
