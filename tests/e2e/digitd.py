"""Runs the real digitd as a process; encodes a digit in every format that it accepts."""

import base64
import io
import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import uuid
from pathlib import Path

import requests
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("DIGITD", ROOT / "build/release/server/digitd"))
MODEL = ROOT / "models/digits.safetensors"
DIGITS = ROOT / "tests/fixtures/digits"

# Long enough for sanitizer builds on a busy machine.
START_SECONDS = 30
STOP_SECONDS = 30


def environment(**variables):
    """The environment of this process without DIGITD_* variables, plus `variables`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("DIGITD_")}
    return {**inherited, **variables}


def run(*flags, env=None, timeout=START_SECONDS):
    """Runs digitd until it exits and returns the finished process."""
    return subprocess.run(
        [BINARY, *map(str, flags)],
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def changed_model(change):
    """The bytes of the shipped model with a change made to its header, a JSON object."""
    data = MODEL.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    change(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def request_bytes(method, path, body=b"", content_type="application/octet-stream", **headers):
    """A whole request of HTTP/1.1 as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: d\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    for name, value in headers.items():
        head += f"{name}: {value}\r\n"
    return head.encode() + b"\r\n" + body


class Digitd:
    """A running digitd on a free port, which accepts requests when the constructor returns."""

    def __init__(self, *flags, host="127.0.0.1", model=MODEL, env=None, listen=None, early_signal=None):
        self.lines = []
        self.authority = host
        self.host = host.strip("[]")
        self._listening = threading.Event()
        # Tests stop hundreds of servers; those that are about stopping choose a delay.
        delay = () if "--drain-delay-ms" in flags else ("--drain-delay-ms", 0)
        self.process = subprocess.Popen(
            [BINARY, "--listen", listen or f"{host}:0", "--model", model, *map(str, (*delay, *flags))],
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if early_signal is not None:
            wait_until(self._awaits_signals)
            self.process.send_signal(early_signal)
        self._await_start()

    def _awaits_signals(self):
        """Whether the signals to stop have a handler, which is so before the model is loaded."""
        caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(caught[1], 16) >> (signal.SIGTERM - 1) & 1

    def _await_start(self):
        if not self._listening.wait(START_SECONDS) or not self.lines:
            self.process.kill()
            raise RuntimeError(f"digitd did not start: {self.process.stderr.read()}")
        listening = self.logged("listening")[0]
        self.port = listening["port"]
        self.url = f"http://{self.authority}:{self.port}"

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            if self.lines[-1]["msg"] == "listening":
                self._listening.set()
        self._listening.set()

    def logged(self, message):
        """The lines of the log with this message."""
        return [line for line in list(self.lines) if line["msg"] == message]

    def reload(self):
        """Sends SIGHUP and returns the line of the log that says what became of it."""
        messages = ("reloaded", "reload failed, the settings in force stay")
        before = sum(line["msg"] in messages for line in list(self.lines))
        self.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: sum(line["msg"] in messages for line in list(self.lines)) > before)
        return [line for line in list(self.lines) if line["msg"] in messages][before]

    def request(self, method, path, **options):
        return requests.request(method, self.url + path, timeout=START_SECONDS, **options)

    def get(self, path, **options):
        return self.request("get", path, **options)

    def post(self, body, content_type, path="/predict", **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if content_type is not None:
            headers["Content-Type"] = content_type
        return self.request("post", path, data=body, headers=headers)

    def post_json(self, value, **headers):
        return self.post(json.dumps(value), "application/json", **headers)

    def connect(self, timeout=START_SECONDS):
        return socket.create_connection((self.host, self.port), timeout=timeout)

    def gauge(self, name):
        """The value of a metric without labels."""
        return int(re.search(rf"^{name} (\d+)$", self.get("/metrics").text, re.M)[1])

    def requests_in_flight(self):
        """How many requests are received or answered, without the one that asks."""
        return self.gauge("digitd_http_requests_in_flight") - 1

    def exchange(self, raw):
        """Sends bytes and returns everything that is received until the server closes the connection."""
        with self.connect() as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def stop(self, signal_number=signal.SIGTERM):
        """Sends the signal and returns what wait() returns."""
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self):
        """Waits until the server has exited; returns its exit code and what it wrote to standard error."""
        self.process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        return self.process.returncode, self.process.stderr.read()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        code, errors = self.stop()
        if failure == (None, None, None):
            assert (code, errors) == (0, "")


def read_all(connection):
    pieces = []
    while True:
        try:
            piece = connection.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def wait_until(condition, seconds=START_SECONDS):
    """Whether `condition()` becomes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def assert_problem(answer, status, code, *words):
    """Asserts that the answer is this problem (RFC 9457) and that its detail contains every word."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["error"] == problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    for word in words:
        assert str(word) in problem["detail"], problem
    return problem


def encoded(picture, image_format="PNG", **options):
    """The bytes of an image file with a 28x28 array or a PIL picture."""
    if not isinstance(picture, Image.Image):
        picture = Image.fromarray(picture)
    out = io.BytesIO()
    picture.save(out, image_format, **options)
    return out.getvalue()


def multipart(body, name="image", file_name="seven.png", content_type="image/png"):
    """A form with one file, as `curl -F image=@seven.png` sends it: (body, Content-Type)."""
    boundary = "-" * 24 + uuid.uuid4().hex[:16]
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    tail = f"\r\n--{boundary}--\r\n"
    return head.encode() + body + tail.encode(), f"multipart/form-data; boundary={boundary}"


def as_json(value):
    return json.dumps(value).encode(), "application/json"


def as_idx(digits):
    """Digits as an IDX file, the format of MNIST, from a [n][28][28] array of bytes: (body, Content-Type)."""
    return struct.pack(">4I", 0x803, *digits.shape) + digits.tobytes(), "application/octet-stream"


# Every format of one digit: a function from a [28][28] array of bytes to (body, Content-Type).
FORMS = {
    "png": lambda pixels: (encoded(pixels), "image/png"),
    "bmp": lambda pixels: (encoded(pixels, "BMP"), "image/bmp"),
    "multipart": lambda pixels: multipart(encoded(pixels)),
    "octets": lambda pixels: (pixels.tobytes(), "application/octet-stream"),
    "flat": lambda pixels: as_json({"pixels": pixels.ravel().tolist()}),
    "rows": lambda pixels: as_json({"pixels": pixels.tolist()}),
    "unit": lambda pixels: as_json({"max": 1, "pixels": (pixels / 255.0).tolist()}),
    "base64": lambda pixels: as_json({"b64": base64.b64encode(encoded(pixels)).decode()}),
}
