import pytest

from programs import write_part


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder of four IDX files: 350 bars for training, 60 for testing."""
    folder = tmp_path_factory.mktemp("data")
    write_part(folder, "train", 350)
    write_part(folder, "t10k", 60)
    return folder
