"""End-to-end tests: the digitd program, used over HTTP and from the command line.

DIGITD names the binary (build/release/server/digitd if it is not set). MNIST_DIR names the folder of the MNIST
files; with it set, a skipped test fails the run.
"""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitd import DIGITS, Digitd

IDX_IMAGES_HEADER_BYTES = 16
IDX_LABELS_HEADER_BYTES = 8


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: left out where the server is a sanitizer build")


def has_wrong_skips(reporter):
    """Whether tests were skipped although the MNIST files are there. Parallel workers have no reporter."""
    return reporter is not None and bool(os.environ.get("MNIST_DIR")) and bool(reporter.stats.get("skipped"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.exitstatus == 0 and has_wrong_skips(reporter):
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    if has_wrong_skips(terminalreporter):
        terminalreporter.write_line("failed: tests were skipped although MNIST_DIR is set")


@pytest.fixture(scope="session")
def server():
    """A digitd that all tests share unless they need one of their own; it must end with exit code 0."""
    with Digitd() as digitd:
        yield digitd


@pytest.fixture(scope="session")
def seven():
    """[28][28] bytes of the drawn seven."""
    return np.asarray(Image.open(DIGITS / "7.png"))


@pytest.fixture(scope="session")
def drawn_digits():
    """[10][28][28] bytes of the drawn digits."""
    return np.stack([np.asarray(Image.open(DIGITS / f"{digit}.png")) for digit in range(10)])


@pytest.fixture(scope="session")
def mnist_dir():
    if not os.environ.get("MNIST_DIR"):
        pytest.skip("MNIST_DIR is not set; script/fetch-mnist downloads the files")
    return Path(os.environ["MNIST_DIR"])


def read_idx(directory, name, header_bytes):
    path = directory / name
    data = path.read_bytes() if path.exists() else gzip.decompress(
        (directory / f"{name}.gz").read_bytes()
    )
    return np.frombuffer(data, np.uint8, offset=header_bytes)


@pytest.fixture(scope="session")
def mnist_test(mnist_dir):
    """The test files: ([10000][28][28] bytes, [10000] labels)."""
    images = read_idx(mnist_dir, "t10k-images-idx3-ubyte", IDX_IMAGES_HEADER_BYTES)
    labels = read_idx(mnist_dir, "t10k-labels-idx1-ubyte", IDX_LABELS_HEADER_BYTES)
    return images.reshape(-1, 28, 28), labels
