"""HTTP/1.1 itself: connections, framing, and the requests that smugglers send."""

import json
import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from digitd import FORMS, Digitd, encoded, read_all, wait_until
from raw_http import GET_HEALTH, PROMPTLY_S, Answer, chunked, post, talk

# As many events as libmicrohttpd fetches at once.
EVENTS = 128


@pytest.mark.parametrize("clients", [EVENTS, EVENTS + 1, 2 * EVENTS])
def test_clients_that_ask_at_the_same_moment_are_all_answered(clients):
    with Digitd("--workers", 1) as server, ExitStack() as stack:
        connections = [stack.enter_context(server.connect(timeout=5)) for _ in range(clients)]
        streams = [stack.enter_context(connection.makefile("rb")) for connection in connections]
        for _ in range(3):
            server.process.send_signal(signal.SIGSTOP)
            for connection in connections:
                connection.sendall(GET_HEALTH)
            server.process.send_signal(signal.SIGCONT)
            assert all(Answer(stream).status == 200 for stream in streams)


def test_a_connection_is_kept_for_further_requests(server, seven):
    with requests.Session() as session:
        answers = [
            session.post(f"{server.url}/predict", encoded(seven), headers={"Content-Type": "image/png"})
            for _ in range(50)
        ]
    assert {answer.json()["digit"] for answer in answers} == {7}
    with server.connect() as connection, connection.makefile("rb") as stream:
        for _ in range(50):
            connection.sendall(GET_HEALTH)
            assert Answer(stream).status == 200


def test_connection_close_is_obeyed(server):
    raw = server.exchange(b"GET /livez HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in raw


def test_http_1_0_is_answered_and_closed(server):
    with server.connect() as connection:
        connection.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
        assert b" 200 " in read_all(connection).splitlines()[0]


def test_pipelined_requests_are_answered_in_order(server, drawn_digits):
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(b"".join(post(encoded(pixels)) for pixels in drawn_digits) + GET_HEALTH)
        answers = [json.loads(Answer(stream).body) for _ in range(11)]
    assert [answer["digit"] for answer in answers[:10]] == list(range(10))
    assert answers[10]["status"] == "ok"


@pytest.mark.parametrize("path", ["/health", "/livez", "/readyz", "/metrics", "/openapi.yaml"])
def test_head_has_the_headers_of_get_and_no_body(server, path):
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(b"HEAD %b HTTP/1.1\r\nHost: d\r\n\r\n" % path.encode() + GET_HEALTH)
        head = Answer(stream, with_body=False)
        # Were a body sent after all, this would not be an answer.
        assert Answer(stream).status == 200
    get = server.get(path)
    assert head.status == 200
    assert head.headers["content-type"] == get.headers["Content-Type"]
    assert int(head.headers["content-length"]) > 0


@pytest.mark.parametrize("path, methods", [
    ("/predict", {"POST", "OPTIONS"}), ("/health", {"GET", "HEAD", "OPTIONS"}),
])
def test_options_names_the_methods(server, path, methods):
    answer = server.request("options", path)
    assert answer.status_code == 204
    assert set(answer.headers["Allow"].split(", ")) == methods


def test_expect_100_continue_is_answered_before_the_body_is_sent(server, seven):
    body = encoded(seven)
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(post(body, b"Content-Length: %d\r\nExpect: 100-continue\r\n")[: -len(body)])
        assert stream.readline().startswith(b"HTTP/1.1 100 ")
        assert stream.readline() == b"\r\n"
        connection.sendall(body)
        assert json.loads(Answer(stream).body)["digit"] == 7


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server):
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(post(b"", b"Content-Length: 8388609\r\nExpect: 100-continue\r\n"))
        answer = Answer(stream)
    assert answer.status == 413
    assert json.loads(answer.body)["limit"] == 8388608


@pytest.mark.parametrize("path, status", [(b"/predict", 413), (b"/nothing", 404), (b"/health", 405)])
def test_a_refusal_is_heard_by_a_client_that_sends_all_of_its_body_first(server, path, status):
    request = post(b" " * 8388609).replace(b"/predict", path)
    with server.connect() as connection, connection.makefile("rb") as stream:
        for at in range(0, len(request), 1600000):
            connection.sendall(request[at : at + 1600000])
            time.sleep(0.02)
        assert Answer(stream).status == status


def test_a_body_far_over_the_limit_is_not_waited_for(server):
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(post(b"", b"Content-Length: 1000000000000\r\n"))
        assert Answer(stream).status == 413


