"""What Hypothesis calls when it is imported: registers the strategy for Value, if Value is there.

This is a package of its own name, because loading it must not import `autograd` (which may not be
wanted, or may be another distribution's package of that name) and must not break Hypothesis.
"""

import sys


def register() -> None:
    """Makes `st.from_type(Value)` work. Where autograd is imported later, it does this itself."""
    autograd = sys.modules.get("autograd")
    if autograd is not None and hasattr(autograd, "Value"):
        try:
            from autograd.testing.strategies import register_types

            register_types()
        except ImportError:
            pass
