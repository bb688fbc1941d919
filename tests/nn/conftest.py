import pytest
from hypothesis import settings

# A first call may import a framework or compile rules: how long that takes is no failure.
settings.register_profile("nn", deadline=None)
settings.load_profile("nn")


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")
