"""The log on standard output: when nobody reads it, when its reader is gone, and when it is closed."""

import json
import os
import select
import signal
import socket
import subprocess
import time

import pytest

from digitd import BINARY, MODEL, START_SECONDS, STOP_SECONDS, environment, read_all, run, wait_until

REQUESTS = 20000
PIPELINED = 100


class Logging:
    """A digitd whose standard output is a pipe that is read on demand."""

    def __init__(self):
        self.log, write_end = os.pipe()
        self.process = subprocess.Popen(
            [BINARY, "--listen", "127.0.0.1:0", "--model", MODEL, "--workers", "2",
             "--access-log-probes", "true", "--drain-delay-ms", "0"], env=environment(),
            stdin=subprocess.DEVNULL, stdout=write_end, stderr=subprocess.PIPE, text=True)
        os.close(write_end)
        listening = b""
        while b'"listening"' not in listening or not listening.endswith(b"\n"):
            piece = os.read(self.log, 4096)
            assert piece, self.process.stderr.read()
            listening += piece
        self.port = json.loads(listening.splitlines()[-1])["port"]

    def ask(self, count):
        """Asks for /livez on one connection and returns the number of answers."""
        request = b"GET /livez HTTP/1.1\r\nHost: d\r\n\r\n"
        last = b"GET /livez HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n"
        answers = 0
        for _ in range(count // PIPELINED):
            with socket.create_connection(("127.0.0.1", self.port), START_SECONDS) as connection:
                connection.sendall(request * (PIPELINED - 1) + last)
                answers += read_all(connection).count(b"HTTP/1.1 200 ")
        return answers

    def lines(self):
        """Everything in the log until its end: every line must be JSON."""
        with open(self.log, encoding="ascii", closefd=False) as file:
            return [json.loads(line) for line in file]

    def stop(self):
        """Sends SIGTERM; returns the exit code, what is on standard error, and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)
        return self.process.returncode, self.process.stderr.read(), time.monotonic() - begun


@pytest.fixture()
def logging():
    digitd = Logging()
    yield digitd
    digitd.process.kill()
    digitd.process.wait()
    digitd.process.stderr.close()
    os.close(digitd.log)


def test_a_log_that_nobody_reads_stops_neither_answers_nor_the_end(logging):
    assert logging.ask(REQUESTS) == REQUESTS
    code, errors, seconds = logging.stop()
    assert (code, errors) == (0, "")
    assert seconds < 5
    assert 0 < len(logging.lines()) < REQUESTS


def test_losses_are_told_when_the_log_is_read_again(logging):
    assert logging.ask(REQUESTS) == REQUESTS
    logged = bytearray()
    while b"log lines lost" not in logged:
        logged += os.read(logging.log, 65536)
    while not logged.endswith(b"\n"):
        logged += os.read(logging.log, 65536)
    assert logging.ask(PIPELINED) == PIPELINED
    assert logging.stop()[:2] == (0, "")
    lines = [json.loads(line) for line in logged.decode().splitlines()] + logging.lines()
    lost = [line for line in lines if line["msg"] == "log lines lost"]
    assert len(lost) == 1 and lost[0]["level"] == "warning"
    assert len([line for line in lines if line["msg"] == "request"]) + lost[0]["lines"] == REQUESTS + PIPELINED
    assert lines[-1]["msg"] == "stopped"


def test_nothing_is_lost_if_the_log_is_read_at_the_end(logging):
    assert logging.ask(PIPELINED) == PIPELINED
    assert logging.stop()[:2] == (0, "")
    lines = [line["msg"] for line in logging.lines()]
    assert lines == ["request"] * PIPELINED + ["draining", "stopped"]


def test_a_reader_that_is_gone_stops_nothing(logging):
    os.close(logging.log)
    logging.log = os.open(os.devnull, os.O_RDONLY)
    assert logging.ask(PIPELINED) == PIPELINED
    assert logging.stop()[:2] == (0, "")


def test_a_line_does_not_wait_for_others(logging):
    for _ in range(2):
        assert logging.ask(PIPELINED) == PIPELINED
        logged = b""
        while logged.count(b"\n") < PIPELINED:
            assert select.select([logging.log], [], [], START_SECONDS)[0]
            logged += os.read(logging.log, 65536)


def without_output(*flags):
    """digitd without the descriptors 0 and 1; nothing but digitd itself may open others in their place."""
    return subprocess.Popen(["/bin/sh", "-c", 'exec "$0" "$@" <&- >&-', BINARY, *flags], env=environment(),
                            stderr=subprocess.PIPE, text=True)


def test_a_closed_output_is_not_taken_by_a_socket():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = without_output("--listen", address, "--model", MODEL)
    assert wait_until(lambda: run("--healthcheck", "--listen", address).returncode == 0)
    assert [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in (0, 1)] == [os.devnull] * 2
    process.terminate()
    assert (process.wait(STOP_SECONDS), process.stderr.read()) == (0, "")
    process.stderr.close()


def test_a_closed_output_is_an_error_for_what_is_printed():
    process = without_output("--version")
    assert process.wait(STOP_SECONDS) == 1
    assert "standard output" in process.stderr.read()
    process.stderr.close()


HIDDEN = "\x7f\x80\x9b\u061c\u200e\u2028\u202e\u2066\ufeff"


def ask_for(port, path):
    with socket.create_connection(("127.0.0.1", port), START_SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n".encode())
        return read_all(connection).decode()


def test_a_terminal_finds_nothing_to_obey_in_the_log(logging):
    """A target is visible ASCII; what is not is refused, and not quoted."""
    assert " 400 " in ask_for(logging.port, f"/{HIDDEN}é").splitlines()[0]
    assert logging.stop()[:2] == (0, "")
    with open(logging.log, encoding="utf-8", closefd=False) as file:
        text = file.read()
    assert json.loads(text.splitlines()[0])["status"] == 400
    assert not set(HIDDEN) & set(text)


def test_a_terminal_finds_nothing_to_obey_in_an_answer(server):
    body = json.dumps({HIDDEN + "é": 1}, ensure_ascii=False).encode()
    answer = server.post(body, "application/json")
    assert HIDDEN + "é" in answer.json()["detail"]
    text = answer.content.decode()
    assert "é" in text and not set(HIDDEN) & set(text)


@pytest.mark.parametrize("flags, env", [
    ([f"--listen={HIDDEN}é"], {}),
    ([f"--{HIDDEN}é"], {}),
    ([], {f"DIGITD_{HIDDEN}é": "1"}),
    ([], {"DIGITD_LOG_LEVEL": HIDDEN + "é"}),
])
def test_a_terminal_finds_nothing_to_obey_in_an_error(flags, env):
    result = run("--check-config", *flags, env=env)
    assert result.returncode == 1
    assert "é" in result.stderr and not set(HIDDEN) & set(result.stderr)
