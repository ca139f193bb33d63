"""openapi.yaml against the server: every example is sent, and every answer is validated."""

import re
import socket

import jsonschema
import pytest
import requests
import yaml

from digitd import ROOT, Digitd, assert_problem, multipart

DOCUMENT = yaml.safe_load((ROOT / "openapi.yaml").read_text())
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
# Paths that only the admin listener has name it as their server; their tests begin a server that has one.
ADMIN_PATHS = [path for path, item in DOCUMENT["paths"].items() if "servers" in item]
PATHS = [path for path in DOCUMENT["paths"] if path not in ADMIN_PATHS]
OPERATIONS = [(path, method) for path in PATHS for method in DOCUMENT["paths"][path] if method in METHODS]
# HEAD is supported wherever GET is, and OPTIONS everywhere.
UNDOCUMENTED = [
    (path, method) for path in PATHS for method in METHODS if method != "options"
    and (path, "get" if method == "head" else method) not in OPERATIONS
]
REQUEST_EXAMPLES = [
    (path, method, media_type, name)
    for path, method in OPERATIONS
    for media_type, media in (
        DOCUMENT["paths"][path][method].get("requestBody", {}).get("content", {}).items()
    )
    for name in media.get("examples", {})
]
PNG_IN_BASE64 = "iVBORw0KGgo"
ANSWER_EXAMPLES = DOCUMENT["paths"]["/predict"]["post"]["responses"]["200"]["content"][
    "application/json"]["examples"]


def resolve(node):
    """The node that a reference within the document points to, or the node itself."""
    while "$ref" in node:
        where = DOCUMENT
        for key in node["$ref"].removeprefix("#/").split("/"):
            where = where[key]
        node = where
    return node


def validate(instance, schema):
    """Validates against a JSON Schema 2020-12 that may refer to the document's components."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(instance)


def valid(instance, schema):
    try:
        validate(instance, schema)
    except jsonschema.ValidationError:
        return False
    return True


def check_header(answer, name, header):
    if name not in answer.headers:
        assert not header.get("required"), f"{name} is missing"
        return
    value = answer.headers[name]
    validate(int(value) if header["schema"]["type"] == "integer" else value, header["schema"])


def check_response(answer, documented):
    """Checks headers, media type and contents of an answer."""
    documented = resolve(documented)
    for name, header in documented.get("headers", {}).items():
        check_header(answer, name, resolve(header))
    if not documented.get("content"):
        assert answer.content == b""
        return
    content_type = answer.headers["Content-Type"]
    assert content_type in documented["content"]
    is_json = content_type.endswith("json")
    validate(answer.json() if is_json else answer.text, documented["content"][content_type]["schema"])


def check_answer(answer, path, method):
    documented = DOCUMENT["paths"][path][method]["responses"]
    assert str(answer.status_code) in documented, f"undocumented: {answer.status_code} {answer.text}"
    check_response(answer, documented[str(answer.status_code)])


def body_of(media_type, example):
    """The body and the Content-Type of an example."""
    content_type = example.get("x-content-type", media_type)
    if "externalValue" not in example:
        return example["value"], content_type
    body = (ROOT / example["externalValue"]).read_bytes()
    if media_type == "multipart/form-data":
        return multipart(body, content_type=content_type)
    return body, content_type


def send(server, path, media_type, example):
    body, content_type = body_of(media_type, example)
    return server.post(body, content_type, path) if isinstance(body, bytes) else server.post_json(body)


@pytest.mark.parametrize("path, method, media_type, name", REQUEST_EXAMPLES)
def test_an_example_is_answered_as_documented(server, path, method, media_type, name):
    content = DOCUMENT["paths"][path][method]["requestBody"]["content"]
    example = content[media_type]["examples"][name]
    answer = send(server, path, media_type, example)
    assert answer.status_code == example.get("x-status", 200), answer.text
    check_answer(answer, path, method)
    if "x-digit" in example:
        assert answer.json()["digit"] == example["x-digit"]
    if "x-digits" in example:
        assert [one["digit"] for one in answer.json()["predictions"]] == example["x-digits"]


def test_the_request_schema_accepts_valid_examples_and_refuses_invalid_ones():
    media = DOCUMENT["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    for name, example in media["examples"].items():
        if "value" in example:
            assert valid(example["value"], media["schema"]) == ("x-status" not in example), name


@pytest.mark.parametrize("path, method", [o for o in OPERATIONS if o[1] in ("get", "options")])
def test_an_operation_without_a_body_is_answered_as_documented(server, path, method):
    answer = server.request(method, path)
    assert answer.status_code == (204 if method == "options" else 200)
    check_answer(answer, path, method)


@pytest.mark.parametrize("path, method", UNDOCUMENTED)
def test_a_method_that_is_not_documented_is_405(server, path, method):
    answer = server.request(method, path)
    allow = answer.headers["Allow"].split(", ")
    assert {m.upper() for m in METHODS if (path, m) in OPERATIONS} <= set(allow)
    assert method.upper() not in allow
    if method == "head":
        assert answer.status_code == 405
    else:
        check_response(answer, DOCUMENT["components"]["responses"]["MethodNotAllowed"])
        assert_problem(answer, 405, "method-not-allowed", path, answer.headers["Allow"])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_the_admin_listener_answers_as_documented():
    assert ADMIN_PATHS == ["/admin/reload"]
    port = free_port()
    with Digitd("--admin-listen", f"127.0.0.1:{port}") as server:
        assert server.post(b"", None, "/admin/reload").status_code == 404
        answer = requests.post(f"http://127.0.0.1:{port}/admin/reload", timeout=30)
        assert answer.status_code == 200
        check_answer(answer, "/admin/reload", "post")
        wrong = requests.get(f"http://127.0.0.1:{port}/admin/reload", timeout=30)
        assert wrong.status_code == 405
        check_answer(wrong, "/admin/reload", "post")
        health = requests.get(f"http://127.0.0.1:{port}/health", timeout=30)
        check_answer(health, "/health", "get")
        assert health.json()["reloads"] == {"succeeded": 1, "failed": 0}


def test_a_path_that_is_not_documented_is_404(server):
    answer = server.get("/nothing")
    assert answer.status_code == 404
    check_response(answer, DOCUMENT["components"]["responses"]["NotFound"])


ERRORS = {
    400: ("/predict", {"data": b"{", "headers": {"Content-Type": "application/json"}}),
    413: ("/predict", {"data": b" " * (9 << 20), "headers": {"Content-Type": "application/json"}}),
    415: ("/predict", {"data": b"7", "headers": {"Content-Type": "text/plain"}}),
    422: ("/predict", {"json": {"pixels": [256]}}),
}


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_is_answered_as_documented(server, status):
    path, options = ERRORS[status]
    answer = server.request("post", path, **options)
    assert answer.status_code == status
    check_answer(answer, path, "post")


def test_the_server_serves_this_document(server):
    answer = server.get("/openapi.yaml")
    assert answer.content == (ROOT / "openapi.yaml").read_bytes()
    again = server.get("/openapi.yaml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    check_answer(again, "/openapi.yaml", "get")
    other = server.get("/openapi.yaml", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("name", ANSWER_EXAMPLES)
def test_an_answer_is_like_its_example(server, name):
    """Members and texts must be equal; numbers may differ by the rounding of another processor's floats."""
    example = ANSWER_EXAMPLES[name]
    validate(example["value"], {"$ref": "#/components/schemas/Answers" if "predictions" in example["value"]
                                else "#/components/schemas/Answer"})
    body = (ROOT / example["x-picture"]).read_bytes()
    answer = server.post(body, "image/*", f"/predict{example['x-query']}").json()
    assert same_shape(answer, example["value"])


