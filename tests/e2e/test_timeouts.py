"""Slow clients and clients that have gone: how long the server waits, what it then says, and what is left."""

import resource
import socket
import struct
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from digitd import Digitd, assert_problem, encoded, read_all, wait_until
from raw_http import GET_LIVEZ, PROMPTLY_S, Answer, Counted, chunked, logged, post, read_answers, series, talk

HALF_A_HEAD = b"GET /livez HTTP/1.1\r\nHost: d"


def closed_after(connection):
    """All that comes until the server closes, and the seconds until then."""
    begun = time.monotonic()
    return read_all(connection), time.monotonic() - begun


def assert_timeout(server, raw, limit, *words):
    """Asserts that what came is one 408 with the limit, also in the log."""
    answers = read_answers(raw)
    assert [answer.status for answer in answers] == [408]
    assert answers[0].headers["Connection"] == "close"
    assert assert_problem(answers[0], 408, "request-timeout", limit, *words)["limit"] == limit
    line = logged(server, answers[0].headers["X-Request-ID"])
    assert (line["status"], line["problem"]) == (408, "request-timeout")


def one_timeout(server, kind, reason=None):
    """Asserts that the block makes the server count one timeout of the kind, and its refusal."""
    refused = {"digitd_http_requests_total": {"408": 1}, "digitd_http_problems_total": {"request-timeout": 1},
               "digitd_http_rejected_total": {reason: 1}} if reason else {"digitd_http_rejected_total": {}}
    return Counted(server, digitd_http_timeouts_total={kind: 1}, **refused)


@pytest.fixture(scope="module")
def quick_head():
    with Digitd("--header-timeout-ms", 400) as digitd:
        yield digitd


@pytest.mark.parametrize("raw", [b"G", HALF_A_HEAD, b"\r\n", b"POST /predict HTTP/1.1\r\nHost: d\r\n"])
def test_header_timeout_ms(quick_head, raw):
    with one_timeout(quick_head, "header", "header_timeout"), quick_head.connect() as connection:
        connection.sendall(raw)
        came, seconds = closed_after(connection)
    assert 0.35 < seconds < PROMPTLY_S
    assert_timeout(quick_head, came, 400, "header_timeout_ms")


def drip(connection, raw, pause_s):
    """Sends one byte at a time until the server closes; returns whether all were sent."""
    for byte in raw:
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return False
        time.sleep(pause_s)
    return True


def test_header_timeout_ms_is_for_the_whole_head_and_not_for_a_pause(quick_head):
    raw = b"GET /livez HTTP/1.1\r\nHost: d\r\n" + b"X-A: b\r\n" * 90
    with one_timeout(quick_head, "header", "header_timeout"), quick_head.connect() as connection:
        begun = time.monotonic()
        assert not drip(connection, raw, 0.02)
        assert time.monotonic() - begun < PROMPTLY_S
        came = read_all(connection)
    # The connection may be reset while bytes are still under way; what has come is the answer.
    if came:
        assert_timeout(quick_head, came, 400, "header_timeout_ms")


def test_a_head_that_comes_within_header_timeout_ms_is_answered(quick_head):
    with Counted(quick_head, digitd_http_timeouts_total={}), quick_head.connect() as connection, \
            connection.makefile("rb") as stream:
        for _ in range(3):
            connection.sendall(HALF_A_HEAD)
            time.sleep(0.15)
            connection.sendall(b"\r\n\r\n")
            assert Answer(stream).status == 200
            time.sleep(0.5)  # idle, which header_timeout_ms is not about


def test_header_timeout_ms_is_not_for_a_body(quick_head, seven):
    raw = post(encoded(seven))
    with quick_head.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(raw[:-1])
        time.sleep(0.6)
        connection.sendall(raw[-1:])
        assert Answer(stream).json()["digit"] == 7


def test_a_pipelined_head_that_does_not_end_is_refused_after_the_answers(quick_head):
    with quick_head.connect() as connection:
        connection.sendall(GET_LIVEZ * 2 + HALF_A_HEAD)
        came = read_all(connection)
    assert [answer.status for answer in read_answers(came)] == [200, 200, 408]


def test_many_slow_clients_hold_up_nobody(quick_head, seven):
    """200 clients that send a byte now and then are refused in time; meanwhile others are served."""
    with ExitStack() as stack:
        slow = [stack.enter_context(quick_head.connect()) for _ in range(200)]
        begun = time.monotonic()
        at = 0
        while time.monotonic() - begun < 1:
            for connection in slow:
                try:
                    connection.sendall(HALF_A_HEAD[at : at + 1])
                except OSError:
                    pass
            at += 1
            asked = time.monotonic()
            assert quick_head.post(encoded(seven), "image/png").json()["digit"] == 7
            assert time.monotonic() - asked < 1
        assert wait_until(lambda: quick_head.gauge("digitd_http_connections") == 1, PROMPTLY_S)


