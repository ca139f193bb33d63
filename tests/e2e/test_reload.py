"""SIGHUP and POST /admin/reload: what changes, what stays after a failure, and that no request is lost.

LOAD_FACTOR multiplies the number of reloads and requests under load (1 if it is not set).
"""

import json
import os
import re
import signal
import threading

import numpy as np
import pytest
import requests

from digitd import DIGITS, MODEL, START_SECONDS, Digitd, changed_model, encoded, request_bytes, wait_until
from load import Connection, Load

LOAD_FACTOR = int(os.environ.get("LOAD_FACTOR", "1"))
PREDICT = request_bytes("POST", "/predict", (DIGITS / "7.png").read_bytes(), "image/png")


def calibrated(uncertain_above):
    """The shipped model with another calibration, and so another version; its golden digits are of the first one."""
    def change(header):
        del header["__metadata__"]["golden"]
        header["__metadata__"]["calibration"] = json.dumps(
            {"temperature": 1, "uncertain_above": uncertain_above})
    return changed_model(change)


def replace(path, data):
    """As a deployment does it: no reader sees half of the file."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    new.replace(path)


class Reloadable(Digitd):
    """A digitd with a model and a configuration file that can be changed, and an admin listener."""

    def __init__(self, folder, *flags, **config):
        self.model = folder / "model.safetensors"
        self.config = folder / "digitd.json"
        replace(self.model, MODEL.read_bytes())
        self.configure(**config)
        super().__init__("--config", self.config, "--admin-listen", "127.0.0.1:0", *flags, model=self.model)
        port = self.logged("listening for administration")[0]["port"]
        self.admin = f"http://127.0.0.1:{port}"

    def configure(self, **config):
        replace(self.config, json.dumps(config).encode())

    def ask_admin(self, path, method="get"):
        return requests.request(method, self.admin + path, timeout=START_SECONDS)

    def health(self):
        return self.ask_admin("/health").json()

    def metric(self, pattern):
        return re.search(rf"^{pattern}(.*) (\S+)$", self.ask_admin("/metrics").text, re.M).groups()

    def post_reload(self):
        """Reloads over HTTP; returns the answer, once its line is in the log."""
        lines = len(self.lines)
        answer = self.ask_admin("/admin/reload", "post")
        assert wait_until(lambda: any("reload" in line["msg"] for line in self.lines[lines:]))
        return answer

    def reload_by(self, how):
        """Reloads by the signal or over HTTP; returns the line of the log."""
        if how == "signal":
            return self.reload()
        lines = len(self.lines)
        self.post_reload()
        return next(line for line in self.lines[lines:] if "reload" in line["msg"])


@pytest.fixture
def reloadable(tmp_path):
    with Reloadable(tmp_path) as server:
        yield server


@pytest.mark.parametrize("how", ["signal", "request"])
def test_a_new_model_is_served_everywhere(reloadable, drawn_digits, how):
    before = reloadable.health()
    assert before["reloads"] == {"succeeded": 0, "failed": 0}
    replace(reloadable.model, calibrated(0.125))
    line = reloadable.reload_by(how)
    after = reloadable.health()
    assert (line["level"], line["msg"]) == ("info", "reloaded")
    assert line["model_version"] == after["model"]["version"] != before["model"]["version"]
    assert after["model"]["uncertain_above"] == 0.125
    assert after["reloads"] == {"succeeded": 1, "failed": 0}
    assert f'version="{after["model"]["version"]}"' in reloadable.metric("digitd_model_info")[0]
    assert reloadable.metric('digitd_model_reloads_total{result="success"}') == ("", "1")
    for _ in range(8):  # new connections, of all workers
        answer = reloadable.post(encoded(drawn_digits[7]), "image/png").json()
        assert (answer["digit"], answer["model"]["version"]) == (7, after["model"]["version"])


def test_the_answer_of_a_reload_names_the_new_model(reloadable):
    replace(reloadable.model, calibrated(0.25))
    answer = reloadable.post_reload()
    model = reloadable.health()["model"]
    assert answer.status_code == 200
    assert answer.json() == {"model": {"name": model["name"], "version": model["version"]}}


FAILURES = {
    "a broken model": (lambda server: replace(server.model, MODEL.read_bytes()[:-1]), "model.safetensors"),
    "no model": (lambda server: server.model.unlink(), "model.safetensors"),
    "not JSON": (lambda server: replace(server.config, b"{"), "digitd.json"),
    "a value out of range": (lambda server: server.configure(max_instances=0), "max_instances"),
    "an unknown key": (lambda server: server.configure(unknown=1), "unknown"),
    "workers": (lambda server: server.configure(workers=7), "workers has changed, which takes a restart"),
    "picture_threads": (lambda server: server.configure(picture_threads=7), "picture_threads has changed"),
    "max_connections": (lambda server: server.configure(max_connections=17), "max_connections has changed"),
    "send_buffer_bytes": (lambda server: server.configure(send_buffer_bytes=8192), "send_buffer_bytes has"),
    "max_connections_per_peer": (
        lambda server: server.configure(max_connections_per_peer=9), "max_connections_per_peer has changed"),
}


@pytest.mark.parametrize("how", ["signal", "request"])
@pytest.mark.parametrize("failure", FAILURES)
def test_after_a_failure_all_stays_as_it_was(reloadable, seven, failure, how):
    spoil, reason = FAILURES[failure]
    before = reloadable.health()["model"]
    spoil(reloadable)
    line = reloadable.reload_by(how)
    after = reloadable.health()
    assert (line["level"], line["msg"]) == ("error", "reload failed, the settings in force stay")
    assert reason in line["reason"]
    assert after["model"] == before
    assert after["reloads"] == {"succeeded": 0, "failed": 1, "last_failure": line["reason"]}
    assert reloadable.metric('digitd_model_reloads_total{result="failure"}') == ("", "1")
    assert reloadable.post(encoded(seven), "image/png").json()["model"]["version"] == before["version"]


def test_a_reload_that_fails_is_a_problem_and_one_that_succeeds_clears_it(reloadable):
    reloadable.configure(max_instances=0)
    answer = reloadable.post_reload()
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "reload-failed" and "max_instances" in answer.json()["detail"]
    reloadable.configure()
    assert reloadable.post_reload().status_code == 200
    assert reloadable.health()["reloads"] == {"succeeded": 1, "failed": 1}


def test_body_limits_change(reloadable):
    body = bytes(784 * 4)  # not one digit, which is 422
    for limit, status in ((2048, 413), (4096, 422), (2048, 413)):
        reloadable.configure(max_body_bytes=limit)
        assert reloadable.reload()["msg"] == "reloaded"
        assert reloadable.post(body, "application/octet-stream").status_code == status
        assert reloadable.metric('digitd_limit{name="max_body_bytes"}') == ("", str(limit))


def test_time_limits_change_for_connections_that_are_open(reloadable):
    address = (reloadable.host, reloadable.port)
    with Connection(address) as idle, Connection(address) as slow:
        slow.send(PREDICT[:20])
        reloadable.configure(idle_timeout_ms=300, header_timeout_ms=300)
        reloadable.reload()
        assert slow.answer()[0] == 408
        assert idle.socket.recv(1) == b""


def test_what_is_logged_changes(reloadable, seven):
    def ask(name):
        reloadable.post(encoded(seven), "image/png", X_Request_ID=name)

    ask("one")
    reloadable.configure(access_log=False)
    reloadable.reload()
    ask("two")
    reloadable.configure(access_log=True, log_level="error")
    reloadable.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: reloadable.health()["reloads"]["succeeded"] == 2)
    ask("three")
    reloadable.configure()
    reloadable.reload()
    ask("four")
    assert wait_until(lambda: any(line.get("request_id") == "four" for line in reloadable.lines))
    names = [line["request_id"] for line in reloadable.lines if "request_id" in line]
    assert names == ["one", "four"]


def test_the_drain_has_the_times_of_the_last_reload(tmp_path):
    server = Reloadable(tmp_path, drain_timeout_ms=300000)
    server.configure(drain_timeout_ms=300)
    server.reload()
    with Connection((server.host, server.port)) as connection:
        connection.send(PREDICT[:-1])
        assert wait_until(lambda: server.metric("digitd_http_connections")[1] == "2")  # and the admin's
        assert server.stop()[0] == 0
    assert server.logged("stopped with requests cut off")[0]["drain_timeout_ms"] == 300


def test_a_server_that_is_stopping_reloads_nothing(tmp_path):
    server = Reloadable(tmp_path, "--drain-delay-ms", 1500)
    server.process.send_signal(signal.SIGTERM)
    assert wait_until(lambda: server.logged("draining"))
    answer = server.post_reload()
    assert (answer.status_code, answer.json()["detail"]) == (500, "the server is stopping")
    assert server.wait() == (0, "")


def idx(digits):
    return b"\0\0\x08\x03" + np.array([digits, 28, 28], ">u4").tobytes() + bytes(784 * digits)


def test_requests_of_all_sizes_are_right_while_max_instances_changes(reloadable):
    """A request is answered by one configuration: with its limit, and room for as many digits."""
    small, large = (request_bytes("POST", "/predict", idx(digits)) for digits in (4, 200))
    address = (reloadable.host, reloadable.port)
    loads = [Load(address, [small], clients=2, keep_alive=True), Load(address, [large], clients=3, keep_alive=True)]
    for i in range(20 * LOAD_FACTOR):
        reloadable.configure(max_instances=(300, 8)[i % 2])
        assert reloadable.reload()["msg"] == "reloaded"
    wait_until(lambda: loads[1].answers[422] > 0 and loads[1].answers[200] > 0, 5)
    for load in loads:
        load.stop()
        assert not load.lost and not load.refused
    assert set(loads[0].answers) == {200}
    assert set(loads[1].answers) == {200, 422}


def test_reloads_under_load_lose_no_request(reloadable, drawn_digits):
    """Small pictures, which workers read, and a large one, which picture threads read."""
    large = encoded(np.kron(drawn_digits[3], np.ones((20, 20), np.uint8)))
    mixed = [PREDICT] * 19 + [request_bytes("POST", "/predict", large, "image/png")]
    address = (reloadable.host, reloadable.port)
    total = 10000 * LOAD_FACTOR
    loads = [Load(address, mixed, clients=4, keep_alive=True, total=total // 2),
             Load(address, mixed, clients=4, total=total // 2)]
    models = [calibrated(0.25), MODEL.read_bytes()]
    count = 10 * LOAD_FACTOR
    for i in range(count):
        # Distributed over the time of the load.
        wait_until(lambda i=i: sum(load.count for load in loads) >= total * i // count, 600)
        replace(reloadable.model, models[i % 2])
        assert reloadable.reload_by(("signal", "request")[i % 3 == 0])["msg"] == "reloaded"
    for load in loads:
        load.wait()
        assert not load.lost and not load.refused
        assert load.answers == {200: total // 2}
    assert reloadable.health()["reloads"] == {"succeeded": count, "failed": 0}


def test_reloads_from_both_sides_at_once_end_with_the_last_model(reloadable):
    """A request is refused while another reload runs; a signal waits for it and is never lost."""
    statuses = []

    def ask():
        for _ in range(10):
            statuses.append(reloadable.ask_admin("/admin/reload", "post").status_code)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(10):
        replace(reloadable.model, calibrated(i / 16))
        reloadable.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: reloadable.health()["model"]["uncertain_above"] == 9 / 16)
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 500}
    assert reloadable.health()["reloads"]["failed"] == 0


def test_a_stop_in_the_midst_of_reloads_is_clean(tmp_path):
    for _ in range(5):
        server = Reloadable(tmp_path, "--drain-delay-ms", 50)
        load = Load((server.host, server.port), [PREDICT], clients=2, keep_alive=True)
        stopped = threading.Event()

        def ask(server=server, stopped=stopped):
            while not stopped.is_set():
                try:
                    server.ask_admin("/admin/reload", "post")
                except requests.RequestException:
                    return

        thread = threading.Thread(target=ask)
        thread.start()
        assert wait_until(lambda server=server: len(server.logged("reloaded")) > 2)
        server.process.send_signal(signal.SIGHUP)
        assert server.stop() == (0, "")
        stopped.set()
        thread.join()
        load.wait()
        assert not load.lost