def same_shape(got, shown):
    """Whether the values are equal, except for rounding of numbers and the compression of PNG files."""
    if isinstance(shown, dict):
        return list(got) == list(shown) and all(same_shape(got[key], shown[key]) for key in shown)
    if isinstance(shown, list):
        return len(got) == len(shown) and all(map(same_shape, got, shown))
    if isinstance(shown, float):
        return got == pytest.approx(shown, rel=1e-3, abs=1e-6)
    if isinstance(shown, str) and shown.startswith(PNG_IN_BASE64):
        return got.startswith(PNG_IN_BASE64)
    return got == shown


def test_the_document_lists_every_problem_of_the_server_and_no_other():
    table = (ROOT / "server/http/problem.h").read_text()
    codes = set(re.findall(r'^    X\([A-Z_]+, "([a-z-]+)"', table, re.MULTILINE))
    statuses = {m for m in re.findall(r'", (\d{3}), "', table)}
    documented = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert codes == set(documented)
    responses = DOCUMENT["paths"]["/predict"]["post"]["responses"]
    assert statuses - {"404"} == {status for status in responses if status >= "400"}


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = node.values()
    elif not isinstance(node, list):
        return
    for child in node:
        yield from references(child)


def test_the_document_is_well_formed():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(DOCUMENT["info"])
    used = set(references(DOCUMENT))
    for reference in used:
        resolve({"$ref": reference})
    defined = {
        f"#/components/{kind}/{name}"
        for kind, members in DOCUMENT["components"].items() for name in members
    }
    assert defined - used == {"#/components/responses/NotFound"}
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_unique_id_and_described_responses():
    operations = [item[method] for item in DOCUMENT["paths"].values() for method in item if method in METHODS]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    for operation in operations:
        assert operation["summary"]
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert resolve(response)["description"]
