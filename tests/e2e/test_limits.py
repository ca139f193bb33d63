"""Every limit of the configuration: what is at it is served, what is one past it is refused."""

import json
import re
import socket
import subprocess
from contextlib import ExitStack

import numpy as np
import pytest
from PIL import Image

from digitd import BINARY, MODEL, Digitd, as_idx, assert_problem, encoded, environment, multipart, run, wait_until
from raw_http import (
    GET_LIVEZ, PROMPTLY_S, Answer, Counted, assert_refusal, chunked, post, read_all, read_answers, series, talk,
)

MIB = 1 << 20
JSON = b"application/json"


def flags(**limits):
    return [text for name, value in limits.items() for text in (f"--{name.replace('_', '-')}", value)]


def limited(**limits):
    return Digitd(*flags(**limits))


def test_every_limit_is_a_gauge():
    """Those that a flag sets have its value; no number of the configuration is missing."""
    chosen = {"max_body_bytes": 1000003, "max_bodies_bytes": 5000011, "max_answers_bytes": 6000013,
              "send_buffer_bytes": 70001, "max_connections": 77, "max_connections_per_peer": 66,
              "max_requests_per_connection": 9999991, "max_requests_in_flight": 55, "max_header_bytes": 4001,
              "max_headers": 33, "max_instances": 22, "max_image_side_px": 111, "max_image_pixels": 12321,
              "max_queued_requests": 44, "max_queued_ms": 333, "max_json_depth": 6, "max_multipart_parts": 3,
              "header_timeout_ms": 20001, "min_body_bytes_per_s": 11, "request_timeout_ms": 30001,
              "idle_timeout_ms": 40001}
    printed = json.loads(run(*flags(**chosen), "--print-config").stdout)
    numbers = {name: value for name, value in printed.items() if type(value) is int}
    assert chosen.items() <= numbers.items()
    with limited(**chosen) as server:
        gauges = {re.search(r'name="(.*)"', name)[1]: value for name, value in series(server).items()
                  if name.startswith("digitd_limit{")}
    assert gauges.keys() == numbers.keys()
    assert {name: gauges[name] for name in chosen} == chosen


def padded_json(seven, size):
    body = json.dumps({"pixels": seven.ravel().tolist()}).encode()
    return body + b" " * (size - len(body))


@pytest.fixture(scope="module")
def small():
    """A server with small limits, which many tests share."""
    with limited(max_body_bytes=20000, max_header_bytes=1024, max_headers=8, max_instances=3, max_image_side_px=100,
                 max_image_pixels=9000, max_json_depth=5, max_multipart_parts=1) as server:
        yield server


@pytest.mark.parametrize("chunk", [None, 1, 4096, 20000])
def test_max_body_bytes(small, seven, chunk):
    def request(size):
        body = padded_json(seven, size)
        if chunk is None:
            return post(body, content_type=JSON)
        return post(chunked(body, chunk), b"Transfer-Encoding: chunked\r\n", JSON)

    answers = read_answers(talk(small, request(20000) + GET_LIVEZ, half_close=True))
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json()["digit"] == 7
    problem = assert_refusal(small, request(20001), 413, "body-too-large", "body_too_large", 20000)
    assert problem["limit"] == 20000


@pytest.mark.parametrize("size", [20001, 30000, 4 * MIB, 12 * MIB])
@pytest.mark.parametrize("chunk", [None, 1000])
def test_a_client_that_sends_all_of_a_large_body_first_gets_the_refusal(small, size, chunk):
    body = b" " * size
    raw = post(body, content_type=JSON) if chunk is None else (
        post(chunked(body, chunk), b"Transfer-Encoding: chunked\r\n", JSON))
    with small.connect(timeout=20) as connection:
        connection.sendall(raw)
        answers = read_answers(read_all(connection))
    assert [answer.status for answer in answers] == [413]
    assert_problem(answers[0], 413, "body-too-large")
    assert answers[0].headers["Connection"] == "close"


