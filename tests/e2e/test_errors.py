"""Every error of a request: its status and code, and that it says what is wrong, where, and the limit."""

import base64
import gzip
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digitd import FORMS, Digitd, as_idx, assert_problem, encoded, multipart, wait_until

BODY_LIMIT = 8388608
INSTANCE_LIMIT = 256
SIDE_LIMIT_PX = 12288


def flat(**changes):
    """784 zeros with some of them changed: flat(p17=256)."""
    pixels = [0] * 784
    for place, value in changes.items():
        pixels[int(place[1:])] = value
    return pixels


# (JSON text, pointer, words of the detail)
INVALID_CONTENTS = {
    "783 pixels": ({"pixels": [0] * 783}, "/pixels", ["783", "784"]),
    "785 pixels": ({"pixels": [0] * 785}, "/pixels", ["784"]),
    "no pixels": ({"pixels": []}, "/pixels", ["784"]),
    "a pixel of 256": ({"pixels": flat(p17=256)}, "/pixels/17", ["256", "255"]),
    "a pixel below 0": ({"pixels": flat(p783=-1)}, "/pixels/783", ["-1", "0"]),
    "a pixel just above 255": ({"pixels": flat(p0=255.001)}, "/pixels/0", ["255.001", "255"]),
    "a pixel just above 1": ({"pixels": flat(p5=1.01), "max": 1}, "/pixels/5", ["1.01", "1"]),
    "a pixel that is text": ({"pixels": flat(p3="7")}, "/pixels/3", []),
    "a pixel that is null": ({"pixels": flat(p3=None)}, "/pixels/3", []),
    "a pixel that is true": ({"pixels": flat(p3=True)}, "/pixels/3", []),
    "27 rows": ({"pixels": [[0] * 28] * 27}, "/pixels", ["27", "28"]),
    "29 rows": ({"pixels": [[0] * 28] * 29}, "/pixels", ["28"]),
    "a short row": ({"pixels": [[0] * 28] * 27 + [[0] * 27]}, "/pixels/27", ["27", "28"]),
    "a long row": ({"pixels": [[0] * 29] + [[0] * 28] * 27}, "/pixels/0", ["28"]),
    "a pixel of 256 in a row": (
        {"pixels": [[0] * 28] * 3 + [[0] * 9 + [256] + [0] * 18] + [[0] * 28] * 24},
        "/pixels/3/9", ["256", "255"],
    ),
    "pixels that are text": ({"pixels": "0"}, "/pixels", []),
    "pixels that are null": ({"pixels": None}, "/pixels", []),
    "max of 2": ({"pixels": flat(), "max": 2}, "/max", ["2", "255"]),
    "max that is text": ({"pixels": flat(), "max": "1"}, "/max", []),
    "max alone": ({"max": 1}, "", ["pixels"]),
    "nothing": ({}, "", ["pixels"]),
    "an unknown member": ({"pixels": flat(), "scale": 1}, "", ["scale"]),
    "two formats at once": ({"pixels": flat(), "b64": ""}, "", ["pixels", "b64"]),
    "max beside b64": ({"b64": "AAAA", "max": 1}, "", ["max"]),
    "pixels beside instances": ({"pixels": flat(), "instances": [{"pixels": flat()}]}, "",
                                ["instances"]),
    "an array": ([flat()], "", []),
    "a number": (7, "", []),
    "b64 that is a number": ({"b64": 7}, "/b64", []),
    "b64 that is empty": ({"b64": ""}, "/b64", []),
    "b64 with a space": ({"b64": "iVBO Rw0K"}, "/b64", []),
    "b64 without its padding": ({"b64": "iVBORw0"}, "/b64", []),
    "b64 of URL's alphabet": ({"b64": "_-8="}, "/b64", []),
    "instances that are an object": ({"instances": {}}, "/instances", []),
    "no instances": ({"instances": []}, "/instances", []),
    "an instance that is a number": ({"instances": [7]}, "/instances/0", []),
    "a pixel in an instance": (
        {"instances": [{"pixels": flat()}, {"pixels": flat(p783=300)}]},
        "/instances/1/pixels/783", ["300", "255"],
    ),
    "instances in an instance": (
        {"instances": [{"instances": []}]}, "/instances/0", ["instances"],
    ),
    "an unknown member in an instance": (
        {"instances": [{"b64": "AAAA", "x": 1}]}, "/instances/0", ['"x"'],
    ),
}


