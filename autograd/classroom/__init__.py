"""classroom: the course as a site of files, whose Python runs in the reader's browser.

JupyterLite shows the notebooks and a prompt, with the wheel of the package that runs (`wheel`) on
Pyodide from the network, or from a folder of its files made complete (`distribution`); pages beside
them need no Python at all. `serving` shows the site on this machine.

With Pyodide's own files, `npm install pyodide` and then `python -m autograd classroom -o site
--pyodide node_modules/pyodide`, nothing is fetched from elsewhere and it works with the network
off: 43 MB, 20 MB packed. A notebook's first result takes about 20 s of processor time. numpy is not
among npm's files nor, for browsers, on PyPI: a full distribution of Pyodide brings it along;
without, some cells do not run, and the command says which notebooks have them.
"""

from __future__ import annotations

from autograd.classroom import cards
from autograd.classroom.copies import Copy
from autograd.classroom.distribution import Unusable
from autograd.classroom.serving import serve
from autograd.classroom.site import Site, build

__all__ = ["Copy", "Site", "Unusable", "build", "cards", "serve"]