@pytest.mark.parametrize("length", [20001 + (16 << 20), 10**12, 2**64 - 1])
def test_a_length_far_past_max_body_bytes_is_refused_at_once(small, length):
    raw = post(b"", b"Content-Length: " + str(length).encode() + b"\r\n")
    assert_refusal(small, raw, 413, "body-too-large", "body_too_large", 20000)


def head_of(size, line=b"GET /livez HTTP/1.1\r\n"):
    head = line + b"Host: d\r\nX-Pad: \r\n\r\n"
    return head.replace(b"X-Pad: ", b"X-Pad: " + b"p" * (size - len(head)))


def line_of(size):
    """A request line of so many bytes with its line end, and a whole head."""
    line = b"GET /livez? HTTP/1.1\r\n"
    return line.replace(b"?", b"?" + b"a" * (size - len(line)))


@pytest.mark.parametrize("limit", [1024, 8000, 16384])
def test_max_header_bytes(limit):
    with limited(max_header_bytes=limit) as server:
        sizes = [limit - 1, limit]
        answers = read_answers(talk(server, b"".join(map(head_of, sizes)), half_close=True))
        assert [answer.status for answer in answers] == [200, 200]
        problem = assert_refusal(server, head_of(limit + 1), 431, "head-too-large", "header_too_large", limit)
        assert problem["limit"] == limit
        problem = assert_refusal(server, line_of(limit + 2) + b"Host: d\r\n\r\n", 414, "target-too-long",
                                 "header_too_large", limit)
        assert problem["limit"] == limit
        assert_refusal(server, line_of(limit + 1) + b"Host: d\r\n\r\n", 431, "head-too-large",
                       "header_too_large", limit)
        fits = line_of(limit - len(b"Host: d\r\n\r\n")) + b"Host: d\r\n\r\n"
        assert read_answers(talk(server, fits, half_close=True))[0].status == 400  # unknown parameter


@pytest.mark.parametrize("limit", [2048, 8192, 16384])
def test_a_head_of_any_size_up_to_the_limit_is_answered(limit):
    """The library's memory has room for it, whatever it consists of."""
    lines = b"".join(b"X-%d: y\r\n" % index for index in range(98))
    with limited(max_header_bytes=limit) as server:
        for size in [*range(1200, limit, 379), limit]:
            for line in (b"GET /livez HTTP/1.1\r\n", b"GET /livez?" + b"&" * 15 + b" HTTP/1.1\r\n"):
                whole = head_of(size, line + lines)
                for pieces in (None, 1000):
                    answers = read_answers(talk(server, whole * 2, half_close=True, pieces=pieces))
                    assert [answer.status for answer in answers] == [200, 200], size


@pytest.mark.parametrize("limit", [8, 50, 100])
def test_max_headers(limit):
    def request(count):
        return (b"GET /livez HTTP/1.1\r\nHost: d\r\n" + b"".join(b"X-%d: y\r\n" % index for index in range(count - 1))
                + b"\r\n")

    with limited(max_headers=limit) as server:
        answers = read_answers(talk(server, request(limit) * 2, half_close=True))
        assert [answer.status for answer in answers] == [200, 200]
        problem = assert_refusal(server, request(limit + 1), 431, "head-too-large", "too_many_headers", limit)
        assert problem["limit"] == limit
        answers = read_answers(talk(server, post(chunked(b"x", 1)[:-2] + b"X: y\r\n" * limit + b"\r\n",
                                                 b"Transfer-Encoding: chunked\r\n"), half_close=True))
        assert [answer.status for answer in answers] == [422]


def test_max_instances(small, seven):
    pixels = {"pixels": seven.tolist()}
    answer = small.post_json({"instances": [pixels] * 3})
    assert answer.status_code == 200 and len(answer.json()["predictions"]) == 3
    for refused in (small.post_json({"instances": [pixels] * 4}), small.post(*as_idx(np.stack([seven] * 4)))):
        assert assert_problem(refused, 422, "too-many-instances", 3)["limit"] == 3
    assert small.post(*as_idx(np.stack([seven] * 3))).status_code == 200


def paper(width, height):
    return encoded(Image.new("L", (width, height), 255))