@pytest.mark.parametrize("name", INVALID_CONTENTS)
def test_invalid_contents_are_named(server, name):
    value, pointer, words = INVALID_CONTENTS[name]
    problem = assert_problem(server.post_json(value), 422, "invalid-input", *words)
    assert problem.get("pointer", "") == pointer


MALFORMED_JSON = {
    "a text": "pixels",
    "cut": '{"pixels": [0, 0',
    "a second value": '{"pixels": []} {}',
    "a trailing comma": '{"pixels": [0,]}',
    "NaN": '{"pixels": [NaN]}',
    "Infinity": '{"pixels": [Infinity]}',
    "a leading zero": '{"pixels": [01]}',
    "a plus": '{"pixels": [+1]}',
    "a bare point": '{"pixels": [1.]}',
    "hexadecimal": '{"pixels": [0x1]}',
    "single quotes": "{'pixels': []}",
    "a control character": '{"b64": "a\nb"}',
    "an unknown escape": r'{"b64": "\q"}',
    "an unpaired surrogate": r'{"\ud800": 0}',
    "not UTF-8": b'{"\xff": 0}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a comment": '{"pixels": [] /* none */}',
    "a NUL at the end": b'{"pixels": []}\0',
    "only spaces": "   ",
}


@pytest.mark.parametrize("name", MALFORMED_JSON)
def test_malformed_json_is_400(server, name):
    body = MALFORMED_JSON[name]
    body = body.encode() if isinstance(body, str) else body
    assert_problem(server.post(body, "application/json"), 400, "malformed-json")


def test_a_member_that_is_given_twice_is_refused(server):
    answer = server.post('{"b64": "AAAA", "b64": "AAAA"}', "application/json")
    assert_problem(answer, 422, "invalid-input", "b64")


@pytest.mark.parametrize("depth", [9, 1000, 200000])
def test_deeply_nested_json_is_refused(server, depth):
    answer = server.post('{"pixels": ' + "[" * depth, "application/json")
    assert_problem(answer, 400, "malformed-json", 8)
    assert server.get("/livez").status_code == 200


def test_an_empty_body_is_400(server):
    assert_problem(server.post(b"", "application/json"), 400, "empty-body")


@pytest.mark.parametrize("size", [0, 1, 783, 785])
def test_octets_of_another_length_are_refused(server, size):
    answer = server.post(b"\0" * size, "application/octet-stream")
    if size == 0:
        assert_problem(answer, 400, "empty-body")
    else:
        assert_problem(answer, 422, "invalid-input", size, 784)


def test_an_idx_file_of_the_wrong_size_is_refused(server, seven):
    whole, content_type = as_idx(np.stack([seven] * 2))
    answer = server.post(whole[:-1], content_type)
    assert_problem(answer, 422, "invalid-input", len(whole) - 1, len(whole))
    assert_problem(server.post(whole[:9], content_type), 422, "invalid-input", 9, 16)
    answer = server.post(*as_idx(np.zeros((2, 14, 56), np.uint8)))
    assert_problem(answer, 422, "invalid-input", 14, 56)
    answer = server.post(*as_idx(np.zeros((INSTANCE_LIMIT + 1, 28, 28), np.uint8)))
    assert_problem(answer, 422, "too-many-instances", INSTANCE_LIMIT)
    assert_problem(server.post(whole, "image/png"), 422, "undecodable-image")


def test_the_number_of_instances_is_limited(server, seven):
    instance = {"b64": base64.b64encode(encoded(seven)).decode()}
    answer = server.post_json({"instances": [instance] * INSTANCE_LIMIT})
    assert len(answer.json()["predictions"]) == INSTANCE_LIMIT
    problem = assert_problem(
        server.post_json({"instances": [instance] * (INSTANCE_LIMIT + 1)}),
        422, "too-many-instances", INSTANCE_LIMIT,
    )
    assert problem["limit"] == INSTANCE_LIMIT
    assert problem["pointer"].startswith("/instances")


def test_the_size_of_a_body_is_limited(server, seven):
    body = json.dumps({"pixels": seven.tolist()}).encode()
    answer = server.post(body.ljust(BODY_LIMIT), "application/json")
    assert answer.status_code == 200, answer.text
    answer = server.post(body.ljust(BODY_LIMIT + 1), "application/json")
    problem = assert_problem(answer, 413, "body-too-large", BODY_LIMIT)
    assert problem["limit"] == BODY_LIMIT