@pytest.mark.parametrize("size", [1, 7, 100000])
def test_a_chunked_body_is_read(server, seven, size):
    body = chunked(encoded(seven), size)
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(post(body, b"Transfer-Encoding: chunked\r\n") + GET_HEALTH)
        assert json.loads(Answer(stream).body)["digit"] == 7
        assert Answer(stream).status == 200


SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: d\r\n\r\n"
SMUGGLERS = {
    "two lengths that differ": (b"Content-Length: 0\r\nContent-Length: 37\r\n", 400),
    "two lengths that agree": (b"Content-Length: 37\r\nContent-Length: 37\r\n", 400),
    "a list of lengths": (b"Content-Length: 37, 37\r\n", 400),
    "a length and chunked": (b"Content-Length: 37\r\nTransfer-Encoding: chunked\r\n", 400),
    "chunked and a length": (b"Transfer-Encoding: chunked\r\nContent-Length: 37\r\n", 400),
    "an unknown coding": (b"Transfer-Encoding: gzip\r\n", 501),
    "chunked and more": (b"Transfer-Encoding: chunked, identity\r\n", 501),
    "not quite chunked": (b"Transfer-Encoding: xchunked\r\n", 501),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
    "chunked and identity": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400),
    "a length with a sign": (b"Content-Length: +37\r\n", 400),
    "a negative length": (b"Content-Length: -1\r\n", 400),
    "a length in hexadecimal": (b"Content-Length: 0x25\r\n", 400),
    "a length beyond 64 bits": (b"Content-Length: 18446744073709551616\r\n", 400),
    "a space before the colon": (b"Content-Length : 37\r\n", 400),
    "two hosts": (b"Host: e\r\nContent-Length: 37\r\n", 400),
}


@pytest.mark.parametrize("name", SMUGGLERS)
def test_ambiguous_framing_is_refused_and_the_connection_closed(server, name):
    headers, status = SMUGGLERS[name]
    raw = server.exchange(post(SMUGGLED, headers))
    assert int(raw.split(b" ", 2)[1]) == status, raw
    assert b"\r\nConnection: close\r\n" in raw
    assert b"# HELP" not in raw, "what stood behind the request was answered"


def test_http_1_1_without_a_host_is_400(server):
    assert b" 400 " in server.exchange(b"GET /livez HTTP/1.1\r\n\r\n").splitlines()[0]


