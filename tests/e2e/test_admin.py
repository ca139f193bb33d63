"""The admin listener: which paths it has and the public one has no longer, and that it answers whatever the rest does."""

import json
import signal
import socket
import time

import numpy as np
import pytest

from digitd import DIGITS, MODEL, Digitd, encoded, request_bytes, run, wait_until
from load import Connection, Load

PREDICT = request_bytes("POST", "/predict", (DIGITS / "7.png").read_bytes(), "image/png")


def get(address, path, method="GET"):
    """(status, body) of a request on a connection of its own."""
    with Connection(address) as connection:
        status, _, body = connection.ask(request_bytes(method, path))
    return status, body


def admin_address(server):
    line = server.logged("listening for administration")[0]
    return (line["address"], line["port"]) if line["port"] else line["address"]


@pytest.fixture(scope="module", params=["an address", "a Unix socket"])
def administered(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("admin") / "admin.sock"
    listen = "127.0.0.1:0" if request.param == "an address" else f"unix:{path}"
    with Digitd("--admin-listen", listen) as server:
        server.admin = admin_address(server)
        yield server
    assert not path.exists()


def test_the_admin_listener_has_the_paths_of_the_operator(administered):
    for path in ("/health", "/metrics", "/livez", "/readyz"):
        assert get(administered.admin, path)[0] == 200, path
    assert get(administered.admin, "/admin/reload", "POST")[0] == 200
    assert get(administered.admin, "/admin/reload")[0] == 405
    for path in ("/predict", "/openapi.yaml"):
        assert get(administered.admin, path)[0] == 404, path


def test_the_public_listener_has_them_no_longer(administered, seven):
    public = (administered.host, administered.port)
    for path in ("/health", "/metrics", "/admin/reload"):
        assert get(public, path)[0] == 404, path
        assert get(public, path, "POST")[0] == 404, path
    for path in ("/livez", "/readyz", "/openapi.yaml"):
        assert get(public, path)[0] == 200, path
    assert administered.post(encoded(seven), "image/png").json()["digit"] == 7


def test_without_an_admin_listener_nobody_can_reload(server):
    public = (server.host, server.port)
    assert get(public, "/admin/reload", "POST")[0] == 404
    assert get(public, "/metrics")[0] == get(public, "/health")[0] == 200


def test_metrics_of_both_listeners_are_counted(administered):
    text = get(administered.admin, "/metrics")[1].decode()
    assert 'digitd_thread_busy_seconds_total{role="admin",thread="0"}' in text
    assert 'digitd_http_requests_total{handler="metrics",method="GET",code="200"}' in text


@pytest.mark.parametrize("which", ["listen", "admin"])
def test_a_stale_socket_is_replaced_and_one_in_use_is_not(tmp_path, which):
    path = tmp_path / "digitd.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    assert path.is_socket()
    public = f"unix:{path}" if which == "listen" else "127.0.0.1:0"
    flags = ("--admin-listen", f"unix:{path}") if which == "admin" else ()
    with Digitd(*flags, listen=public):
        assert get(path, "/readyz")[0] == 200
        second = run("--model", MODEL, "--listen", public, *flags)
        assert second.returncode == 1
        assert len(second.stderr.splitlines()) == 1 and str(path) in second.stderr
        assert get(path, "/readyz")[0] == 200
    assert not path.exists()


def test_a_file_that_is_no_socket_is_not_replaced(tmp_path):
    path = tmp_path / "notes"
    path.write_text("notes")
    result = run("--model", MODEL, "--listen", f"unix:{path}")
    assert result.returncode == 1 and str(path) in result.stderr
    assert path.read_text() == "notes"


def test_a_socket_in_use_with_a_full_backlog_is_not_waited_for(tmp_path):
    path = tmp_path / "busy.sock"
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as first:
        busy.bind(str(path))
        busy.listen(0)
        first.connect(str(path))
        start = time.monotonic()
        result = run("--model", MODEL, "--listen", f"unix:{path}")
        assert time.monotonic() - start < 5
    assert result.returncode == 1 and str(path) in result.stderr
    assert path.is_socket()


def test_the_admin_listener_answers_while_all_other_threads_are_busy():
    """Every worker and every picture thread is stopped in a request; the admin's thread is not."""
    with Digitd("--workers", 1, "--picture-threads", 1, "--admin-listen", "127.0.0.1:0",
                "--max-connections", 8) as server:
        address = (server.host, server.port)
        large = encoded(np.random.default_rng(1).integers(0, 256, (2000, 2000), np.uint8))
        loads = [Load(address, [request_bytes("POST", "/predict", large, "image/png")], clients=4, keep_alive=True),
                 Load(address, [PREDICT], clients=4, keep_alive=True)]
        assert wait_until(lambda: all(load.count > 3 for load in loads))
        with Connection(admin_address(server)) as admin:
            for path in ("/metrics", "/health", "/livez", "/readyz") * 5:
                assert admin.ask(request_bytes("GET", path))[0] == 200
        for load in loads:
            load.stop()
            assert not load.lost


def test_admins_find_descriptors_when_the_public_listener_is_full():
    with Digitd("--admin-listen", "127.0.0.1:0", "--max-connections", 100) as server:
        address = (server.host, server.port)
        public = [Connection(address) for _ in range(150)]
        for connection in public[:100]:
            assert connection.ask(request_bytes("GET", "/readyz"))[0] == 200
        admins = [Connection(admin_address(server)) for _ in range(64)]
        for admin in admins:
            assert admin.ask(request_bytes("GET", "/livez"))[0] == 200
        for connection in public + admins:
            connection.close()


def test_the_admin_listener_is_there_until_the_end(tmp_path):
    path = tmp_path / "admin.sock"
    server = Digitd("--admin-listen", f"unix:{path}", "--drain-timeout-ms", 1000)
    with Connection((server.host, server.port)) as connection:
        connection.send(PREDICT[:-1])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert get(path, "/readyz")[0] == 503
        assert json.loads(get(path, "/health")[1])["status"] == "draining"
        assert b"\ndigitd_draining 1\n" in get(path, "/metrics")[1]
        assert server.wait()[0] == 0
    assert server.logged("stopped with requests cut off")
    assert not path.exists()


def test_healthcheck_asks_the_public_listener(tmp_path):
    path = tmp_path / "digitd.sock"
    with Digitd("--admin-listen", "127.0.0.1:0", listen=f"unix:{path}"):
        result = run("--healthcheck", "--listen", f"unix:{path}", "--admin-listen", "127.0.0.1:1")
        assert (result.returncode, result.stderr) == (0, "")
    result = run("--healthcheck", "--listen", f"unix:{path}")
    assert result.returncode == 1 and str(path) in result.stderr


def library_version(server):
    return tuple(map(int, server.logged("listening")[0]["libmicrohttpd"].split(".")))


def test_an_old_libmicrohttpd_is_told(server):
    library = server.get("/health").json()["libmicrohttpd"]
    lines = [line for line in server.lines if line["level"] == "warning" and "libmicrohttpd" in line["msg"]]
    assert library["version"] == server.logged("listening")[0]["libmicrohttpd"]
    if library_version(server) >= (1,):
        assert not lines and "notice" not in library
    else:
        assert [line["msg"] for line in lines] == [library["notice"]]
