"""GET /metrics: names, types, and counters that increase by the right amount."""

import json
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request

import pytest

from digitd import FORMS, ROOT, Digitd, as_idx, encoded, wait_until

DURATION_BOUNDS = ["5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01",
                   "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf"]
SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)')
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# What Prometheus 2.50 sends.
PROMETHEUS = ("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
              "text/plain;version=0.0.4;q=0.3,*/*;q=0.2")


@pytest.fixture()
def counted():
    """A server that only this test sends requests to."""
    with Digitd("--workers", 2) as server:
        yield server


def scrape(server):
    """All samples of /metrics: {'name{labels}': value}."""
    samples = {}
    for line in server.get("/metrics").text.splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            samples[f"{name}{{{labels}}}" if labels else name] = float(value)
    return samples


def scrape_until(server, sample, value):
    """Scrapes until the sample has the value, for up to five seconds."""
    samples = {}

    def reached():
        samples.update(scrape(server))
        return samples.get(sample) == value

    assert wait_until(reached, 5), f"{sample} is {samples.get(sample)}, not {value}"
    return samples


def phase_count(phase):
    return f'digitd_request_phase_duration_seconds_count{{phase="{phase}"}}'


def predicted(code):
    return f'digitd_http_requests_total{{handler="predict",method="POST",code="{code}"}}'


def traffic(server, seven):
    for form in FORMS.values():
        server.post(*form(seven))
    server.post_json({"pixels": []})
    server.post(b"{", "application/json")
    server.post(b"", "text/plain")
    for path in ("/health", "/livez", "/readyz", "/openapi.yaml", "/nothing", "/%22%5C%0A"):
        server.get(path)
    server.request("BREW", "/predict")


def promtool(text):
    return subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                          text=True, check=False)


@pytest.mark.skipif(shutil.which("promtool") is None,
                    reason="promtool is not installed; script/bootstrap --all installs it")
def test_promtool_finds_no_problem_before_and_after_traffic(counted, seven):
    for _ in range(2):
        result = promtool(counted.get("/metrics").text)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        traffic(counted, seven)


def test_predictions_are_counted(counted, seven):
    before = scrape(counted)
    for _ in range(5):
        counted.post(encoded(seven), "image/png")
    instance = {"pixels": seven.tolist()}
    counted.post_json({"instances": [instance] * 3})
    counted.post_json({"pixels": []})
    scrape_until(counted, predicted(422), 1)
    after = scrape_until(counted, predicted(200), 6)

    def increase(sample):
        return after[sample] - before.get(sample, 0)

    assert increase('digitd_predictions_total{digit="7"}') == 8
    assert sum(increase(f'digitd_predictions_total{{digit="{d}"}}') for d in range(10)) == 8
    assert increase("digitd_prediction_confidence_count") == 8
    assert increase(phase_count("infer")) == 6
    after = scrape_until(counted, 'digitd_http_request_duration_seconds_count{handler="predict"}', 7)
    assert increase('digitd_http_request_duration_seconds_sum{handler="predict"}') > 0


def test_requests_of_many_connections_are_counted(counted, seven):
    for _ in range(40):
        counted.post(encoded(seven), "image/png", Connection="close")
    scrape_until(counted, predicted(200), 40)


def test_unknown_paths_and_unknown_methods_share_one_label_each(counted):
    for path in ("/a", "/b", "/c?d=1", '/"'):
        counted.get(path)
    counted.request("BREW", "/predict")
    counted.request("DISTIL", "/predict")
    scrape_until(counted, 'digitd_http_requests_total{handler="other",method="GET",code="404"}', 4)
    samples = scrape_until(
        counted, 'digitd_http_requests_total{handler="predict",method="OTHER",code="405"}', 2)
    handlers = {re.search('handler="([^"]*)"', s)[1] for s in samples if "handler=" in s}
    assert handlers == {"predict", "health", "livez", "readyz", "metrics", "openapi", "reload", "other"}


def test_histograms_are_cumulative_and_complete(counted, seven):
    traffic(counted, seven)
    samples = scrape(counted)
    for name, label in [("digitd_http_request_duration_seconds", 'handler="predict"'),
                        ("digitd_request_phase_duration_seconds", 'phase="infer"')]:
        counts = [samples[f'{name}_bucket{{{label},le="{bound}"}}'] for bound in DURATION_BOUNDS]
        assert counts == sorted(counts)
        assert counts[-1] == samples[f"{name}_count{{{label}}}"] > 0


