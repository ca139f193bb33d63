"""digitd-train and digitd-eval from outside, on a few drawn bars instead of MNIST.

DIGITD_TRAIN and DIGITD_EVAL name the binaries; ctest sets them.
"""

import gzip
import json
import os
import signal
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "fixtures" / "architectures" / "tiny.json"
DIGITS = ROOT / "tests" / "fixtures" / "digits"
TRAIN = os.environ["DIGITD_TRAIN"]
EVAL = os.environ["DIGITD_EVAL"]
INTERRUPTED = 128 + signal.SIGINT
TIMEOUT_S = 100


def write_part(folder, part, count):
    """Bars at a height that is the label's; images compressed, labels not."""
    noise = np.random.default_rng(count)
    labels = np.arange(count, dtype=np.uint8) % 10
    images = noise.integers(0, 80, (count, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[4 + 2 * label:6 + 2 * label, 4:24] += 150
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">4I", 0x803, count, 28, 28) + images.tobytes())
    path = folder / f"{part}-labels-idx1-ubyte"
    path.write_bytes(struct.pack(">2I", 0x801, count) + labels.tobytes())


def run(program, *arguments, **environment):
    variables = {name: value for name, value in os.environ.items() if name != "MNIST_DIR"}
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                          timeout=TIMEOUT_S, env={**variables, **environment})


def metadata(path):
    """The metadata of a safetensors file."""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:8 + size])["__metadata__"]


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_part(folder, "train", 350)
    write_part(folder, "t10k", 60)
    return folder


@pytest.fixture(scope="session")
def model(data, tmp_path_factory):
    """A model file and what its training printed."""
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    done = run(TRAIN, "--data", data, "--architecture", TINY, "--output", path, "--validation=50",
               "--batch-size=25", "--augment=none", "--learning-rate=0.01", "--epochs=6",
               "--ema-decay=0.9")
    assert done.returncode == 0, done.stderr
    return path, done.stdout


def assert_fails(done, name, message):
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"{name}: ") and done.stderr.count("\n") == 1
    assert message in done.stderr


def test_a_training_prints_a_line_for_each_epoch_and_the_test_figures_once(model):
    lines = model[1].splitlines()
    assert sum(line.startswith("Epoch ") for line in lines) == 6
    assert all("val_loss" in line for line in lines if line.startswith("Epoch "))
    assert sum(line.startswith("Test: ") for line in lines) == 1
    assert "\r" not in model[1]


def test_the_model_file_tells_how_it_was_made(model):
    card = json.loads(metadata(model[0])["training"])
    assert card["seed"] == 1
    assert card["settings"]["epochs"] == 6
    assert card["data"]["training_images"] == 300
    assert card["validation"]["images"] == 50
    assert card["test"]["images"] == 60


