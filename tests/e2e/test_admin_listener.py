"""The second listener: which paths it has, and that reloads and the end of the server do not wait for each other."""

import http.client
import json
import re
import shutil
import signal
import socket
import threading
import time

import pytest

from digitd import MODEL, START_SECONDS, Digitd, wait_until


class Admin:
    """A client of the admin listener, a Unix socket."""

    def __init__(self, path):
        self.path = path

    def request(self, method, path):
        """The status and the body of the answer."""
        connection = http.client.HTTPConnection("d", timeout=START_SECONDS)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(START_SECONDS)
        connection.sock.connect(self.path)
        connection.request(method, path)
        answer = connection.getresponse()
        status, body = answer.status, answer.read().decode()
        connection.close()
        return status, body


@pytest.fixture
def admin(tmp_path):
    return Admin(str(tmp_path / "admin.sock"))


def test_each_listener_has_its_own_paths(admin):
    with Digitd("--admin-listen", f"unix:{admin.path}") as server:
        assert admin.request("GET", "/health")[0] == 200
        assert admin.request("GET", "/metrics")[0] == 200
        assert admin.request("POST", "/predict")[0] == 404
        assert server.get("/livez").status_code == 200
        assert server.get("/health").status_code == 404
        assert server.get("/metrics").status_code == 404
        assert server.post(b"", None, "/admin/reload").status_code == 404
    assert not wait_until(lambda: socket.socket(socket.AF_UNIX).connect_ex(admin.path) == 0, 0.1)


def test_a_reload_replaces_the_model_while_requests_are_answered(admin, tmp_path, seven):
    model = tmp_path / "model.safetensors"
    shutil.copy(MODEL, model)
    with Digitd("--admin-listen", f"unix:{admin.path}", "--workers", 2, "--picture-threads", 2, model=model) as server:
        ended, digits = threading.Event(), []

        def ask():
            while not ended.is_set():
                answer = server.post(bytes(seven.tobytes()), "application/octet-stream")
                digits.append((answer.status_code, answer.json()["digit"]))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            status, body = admin.request("POST", "/admin/reload")
            assert status == 200, body
        model.write_bytes(b"no model")
        status, body = admin.request("POST", "/admin/reload")
        assert (status, json.loads(body)["code"]) == (500, "reload-failed")
        ended.set()
        for thread in threads:
            thread.join()
        assert set(digits) == {(200, 7)}
        reloads = json.loads(admin.request("GET", "/health")[1])["reloads"]
        assert (reloads["succeeded"], reloads["failed"]) == (10, 1)
        metrics = admin.request("GET", "/metrics")[1]
        assert re.search(r'^digitd_model_reloads_total\{result="success"\} 10$', metrics, re.M)


@pytest.mark.parametrize("delay_s", [0, 0.005, 0.01, 0.02])
def test_the_server_ends_although_a_reload_runs(admin, delay_s):
    """A reload asks each thread to change; one that came after the threads had ended would wait for ever."""
    server = Digitd("--admin-listen", f"unix:{admin.path}")

    def reload_again_and_again():
        try:
            while True:
                admin.request("POST", "/admin/reload")
        except (OSError, http.client.HTTPException):
            pass

    threads = [threading.Thread(target=reload_again_and_again) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2 + delay_s)
    assert server.stop(signal.SIGTERM) == (0, "")
    for thread in threads:
        thread.join()
