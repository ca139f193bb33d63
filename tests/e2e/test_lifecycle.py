"""Start and end: ports, signals, models that are refused, and the health check."""

import json
import re
import signal
import struct
import time

import pytest
from PIL import Image

from digitd import DIGITS, MODEL, START_SECONDS, Digitd, changed_model, encoded, request_bytes, run, wait_until
from load import Connection, Load


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


PREDICT = request_bytes("POST", "/predict", (DIGITS / "7.png").read_bytes(), "image/png")
READY = request_bytes("GET", "/readyz")


@pytest.mark.parametrize("keep_alive", [False, True], ids=["a connection each", "kept connections"])
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_loses_no_answer(signal_number, keep_alive):
    for delay_ms in (0, 300):
        server = Digitd("--workers", 2, "--drain-delay-ms", delay_ms)
        load = Load((server.host, server.port), [PREDICT], clients=8, keep_alive=keep_alive)
        assert wait_until(lambda: load.count > 200)
        assert not load.refused
        assert server.stop(signal_number) == (0, "")
        load.wait()
        assert not load.lost
        assert set(load.answers) == {200}
        assert len(load.refused) == 8
        assert server.logged("stopped")


def test_a_signal_under_load_on_a_unix_socket_loses_no_answer(tmp_path):
    path = tmp_path / "digitd.sock"
    server = Digitd("--workers", 2, listen=f"unix:{path}")
    load = Load(path, [PREDICT], clients=8)
    assert wait_until(lambda: load.count > 200)
    start = time.monotonic()
    assert server.stop() == (0, "")
    assert time.monotonic() - start < 5
    load.wait()
    assert not load.lost and len(load.refused) == 8
    assert not path.exists()


def test_all_is_served_during_the_delay_and_probes_on_new_connections_see_it():
    server = Digitd("--drain-delay-ms", 1500)
    address = (server.host, server.port)
    with Connection(address) as kept:
        assert kept.ask(READY)[0] == 200
        server.process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        assert wait_until(lambda: server.logged("draining"))
        assert server.logged("draining")[0]["signal"] == "SIGTERM"
        for request, status in ((READY, 503), (PREDICT, 200), (request_bytes("GET", "/health"), 200)):
            with Connection(address) as new:
                got, fields, body = new.ask(request)
            assert (got, fields[b"connection"]) == (status, b"close"), body
        assert kept.ask(PREDICT)[1][b"connection"] == b"close"
        assert server.wait() == (0, "")
    assert 1.4 < time.monotonic() - start < 4


def test_the_delay_is_half_a_second_unless_it_is_set():
    assert json.loads(run("--print-config").stdout)["drain_delay_ms"] == 500


def test_a_request_whose_head_is_on_its_way_is_finished():
    server = Digitd()
    with Connection((server.host, server.port)) as connection:
        connection.send(PREDICT[:20])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.send(PREDICT[20:])
        status, fields, body = connection.answer()
    assert (status, fields[b"connection"], json.loads(body)["digit"]) == (200, b"close", 7)
    assert server.wait() == (0, "")


def test_idle_connections_hardly_delay_the_end():
    server = Digitd()
    kept = [Connection((server.host, server.port)) for _ in range(20)]
    for connection in kept:
        assert connection.ask(READY)[0] == 200
    start = time.monotonic()
    assert server.stop() == (0, "")
    assert time.monotonic() - start < 2
    for connection in kept:
        assert connection.socket.recv(1) == b""
        connection.close()


def test_clients_that_wait_for_a_place_are_served_before_the_end():
    """Idle connections have all places: they are closed for those that wait in the backlog."""
    server = Digitd("--max-connections", 4)
    address = (server.host, server.port)
    kept = [Connection(address) for _ in range(4)]
    for connection in kept:
        assert connection.ask(READY)[0] == 200
    waiting = [Connection(address) for _ in range(3)]
    for connection in waiting:
        connection.send(PREDICT)
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    for connection in waiting:
        status, fields, _ = connection.answer()
        assert (status, fields[b"connection"]) == (200, b"close")
    for connection in kept + waiting:
        connection.close()
    assert server.wait() == (0, "")
    assert server.logged("stopped")


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
        assert 0.4 < time.monotonic() - start < 1.2
    cut_off = server.logged("stopped with requests cut off")[0]
    assert (cut_off["connections"], cut_off["drain_timeout_ms"]) == (1, 500)


def test_pictures_that_are_being_decoded_do_not_hold_up_the_end():
    """Alone, decoding takes longer than the drain may."""
    side_px = 7071
    picture = encoded(Image.effect_noise((side_px, side_px), 64), "JPEG", quality=50)
    limits = ("--max-image-side-px", side_px, "--max-image-pixels", side_px * side_px,
              "--max-body-bytes", 67108864, "--max-bodies-bytes", 1 << 30)
    server = Digitd("--drain-timeout-ms", 500, "--picture-threads", 1, *limits)
    connections = [Connection((server.host, server.port)) for _ in range(6)]
    for connection in connections:
        connection.send(request_bytes("POST", "/predict", picture, "image/jpeg"))
    assert wait_until(lambda: server.gauge("digitd_picture_threads_busy") == 1)
    start = time.monotonic()
    assert server.stop()[0] == 0
    assert 0.4 < time.monotonic() - start < 1.2
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGPIPE"])
def test_a_signal_without_a_meaning_is_ignored(name):
    with Digitd() as server:
        server.process.send_signal(getattr(signal, name))
        if name != "SIGPIPE":
            assert wait_until(lambda: server.logged("signal ignored"))
            assert server.logged("signal ignored")[0]["signal"] == name
        assert server.get("/readyz").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_during_the_start_takes_effect_after_it(number):
    """The signal comes as soon as the process awaits it, which is before it loads the model."""
    server = Digitd(early_signal=number)
    if number == signal.SIGTERM:
        assert server.wait() == (0, "")
        return
    message = "reloaded" if number == signal.SIGHUP else "signal ignored"
    assert wait_until(lambda: server.logged(message))
    assert server.stop() == (0, "")


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
