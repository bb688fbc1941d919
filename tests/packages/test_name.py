"""Another distribution's package called autograd: whoever came last, one sentence says so.

Each case is a folder as installing and uninstalling leave it; SOAK=1 has pip make them.
"""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "autograd" / "testing" / "plugin" / "chainrule_hypothesis"
WAY_OUT = ("pip uninstall autograd chainrule", "pip install chainrule", "an environment of its own")
# What the other one has that ours has, too, and a file that ours has not.
OTHERS = {"autograd/__init__.py": "def grad(f): ...\n", "autograd/tracer.py": ""}


def lay(site, files):
    for name, text in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def site(tmp_path):
    """This project's packages as they lie in site-packages."""
    for folder in (ROOT / "autograd", ROOT / "nn", PLUGIN):
        shutil.copytree(
            folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__", "plugin")
        )
    return tmp_path


def run(site, *arguments, python=sys.executable):
    environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-B", *arguments],
        cwd=site,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def says(output, *words):
    """Whether an output ends in the one sentence."""
    return all(word in output.splitlines()[-1] for word in (*WAY_OUT, *words))


def refuses(site, place, python=sys.executable):
    """Each way into this project fails with the sentence, which names what was found instead."""
    alone = ["-S"] * (python == sys.executable)  # without what is installed beside the tests
    status, _, error = run(site, *alone, "-c", "from nn import MLP", python=python)
    assert status == 1 and says(error, "ImportError: ", str(place)), error
    status, _, error = run(site, *alone, "-m", "nn", python=python)
    assert status == 1 and all(word in error for word in (*WAY_OUT, str(place))), error
    for program in (["-m", "autograd"], ["-c", "from autograd.__main__ import main; main()"]):
        status, output, error = run(site, *alone, *program, python=python)
        assert status == 1 and not output, output
        assert error.startswith("chainrule: ") and says(error, str(place)), error


def test_the_other_one_came_last(site):
    lay(site, OTHERS)
    refuses(site, site / "autograd" / "__init__.py")


def test_the_other_one_came_last_and_went(site):
    (site / "autograd" / "__init__.py").unlink()
    refuses(site, site / "autograd")


def test_a_file_of_ones_own(site):
    shutil.rmtree(site / "autograd")
    lay(site, {"autograd.py": "import nn\n"})
    status, _, error = run(site, "-c", "import nn")
    assert status == 1 and says(error, str(site / "autograd.py")), error
    (site / "autograd.py").unlink()
    status, _, error = run(site, "-S", "-c", "import nn")  # without what a checkout has installed
    assert status == 1 and says(error, "nothing at all"), error


def test_the_other_one_came_first(site):
    lay(site, {"autograd/tracer.py": ""})
    status, output, error = run(site, "-c", "import autograd, nn; print(autograd.Value(2.0))")
    assert status == 0 and "2.0" in output
    warned = [line for line in error.splitlines() if "UserWarning" in line]
    assert len(warned) == 1 and all(word in warned[0] for word in WAY_OUT)
    assert str(site / "autograd") in warned[0]


@pytest.mark.parametrize("strict", [False, True])
def test_hypothesis_says_it_where_values_are_looked_for(site, strict):
    lay(site, OTHERS)
    hook = "import autograd, chainrule_hypothesis as c; c.register(); print('fine')"
    status, output, error = run(site, *(["-W", "error"] * strict), "-c", hook)
    assert (status, output.strip()) == (0, "fine")
    assert ("`import nn` says what to do" in error) is not strict


def test_a_stranger_by_that_name_is_left_alone(tmp_path):
    shutil.copytree(PLUGIN, tmp_path / PLUGIN.name)
    lay(tmp_path, OTHERS)
    hook = "import autograd, chainrule_hypothesis as c; c.register()"
    assert run(tmp_path, "-c", hook) == (0, "", "")


# With pip.


def pack(folder, name, version, files):
    """A wheel of these files."""
    info = f"{name}-{version}.dist-info"
    texts = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in (*texts, f"{info}/RECORD"))
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in (texts | {f"{info}/RECORD": record}).items():
            archive.writestr(file, text)
    return wheel


@pytest.mark.skipif("SOAK" not in os.environ, reason="two installations by pip: SOAK=1")
@pytest.mark.parametrize("ours_last", [False, True])
def test_pip_installs_both(tmp_path, ours_last):
    """The other one is a wheel made here, or with HIPS=1 the real one from PyPI."""
    from autograd.classroom.wheel import pack as pack_ours

    ours = pack_ours(tmp_path)
    real = os.environ.get("HIPS")
    other = "autograd" if real else str(pack(tmp_path, "autograd", "1.9", OTHERS))
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"

    def pip(*arguments):
        command = [python, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    for wheel in (other, str(ours)) if ours_last else (str(ours), other):
        pip("install", *([] if wheel == other and real else ["--no-deps"]), wheel)
    (tmp_path / "elsewhere").mkdir()
    [found] = (tmp_path / "venv" / "lib").glob("python*/site-packages/autograd")
    if ours_last:
        status, output, error = run(
            tmp_path / "elsewhere", "-c", "import nn, autograd; print(nn)", python=python
        )
        assert status == 0 and output and all(word in error for word in WAY_OUT), error
    else:
        refuses(tmp_path / "elsewhere", found / "__init__.py", python=python)
    pip("uninstall", "-y", "autograd")
    refuses(tmp_path / "elsewhere", found, python=python)
    pip("uninstall", "-y", "chainrule")
    assert run(tmp_path / "elsewhere", "-c", "import nn", python=python)[0] == 1
    pip("install", "--no-deps", str(ours))
    status, output, error = run(
        tmp_path / "elsewhere", "-c", "import nn; print(nn.MLP)", python=python
    )
    assert status == 0 and not error, error
