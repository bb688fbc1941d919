"""classroom: the course as a site of files, whose Python runs in the reader's browser.

JupyterLite shows the notebooks and a prompt, with the wheel of the package that runs (`wheel`) on
Pyodide from the network, or from a folder of its files made complete (`distribution`); pages beside
them need no Python at all. `serving` shows the site on this machine.
"""

from __future__ import annotations

from autograd.classroom import cards
from autograd.classroom.copies import Copy
from autograd.classroom.distribution import Unusable
from autograd.classroom.serving import serve
from autograd.classroom.site import Site, build

__all__ = ["Copy", "Site", "Unusable", "build", "cards", "serve"]