def test_min_body_bytes_per_s(seven):
    """A rate of 200 bytes/s is too slow for 1024 and is refused after 5 s; 2000 bytes/s is not."""
    pixels = (b'{"pixels": %s}' % str(seven.ravel().tolist()).encode()).ljust(14000)
    requests = {"slow": (post(pixels, content_type=b"application/json"), 20),
                "slow, in chunks": (post(chunked(pixels, 100), b"Transfer-Encoding: chunked\r\n",
                                         b"application/json"), 20),
                "fast": (post(pixels, content_type=b"application/json"), 200)}
    came = {}

    def send(server, name):
        raw, size = requests[name]
        head = raw.index(b"\r\n\r\n") + 4
        with server.connect() as connection:
            connection.sendall(raw[:head])
            begun = time.monotonic()
            for at in range(head, len(raw), size):
                try:
                    connection.sendall(raw[at : at + size])
                except OSError:
                    break
                time.sleep(0.1)
                if name != "fast" and time.monotonic() - begun > 7:
                    break
            if name == "fast":
                connection.shutdown(socket.SHUT_WR)
            came[name] = read_all(connection), time.monotonic() - begun

    with Digitd() as server:
        with Counted(server, digitd_http_timeouts_total={"body": 2}, digitd_http_rejected_total={"body_timeout": 2}):
            threads = [threading.Thread(target=send, args=(server, name)) for name in requests]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for name in ("slow", "slow, in chunks"):
            raw, seconds = came[name]
            assert 4.9 < seconds < 12
            if raw:  # it may be lost if the client goes on sending
                assert_timeout(server, raw, 1024, "min_body_bytes_per_s")
        answers = read_answers(came["fast"][0])
        assert [answer.status for answer in answers] == [200] and answers[0].json()["digit"] == 7
        assert came["fast"][1] > 6, "it must have lasted longer than the time after which the rate is looked at"


def test_a_client_that_is_silent_within_a_body_is_refused(seven):
    with Digitd("--min-body-bytes-per-s", 1000000000) as server, server.connect() as connection:
        connection.sendall(post(encoded(seven))[:-1])
        came, seconds = closed_after(connection)
        assert 4.9 < seconds < 12
        assert_timeout(server, came, 1000000000, "min_body_bytes_per_s")


def test_min_body_bytes_per_s_0_waits_for_the_request_timeout(seven):
    with Digitd("--min-body-bytes-per-s", 0, "--request-timeout-ms", 6000) as server, server.connect() as connection:
        connection.sendall(post(encoded(seven))[:-1])
        came, seconds = closed_after(connection)
        assert 5.9 < seconds < 12
        assert_timeout(server, came, 6000, "request_timeout_ms")


@pytest.fixture(scope="module")
def quick():
    with Digitd("--request-timeout-ms", 500, "--send-buffer-bytes", 4096) as digitd:
        yield digitd


def test_request_timeout_ms_for_a_body(quick, seven):
    with one_timeout(quick, "request", "request_timeout"), quick.connect() as connection:
        connection.sendall(post(encoded(seven))[:-1])
        came, seconds = closed_after(connection)
    assert 0.45 < seconds < PROMPTLY_S
    assert_timeout(quick, came, 500, "request_timeout_ms")


def test_request_timeout_ms_for_an_answer_that_is_not_read(quick):
    """It cannot be said any more; the connection is closed."""
    with one_timeout(quick, "request"), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PROMPTLY_S)
        connection.connect((quick.host, quick.port))
        connection.sendall(b"GET /openapi.yaml HTTP/1.1\r\nHost: d\r\n\r\n")
        assert wait_until(lambda: quick.gauge("digitd_http_connections") == 1, PROMPTLY_S)
    assert wait_until(lambda: quick.gauge("digitd_answers_bytes") == 0, PROMPTLY_S)


def test_request_timeout_ms_begins_anew_with_each_request(quick):
    with Counted(quick, digitd_http_timeouts_total={}), quick.connect() as connection, \
            connection.makefile("rb") as stream:
        for _ in range(5):
            connection.sendall(GET_LIVEZ[:10])
            time.sleep(0.2)
            connection.sendall(GET_LIVEZ[10:])
            assert Answer(stream).status == 200


@pytest.fixture(scope="module")
def impatient():
    with Digitd("--idle-timeout-ms", 400) as digitd:
        yield digitd


@pytest.mark.parametrize("before", [b"", GET_LIVEZ, GET_LIVEZ * 3], ids=["nothing", "a request", "three requests"])
def test_idle_timeout_ms(impatient, before):
    with one_timeout(impatient, "idle"), impatient.connect() as connection:
        connection.sendall(before)
        came, seconds = closed_after(connection)
    assert 0.35 < seconds < PROMPTLY_S
    assert [answer.status for answer in read_answers(came)] == [200] * before.count(b"GET")


