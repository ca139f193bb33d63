"""The proxies of docker/ in front of three digitd that are restarted one after another: no client notices.

LOAD_FACTOR multiplies the number of requests (1 if it is not set).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack

import pytest

from digitd import DIGITS, ROOT, Digitd, request_bytes, wait_until
from load import Connection, Load

LOAD_FACTOR = int(os.environ.get("LOAD_FACTOR", "1"))
REQUESTS = 4000
REPLICAS = 3
PREDICT = request_bytes("POST", "/predict", (DIGITS / "7.png").read_bytes(), "image/png")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def replaced(text, *changes):
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def nginx(folder, port, replicas):
    """The command that runs docker/nginx.conf with the addresses and folders of this machine."""
    text = (ROOT / "docker/nginx.conf").read_text().replace("/tmp/", f"{folder}/")
    line = "server digitd:8080 max_fails=0;"
    servers = " ".join(line.replace("digitd:8080", f"127.0.0.1:{replica}") for replica in replicas)
    (folder / "nginx.conf").write_text(
        replaced(text, (line, servers), ("listen 8080", f"listen 127.0.0.1:{port}"), ("/dev/stderr", "stderr")))
    user = " user root;" if os.getuid() == 0 else ""  # its workers write into the folder
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", f"daemon off;{user}"]


def haproxy(folder, port, replicas):
    """The same with docker/haproxy.cfg."""
    text = (ROOT / "docker/haproxy.cfg").read_text()
    addresses = [(f" digitd-{i}:8080", f" 127.0.0.1:{replica}") for i, replica in enumerate(replicas, 1)]
    (folder / "haproxy.cfg").write_text(replaced(text, ("bind :8080", f"bind 127.0.0.1:{port}"), *addresses))
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


PROXIES = {"nginx": nginx, "haproxy": haproxy}


def answers(port, path, status=200):
    try:
        with Connection(("127.0.0.1", port)) as connection:
            return connection.ask(request_bytes("GET", path))[0] == status
    except (OSError, EOFError):
        return False


class Replica:
    """A digitd that keeps its port when it is restarted."""

    def __init__(self):
        self.server = self._start("127.0.0.1:0")

    @staticmethod
    def _start(listen):
        return Digitd("--workers", 1, "--drain-delay-ms", 500, "--access-log", "false", listen=listen)

    @property
    def port(self):
        return self.server.port

    def stop(self):
        return self.server.stop()

    def restart(self):
        assert self.server.stop(signal.SIGTERM) == (0, "")
        self.server = self._start(f"127.0.0.1:{self.port}")
        assert wait_until(lambda: answers(self.port, "/readyz"))


@pytest.fixture(params=PROXIES)
def proxied(request, tmp_path):
    """Three replicas, and the port of the proxy before them."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed; script/bootstrap --all installs it")
    with ExitStack() as stack:
        replicas = [Replica() for _ in range(REPLICAS)]
        for replica in replicas:
            stack.callback(replica.stop)
        port = free_port()
        command = PROXIES[request.param](tmp_path, port, [replica.port for replica in replicas])
        with (tmp_path / "proxy.log").open("w") as log:
            proxy = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        stack.callback(proxy.wait, 30)
        stack.callback(proxy.terminate)
        assert wait_until(lambda: answers(port, "/readyz")), (tmp_path / "proxy.log").read_text()
        yield replicas, port


def test_restarts_of_all_replicas_lose_no_request(proxied):
    replicas, port = proxied
    total = REQUESTS * LOAD_FACTOR
    loads = [Load(("127.0.0.1", port), [PREDICT], clients=4, keep_alive=keep_alive, total=total // 2)
             for keep_alive in (True, False)]
    restarts = 0
    # At least one round; until the last request, so that each of them may meet a restart.
    while restarts < REPLICAS or any(thread.is_alive() for load in loads for thread in load.threads):
        replicas[restarts % REPLICAS].restart()
        restarts += 1
        time.sleep(0.3)  # a check of the proxy sees the replica
    for load in loads:
        load.wait()
        assert not load.lost and not load.refused
        assert load.answers == {200: total // 2}


def test_a_request_passes_as_it_is(proxied):
    _, port = proxied
    with Connection(("127.0.0.1", port)) as connection:
        head, _, body = PREDICT.partition(b"\r\n\r\n")
        status, fields, answer = connection.ask(head + b"\r\nX-Request-ID: proxied-1\r\n\r\n" + body)
        assert (status, fields[b"x-request-id"], json.loads(answer)["digit"]) == (200, b"proxied-1", 7)
        status, fields, _ = connection.ask(head + b"\r\nX-Request-ID: not valid\r\n\r\n" + body)
        assert status == 200 and len(fields[b"x-request-id"]) >= 32
    assert answers(port, "/metrics", 404)