def test_model_and_build_are_shown(counted):
    samples = scrape(counted)
    health = counted.get("/health").json()
    assert [v for s, v in samples.items()
            if s.startswith("digitd_model_info{") and health["model"]["version"] in s] == [1]
    assert [v for s, v in samples.items() if s.startswith("digitd_build_info{")] == [1]
    # The scrape itself is in flight.
    assert samples["digitd_http_requests_in_flight"] == 1


def test_process_metrics_are_shown(counted):
    samples = scrape(counted)
    for name in ("cpu_seconds_total", "open_fds", "max_fds", "virtual_memory_bytes",
                 "resident_memory_bytes", "start_time_seconds", "threads"):
        assert samples[f"process_{name}"] > 0, name
    assert samples["process_open_fds"] <= samples["process_max_fds"]
    assert samples["process_resident_memory_bytes"] <= samples["process_virtual_memory_bytes"]


def test_phases_are_observed_of_requests_that_have_them(counted, seven):
    counted.post_json({"pixels": seven.ravel().tolist()})
    samples = scrape_until(counted, phase_count("write"), 1)
    assert (samples[phase_count("decode")], samples[phase_count("preprocess")]) == (0, 0)
    png = FORMS["base64"](seven)[0].decode()
    counted.post(f'{{"instances": [{png}, {png}, {png}]}}', "application/json")
    counted.post(encoded(seven)[:-20], "image/png")  # cannot be decoded, and takes time until that is known
    samples = scrape_until(counted, predicted(422), 1)
    assert samples[phase_count("decode")] == 2
    assert samples[phase_count("preprocess")] == 1
    assert samples[phase_count("infer")] == 2
    assert samples['digitd_request_phase_duration_seconds_sum{phase="decode"}'] > 0


def test_inputs_are_counted_by_format_and_warning(counted, seven, drawn_digits):
    blank = encoded(seven * 0)
    for body, content_type in (FORMS["png"](seven), FORMS["bmp"](seven), FORMS["octets"](seven), FORMS["flat"](seven),
                               as_idx(drawn_digits), (encoded(seven, "JPEG"), "image/jpeg"), (blank, "image/png")):
        assert counted.post(body, content_type).status_code == 200
    many = (ROOT / "tests/fixtures/digits/90210.png").read_bytes()
    assert len(counted.post(many, "image/png", path="/predict?digits=many").json()["digits"]) == 5
    assert counted.post(blank, "image/png", path="/predict?digits=many").json()["digits"] == ""
    samples = scrape_until(counted, predicted(200), 9)
    formats = {name: samples[f'digitd_input_formats_total{{format="{name}"}}']
               for name in ("png", "jpeg", "bmp", "octets", "idx", "json")}
    assert formats == {"png": 4, "jpeg": 1, "bmp": 1, "octets": 1, "idx": 10, "json": 1}
    assert samples['digitd_input_warnings_total{warning="blank"}'] == 2
    assert samples["digitd_predict_digits_count"] == 9
    assert samples["digitd_predict_digits_sum"] == 6 + 10 + 5 + 0
    assert samples['digitd_predict_digits_bucket{le="1.0"}'] == 7