def test_a_connection_in_use_is_not_idle(impatient, seven):
    raw = post(encoded(seven))
    with impatient.connect() as connection, connection.makefile("rb") as stream:
        for _ in range(4):
            time.sleep(0.2)
            connection.sendall(raw[:50])
            time.sleep(0.5)
            connection.sendall(raw[50:])
            assert Answer(stream).json()["digit"] == 7


GONE = {
    "one byte": lambda request: request[:1],
    "a method": lambda request: request[:4],
    "half a head": lambda request: request[:60],
    "half a body": lambda request: request[:-50],
    "a whole request": lambda request: request,
    "a request and a half": lambda request: request + request[:60],
    "a request that is refused": lambda request: b"\0",
    "nothing": lambda request: b"",
}


def leave(connection, with_reset):
    """Closes; with_reset the peer gets RST instead of FIN."""
    if with_reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def descriptors(server):
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


@pytest.fixture(scope="module")
def unlogged():
    with Digitd("--workers", 2, "--access-log", "false") as digitd:
        yield digitd


@pytest.mark.parametrize("with_reset", [False, True], ids=["FIN", "RST"])
@pytest.mark.parametrize("name", GONE)
def test_nothing_is_left_of_clients_that_have_gone(unlogged, seven, name, with_reset):
    raw = GONE[name](post(encoded(seven)))
    assert unlogged.get("/livez").status_code == 200
    assert wait_until(lambda: unlogged.gauge("digitd_http_connections") == 1, PROMPTLY_S)
    before = descriptors(unlogged)
    for _ in range(400):
        connection = unlogged.connect()
        connection.sendall(raw)
        leave(connection, with_reset)
    assert wait_until(lambda: unlogged.gauge("digitd_http_connections") == 1, 1 if name != "a whole request" else 5)
    assert wait_until(lambda: descriptors(unlogged) <= before, PROMPTLY_S)
    assert wait_until(lambda: unlogged.requests_in_flight() == 0, PROMPTLY_S)
    assert unlogged.gauge("digitd_bodies_bytes") == 0


@pytest.mark.parametrize("with_reset", [False, True], ids=["FIN", "RST"])
def test_3000_clients_that_go_do_not_keep_others_waiting(unlogged, with_reset):
    for _ in range(3000):
        connection = unlogged.connect()
        connection.sendall(b"G")
        leave(connection, with_reset)
    asked = time.monotonic()
    assert unlogged.get("/livez").status_code == 200
    assert time.monotonic() - asked < 1


def test_clients_that_go_are_counted(seven):
    with Digitd() as server:
        with Counted(server, digitd_http_aborts_total={"head": 1, "body": 1},
                     digitd_http_rejected_total={"peer_gone": 2}):
            for raw in (HALF_A_HEAD, post(encoded(seven))[:-1]):
                with server.connect() as connection:
                    connection.sendall(raw)
            assert wait_until(lambda: series(server)['digitd_http_aborts_total{kind="body"}'] == 1, PROMPTLY_S)
            assert wait_until(lambda: series(server)['digitd_http_aborts_total{kind="head"}'] == 1, PROMPTLY_S)


@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_half_closed_connection_gets_all_its_answers(server, seven, count):
    answers = read_answers(talk(server, post(encoded(seven)) * count, half_close=True))
    assert [answer.json()["digit"] for answer in answers] == [7] * count


def test_a_half_closed_connection_gets_a_costly_answer(server, drawn_digits):
    body = encoded(drawn_digits[7].repeat(60, 0).repeat(60, 1))
    answers = read_answers(talk(server, post(body) * 3, half_close=True))
    assert [answer.json()["digit"] for answer in answers] == [7] * 3


@pytest.mark.parametrize("raw, where", [
    (HALF_A_HEAD, "head"), (b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Length: 5\r\n\r\nabc", "body"),
    (b"POST /predict HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "body"),
])
def test_a_stream_that_ends_within_a_request_is_refused(server, raw, where):
    answers = read_answers(talk(server, GET_LIVEZ + raw, half_close=True))
    assert [answer.status for answer in answers] == [200, 400]
    assert_problem(answers[1], 400, "malformed-request", f"ends within the request's {where}")
    assert answers[1].headers["Connection"] == "close"


def test_the_server_has_no_more_descriptors_than_its_connections_need(unlogged):
    """So that clients cannot make it run out of them: refused sockets that linger are few."""
    before = descriptors(unlogged)
    with ExitStack() as stack:
        for _ in range(300):
            connection = stack.enter_context(unlogged.connect())
            connection.sendall(b"\0")
            assert connection.recv(12) == b"HTTP/1.1 400"
        workers, lingering = 2, 32
        assert descriptors(unlogged) <= before + workers * lingering + 2
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > 300
    assert unlogged.get("/livez").status_code == 200