def test_the_size_of_a_chunked_body_is_limited(server, seven):
    body = json.dumps({"pixels": seven.tolist()}).encode()
    pieces = (body.ljust(size)[at : at + 65536]
              for size in (BODY_LIMIT,) for at in range(0, size, 65536))
    assert server.post(pieces, "application/json").status_code == 200
    with server.connect() as connection:
        connection.sendall(b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (BODY_LIMIT + 1, b" " * (BODY_LIMIT + 1)))
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_the_total_size_of_bodies_being_received_is_limited(seven):
    whole = json.dumps({"pixels": seven.tolist()}).encode().ljust(40000)
    with Digitd("--workers", 2, "--max-body-bytes", 50000, "--max-bodies-bytes", 60000) as server:
        with server.connect() as connection:
            connection.sendall(b"POST /predict HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n"
                               b"Content-Length: 50000\r\n\r\n" + b" " * 30000)
            assert wait_until(lambda: server.gauge("digitd_bodies_bytes") >= 30000)
            answer = server.post(whole, "application/json")
            problem = assert_problem(answer, 503, "no-memory", 60000)
            assert problem["limit"] == 60000
            assert answer.headers["Retry-After"] == "1"
            assert server.post_json({"pixels": seven.tolist()}).status_code == 200  # a small body is accepted
        assert wait_until(lambda: server.post(whole, "application/json").status_code == 200)


@pytest.mark.parametrize("path", ["/", "/predict/", "/predictions", "/Predict", "/openapi.yml",
                                  "/%70redict", "//predict", "/../etc/passwd"])
def test_an_unknown_path_is_404(server, path):
    answer = server.exchange(f"GET {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "not-found"


@pytest.mark.parametrize("path", ["/health", "/livez", "/readyz", "/metrics", "/openapi.yaml"])
def test_an_unknown_parameter_is_refused(server, path):
    assert_problem(server.get(path, params={"depth": 1}), 400, "unknown-parameter")


def test_predict_refuses_a_parameter_of_another_path(server):
    answer = server.post(b"{}", "application/json", "/predict?verbose")
    assert_problem(answer, 400, "unknown-parameter")


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "video/mp4", "json",
    "application/json-patch+json", "multipart/mixed; boundary=x",
])
def test_an_unknown_media_type_is_415(server, content_type):
    answer = server.post(b"{}", content_type)
    assert_problem(answer, 415, "unsupported-media-type", content_type.partition(";")[0])
    assert "application/json" in answer.headers["Accept"]


