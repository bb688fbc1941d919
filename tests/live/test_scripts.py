"""The page's scripts: their types, and how they are put into one."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autograd.live.bundle import SCRIPTS, bundle, style

ROOT = Path(__file__).parent.parent.parent
TYPESCRIPT = ROOT / ".ci" / "node_modules" / "typescript" / "bin" / "tsc"  # `.ci/run` puts it there
MODULES = sorted(SCRIPTS.glob("*.js"))


def test_types(tmp_path):
    """Of this page's scripts and of the playground's, whose rules are made of Python's."""
    if shutil.which("node") is None or not TYPESCRIPT.exists():
        pytest.skip("no node, or npm install --prefix .ci typescript is missing")
    for path in (ROOT / "nn" / "playground" / "scripts").glob("*.js"):
        shutil.copy(path, tmp_path)
    rules = "export const rules = /** @type {Record<string, any>} */ ({});"
    (tmp_path / "rules.js").write_text(rules)
    options = "--noEmit --allowJs --checkJs --strict --target es2022 --module es2022"
    options += " --moduleResolution bundler --lib es2023,dom,dom.iterable"
    command = ["node", TYPESCRIPT, *options.split(), *MODULES, *tmp_path.glob("*.js")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout


def test_every_module_is_in_the_bundle_once_and_runs_as_a_script(tmp_path):
    code = bundle()
    for path in MODULES:
        assert code.count(f"const ${path.stem} = (() => {{") == 1, path.name
    assert not re.search(r"^\s*(import|export)\b", code, re.MULTILINE)
    assert "</script" not in code.lower() and "<!--" not in code
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    script = tmp_path / "bundle.cjs"
    script.write_text(f'"use strict";\n{code}', encoding="utf-8")
    subprocess.run(["node", "--check", script], check=True, capture_output=True, timeout=60)


def test_modules_that_import_each_other_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        line = f'import {{ {other} }} from "./{other}.js";\n'
        (tmp_path / f"{name}.js").write_text(f"{line}export const {name} = 1;\n")
    with pytest.raises(ValueError, match=r"a\.js imports itself by way of a and b"):
        bundle("a", tmp_path)


def test_a_bundle_keeps_what_a_module_exports(tmp_path):
    (tmp_path / "a.js").write_text(
        "/** About. */\n\n// More.\nexport const one = 1;\n"
        "export function two() {\n  return 2;\n}\n"
        "/**\n * Three.\n * @type {number}\n */\nexport class Three {}\n"
    )
    (tmp_path / "b.js").write_text(
        'import {\n  Three,\n  one,\n} from "./a.js";\nexport const four = [one, Three];\n'
    )
    assert bundle("b", tmp_path) == (
        "const $a = (() => {\nconst one = 1;\nfunction two() {\n  return 2;\n}\nclass Three {}\n"
        "return { one, two, Three };\n})();\n"
        "const $b = (() => {\nconst {\n  Three,\n  one,\n} = $a;\nconst four = [one, Three];\n"
        "return { four };\n})();\n"
    )


def test_lines_are_short_and_each_file_says_what_it_is():
    for path in [*MODULES, *SCRIPTS.glob("*.css")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert len(line) <= 100, (path.name, line)
        assert path.read_text(encoding="utf-8")[:2] in ("/*", "//"), f"{path.name} says what it is"


def test_every_rule_of_the_style_is_the_page_s_own():
    text = re.sub(r"\{[^{}]*\}", "{}", style())
    for selector in re.findall(r"(?:^|[}\n{])([^{}@]+)\{\}", text):
        for part in re.split(r",(?![^(]*\))", selector):
            assert part.strip().startswith((".cr-page", "body[data-jp-theme-light")), part
