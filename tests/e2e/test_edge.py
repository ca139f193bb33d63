"""The edge of the server: what it refuses, and that it says so in one answer, in the log and in the metrics.

No byte of what is refused reaches the HTTP library, so none of this depends on the library's version.
"""

import json
import random
import re

import pytest

from digitd import FORMS, Digitd, assert_problem, encoded, wait_until
from raw_http import (
    GET_LIVEZ, Answer, Counted, assert_refusal, chunked, logged, post, read_answers, read_exactly, talk,
)

# Stands behind everything that is refused: must never be answered.
SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: d\r\n\r\n"


def get(headers=b"Host: d\r\n", line=b"GET /livez HTTP/1.1\r\n"):
    return line + headers + b"\r\n"


def line(request_line):
    return get(line=request_line + b"\r\n")


def with_header(header):
    return get(b"Host: d\r\n" + header + b"\r\n")


def post_with(header):
    return get(b"Host: d\r\n" + header + b"\r\n", b"POST /predict HTTP/1.1\r\n")


def in_chunks(chunks, version=b"1.1"):
    return (b"POST /predict HTTP/" + version + b"\r\nHost: d\r\nContent-Type: image/png\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + chunks)


def trailers(lines):
    return in_chunks(b"3\r\nabc\r\n0\r\n" + lines)


REQUEST_LINES = {
    "nothing but an empty line": b"\r\n\r\n",
    "two empty lines before it": b"\r\n\r\nGET /livez HTTP/1.1\r\nHost: d\r\n\r\n",
    "no target": b"GET\r\n\r\n",
    "an empty target": line(b"GET  HTTP/1.1"),
    "no version": line(b"GET /livez"),
    "a space and no version": line(b"GET /livez "),
    "two spaces before the target": line(b"GET  /livez HTTP/1.1"),
    "two spaces after the target": line(b"GET /livez  HTTP/1.1"),
    "a space at the beginning": line(b" GET /livez HTTP/1.1"),
    "a space at the end": line(b"GET /livez HTTP/1.1 "),
    "tabs": line(b"GET\t/livez\tHTTP/1.1"),
    "a space in the target": line(b"GET /li vez HTTP/1.1"),
    "a target that is not ASCII": line("GET /livéz HTTP/1.1".encode()),
    "a method that is no token": line(b"G(T /livez HTTP/1.1"),
    "a version in lower case": line(b"GET /livez http/1.1"),
    "a version with a digit too many": line(b"GET /livez HTTP/1.10"),
    "another protocol": line(b"GET /livez ICY/1.1"),
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "17 parameters": line(b"GET /livez?" + b"&" * 16 + b" HTTP/1.1"),
    "8000 parameters": line(b"GET /livez?" + b"a&" * 8000 + b" HTTP/1.1"),
}
VERSIONS = {
    "HTTP/9.9": line(b"GET /livez HTTP/9.9"),
    "HTTP/1.2": line(b"GET /livez HTTP/1.2"),
    "HTTP/2.0": line(b"GET /livez HTTP/2.0"),
    "a comma in the version": line(b"GET /livez HTTP/1,1"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}
HEADER_SYNTAX = {
    "Content-Length that continues": post_with(b"Content-Length: 3\r\n 9"),
    "Transfer-Encoding that continues": post_with(b"Transfer-Encoding: chunked\r\n , identity"),
    "Host on a continuation line": get(b"Host:\r\n d\r\n"),
    "Host that continues": get(b"Host: d\r\n .example\r\n"),
    "another header that continues": with_header(b"X-A: b\r\n c"),
    "a continuation line before all headers": get(b" Host: d\r\n"),
    "a space before the colon": with_header(b"X-A : b"),
    "a tab before the colon": with_header(b"X-A\t: b"),
    "a space before the colon of Content-Length": post_with(b"Content-Length : 39"),
    "a space before the colon of Transfer-Encoding": post_with(b"Transfer-Encoding : chunked"),
    "no colon": with_header(b"X-A"),
    "an empty name": with_header(b": b"),
    "a name with parentheses": with_header(b"X(A): b"),
    "a name that is not ASCII": with_header("X-Ä: b".encode()),
    "a trailer that continues": trailers(b"X-A: b\r\n c\r\n\r\n"),
    "a trailer without a colon": trailers(b"X-A\r\n\r\n"),
}
CONTROL_CHARACTERS = {
    "a NUL in Content-Length": post_with(b"Content-Length: 5\0"),
    "a NUL in Transfer-Encoding": post_with(b"Transfer-Encoding: chunked\0"),
    "a NUL in Host": get(b"Host: d\0\r\n"),
    "a vertical tab in Transfer-Encoding": post_with(b"Transfer-Encoding: \x0bchunked"),
    "a carriage return in a value": with_header(b"X-A: b\rX-B: c"),
    "a bare line feed after the request line": b"GET /livez HTTP/1.1\r\nHost: d\n\r\n",
    "a bare line feed after a header": with_header(b"X-A: b\nX-B: c"),
    "a bare line feed as the end of the head": b"GET /livez HTTP/1.1\r\nHost: d\r\n\n",
    "DEL in a value": with_header(b"X-A: \x7f"),
    "ESC in a value": with_header(b"X-A: \x1b[2J"),
    "a NUL in a trailer": trailers(b"X-A: \0\r\n\r\n"),
    "a bare line feed in trailers": trailers(b"X-A: b\n\r\n"),
}
FRAMING = {
    "no Host": get(b""),
    "no Host, but others": get(b"X-A: b\r\n"),
    "two hosts": get(b"Host: d\r\nHost: e\r\n"),
    "two equal hosts": get(b"Host: d\r\nhOsT: d\r\n"),
    "a list of hosts": get(b"Host: d, e\r\n"),
    "a host with a space": get(b"Host: d e\r\n"),
    "a host with a path": get(b"Host: d/e\r\n"),
    "a host with a user": get(b"Host: me@d\r\n"),
    "two lengths that differ": post_with(b"Content-Length: 0\r\nContent-Length: 37"),
    "two lengths that agree": post_with(b"Content-Length: 37\r\ncontent-length: 37"),
    "a list of lengths": post_with(b"Content-Length: 37, 37"),
    "no length": post_with(b"Content-Length:"),
    "a length on a continuation line": post_with(b"Content-Length:\r\n 39"),
    "a blank length": post_with(b"Content-Length: \t"),
    "a length with a sign": post_with(b"Content-Length: +37"),
    "a negative length": post_with(b"Content-Length: -1"),
    "a length in hexadecimal": post_with(b"Content-Length: 0x25"),
    "a length with a space": post_with(b"Content-Length: 3 7"),
    "a length with a fraction": post_with(b"Content-Length: 37.0"),
    "a length beyond 64 bits": post_with(b"Content-Length: 18446744073709551616"),
    "a length of 30 digits": post_with(b"Content-Length: " + b"0" * 29 + b"5"),
    "a length and chunked": post_with(b"Content-Length: 37\r\nTransfer-Encoding: chunked"),
    "chunked and a length": post_with(b"Transfer-Encoding: chunked\r\nContent-Length: 37"),
    "chunked twice": post_with(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    "chunked and identity": post_with(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    "chunked in HTTP/1.0": in_chunks(b"0\r\n\r\n", b"1.0"),
}
CODINGS = {
    "an unknown coding": post_with(b"Transfer-Encoding: gzip"),
    "identity": post_with(b"Transfer-Encoding: identity"),
    "chunked and more": post_with(b"Transfer-Encoding: chunked, identity"),
    "more and chunked": post_with(b"Transfer-Encoding: gzip, chunked"),
    "not quite chunked": post_with(b"Transfer-Encoding: xchunked"),
    "a beginning of chunked": post_with(b"Transfer-Encoding: chunk"),
    "chunked with a parameter": post_with(b"Transfer-Encoding: chunked;a=b"),
    "no coding": post_with(b"Transfer-Encoding:"),
    "a coding on a continuation line": post_with(b"Transfer-Encoding:\r\n\tchunked"),
}
CHUNKS = {
    "a size that is not hexadecimal": in_chunks(b"g\r\nabc\r\n0\r\n\r\n"),
    "no size": in_chunks(b"\r\nabc\r\n0\r\n\r\n"),
    "a size with a sign": in_chunks(b"+3\r\nabc\r\n0\r\n\r\n"),
    "a negative size": in_chunks(b"-3\r\nabc\r\n0\r\n\r\n"),
    "a size with 0x": in_chunks(b"0x3\r\nabc\r\n0\r\n\r\n"),
    "a space before the size": in_chunks(b" 3\r\nabc\r\n0\r\n\r\n"),
    "a space after the size": in_chunks(b"3 \r\nabc\r\n0\r\n\r\n"),
    "a size of 17 digits": in_chunks(b"00000000000000003\r\nabc\r\n0\r\n\r\n"),
    "a bare line feed after the size": in_chunks(b"3\nabc\r\n0\r\n\r\n"),
    "a carriage return within the size": in_chunks(b"3\r3\r\nabc\r\n0\r\n\r\n"),
    "a bare line feed after an extension": in_chunks(b"3;a=b\nabc\r\n0\r\n\r\n"),
    "a NUL in an extension": in_chunks(b"3;a=\0\r\nabc\r\n0\r\n\r\n"),
    "no line end after the data": in_chunks(b"3\r\nabc0\r\n\r\n"),
    "a bare line feed after the data": in_chunks(b"3\r\nabc\n0\r\n\r\n"),
    "data that is longer than its size": in_chunks(b"3\r\nabcd\r\n0\r\n\r\n"),
    "an extension of 5000 bytes": in_chunks(b"3;" + b"x" * 5000 + b"\r\nabc\r\n0\r\n\r\n"),
    "extensions of 100 bytes to each of 100 bytes": in_chunks(chunked(b"a" * 100, 1, b";" + b"x" * 99)),
    "a fault after good chunks": in_chunks(chunked(b"a" * 1000, 7)[:-5] + b"z\r\n"),
}
TOO_LARGE = {
    "a chunk of 16 digits": in_chunks(b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "a chunk of more than the limit": in_chunks(b"800001\r\nabc\r\n0\r\n\r\n"),
    "a chunk that exceeds the limit after another one": in_chunks(b"3\r\nabc\r\n7ffffe\r\nabc"),
}

# (raw, status, code of the problem, reason of the rejection)
REFUSED = {
    name: (raw, status, code, reason)
    for kinds, status, code, reason in (
        (REQUEST_LINES, 400, "malformed-request", "request_line"),
        (VERSIONS, 505, "unsupported-version", "version"),
        (HEADER_SYNTAX, 400, "malformed-request", "header_syntax"),
        (CONTROL_CHARACTERS, 400, "malformed-request", "control_character"),
        (FRAMING, 400, "malformed-request", "framing"),
        (CODINGS, 501, "unsupported-transfer-encoding", "framing"),
        (CHUNKS, 400, "malformed-request", "chunk_syntax"),
        (TOO_LARGE, 413, "body-too-large", "body_too_large"),
        ({"a target of 100 kB": line(b"GET /" + b"a" * 100000 + b" HTTP/1.1")}, 414, "target-too-long",
         "header_too_large"),
        ({"a header of 20 kB": with_header(b"X-A: " + b"b" * 20000),
          "trailers of 20 kB": trailers(b"X-A: " + b"b" * 20000 + b"\r\n\r\n")}, 431, "head-too-large",
         "header_too_large"),
        ({"20,000 headers": get(b"Host: d\r\n" + b"X: y\r\n" * 20000),
          "101 trailers": trailers(b"X: y\r\n" * 101 + b"\r\n")}, 431, "head-too-large", "too_many_headers"),
    )
    for name, raw in kinds.items()
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_gets_one_problem_and_a_close(server, name):
    raw, *expected = REFUSED[name]
    assert_refusal(server, raw + SMUGGLED, *expected)


@pytest.mark.parametrize("name", [name for name in REFUSED if len(REFUSED[name][0]) < 1000])
def test_it_is_refused_in_the_same_way_byte_by_byte(server, name):
    raw, *expected = REFUSED[name]
    assert_refusal(server, raw + SMUGGLED, *expected, pieces=1)


@pytest.mark.parametrize("name", REFUSED)
def test_requests_before_it_are_answered_first(server, seven, name):
    raw, *expected = REFUSED[name]
    good = GET_LIVEZ + post(encoded(seven)) + b"GET /nothing HTTP/1.1\r\nHost: d\r\n\r\n"
    with Counted(server, digitd_http_rejected_total={expected[2]: 1}):
        answers = read_answers(talk(server, good + raw + SMUGGLED))
    assert [answer.status for answer in answers] == [200, 200, 404, expected[0]]
    assert answers[1].json()["digit"] == 7
    assert_problem(answers[3], *expected[:2])
    assert answers[3].headers["Connection"] == "close"


def test_a_costly_request_before_it_is_answered_first(server, drawn_digits):
    """Its answer comes from another thread; the refusal waits for it."""
    body, content_type = FORMS["png"](drawn_digits[7].repeat(40, 0).repeat(40, 1))
    costly = post(body, content_type=content_type.encode())
    raw, *expected = REFUSED["two hosts"]
    answers = read_answers(talk(server, costly * 2 + raw + SMUGGLED))
    assert [answer.status for answer in answers] == [200, 200, expected[0]]
    assert [answer.json()["digit"] for answer in answers[:2]] == [7, 7]


@pytest.mark.parametrize("name, raw", [
    ("no Host", b"HEAD /livez HTTP/1.1\r\n\r\n"),
    ("a NUL", b"HEAD /livez HTTP/1.1\r\nHost: d\r\nX-A: \0\r\n\r\n"),
    ("a version", b"HEAD /livez HTTP/3.0\r\nHost: d\r\n\r\n"),
])
def test_a_refused_head_has_no_body(server, name, raw):
    status, code, reason = {"no Host": (400, "malformed-request", "framing"),
                            "a NUL": (400, "malformed-request", "control_character"),
                            "a version": (505, "unsupported-version", "version")}[name]
    assert_refusal(server, raw + SMUGGLED, status, code, reason, heads={0})


# One head, in which every place is tried. The target ends where the version begins.
HEAD = b"GET /livez?verbose HTTP/1.1\r\nHost: d\r\nX-A: b\r\nAccept: */*\r\n\r\n"


@pytest.mark.parametrize("character", [b"\0", b"\1", b"\x08", b"\n", b"\x0b", b"\r", b"\x1b", b"\x7f"],
                         ids=lambda character: f"{character[0]:02x}")
def test_a_control_character_is_refused_wherever_it_stands_in_a_head(server, character):
    for at in range(len(HEAD) - 1):
        raw = HEAD[:at] + character + HEAD[at:]
        answers = read_answers(talk(server, raw + SMUGGLED))
        assert len(answers) == 1, (at, answers)
        assert answers[0].status in (400, 505), (at, answers[0].text)
        assert_problem(answers[0], answers[0].status, answers[0].json()["code"])
        assert answers[0].headers["Connection"] == "close"


@pytest.mark.parametrize("extension", [b";a", b";a=b", b';a="b c"', b";a;b;c=d", b"; a = b"])
def test_chunk_extensions_are_ignored(server, seven, extension):
    raw = in_chunks(chunked(encoded(seven), 50, extension))
    for pieces in (None, 1):
        answers = read_answers(talk(server, raw + GET_LIVEZ, half_close=True, pieces=pieces))
        assert [answer.status for answer in answers] == [200, 200]
        assert answers[0].json()["digit"] == 7


def test_a_large_body_with_chunk_extensions_is_received_without_further_bytes(server, seven):
    """Removing extensions must not make the library believe that the socket has been read to its end."""
    body = json.dumps({"pixels": seven.tolist()}).encode() + b" " * 300000
    raw = in_chunks(chunked(body, 3000, b";a=" + b"x" * 9)).replace(b"image/png", b"application/json")
    for _ in range(10):
        with server.connect(timeout=5) as connection, connection.makefile("rb") as stream:
            connection.sendall(raw)
            assert Answer(stream).json()["digit"] == 7


@pytest.fixture(scope="module")
def large_heads():
    """A server that takes heads of the largest size that can be configured."""
    with Digitd("--max-header-bytes", 16384) as digitd:
        yield digitd


@pytest.mark.parametrize("lines", [
    b"X-A: b\r\n", b"X: y\r\n" * 100, b"X-A: " + b"b" * 16000 + b"\r\n",
    b"Content-Length: 37\r\nContent-Length: 38\r\nTransfer-Encoding: gzip\r\nHost: e\r\nHost: f\r\n",
    b"X-Request-ID: mine\r\nContent-Type: text/plain\r\n",
], ids=["one", "a hundred", "16 kB", "framing", "others"])
def test_trailers_are_ignored(large_heads, seven, lines):
    raw = in_chunks(chunked(encoded(seven), 50)[:-2] + lines + b"\r\n")
    answers = read_answers(talk(large_heads, raw + GET_LIVEZ, half_close=True))
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json()["digit"] == 7
    assert answers[0].headers["X-Request-ID"] != "mine"


def test_trailers_may_follow_a_head_of_the_largest_size(large_heads, seven):
    head = in_chunks(b"")
    pad = b"X-Pad: " + b"p" * (16384 - len(head) - len(b"X-Pad: \r\n")) + b"\r\n"
    raw = head[:-2] + pad + b"\r\n" + chunked(encoded(seven), 50)[:-2] + b"X: y\r\n" * 100 + b"\r\n"
    answers = read_answers(talk(large_heads, raw + GET_LIVEZ, half_close=True))
    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize("cookies", [
    b"a=b", b"", b";", b"; ".join([b"a=b"] * 3000), b"a=" + b"x" * 16000, b'"', b"=; =\xff",
], ids=["one", "empty", "a separator", "3000", "16 kB", "a quote", "malformed"])
def test_cookies_are_ignored(large_heads, cookies):
    raw = get(b"Host: d\r\nCookie: " + cookies + b"\r\nX-Request-ID: mine\r\n")
    for pieces in (None, 1000):
        answers = read_answers(talk(large_heads, raw * 2, half_close=True, pieces=pieces))
        assert [answer.status for answer in answers] == [200, 200]
        assert answers[0].headers["X-Request-ID"] == "mine"


@pytest.mark.parametrize("raw, status", [
    (b"\r\nGET /livez HTTP/1.1\r\nHost: d\r\n\r\n", 200),
    (get(b"Host: d:8080\r\n"), 200),
    (get(b"Host: [::1]:8080\r\n"), 200),
    (get(b"Host:\r\n"), 200),
    (get(b"hOST:d   \r\n"), 200),
    (b"GET http://digits.example/livez HTTP/1.1\r\nHost: digits.example\r\n\r\n", 200),
    (b"GET HTTPS://digits.example:443/livez?verbose HTTP/1.1\r\nHost: other.example\r\n\r\n", 200),
    (b"GET http://digits.example HTTP/1.1\r\nHost: digits.example\r\n\r\n", 404),
    (b"GET http://digits.example/livez/ HTTP/1.1\r\nHost: digits.example\r\n\r\n", 404),
    (b"GET //livez HTTP/1.1\r\nHost: d\r\n\r\n", 404),
    (b"GET /%6civez HTTP/1.1\r\nHost: d\r\n\r\n", 404),
    (b"GET * HTTP/1.1\r\nHost: d\r\n\r\n", 404),
    (b"CONNECT d:80 HTTP/1.1\r\nHost: d\r\n\r\n", 404),
    (b"OPTIONS * HTTP/1.1\r\nHost: d\r\n\r\n", 204),
    (b"OPTIONS / HTTP/1.1\r\nHost: d\r\n\r\n", 204),
    (b"OPTIONS / HTTP/1.0\r\n\r\n", 204),
    (b"get /livez HTTP/1.1\r\nHost: d\r\n\r\n", 405),
    (b"GET /livez?" + b"&" * 15 + b" HTTP/1.1\r\nHost: d\r\n\r\n", 200),
], ids=repr)
def test_what_is_unusual_and_valid_is_answered(server, raw, status):
    answers = read_answers(talk(server, raw, half_close=True))
    assert [answer.status for answer in answers] == [status]
    assert "X-Request-ID" in answers[0].headers
    if status == 204:
        assert "OPTIONS" in answers[0].headers["Allow"]


@pytest.mark.parametrize("query, top", [
    ("top_k=%33", 3), ("&top_k=3", 3), ("top_k=3&", 3), ("top_k=3&&explain=0", 3), ("top%5Fk=%31%30", 10),
    ("", 0), ("&", 0), ("&&", 0),
])
def test_a_query_is_decoded(server, seven, query, top):
    answer = server.post(encoded(seven), "image/png", f"/predict?{query}")
    assert answer.status_code == 200, answer.text
    assert len(answer.json().get("top_k", [])) == top


@pytest.mark.parametrize("query", [
    b"top_k=%zz", b"top_k=%3", b"top_k=%", b"top_k=3%00", b"top%00_k=3", b"top_k=%33%30",
])
def test_a_query_with_a_wrong_encoding_or_value_is_refused(server, seven, query):
    raw = post(encoded(seven)).replace(b"/predict", b"/predict?" + query)
    answers = read_answers(talk(server, raw + GET_LIVEZ, half_close=True))
    assert [answer.status for answer in answers] == [400, 200]
    assert_problem(answers[0], 400, "invalid-parameter")


def test_expect_100_continue_is_not_answered_if_the_head_is_refused(server):
    raw = post_with(b"Content-Length: 5\r\nContent-Length: 6\r\nExpect: 100-continue")
    assert_refusal(server, raw, 400, "malformed-request", "framing")


def test_expect_100_continue_works_for_chunks(server, seven):
    with server.connect(timeout=5) as connection, connection.makefile("rb") as stream:
        head = in_chunks(b"").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
        connection.sendall(head)
        assert read_exactly(stream, 25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(chunked(encoded(seven), 20) + GET_LIVEZ)
        assert Answer(stream).json()["digit"] == 7
        assert Answer(stream).status == 200


def test_the_log_has_the_path_of_each_request(server, seven):
    """With keep-alive and pipelining the library uses the memory of a request line again."""
    paths = [f"/path-{'x' * (37 * index % 200)}-{index}" for index in range(40)]
    bodies = [encoded(seven) * (index % 5) for index in range(40)]
    requests = [post(body).replace(b"/predict", path.encode()) for path, body in zip(paths, bodies)]
    with server.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(b"".join(requests))
        pipelined = [Answer(stream) for _ in requests]
        one_by_one = []
        for request in requests:
            connection.sendall(request)
            one_by_one.append(Answer(stream))
    for answers in (pipelined, one_by_one):
        lines = [logged(server, answer.headers["X-Request-ID"]) for answer in answers]
        assert [line["path"] for line in lines] == paths
        assert [line["body_bytes"] for line in lines] == [len(body) for body in bodies]


def test_a_path_in_the_log_is_without_query_and_cut_if_it_is_long(server):
    long = b"/" + b"a" * 2000
    raw = b"".join(b"GET %b HTTP/1.1\r\nHost: d\r\n\r\n" % target for target in (
        long, b"/nothing?secret=1", b"http://d.example/other?secret=1", b"/%41%00"))
    answers = read_answers(talk(server, raw, half_close=True))
    paths = [logged(server, answer.headers["X-Request-ID"])["path"] for answer in answers]
    assert paths[1:] == ["/nothing", "/other", "/%41%00"]
    assert re.fullmatch(r"/a{900,1023}\.\.\.", paths[0])


# What mutations begin with; the body of the last is binary.
def seeds(seven):
    picture = encoded(seven)
    return [
        b"GET /livez?verbose HTTP/1.1\r\nHost: d\r\nAccept: */*\r\nCookie: a=b\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: d.example:80\r\n\r\n",
        b"GET http://d/readyz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        post(picture, b"Content-Length: %d\r\nX-Request-ID: mine\r\n"),
        in_chunks(chunked(picture, 40, b";a=b")[:-2] + b"X-A: b\r\n\r\n"),
    ]


PIECES = [b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b"0", b"\xff", b"Content-Length: 9\r\n", b"\r\n ",
          b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1", b"%00", b"&" * 70, b"X: y\r\n" * 101, b"?", b"Host: e\r\n",
          b"x" * 17000, b"Expect: 200\r\n", b"ffffffffffffffff"]


def mutated(rng, raw):
    raw = bytearray(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(raw) + 1)
        match rng.randrange(5):
            case 0:
                raw[at:at] = rng.choice(PIECES)
            case 1:
                del raw[at : at + rng.choice((1, 1, 2, 5, 40))]
            case 2:
                raw[at : at + 1] = bytes([rng.randrange(256)])
            case 3:
                end = min(len(raw), at + rng.randrange(1, 60))
                raw[at:at] = raw[at:end]
            case 4:
                raw[at : at + 1] = bytes([raw[at] ^ 1 << rng.randrange(8)]) if at < len(raw) else b""
    return bytes(raw)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_requests_get_only_answers_of_this_server(server, seven, seed):
    """Each answer is well formed and has X-Request-ID, which pages of the library lack; what stands before
    the mutation is answered as ever."""
    rng = random.Random(seed)
    valid = seeds(seven)
    for _ in range(400):
        raw = GET_LIVEZ + mutated(rng, rng.choice(valid)) + rng.choice(valid)
        answers = read_answers(talk(server, raw, half_close=True))
        assert answers[0].status == 200 and answers[0].body == b"ok\n", raw
        for answer in answers:
            assert "X-Request-ID" in answer.headers, raw
            if answer.status >= 400:
                assert_problem(answer, answer.status, answer.json()["code"])
    assert server.get("/livez").status_code == 200
    assert_nothing_is_left(server)


def assert_nothing_is_left(server):
    assert wait_until(lambda: server.gauge("digitd_http_connections") == 1, 10)
    assert wait_until(lambda: server.requests_in_flight() == 0, 10)
    assert wait_until(lambda: server.gauge("digitd_bodies_bytes") == 0, 10)
    assert wait_until(lambda: server.gauge("digitd_answers_bytes") == 0, 10)


def test_refusals_leave_nothing_behind():
    with Digitd("--workers", 2) as server:
        for _ in range(3):
            for raw, *_ in REFUSED.values():
                talk(server, raw)
        assert_nothing_is_left(server)