def test_a_compressed_body_is_415(server):
    body = gzip.compress(b'{"pixels": []}')
    answer = server.post(body, "application/json", Content_Encoding="gzip")
    assert_problem(answer, 415, "unsupported-content-encoding", "Content-Encoding")
    assert answer.headers["Accept-Encoding"] == "identity"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width_px, height_px, data=b"\0"):
    """A PNG with a size in its header that its data do not have."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def broken_pictures():
    whole = encoded(np.tile(np.arange(28, dtype=np.uint8) * 9, (28, 1)))
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    jpeg = encoded(np.zeros((28, 28), np.uint8), "JPEG")
    return {
        "a PNG cut in half": whole[: len(whole) // 2],
        "a PNG with a flipped bit": bytes(flipped),
        "a PNG signature alone": whole[:8],
        "a PNG of 0 by 28": png_that_claims(0, 28),
        "a PNG without its pixels": png_that_claims(28, 28),
        "a JPEG cut in half": jpeg[: len(jpeg) // 2],
        "a BMP header alone": encoded(np.zeros((28, 28), np.uint8), "BMP")[:20],
        "text": b"this is not a picture",
        "a GIF": encoded(np.zeros((28, 28), np.uint8), "GIF"),
    }


@pytest.mark.parametrize("name", broken_pictures())
def test_a_picture_that_does_not_decode_is_422(server, name):
    picture = broken_pictures()[name]
    for body, content_type in [(picture, "image/png"), multipart(picture)]:
        assert_problem(server.post(body, content_type), 422, "undecodable-image")
    encoded_picture = base64.b64encode(picture).decode()
    problem = assert_problem(
        server.post_json({"instances": [{"b64": encoded_picture}]}), 422, "undecodable-image")
    assert problem["pointer"] == "/instances/0/b64"


@pytest.mark.parametrize("width_px, height_px, number", [
    (20000, 20000, 20000), (SIDE_LIMIT_PX + 1, 1, SIDE_LIMIT_PX + 1), (1, 1 << 30, 1 << 30),
])
def test_a_picture_that_is_too_large_is_refused_by_its_header(server, width_px, height_px, number):
    answer = server.post(png_that_claims(width_px, height_px), "image/png")
    assert_problem(answer, 422, "image-too-large", number, SIDE_LIMIT_PX)


@pytest.mark.parametrize("flag, limit, unit", [
    ("--max-decoder-bytes", 1048576, "bytes"), ("--max-decoder-ms", 1, "microseconds"),
])
def test_a_picture_that_costs_too_much_is_refused_by_its_header(seven, flag, limit, unit):
    with Digitd(flag, limit) as server:
        assert server.post(encoded(seven), "image/png").status_code == 200
        number = 1000 * limit if unit == "microseconds" else limit
        assert_problem(server.post(encoded(Image.new("L", (1000, 1000)), "BMP"), "image/bmp"), 422,
                       "image-too-large", "1000x1000", f"the limit is {number} {unit}")


def test_the_cost_of_all_pictures_of_a_request_is_limited():
    text = base64.b64encode(encoded(Image.new("L", (100, 100)))).decode()
    with Digitd("--max-decoder-ms", 1) as server:
        assert server.post_json({"instances": [{"b64": text}]}).status_code == 200
        problem = assert_problem(server.post_json({"instances": [{"b64": text}] * 20}), 422, "image-too-large",
                                 "of the pictures before it, which take", "microseconds")
        assert problem["pointer"] != "/instances/0/b64"


def test_a_picture_at_the_size_limit_is_accepted():
    picture = Image.new("1", (SIDE_LIMIT_PX, 64))
    picture.paste(1, (100, 10, 110, 50))
    with Digitd("--max-image-pixels", SIDE_LIMIT_PX * 64) as server:
        assert server.post(encoded(picture), "image/png").status_code == 200
        taller = encoded(Image.new("1", (SIDE_LIMIT_PX, 65)))
        assert_problem(server.post(taller, "image/png"), 422, "image-too-large", SIDE_LIMIT_PX * 64)


def form_with(*parts, boundary="b", end="--b--\r\n"):
    return ("".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + end).encode()


FILE = 'Content-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nx'
OCTETS = ('Content-Disposition: form-data; name="image"\r\n'
          "Content-Type: application/octet-stream\r\n\r\n" + "x" * 784)
FIELD = 'Content-Disposition: form-data; name="note"\r\n\r\nmine'
BROKEN_FORMS = {
    "no boundary": ("multipart/form-data", form_with(FILE), 400),
    "an empty boundary": ("multipart/form-data; boundary=", form_with(FILE), 400),
    "another boundary": ("multipart/form-data; boundary=c", form_with(FILE), 400),
    "no end": ("multipart/form-data; boundary=b", form_with(FILE, end=""), 400),
    "a part whose headers do not end": ("multipart/form-data; boundary=b", form_with("x"), 400),
    "no file": (
        "multipart/form-data; boundary=b",
        form_with(FIELD), 422,
    ),
    "two files": ("multipart/form-data; boundary=b", form_with(OCTETS, OCTETS), 422),
    "a field beside the file": ("multipart/form-data; boundary=b", form_with(FIELD, OCTETS), 422),
}


@pytest.mark.parametrize("name", BROKEN_FORMS)
def test_a_broken_form_is_refused(server, name):
    content_type, body, status = BROKEN_FORMS[name]
    code = "malformed-multipart" if status == 400 else "invalid-input"
    assert_problem(server.post(body, content_type), status, code)


@pytest.mark.slow
def test_random_changes_to_valid_requests_never_crash_the_server(server, seven):
    generator = np.random.default_rng(1)
    for form in FORMS.values():
        body, content_type = form(seven)
        for _ in range(150):
            changed = bytearray(body)
            for place in generator.integers(0, len(changed), generator.integers(1, 9)):
                changed[place] = generator.integers(256)
            answer = server.post(bytes(changed), content_type)
            assert answer.status_code in (200, 400, 422), answer.text
    assert server.get("/livez").status_code == 200
