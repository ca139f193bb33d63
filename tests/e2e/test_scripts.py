"""The scripts that users run, as far as a test may run them."""

import gzip
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digitd import ROOT, environment

FILES = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
         "train-images-idx3-ubyte", "train-labels-idx1-ubyte"]


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture()
def mirror():
    """Serves folders over HTTP: mirror(folder) is its address."""
    servers = []

    def serve(folder):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture()
def wrong_mirror(tmp_path, mirror):
    """A mirror whose files have the right names and other contents."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name in FILES:
        (folder / f"{name}.gz").write_bytes(gzip.compress(b"not MNIST"))
    return mirror(folder)


def fetch(folder, *mirrors):
    return subprocess.run(
        [ROOT / "script/fetch-mnist", folder], env=environment(MNIST_MIRRORS=" ".join(mirrors)),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )


def test_fetch_mnist_keeps_nothing_of_other_contents(tmp_path, wrong_mirror):
    result = fetch(tmp_path / "mnist", wrong_mirror)
    assert result.returncode == 1
    assert "no mirror has t10k-images-idx3-ubyte" in result.stderr
    assert not list((tmp_path / "mnist").iterdir())


def test_fetch_mnist_tries_the_next_mirror_and_keeps_what_is_right(
        tmp_path, wrong_mirror, mirror, mnist_dir):
    result = fetch(tmp_path / "mnist", wrong_mirror, mirror(mnist_dir))
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "mnist").iterdir()) == [f"{f}.gz" for f in FILES]
    again = fetch(tmp_path / "mnist", wrong_mirror)
    assert (again.returncode, again.stderr) == (0, "")


def test_bootstrap_refuses_an_unknown_option():
    result = subprocess.run([ROOT / "script/bootstrap", "--everything"], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert "--everything" in result.stderr