WRONG_HEADS = {
    "another version": (b"GET / HTTP/9.9\r\nHost: d\r\n\r\n", 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "a target of 100 kB": (b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\nHost: d\r\n\r\n", 414),
    "20,000 headers": (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n", 431),
    "no target": (b"GET\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", WRONG_HEADS)
def test_a_head_that_is_not_http_1_1_gets_one_answer_that_refuses_it(server, name):
    raw, status = WRONG_HEADS[name]
    answer = talk(server, raw, half_close=True)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert server.get("/livez").status_code == 200


UNFINISHED_HEADS = {
    "empty lines": b"\r\n\r\n",
    "NULs": b"\0" * 64,
    "bytes that are not text": b"\xff" * 5000,
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("name", UNFINISHED_HEADS)
def test_a_client_that_ends_its_stream_within_a_head_is_refused(server, name):
    assert talk(server, UNFINISHED_HEADS[name], half_close=True).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("raw", [*UNFINISHED_HEADS.values(), *(raw for raw, _ in WRONG_HEADS.values())],
                         ids=[*UNFINISHED_HEADS, *WRONG_HEADS])
def test_what_is_not_http_harms_nobody_else(server, raw):
    with server.connect() as connection:
        try:
            connection.sendall(raw)
        except OSError:
            pass  # The server closed while this was sent.
        assert server.get("/livez").status_code == 200


@pytest.mark.parametrize("sent, answered", [
    ("abc.DEF-123_x", True), ("a" * 128, True), ("a" * 129, False), ("a b", False), ("ä", False),
    ('"', False),
])
def test_the_request_id_is_echoed_if_it_is_well_formed(server, sent, answered):
    answer = server.get("/livez", headers={"X-Request-ID": sent.encode("latin-1")})
    assert (answer.headers["X-Request-ID"] == sent) == answered


def test_requests_without_an_id_get_different_ones(server):
    ids = {server.get("/livez").headers["X-Request-ID"] for _ in range(20)}
    assert len(ids) == 20


def test_a_slow_client_holds_up_nobody(server, seven):
    with server.connect() as slow, slow.makefile("rb") as stream:
        for byte in post(encoded(seven))[:-1]:
            slow.sendall(bytes([byte]))
        start = time.monotonic()
        assert server.get("/livez").status_code == 200
        assert time.monotonic() - start < 1
        slow.sendall(post(encoded(seven))[-1:])
        assert json.loads(Answer(stream).body)["digit"] == 7


def test_a_silent_connection_is_closed_after_the_timeout():
    with Digitd("--idle-timeout-ms", 500) as server, server.connect() as connection:
        start = time.monotonic()
        assert read_all(connection) == b""
        assert 0.4 < time.monotonic() - start < PROMPTLY_S


def test_clients_that_leave_early_are_forgotten(seven):
    request = post(encoded(seven))
    with Digitd() as server:
        for cut in range(0, len(request), 7):
            with server.connect() as connection:
                connection.sendall(request[:cut])
        for _ in range(50):
            with server.connect() as connection:
                connection.sendall(request)
        assert wait_until(lambda: server.gauge("digitd_http_connections") == 1, PROMPTLY_S)
        assert server.requests_in_flight() == 0


def test_a_pipelined_violation_with_bytes_behind_it_does_not_reset_the_connection(server):
    """What is unread when a socket is closed resets the connection, and a client may lose the answers with it."""
    violation = b"GET /livez HTTP/1.1\r\nHost : d\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: d\r\n\r\n" + violation + bytes(100000))
        time.sleep(0.2)  # for the reset, were there one
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        answers = read_all(connection)
    assert re.findall(rb"HTTP/1.1 (\d+) ", answers) == [b"200", b"400"]


def test_many_clients_at_once_get_answers_equal_to_the_bit(server, drawn_digits):
    forms = ("flat", "rows", "octets", "png")
    expected = {form: [server.post(*FORMS[form](pixels)).text for pixels in drawn_digits]
                for form in forms}

    def ask(client):
        form = forms[client % 4]
        with requests.Session() as session:
            for turn in range(20):
                digit = (client + turn) % 10
                body, content_type = FORMS[form](drawn_digits[digit])
                answer = session.post(f"{server.url}/predict", body,
                                      headers={"Content-Type": content_type}, timeout=60)
                assert answer.text == expected[form][digit]

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(ask, range(32)))


def ask_alive(connection):
    connection.sendall(b"GET /livez HTTP/1.1\r\nHost: d\r\n\r\n")


def is_answered(connection, wait_s):
    connection.settimeout(wait_s)
    try:
        return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except TimeoutError:
        return False


def test_the_limit_of_connections_is_for_all_workers_together():
    with Digitd("--max-connections", 3, "--workers", 2) as server, ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(3)]
        for connection in connections:
            ask_alive(connection)
            assert is_answered(connection, 20)
        late = stack.enter_context(server.connect())
        ask_alive(late)
        assert not is_answered(late, 0.3)
        connections[1].close()
        assert is_answered(late, 20)


def sockets_in_epoll_sets(server):
    """How many sockets each epoll descriptor of the process watches, by Linux's proc(5)."""
    folder = Path(f"/proc/{server.process.pid}")
    sockets = {link.name for link in (folder / "fd").iterdir()
               if os.readlink(link).startswith("socket:")}
    counts = []
    for link in (folder / "fd").iterdir():
        if os.readlink(link) == "anon_inode:[eventpoll]":
            watched = re.findall(r"^tfd:\s*(\d+)", (folder / "fdinfo" / link.name).read_text(), re.M)
            counts.append(len(sockets.intersection(watched)))
    return sorted(counts)


def test_connections_are_shared_out_evenly():
    with Digitd("--workers", 2) as server, ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(8)]
        for connection in connections:
            ask_alive(connection)
            assert is_answered(connection, 20)
        listening, asking = 1, 1
        # libmicrohttpd's set and digitd's own: requests, and peers that leave.
        assert sockets_in_epoll_sets(server) == [4, 4, listening + 4, listening + 4]
        assert server.gauge("digitd_http_connections") == 8 + asking


def test_more_connections_than_the_limit_do_not_stop_the_server():
    with Digitd("--max-connections", 8, "--workers", 2) as server:
        connections = [server.connect() for _ in range(40)]
        for connection in connections:
            connection.close()
        answers = []
        asker = threading.Thread(target=lambda: answers.append(server.get("/livez").status_code))
        asker.start()
        asker.join(20)
        assert answers == [200]