def test_the_bars_are_learnt_and_eval_finds_the_same_figures(model, data):
    test = json.loads(metadata(model[0])["training"])["test"]
    assert test["accuracy"] > 0.95
    done = run(EVAL, "--model", model[0], "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["accuracy"] == test["accuracy"]
    assert report["loss"] == test["loss"]
    assert sum(map(sum, report["confusion"])) == report["count"] == 60
    assert "corruptions" not in report


def test_eval_measures_under_corruptions_the_same_for_any_number_of_threads(model, data):
    reports = [run(EVAL, "--model", model[0], "--data", data, "--corruptions", "--json",
                   "--threads", threads) for threads in (1, 3)]
    assert reports[0].stdout == reports[1].stdout
    corruptions = json.loads(reports[0].stdout)["corruptions"]
    accuracies = {kind["name"]: kind["accuracy"] for kind in corruptions["kinds"]}
    assert len(accuracies) == 15 and corruptions["count"] == 60
    assert corruptions["mean_accuracy"] == pytest.approx(sum(accuracies.values()) / 15)
    assert accuracies[corruptions["worst"]] == min(accuracies.values())


def test_one_thread_and_two_write_the_same_file(data, tmp_path):
    files = []
    for threads in 1, 2:
        path = tmp_path / f"{threads}.safetensors"
        done = run(TRAIN, "--data", data, "--architecture", TINY, "--output", path,
                   "--validation=50", "--epochs=2", "--threads", threads)
        assert done.returncode == 0, done.stderr
        files.append(path)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_patience_ends_a_training_early(data, tmp_path):
    done = run(TRAIN, "--data", data, "--architecture", TINY, "--output", tmp_path / "m",
               "--validation=50", "--patience=1", "--epochs=200", "--schedule=constant",
               "--learning-rate=0.05", "--ema-decay=0", "--augment=none", "--batch-size=100")
    assert done.returncode == 0, done.stderr
    assert "No better validation loss in 1 epochs: back to epoch" in done.stdout


def test_an_interrupt_ends_the_training_and_leaves_nothing(data, tmp_path):
    command = [TRAIN, "--data", data, "--architecture", TINY, "--output", tmp_path / "m",
               "--epochs=10000", "--validation=50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("Epoch 1/"):
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == INTERRUPTED
    assert "interrupted after" in errors and "nothing was written" in errors
    assert list(tmp_path.iterdir()) == []


def test_the_folder_may_come_from_the_environment(data, tmp_path):
    done = run(TRAIN, "--architecture", TINY, "--output", tmp_path / "m", "--validation=0",
               "--epochs=1", MNIST_DIR=str(data))
    assert done.returncode == 0, done.stderr
    assert "validation" not in json.loads(metadata(tmp_path / "m")["training"])


@pytest.mark.parametrize("arguments, message", [
    ([], "--data DIR (or MNIST_DIR in the environment) is needed"),
    (["--data", "/nowhere"], "/nowhere: neither train-images-idx3-ubyte nor"),
    (["--epochs", "0"], "--epochs: \"0\" is not a whole number from 1 to 10000"),
    (["--batch-size", "1"], "--batch-size: \"1\" is not a whole number from 2 to 4096"),
    (["--learning-rate", "fast"], "--learning-rate: \"fast\" is not a number from 1e-08 to 10"),
    (["--augment", "all"], "--augment: \"all\" is not one of none, affine, elastic"),
    (["--speed", "1"], "\"--speed\" is not an option"),
    (["--data", ".", "--output", "/nowhere/m"], "--output /nowhere/m: cannot write to its folder"),
    (["--data", ".", "--output", "/tmp"], "--output /tmp: not a regular file"),
    (["--data", ".", "--architecture", "/nowhere.json"], "/nowhere.json"),
])
def test_train_refuses_with_one_line(arguments, message, tmp_path):
    if "--output" not in arguments:
        arguments = [*arguments, "--output", tmp_path / "m"]
    if "--architecture" not in arguments:
        arguments = [*arguments, "--architecture", TINY]
    assert_fails(run(TRAIN, *arguments), "digitd-train", message)


def test_eval_reads_pictures_as_the_table_names_them(model, tmp_path):
    table = tmp_path / "labels.tsv"
    rows = [f"{digit}.png\t{digit}\tdrawn\n" for digit in range(10)] + ["absent.png\t1\tdrawn\n"]
    table.write_text("file\tlabel\tkind\n" + "".join(rows))
    for digit in range(10):
        (tmp_path / f"{digit}.png").write_bytes((DIGITS / f"{digit}.png").read_bytes())
    done = run(EVAL, "--model", model[0], "--images", table, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["count"] == 11 and report["failed"] == 1
    assert report["kinds"]["groups"][0]["name"] == "drawn"
    assert [wrong["file"] for wrong in report["wrong"] if "reason" in wrong] == ["absent.png"]
    assert "absent.png: label 1, not read: " in run(EVAL, "--model", model[0], "--images", table).stdout


@pytest.mark.parametrize("arguments, message", [
    ([], "one of --data and --images is needed, not none"),
    (["--data", ".", "--images", "labels.tsv"], "one of --data and --images is needed, not both"),
    (["--images", "labels.tsv", "--corruptions"], "--corruptions needs --data, not --images"),
    (["--data", ".", "--model", "/nowhere"], "/nowhere"),
    (["--threads", "257"], "--threads: \"257\" is not a whole number from 0 to 256"),
])
def test_eval_refuses_with_one_line(arguments, message):
    assert_fails(run(EVAL, *arguments), "digitd-eval", message)


@pytest.mark.parametrize("program, name", [(TRAIN, "digitd-train"), (EVAL, "digitd-eval")])
def test_help_and_version_are_printed(program, name):
    shown = run(program, "--help")
    assert shown.returncode == 0 and shown.stdout.startswith(f"Usage: {name} ")
    version = run(program, "--version")
    assert version.returncode == 0 and version.stdout.startswith(f"{name} ")
