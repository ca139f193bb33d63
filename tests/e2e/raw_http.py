"""HTTP/1.1 byte by byte: raw requests, and answers read as they stand in the stream."""

import io
import json
import re
import socket

from requests.structures import CaseInsensitiveDict

from digitd import assert_problem, read_all, wait_until

GET_HEALTH = b"GET /health HTTP/1.1\r\nHost: d\r\n\r\n"
GET_LIVEZ = b"GET /livez HTTP/1.1\r\nHost: d\r\n\r\n"

# How long a server may take to answer or to close, where neither needs any work; sanitizers slow it down.
PROMPTLY_S = 5

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [A-Za-z -]+\r\n")
HEADER_LINE = re.compile(rb"([A-Za-z-]+): ([\t -~]*)\r\n")


def post(body, headers=b"Content-Length: %d\r\n", content_type=b"image/png"):
    """A request for /predict; a %d in the headers becomes the length of the body."""
    if b"%d" in headers:
        headers = headers % len(body)
    return (b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Type: " + content_type + b"\r\n"
            + headers + b"\r\n" + body)


def chunked(body, size, extension=b""):
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n\r\n"


def read_exactly(stream, size):
    body = stream.read(size)
    assert len(body) == size, f"the stream ends after {len(body)} of {size} bytes"
    return body


class Answer:
    """One answer as it stands in the stream; has what assert_problem needs of requests.Response."""

    def __init__(self, stream, with_body=True):
        line = stream.readline()
        found = STATUS_LINE.fullmatch(line)
        assert found, line
        self.status = self.status_code = int(found[1])
        self.headers = CaseInsensitiveDict()
        while (line := stream.readline()) != b"\r\n":
            found = HEADER_LINE.fullmatch(line)
            assert found, line
            name, value = found[1].decode(), found[2].decode()
            assert name not in self.headers, f"{name} is there twice"
            self.headers[name] = value
        self.length = int(self.headers.get("Content-Length", 0))
        self.body = read_exactly(stream, self.length) if with_body and self.length > 0 else b""
        self.text = self.body.decode()

    def json(self):
        return json.loads(self.body)


def read_answers(raw, heads=frozenset()):
    """All answers in a stream, which must hold nothing else; those numbered in `heads` have no body."""
    stream = io.BytesIO(raw)
    answers = []
    while stream.tell() < len(raw):
        answers.append(Answer(stream, len(answers) not in heads))
    return answers


def talk(server, raw, half_close=False, pieces=None):
    """Sends bytes, in pieces of so many if given; returns all that comes until the server closes.

    TimeoutError if it does not close promptly.
    """
    with server.connect(timeout=PROMPTLY_S) as connection:
        if pieces:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for at in range(0, len(raw), pieces or max(len(raw), 1)):
                connection.sendall(raw[at : at + (pieces or len(raw))])
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The server closed while this was sent; its answer can still be read.
        return read_all(connection)


def series(server):
    """Every series of /metrics with its value."""
    lines = server.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def logged(server, request_id):
    """The access log's line of a request."""
    found = []

    def find():
        found[:] = [line for line in server.lines if line.get("request_id") == request_id]
        return bool(found)

    assert wait_until(find, PROMPTLY_S), f"{request_id} is not in the log"
    assert len(found) == 1, found
    return found[0]


class Counted:
    """Asserts how much counters grow in a `with` block: {series: by how much}, and others of the same metrics not."""

    def __init__(self, server, **growth):
        self.server = server
        self.growth = growth

    def __enter__(self):
        self.before = series(self.server)
        return self

    def __exit__(self, *failure):
        if failure != (None, None, None):
            return
        after = series(self.server)
        for metric, expected in self.growth.items():
            grown = {name: after[name] - self.before.get(name, 0) for name in after
                     if name.startswith(f"{metric}{{") and after[name] != self.before.get(name, 0)}
            by_label = {}
            for name, value in grown.items():
                label = re.search(r'(?:code|reason|kind)="([^"]*)"', name)[1]
                by_label[label] = by_label.get(label, 0) + value
            if metric == "digitd_http_requests_total":
                by_label["200"] = by_label.get("200", 0) - 1  # the first of the two scrapes
                by_label = {label: value for label, value in by_label.items() if value}
            assert by_label == expected, (metric, by_label)


def assert_refusal(server, raw, status, code, reason, *words, answered=(), heads=frozenset(), **options):
    """Asserts all that holds of every refusal, and returns the problem document (None for HEAD).

    `answered` are the statuses of the requests before the one that is refused.
    """
    with Counted(server, digitd_http_rejected_total={reason: 1} if reason else {},
                 digitd_http_problems_total={code: 1},
                 digitd_http_requests_total=count_of([*map(str, answered), str(status)])):
        answers = read_answers(talk(server, raw, **options), heads)
        assert [answer.status for answer in answers] == [*answered, status]
    refusal = answers[-1]
    assert refusal.headers["Connection"] == "close"
    assert refusal.headers["Content-Type"] == "application/problem+json"
    assert refusal.headers["Cache-Control"] == "no-store"
    assert refusal.length > 0
    line = logged(server, refusal.headers["X-Request-ID"])
    assert (line["status"], line["problem"]) == (status, code)
    if len(answers) - 1 in heads:
        return None
    return assert_problem(refusal, status, code, *words)


def count_of(labels):
    return {label: labels.count(label) for label in labels}