def test_max_image_side_px(small):
    for size in ((100, 50), (50, 100)):
        assert small.post(paper(*size), "image/png").status_code == 200
    for size in ((101, 50), (50, 101)):
        assert_problem(small.post(paper(*size), "image/png"), 422, "image-too-large", 101, 100)


def test_max_image_pixels(small):
    assert small.post(paper(90, 100), "image/png").status_code == 200
    assert_problem(small.post(paper(91, 99), "image/png"), 422, "image-too-large", 9000)


def test_max_json_depth(small, server, seven):
    rows = {"instances": [{"pixels": seven.tolist()}]}
    assert small.post_json(rows).status_code == 200
    assert_problem(small.post(b'{"a":' + b"[" * 5 + b"]" * 5 + b"}", "application/json"), 400, "malformed-json",
                   "deeper than 5")
    for depth, problem in ((8, (422, "invalid-input")), (9, (400, "malformed-json", "deeper than 8"))):
        nested = b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
        assert_problem(server.post(nested, "application/json"), *problem)


def form(parts):
    part, content_type = multipart(encoded(np.zeros((28, 28), np.uint8)))
    opening = part[: part.index(b"--\r\n", 60) - len(part.split(b"\r\n", 1)[0])]
    return opening * parts + part[len(opening):], content_type


def test_max_multipart_parts(small, server):
    assert small.post(*form(1)).status_code == 200
    assert_problem(small.post(*form(2)), 400, "malformed-multipart", "more than 1 parts")
    assert_problem(server.post(*form(2)), 422, "invalid-input", "second picture")


def partial(size, sent, content_type=JSON):
    return post(b" " * sent, b"Content-Length: %d\r\n" % size, content_type)


def test_what_is_only_announced_takes_nothing_of_max_bodies_bytes(seven):
    """Eight clients announce all of max_bodies_bytes and send a little; a ninth is served."""
    with Digitd() as server, ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(server.connect()).sendall(partial(8 * MIB, 1024))
        assert wait_until(lambda: server.requests_in_flight() == 8)
        assert server.gauge("digitd_bodies_bytes") == 0
        assert server.post(padded_json(seven, MIB), "application/json").json()["digit"] == 7
        assert server.post(padded_json(seven, 8 * MIB), "application/json").json()["digit"] == 7


def test_max_bodies_bytes(seven):
    """What has come of a body counts with the room that it has grown to, at most twice as much."""
    with limited(max_body_bytes=MIB, max_bodies_bytes=MIB) as server, server.connect() as first:
        whole = post(padded_json(seven, MIB), content_type=JSON)
        first.sendall(whole[: 600000])
        assert wait_until(lambda: server.gauge("digitd_bodies_bytes") == MIB)
        with Counted(server, digitd_http_rejected_total={"bodies_budget": 1},
                     digitd_http_problems_total={"no-memory": 1}):
            refused = server.post(padded_json(seven, 12289), "application/json")
            assert_problem(refused, 503, "no-memory", MIB)
        assert refused.headers["Retry-After"]
        assert server.post(padded_json(seven, 12288), "application/json").status_code == 200
        first.sendall(whole[600000:])
        with first.makefile("rb") as stream:
            assert Answer(stream).json()["digit"] == 7
        # An answer may be there a moment before the memory of its request is free.
        assert wait_until(lambda: server.gauge("digitd_bodies_bytes") == 0)
        assert server.post(padded_json(seven, MIB), "application/json").status_code == 200
        assert wait_until(lambda: server.gauge("digitd_bodies_bytes") == 0)


def test_a_body_refused_for_memory_is_received_to_its_end(seven):
    """Also one of which the beginning had come before the memory was used up."""
    with limited(max_body_bytes=MIB, max_bodies_bytes=MIB) as server, server.connect() as first, \
            server.connect() as second:
        whole = post(padded_json(seven, MIB), content_type=JSON)
        second.sendall(whole[:100000])
        assert wait_until(lambda: server.gauge("digitd_bodies_bytes") > 0)
        first.sendall(whole[:500000])
        assert wait_until(lambda: server.gauge("digitd_bodies_bytes") > 500000)
        second.sendall(whole[100000:])
        answers = read_answers(read_all(second))
        assert [answer.status for answer in answers] == [503]
        assert_problem(answers[0], 503, "no-memory")
        first.sendall(whole[500000:])
        with first.makefile("rb") as stream:
            assert Answer(stream).json()["digit"] == 7


