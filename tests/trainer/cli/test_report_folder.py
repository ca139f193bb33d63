"""The folders that --report of digitd-train and digitd-eval writes: the formats are checked by readers that
share no code with the writers, and the page is opened in Chromium."""

import csv
import html.parser
import json
import math
import os
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as xml

import numpy as np
import pytest
from PIL import Image

from programs import EVAL, TINY, TRAIN, assert_fails, metadata, run

EPOCHS = 6
TRAINING_ONLY = {"history.csv", "accuracy.svg", "loss.svg", "learning_rate.svg", "speed.svg"}
ALWAYS = {"report.html", "metrics.json", "classes.csv", "errors.csv", "confusion.svg",
          "confusion_shares.svg", "reliability.svg", "weights.png"}


@pytest.fixture(scope="session")
def trained(data, tmp_path_factory):
    """A model file that classifies most digits correctly, but not all, and its report."""
    folder = tmp_path_factory.mktemp("trained")
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", folder / "model.safetensors",
               "--set=learning_rate=0.0008", "--set=schedule=constant", "--report", folder / "report")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"Wrote {folder}/report/report.html\n")
    return folder


def names(folder):
    return {path.name for path in folder.iterdir()}


def metrics_of(folder):
    return json.loads((folder / "metrics.json").read_text())


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_training_writes_every_file_and_no_other(trained):
    found = names(trained / "report")
    events = {name for name in found if name.startswith("events.out.tfevents.")}
    assert len(events) == 1
    errors = {"errors.png"} if metrics_of(trained / "report")["errors"] else set()
    assert found - events == ALWAYS | TRAINING_ONLY | errors


def test_the_figures_are_those_that_eval_prints(trained, data):
    done = run(EVAL, "--model", trained / "model.safetensors", "--data", data, "--json")
    printed = json.loads(done.stdout)
    metrics = metrics_of(trained / "report")
    assert {key: metrics[key] for key in printed} == printed
    assert metrics["errors"], "this test needs a model with errors"
    assert sorted(error["index"] for error in metrics["errors"]) == [
        wrong["index"] for wrong in printed["wrong"]]
    sure = [error["confidence"] for error in metrics["errors"]]
    assert sure == sorted(sure, reverse=True)
    assert all(error["label_probability"] < error["confidence"] for error in metrics["errors"])
    assert sum(pair["count"] for pair in metrics["confusions"]) == len(metrics["errors"])


def test_the_calibration_error_follows_from_the_bins(trained):
    metrics = metrics_of(trained / "report")
    bins = metrics["calibration"]["bins"]
    assert len(bins) == 15 and {entry["count"] for entry in bins} == {4}
    assert sum(entry["correct"] for entry in bins) == metrics["correct"]
    ece = sum(entry["count"] / metrics["count"] * abs(entry["accuracy"] - entry["confidence"])
              for entry in bins)
    assert math.isclose(ece, metrics["calibration"]["ece"], rel_tol=1e-12)


def test_the_history_has_a_row_for_each_epoch(trained):
    metrics = metrics_of(trained / "report")
    rows = rows_of(trained / "report" / "history.csv")
    assert [int(row["epoch"]) for row in rows] == list(range(1, EPOCHS + 1))
    for row, epoch in zip(rows, metrics["history"]):
        for key in ("training_loss", "training_accuracy", "validation_loss", "validation_accuracy",
                    "learning_rate"):
            assert float(row[key]) == pytest.approx(epoch[key], rel=1e-8)
        assert float(row["images_per_second"]) > 0
    assert metrics["kept_epoch"] == EPOCHS
    card = json.loads(metadata(trained / "model.safetensors")["training"])
    assert metrics["training"] == card
    assert card["validation"]["loss"] == metrics["history"][-1]["validation_loss"]