def test_problems_bodies_and_rejections_are_counted(seven):
    with Digitd("--workers", 1, "--max-body-bytes", 1024) as server:
        server.post(encoded(seven), "image/png")
        server.post(b"{" * 100, "application/json")
        server.post(b"{" * 1025, "application/json")
        server.exchange(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        server.get("/nothing")
        samples = scrape_until(server, 'digitd_http_problems_total{code="not-found"}', 1)
    for code in ("malformed-json", "body-too-large", "malformed-request"):
        assert samples[f'digitd_http_problems_total{{code="{code}"}}'] == 1, code
    assert samples['digitd_http_problems_total{code="invalid-input"}'] == 0
    assert samples['digitd_http_rejected_total{reason="body_too_large"}'] == 1
    assert samples['digitd_http_rejected_total{reason="framing"}'] == 1
    assert samples["digitd_http_request_body_bytes_count"] == 3
    assert samples["digitd_http_request_body_bytes_sum"] == len(encoded(seven)) + 100 + 1025
    assert samples['digitd_limit{name="max_body_bytes"}'] == 1024
    assert samples['digitd_limit{name="workers"}'] == 1


@pytest.mark.parametrize("accept, content_type", [
    (None, TEXT), ("*/*", TEXT), ("text/plain", TEXT), ("text/html", TEXT), (PROMETHEUS, OPENMETRICS),
    ("application/openmetrics-text", OPENMETRICS), ("application/openmetrics-text;version=0.0.1", TEXT),
    ("application/openmetrics-text;q=0.2,text/plain;q=0.3", TEXT)])
def test_accept_decides_the_format(server, accept, content_type):
    answer = server.get("/metrics", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == content_type
    assert answer.text.endswith("# EOF\n") == (content_type == OPENMETRICS)


def openmetrics(server):
    """The families of /metrics in OpenMetrics: {name: family}."""
    parser = pytest.importorskip("prometheus_client.openmetrics.parser",
                                 reason="python3-prometheus-client is not installed; script/bootstrap installs it")
    text = server.get("/metrics", headers={"Accept": PROMETHEUS}).text
    return {family.name: family for family in parser.text_string_to_metric_families(text)}


def test_openmetrics_is_well_formed_before_and_after_traffic(counted, seven):
    before = openmetrics(counted)
    traffic(counted, seven)
    after = openmetrics(counted)
    assert before.keys() == after.keys()
    assert (after["digitd_http_requests"].type, after["digitd_model"].type) == ("counter", "info")


def test_formats_have_the_same_series(counted):
    text = {sample for sample in scrape(counted) if not sample.startswith("process_")}
    lines = counted.get("/metrics", headers={"Accept": PROMETHEUS}).text.splitlines()
    samples = {line.split(" # ")[0].rsplit(" ", 1)[0] for line in lines if not line.startswith("#")}
    assert {sample for sample in samples if not sample.startswith("process_")} == text


def test_exemplars_name_the_latest_request_of_a_bucket(counted, seven):
    for request_id in ("first-1", "i" * 119, "last-1"):  # OpenMetrics allows the second one 118 characters
        counted.post(encoded(seven), "image/png", X_Request_ID=request_id)
    scrape_until(counted, 'digitd_http_request_duration_seconds_count{handler="predict"}', 3)
    buckets = [sample for sample in openmetrics(counted)["digitd_http_request_duration_seconds"].samples
               if sample.labels["handler"] == "predict" and sample.exemplar]
    assert "last-1" in {sample.exemplar.labels["request_id"] for sample in buckets}
    assert {sample.exemplar.labels["request_id"] for sample in buckets} <= {"first-1", "last-1"}
    for sample in buckets:
        assert sample.exemplar.value <= float(sample.labels["le"])


def documented():
    """The table of docs/operations.md: {name: (type, labels)}."""
    text = (ROOT / "docs/operations.md").read_text()
    rows = re.findall(r"^\| `((?:digitd|process)_\w+)` \| (\w+)(?:: ([^|]*))? \|", text, re.M)
    return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def test_every_metric_is_documented(counted, seven):
    traffic(counted, seven)
    text = counted.get("/metrics").text
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    labels = {name: set() for name in types}
    for sample in scrape(counted):
        family = re.sub(r"(_bucket|_sum|_count)?(\{.*)?$", "", sample) if "{" in sample else sample
        if family in labels:
            labels[family] |= set(re.findall(r'(\w+)="', sample)) - {"le"}
    assert {name: (types[name], frozenset(labels[name])) for name in types} == documented()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.skipif(shutil.which("prometheus") is None,
                    reason="prometheus is not installed; script/bootstrap --all installs it")
def test_prometheus_stores_exemplars(counted, seven, tmp_path):
    (tmp_path / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [{"job_name": "digitd", "static_configs": [{"targets": [f"127.0.0.1:{counted.port}"]}]}]}))
    address = f"127.0.0.1:{free_port()}"
    counted.post(encoded(seven), "image/png", X_Request_ID="stored-1")

    def ask(path, **query):
        try:
            with urllib.request.urlopen(f"http://{address}/api/v1/{path}?{urllib.parse.urlencode(query)}") as answer:
                return json.load(answer)["data"]
        except OSError:  # it is not ready
            return None

    def stored():
        found = ask("query_exemplars", query='digitd_http_request_duration_seconds_bucket{handler="predict"}',
                    start=0, end=4e9)
        return found and {exemplar["labels"]["request_id"] for series in found for exemplar in series["exemplars"]}

    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data",
             f"--web.listen-address={address}", "--enable-feature=exemplar-storage"], stdout=log, stderr=log)
    try:
        assert wait_until(lambda: stored() == {"stored-1"}), (tmp_path / "log").read_text()
        # Prometheus shows a scrape's exemplars before its samples.
        assert wait_until(lambda: len(ask("query", query="digitd_build_info")["result"]) == 1)
    finally:
        prometheus.terminate()
        prometheus.wait()
