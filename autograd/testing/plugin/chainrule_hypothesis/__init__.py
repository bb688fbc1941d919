"""What Hypothesis calls when it is imported: registers the strategy for Value, if Value is there.

This is a package of its own name, because loading it must not import `autograd` (which may not be
wanted, or may be another distribution's package of that name) and must not break Hypothesis.
"""

import sys
import warnings
from contextlib import suppress
from pathlib import Path


def register() -> None:
    """Makes `st.from_type(Value)` work. Where autograd is imported later, it does this itself."""
    autograd = sys.modules.get("autograd")
    if hasattr(autograd, "Value"):
        with suppress(ImportError):
            from autograd.testing.strategies import register_types

            register_types()
        return
    folders = getattr(autograd, "__path__", [])
    if any(Path(folder, "testing", "strategies.py").is_file() for folder in folders):
        # Not an error where warnings are: that would take Hypothesis from whoever imports it.
        with suppress(UserWarning):
            warnings.warn(
                "another distribution called autograd was installed over chainrule's package of "
                "the same name: `import nn` says what to do",
                UserWarning,
                stacklevel=2,
            )