def reluctant(server, stack):
    """A connection whose client has little room for what it does not read."""
    connection = stack.enter_context(socket.socket())
    connection.settimeout(20)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((server.host, server.port))
    return connection


ASK_LARGE = b"GET /openapi.yaml HTTP/1.1\r\nHost: d\r\n\r\n"


def test_max_answers_bytes():
    with limited(max_answers_bytes=MIB, send_buffer_bytes=4096) as server, ExitStack() as stack:
        size = len(server.get("/openapi.yaml").content)
        fit = MIB // size
        readers = [reluctant(server, stack) for _ in range(fit)]
        for reader in readers:
            reader.sendall(ASK_LARGE)
            assert reader.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200"
        refused = server.get("/openapi.yaml")
        assert_problem(refused, 503, "no-memory", MIB)
        assert refused.headers["Retry-After"]
        assert server.get("/livez").status_code == 200
        for reader in readers[: fit // 2 + 1]:
            with reader.makefile("rb") as stream:
                assert len(Answer(stream).body) == size
        assert wait_until(lambda: server.get("/openapi.yaml").status_code == 200)
        values = series(server)
        assert values['digitd_http_rejected_total{reason="answers_budget"}'] >= 1
        assert values["digitd_answers_bytes"] >= (fit - fit // 2 - 1) * size


def unsent_bytes(server):
    """For each connection of the server, the bytes that wait in the kernel to be read by its client: proc(5)."""
    found = []
    with open("/proc/net/tcp") as table:
        for fields in map(str.split, table):
            if fields[1].endswith(f":{server.port:04X}") and fields[3] == "01":
                found.append(int(fields[4].split(":")[0], 16))
    return found


def test_send_buffer_bytes():
    """300 answers that nobody reads: the kernel keeps little of them, and all can be read later."""
    with limited(send_buffer_bytes=16384, max_connections=320) as server, ExitStack() as stack:
        size = len(server.get("/openapi.yaml").content)
        assert size > 3 * 16384
        readers = [reluctant(server, stack) for _ in range(300)]
        for reader in readers:
            reader.sendall(ASK_LARGE)
        assert wait_until(lambda: server.gauge("digitd_answers_bytes") >= 300 * size)
        waiting = unsent_bytes(server)
        assert len(waiting) >= 300 and sum(waiting) > 0
        assert max(waiting) <= 2 * 16384
        for reader in readers:
            with reader.makefile("rb") as stream:
                assert len(Answer(stream).body) == size


def test_max_connections():
    with limited(max_connections=3) as server, ExitStack() as stack:
        served = [stack.enter_context(server.connect()) for _ in range(3)]
        for connection in served:
            connection.sendall(GET_LIVEZ)
            with connection.makefile("rb") as stream:
                assert Answer(stream).status == 200
        late = stack.enter_context(server.connect())
        late.sendall(GET_LIVEZ)
        late.settimeout(0.3)
        with pytest.raises(TimeoutError):
            late.recv(1)
        served[0].close()
        late.settimeout(PROMPTLY_S)
        with late.makefile("rb") as stream:
            assert Answer(stream).status == 200
        served[1].close()
        assert series(server)['digitd_http_rejected_total{reason="connections"}'] >= 1
        assert server.gauge("digitd_http_connections_limit") == 3


def from_address(server, stack, address):
    return stack.enter_context(
        socket.create_connection((server.host, server.port), PROMPTLY_S, source_address=(address, 0)))


def ask(connection, raw=GET_LIVEZ):
    connection.sendall(raw)
    with connection.makefile("rb") as stream:
        return Answer(stream)


def test_max_connections_per_peer():
    with limited(max_connections_per_peer=2, workers=2) as server, ExitStack() as stack:
        before = [from_address(server, stack, "127.0.0.2") for _ in range(2)]
        assert [ask(connection).status for connection in before] == [200, 200]
        with Counted(server, digitd_http_rejected_total={"connections_per_peer": 1},
                     digitd_http_problems_total={"overloaded": 1}, digitd_http_requests_total={"503": 1}):
            beyond = from_address(server, stack, "127.0.0.2")
            answers = read_answers(read_all(beyond))
            assert [answer.status for answer in answers] == [503]
        assert assert_problem(answers[0], 503, "overloaded", 2)["limit"] == 2
        assert answers[0].headers["Connection"] == "close"
        assert answers[0].headers["Retry-After"]
        assert ask(from_address(server, stack, "127.0.0.3")).status == 200
        assert [ask(connection).status for connection in before] == [200, 200]
        before[0].close()

        def is_accepted():
            with ExitStack() as own:
                return ask(from_address(server, own, "127.0.0.2")).status == 200

        assert wait_until(is_accepted, PROMPTLY_S)


def test_one_peer_cannot_use_up_all_connections():
    with limited(max_connections=20, max_connections_per_peer=5) as server, ExitStack() as stack:
        for _ in range(60):
            from_address(server, stack, "127.0.0.2")
        assert wait_until(lambda: server.get("/livez").status_code == 200, PROMPTLY_S)
        assert ask(from_address(server, stack, "127.0.0.3")).status == 200


@pytest.mark.parametrize("limit", [1, 3])
def test_max_requests_per_connection(limit):
    with limited(max_requests_per_connection=limit) as server:
        answers = read_answers(talk(server, GET_LIVEZ * (limit + 2)))
        assert [answer.status for answer in answers] == [200] * limit
        closes = ["close" == answer.headers.get("Connection", "").lower() for answer in answers]
        assert closes == [False] * (limit - 1) + [True]
        with server.connect(timeout=PROMPTLY_S) as connection:
            for _ in range(limit):
                answer = ask(connection)
            assert answer.headers["Connection"] == "close"
            assert read_all(connection) == b""


def test_max_requests_in_flight(seven):
    whole = post(padded_json(seven, 5000), content_type=JSON)
    with limited(max_requests_in_flight=2) as server, ExitStack() as stack:
        busy = [stack.enter_context(server.connect()) for _ in range(2)]
        for connection in busy:
            connection.sendall(whole[:-1])
        assert wait_until(lambda: server.requests_in_flight() == 2)
        with Counted(server, digitd_http_rejected_total={"requests_in_flight": 1},
                     digitd_http_problems_total={"overloaded": 1}):
            refused = server.post(padded_json(seven, 5000), "application/json")
            assert assert_problem(refused, 503, "overloaded", 2)["limit"] == 2
        assert server.get("/livez").status_code == 200
        for connection in busy:
            assert ask(connection, whole[-1:]).json()["digit"] == 7
        assert wait_until(lambda: server.requests_in_flight() == 0)
        assert server.post(padded_json(seven, 5000), "application/json").status_code == 200


def test_cheap_requests_do_not_count_for_max_requests_in_flight(seven):
    """Nor do requests that were refused and whose body is still coming."""
    whole = post(padded_json(seven, 5000), content_type=JSON)
    unread = whole.replace(b"/predict", b"/health")
    with limited(max_requests_in_flight=1) as server, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(server.connect()).sendall(unread[:-1])
        assert wait_until(lambda: server.requests_in_flight() == 5)
        with server.connect() as taken:
            taken.sendall(whole[:-1])
            assert wait_until(lambda: server.requests_in_flight() == 6)
            refused = stack.enter_context(server.connect())
            refused.sendall(whole[:-1])
            assert wait_until(lambda: server.requests_in_flight() == 7)
            assert ask(taken, whole[-1:]).json()["digit"] == 7
        # A request is in flight until its answer is sent, which a client may read a moment earlier.
        assert wait_until(lambda: server.requests_in_flight() == 6)
        assert server.post(padded_json(seven, 5000), "application/json").status_code == 200
        assert ask(refused, whole[-1:]).status == 503


@pytest.fixture(scope="module")
def slow_picture():
    """Takes a picture thread long enough to look at what waits for it."""
    rng = np.random.default_rng(7)
    return encoded(Image.fromarray(rng.integers(0, 2, (3000, 4000), np.uint8) * 3 + 250), compress_level=1)


def costly_request(seven):
    body, content_type = as_idx(np.stack([seven] * 8))
    return post(body, content_type=content_type.encode()).replace(b"/predict", b"/predict?explain=1")


@pytest.mark.parametrize("queued", [1, 3])
def test_max_queued_requests(seven, slow_picture, queued):
    with limited(picture_threads=1, max_queued_requests=queued, max_queued_ms=600000) as server, \
            ExitStack() as stack:
        running = stack.enter_context(server.connect())
        running.sendall(post(slow_picture))
        assert wait_until(lambda: server.gauge("digitd_picture_threads_busy") == 1)
        waiting = [stack.enter_context(server.connect()) for _ in range(queued)]
        for connection in waiting:
            connection.sendall(costly_request(seven))
        assert wait_until(lambda: server.gauge("digitd_picture_queue_length") == queued)
        with Counted(server, digitd_http_rejected_total={"queue_full": 1}):
            refused = ask(stack.enter_context(server.connect()), costly_request(seven))
        assert_problem(refused, 503, "overloaded", queued)
        assert refused.headers["Retry-After"]
        for connection in (running, *waiting):
            with connection.makefile("rb") as stream:
                assert Answer(stream).status == 200
        assert ask(waiting[0], costly_request(seven)).status == 200


def test_max_queued_ms(seven, slow_picture):
    """The work that runs counts; an idle thread takes a request of any size."""
    with limited(picture_threads=1, max_queued_requests=1000, max_queued_ms=1) as server, ExitStack() as stack:
        running = stack.enter_context(server.connect())
        running.sendall(post(slow_picture))
        assert wait_until(lambda: server.gauge("digitd_picture_threads_busy") == 1)
        with Counted(server, digitd_http_rejected_total={"queue_full": 1}):
            refused = ask(stack.enter_context(server.connect()), costly_request(seven))
        assert_problem(refused, 503, "overloaded", "1 ms")
        with running.makefile("rb") as stream:
            assert Answer(stream).status == 200
        assert ask(running, costly_request(seven)).status == 200


def test_cheap_requests_do_not_wait_for_costly_ones(seven, slow_picture):
    with limited(workers=1, picture_threads=1) as server, server.connect() as running:
        running.sendall(post(slow_picture))
        assert wait_until(lambda: server.gauge("digitd_picture_threads_busy") == 1)
        assert server.post(encoded(seven), "image/png").json()["digit"] == 7
        assert server.gauge("digitd_picture_threads_busy") == 1
        with running.makefile("rb") as stream:
            assert Answer(stream).status == 200


def run_with_descriptors(limit, *arguments):
    return subprocess.Popen(["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", BINARY, "--listen", "127.0.0.1:0",
                             "--model", MODEL, *map(str, arguments)], env=environment(), text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_too_few_descriptors_for_max_connections_is_an_error_at_the_start():
    process = run_with_descriptors(200, *flags(max_connections=500, workers=2))
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert re.fullmatch(r"digitd: [^\n]*max_connections is 500[^\n]* 200[^\n]*ulimit -n[^\n]*\n", errors), errors
    assert "listening" not in output


@pytest.mark.parametrize("limit, connections", [(200, range(100, 200)), (5000, range(1000, 1001))])
def test_max_connections_0_adapts_to_the_descriptors(limit, connections):
    process = run_with_descriptors(limit, *flags(max_connections=0, workers=2))
    try:
        line = next(line for line in map(json.loads, process.stdout) if line["msg"] == "listening")
        assert line["max_connections"] in connections
        with ExitStack() as stack:
            peers = [stack.enter_context(socket.create_connection(("127.0.0.1", line["port"]), 5))
                     for _ in range(min(line["max_connections"], 200))]
            assert all(ask(peer).status == 200 for peer in peers)
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0
