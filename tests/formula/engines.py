"""What typesets TeX: KaTeX and MathJax by node, LaTeX by pdflatex, as far as they are here."""

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE.parent.parent / ".ci" / "node_modules"  # `.ci/run` puts them there

DOCUMENT = r"""\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}
%s
\end{document}
"""


def missing():
    """Why KaTeX and MathJax cannot be asked, "" if they can."""
    if shutil.which("node") is None:
        return "node is not installed"
    absent = [name for name in ("katex", "mathjax-full") if not (MODULES / name).is_dir()]
    return f"npm install --prefix .ci {' '.join(absent)} is missing" if absent else ""


def bare(tex):
    """The formula in a display."""
    return tex.strip().removeprefix("$$").removesuffix("$$").strip()


def complaints(formulas):
    """The formulas that KaTeX or MathJax refuses, with what each of them says."""
    given = [bare(tex).encode("utf-8", "replace").decode() for tex in formulas]
    run = subprocess.run(
        ["node", HERE / "engines.cjs"], input=json.dumps(given), capture_output=True, text=True,
        check=True, env=os.environ | {"NODE_PATH": str(MODULES)}, timeout=300,
    )  # fmt: skip
    answers = json.loads(run.stdout)
    assert len(answers) == len(given)
    return [(tex, *said) for tex, said in zip(given, answers, strict=True) if any(said)]


def latex_errors(formulas, folder):
    """What pdfLaTeX has against a document of the formulas: the lines of its log that say so."""
    pages = "\n".join(rf"\clearpage{{\tiny$${bare(tex)}$$}}" for tex in formulas)
    (folder / "all.tex").write_text(DOCUMENT % pages, encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "all.tex"], cwd=folder, capture_output=True,
        text=True, errors="replace", check=False, timeout=300,
    )  # fmt: skip
    return [line for line in run.stdout.splitlines() if line.startswith("!")]
