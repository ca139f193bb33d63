"""GET /metrics: names, types, and counters that increase by the right amount."""

import re
import shutil
import subprocess

import pytest

from digitd import FORMS, Digitd, encoded, wait_until

DURATION_BOUNDS = ["5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01",
                   "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"]
SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)')


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
    assert increase("digitd_inference_duration_seconds_count") == 6
    assert increase('digitd_http_request_duration_seconds_count{handler="predict"}') == 7
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
    for name, labels in [("digitd_http_request_duration_seconds", 'handler="predict",'),
                         ("digitd_inference_duration_seconds", "")]:
        counts = [samples[f'{name}_bucket{{{labels}le="{bound}"}}'] for bound in DURATION_BOUNDS]
        assert counts == sorted(counts)
        series = f"{name}_count{{{labels[:-1]}}}" if labels else f"{name}_count"
        assert counts[-1] == samples[series] > 0


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