def crc32c(data):
    """The checksum of RFC 3720, by a table, which the writer does not use."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(content):
    """The data of each TFRecord."""
    at = 0
    while at < len(content):
        length, length_crc = struct.unpack_from("<QI", content, at)
        assert length_crc == masked(content[at:at + 8])
        data = content[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", content, at + 12 + length)[0] == masked(data)
        yield data
        at += 16 + length
    assert at == len(content)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(field number, value) of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[wire]
            value, at = struct.unpack_from(form, data, at)[0], at + size
        yield key >> 3, value
    assert at == len(data)


def test_the_checksum_is_that_of_the_rfc():
    assert crc32c(b"\0" * 32) == 0x8A9136AA
    assert crc32c(bytes(range(32))) == 0x46DD794E


def test_tensorboard_can_read_the_events(trained):
    path = next((trained / "report").glob("events.out.tfevents.*"))
    assert re.fullmatch(r"events\.out\.tfevents\.\d{10}\.[A-Za-z0-9-]+\.digitd", path.name)
    events = [dict(fields(record)) for record in records(path.read_bytes())]
    assert events[0][3] == b"brain.Event:2"
    times = [event[1] for event in events]
    assert times == sorted(times) and abs(times[-1] - path.stat().st_mtime) < 60
    history = metrics_of(trained / "report")["history"]
    assert [event[2] for event in events[1:]] == [epoch["epoch"] for epoch in history]
    for event, epoch in zip(events[1:], history):
        values = (dict(fields(value)) for _, value in fields(event[5]))
        scalars = {value[1].decode(): value[2] for value in values}
        assert set(scalars) == {"accuracy/training", "accuracy/validation", "loss/training",
                                "loss/validation", "learning_rate", "images_per_second"}
        assert scalars["loss/validation"] == np.float32(epoch["validation_loss"])
        assert scalars["accuracy/training"] == np.float32(epoch["training_accuracy"])


@pytest.mark.parametrize("name", sorted(name for name in ALWAYS | TRAINING_ONLY
                                        if name.endswith(".svg")))
def test_a_drawing_is_well_formed_titled_and_styled(trained, name):
    root = xml.parse(trained / "report" / name).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == space + "svg"
    assert root.find(space + "title").text and root.find(space + "desc").text
    assert "prefers-color-scheme: dark" in root.find(space + "style").text


def test_the_pictures_can_be_read(trained):
    rows = math.ceil(len(metrics_of(trained / "report")["errors"]) / 20)
    with Image.open(trained / "report" / "errors.png") as sheet:
        assert sheet.mode == "L" and sheet.height == rows * (28 * 3 + 2) + 2
    with Image.open(trained / "report" / "weights.png") as sheet:
        assert sheet.mode == "RGBA"


class References(html.parser.HTMLParser):
    """Collects the links of a page and checks that its elements are closed."""

    VOID = {"meta", "link", "img", "br"}

    def __init__(self):
        super().__init__()
        self.links, self.ids, self.open, self.images = [], set(), [], 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.links += [values[key] for key in ("href", "src") if key in values]
        assert values.get("id") not in self.ids or values.get("id") is None
        self.ids.add(values.get("id"))
        self.images += tag == "img"
        assert tag != "script"
        assert tag != "img" or values.get("alt")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_needs_no_network_and_its_links_exist(trained):
    page = References()
    page.feed((trained / "report" / "report.html").read_text())
    assert page.open == []
    for link in page.links:
        assert link.startswith(("data:", "#")) or (trained / "report" / link).is_file(), link
        assert not link.startswith("#") or link[1:] in page.ids


def test_names_and_labels_are_escaped(trained, data, tmp_path):
    evil = tmp_path / "<script>alert(1)<"
    shutil.copytree(data, evil)
    done = run(EVAL, "--model", trained / "model.safetensors", "--data", evil, "--report", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "r" / "report.html").read_text()
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;" in page


def test_a_folder_name_that_is_not_utf8_gives_valid_files(trained, data, tmp_path):
    odd = os.fsencode(tmp_path) + b"/\xff"
    shutil.copytree(os.fsencode(data), odd)
    done = subprocess.run([EVAL, "--model", trained / "model.safetensors", "--data", odd,
                           "--report", tmp_path / "r"], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "\N{REPLACEMENT CHARACTER}" in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert metrics_of(tmp_path / "r")["data"].endswith("\N{REPLACEMENT CHARACTER}")


def test_an_evaluation_replaces_a_trainings_report_and_leaves_other_files(trained, data, tmp_path):
    folder = tmp_path / "report"
    shutil.copytree(trained / "report", folder)
    (folder / "cache.txt").write_text("mine")
    (folder / "events.out.tfevents.1.elsewhere").write_text("not ours")
    done = run(EVAL, "--model", trained / "model.safetensors", "--data", data, "--corruptions",
               "--report", folder)
    assert done.returncode == 0, done.stderr
    assert names(folder) == ALWAYS | {"errors.png", "cache.txt", "events.out.tfevents.1.elsewhere"}
    assert "history" not in metrics_of(folder)
    page = (folder / "report.html").read_text()
    assert 'id="corruptions"' in page and 'id="training"' not in page


def test_a_report_that_cannot_be_written_does_not_cost_the_model(data, tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "report.html").mkdir()
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m", "--set=epochs=1",
               "--report", folder)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "report.html" in done.stderr
    assert metadata(tmp_path / "m")["format"] == "pt"


def test_a_folder_that_cannot_be_created_is_reported_before_the_training(data, tmp_path):
    (tmp_path / "file").touch()
    for folder in tmp_path / "file", tmp_path / "file" / "below", tmp_path / "no" / "such":
        assert_fails(run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m",
                         "--report", folder), "digitd-train", f"--report {folder}: ")
    assert not (tmp_path / "m").exists()


def test_a_dry_run_writes_the_report_and_leaves_no_files(data, tmp_path):
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m", "--dry-run",
               "--report", tmp_path / "report")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium without a window, through its driver."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="python3-selenium is not installed")
    service = pytest.importorskip("selenium.webdriver.chrome.service")
    driver = shutil.which("chromedriver")
    if CHROMIUM is None or driver is None:
        pytest.skip("chromium or chromium-driver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    opened = webdriver.Chrome(service=service.Service(driver), options=options)
    yield opened
    opened.quit()


def luminance(colour):
    """WCAG's relative luminance of "rgb(r, g, b)"."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def show(browser, path, width, scheme):
    browser.set_window_size(width, 900)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(path.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 500])
