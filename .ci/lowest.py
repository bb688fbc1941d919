"""The lowest version of each package that pyproject.toml allows, as constraints for pip."""

import re
import tomllib
from itertools import chain
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
required = chain(project["dependencies"], *project["optional-dependencies"].values())
lowest = (re.match(r"([\w.-]+)(?:\[.*\])?>=([\w.]+)", line) for line in required)
print(*sorted({f"{found[1]}=={found[2]}" for found in lowest if found}), sep="\n")
