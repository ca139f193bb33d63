"""Start and end: ports, signals, models that are refused, and the health check."""

import http.client
import json
import re
import signal
import struct
import threading
import time

import pytest

from digitd import MODEL, START_SECONDS, Digitd, changed_model, encoded, run, wait_until


def test_port_0_is_a_free_port_and_is_told():
    with Digitd() as one, Digitd() as other:
        assert one.port != other.port
        assert one.get("/health").json()["status"] == "ok"


def test_a_port_that_is_taken_is_one_line_and_exit_code_1(server):
    result = run("--listen", f"127.0.0.1:{server.port}", "--model", MODEL)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert str(server.port) in result.stderr


def test_ipv6_is_served():
    with Digitd(host="[::1]") as server:
        assert server.get("/livez").status_code == 200


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server_at_once(signal_number):
    server = Digitd()
    with server.connect():
        start = time.monotonic()
        assert server.stop(signal_number) == (0, "")
        assert time.monotonic() - start < 5


class Load:
    """Clients that ask again and again, each on a new connection, until the server takes no more of them.

    A connection is refused if it was never made; it is lost if it was made and closed without a whole answer.
    """

    def __init__(self, server, body, clients=4):
        self.server = server
        self.body = body
        self.answers = []
        self.refused = []
        self.lost = []
        self.threads = [threading.Thread(target=self._ask_until_the_end) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def _ask_until_the_end(self):
        while True:
            connection = http.client.HTTPConnection(self.server.host, self.server.port, START_SECONDS)
            try:
                connection.connect()
            except ConnectionRefusedError as error:
                self.refused.append(error)
                return
            try:
                self.answers.append(self._ask(connection))
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(error)
                return
            finally:
                connection.close()

    def _ask(self, connection):
        """The answer's status, and the number of its predictions."""
        connection.request("POST", "/predict", self.body,
                           {"Content-Type": "application/json", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, len(json.loads(answer.read()).get("predictions", []))

    def wait(self):
        for thread in self.threads:
            thread.join(START_SECONDS)


@pytest.fixture(scope="module", params=[signal.SIGTERM, signal.SIGINT])
def stopped_load(request, seven):
    """A load under which a server was stopped, the failures before that, and how the server ended."""
    server = Digitd("--workers", 2)
    load = Load(server, json.dumps({"instances": [{"pixels": seven.tolist()}] * 64}))
    assert wait_until(lambda: len(load.answers) > 8)
    early = load.refused + load.lost
    ended = server.stop(request.param)
    load.wait()
    return load, early, ended


def test_a_signal_under_load_ends_the_server_cleanly(stopped_load):
    load, early, ended = stopped_load
    assert ended == (0, "")
    assert not early
    assert set(load.answers) <= {(200, 64), (503, 0)}
    assert len(load.refused) + len(load.lost) == len(load.threads)


# A race: sometimes no connection waits.
def test_a_signal_under_load_loses_no_answer(stopped_load):
    assert not stopped_load[0].lost


def test_a_request_whose_body_is_on_its_way_is_finished(seven):
    server = Digitd()
    body = encoded(seven)
    with server.connect() as connection:
        connection.sendall(b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Type: image/png\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body[:-1])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body[-1:])
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200 ") and b'"digit":7' in answer
    assert b"\r\nConnection: close\r\n" in answer
    assert server.wait() == (0, "")


def begin_request(connection):
    """Sends the head of a request whose body never comes."""
    connection.sendall(b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n")
    time.sleep(0.3)


def test_the_drain_ends_when_its_time_is_up():
    server = Digitd("--drain-timeout-ms", 500)
    with server.connect() as connection:
        begin_request(connection)
        start = time.monotonic()
        assert server.stop()[0] == 0
        assert 0.4 < time.monotonic() - start < 5


def test_a_second_signal_ends_the_server_at_once():
    server = Digitd("--drain-timeout-ms", 300000)
    with server.connect() as connection:
        begin_request(connection)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.stop()[0] == 1


def first_tensor(header):
    return header[min(name for name in header if name != "__metadata__")]


def set_dtype(header):
    first_tensor(header)["dtype"] = "F16"


def set_shape(header):
    first_tensor(header)["shape"] = [1]


def drop_metadata(header):
    del header["__metadata__"]


def rename_tensor(header):
    name = min(name for name in header if name != "__metadata__")
    header["other." + name] = header.pop(name)


def with_nan():
    return MODEL.read_bytes()[:-4] + struct.pack("<f", float("nan"))


BAD_MODELS = {
    "empty": lambda: b"",
    "seven bytes": lambda: MODEL.read_bytes()[:7],
    "cut in its header": lambda: MODEL.read_bytes()[:100],
    "cut in its data": lambda: MODEL.read_bytes()[:-1],
    "one byte too long": lambda: MODEL.read_bytes() + b"\0",
    "a PNG": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "a header of 2^63 bytes": lambda: struct.pack("<Q", 1 << 63) + b"{}",
    "another dtype": lambda: changed_model(set_dtype),
    "another shape": lambda: changed_model(set_shape),
    "another name": lambda: changed_model(rename_tensor),
    "no metadata": lambda: changed_model(drop_metadata),
    "a NaN": with_nan,
}


@pytest.mark.parametrize("name", BAD_MODELS)
def test_a_bad_model_is_refused_with_one_line(tmp_path, name):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(BAD_MODELS[name]())
    result = run("--listen", "127.0.0.1:0", "--model", path)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert str(path) in result.stderr


def test_a_missing_model_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        result = run("--listen", "127.0.0.1:0", "--model", path)
        assert result.returncode == 1
        assert len(result.stderr.splitlines()) == 1 and str(path) in result.stderr


def test_the_model_is_told_as_it_is(server):
    health = server.get("/health").json()
    assert health["uptime_seconds"] >= 0
    assert re.fullmatch("[0-9a-f]{12}", health["model"]["version"])


def test_healthcheck_asks_the_configured_address(server):
    result = run("--healthcheck", "--listen", f"127.0.0.1:{server.port}")
    assert result.returncode == 0, result.stderr
    result = run("--healthcheck", env={"DIGITD_LISTEN": f"0.0.0.0:{server.port}"})
    assert result.returncode == 0, result.stderr


def test_healthcheck_of_nothing_is_1_with_one_line():
    with Digitd() as server:
        port = server.port
    result = run("--healthcheck", "--listen", f"127.0.0.1:{port}")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1


def test_every_request_is_logged_as_one_json_line(seven):
    with Digitd() as server:
        server.post(encoded(seven), "image/png", X_Request_ID="log-1")
        assert wait_until(lambda: any(line.get("request_id") == "log-1" for line in server.lines))
        line = next(line for line in server.lines if line.get("request_id") == "log-1")
    assert (line["method"], line["path"], line["status"]) == ("POST", "/predict", 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


PROBES = ("/metrics", "/health", "/livez", "/readyz")


def ask_probes(server):
    """Asks every probe, then for something that is always logged; returns the paths that were logged."""
    for path in PROBES:
        assert server.get(path).status_code == 200
        server.post(b"", "text/plain", path=path)
    server.get("/openapi.yaml", headers={"X-Request-ID": "last"})
    assert wait_until(lambda: any(line.get("request_id") == "last" for line in server.lines))
    return [line["path"] for line in server.lines if "request_id" in line]


def test_scrapes_and_probes_are_not_logged():
    with Digitd("--workers", 1) as server:
        assert ask_probes(server) == ["/openapi.yaml"]


def test_scrapes_and_probes_may_be_logged():
    with Digitd("--workers", 1, "--access-log-probes", "true") as server:
        assert sorted(ask_probes(server)) == sorted([*PROBES, *PROBES, "/openapi.yaml"])


def test_probes_are_not_logged_without_the_access_log():
    with Digitd("--access-log", "false", "--access-log-probes", "true") as server:
        server.get("/livez")
    assert not [line for line in server.lines if "request_id" in line]


def test_the_access_log_may_be_off(seven):
    with Digitd("--access-log", "false") as server:
        server.post(encoded(seven), "image/png")
    assert not [line for line in server.lines if "request_id" in line]