def test_a_browser_shows_the_page_readably(browser, trained, width, scheme):
    show(browser, trained / "report" / "report.html", width, scheme)
    metrics = metrics_of(trained / "report")
    text = browser.execute_script("return document.body.innerText").replace("\N{NO-BREAK SPACE}", " ")
    assert f"{100 * metrics['accuracy']:.2f} %" in text
    assert f"{100 * metrics['calibration']['ece']:.2f} %" in text
    assert metrics["test_sha256"] in text
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.execute_script(
        "return [...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert len(browser.execute_script("return [...document.querySelectorAll('.gallery li')]")) == len(
        metrics["errors"])
    colours = browser.execute_script(
        "const of = (name, key) => getComputedStyle(document.querySelector(name))[key];"
        "return [['body', 'body'], ['.card', '.card p, .card td'], ['section', 'section > p']].map("
        "([background, text]) => [of(background == 'section' ? 'body' : background, 'backgroundColor'), "
        "of(text, 'color')])"
        ".concat([[of('svg', 'backgroundColor'), of('svg text.muted', 'fill')],"
        "         [of('svg', 'backgroundColor'), of('svg text.key-b', 'fill')]])")
    for background, text in colours:
        brighter, darker = sorted((luminance(background), luminance(text)), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 4.5, (background, text)  # WCAG 2.1, AA
    assert (luminance(colours[0][0]) < 0.2) == (scheme == "dark")


def test_a_browser_requests_nothing_and_reports_no_errors(browser, trained):
    browser.get_log("performance")
    show(browser, trained / "report" / "report.html", 1200, "light")
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [message["params"]["request"]["url"] for message in messages
             if message["method"] == "Network.requestWillBeSent"]
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert sum(url.startswith("file:") for url in asked) == 1
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
