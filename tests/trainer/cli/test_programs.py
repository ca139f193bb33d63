"""digitd-train and digitd-eval as programs, on images of bars instead of MNIST."""

import json
import os
import re
import struct
import subprocess

import numpy as np
import pytest

from programs import (EVAL, ROOT, TINY, TRAIN, USAGE, assert_fails, draw_bars, draw_normalised, environment,
                      labels_file, metadata, run, write_part)

SHIPPED = ROOT / "config" / "recipes" / "digits.json"
TINY_NETWORK = ROOT / "tests" / "fixtures" / "architectures" / "tiny.json"
DIGITS = ROOT / "tests" / "fixtures" / "digits"


@pytest.fixture(scope="session")
def model(data, tmp_path_factory):
    """A model file and the output of its training."""
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", path)
    assert done.returncode == 0, done.stderr
    return path, done.stdout


def test_a_training_prints_a_line_for_each_epoch_and_the_test_figures_once(model):
    lines = model[1].splitlines()
    assert sum(line.startswith("Epoch ") for line in lines) == 6
    assert all("val_loss" in line for line in lines if line.startswith("Epoch "))
    assert sum(line.startswith("Test: ") for line in lines) == 1
    assert "\r" not in model[1]


def test_the_model_file_has_a_training_card(model):
    card = json.loads(metadata(model[0])["training"])
    assert card["recipe"]["seed"] == 1
    assert card["recipe"]["epochs"] == 6
    assert card["recipe"]["architecture"] == "../architectures/tiny.json"
    assert card["recipe"]["augment"]["rotation_limit_deg"] == 15
    assert "settings" not in card
    assert card["data"]["training_images"] == 300
    assert card["training"]["images"] == 300
    assert card["training"]["accuracy"] >= card["validation"]["accuracy"] - 0.05
    assert card["validation"]["images"] == 50
    assert card["test"]["images"] == 60


def test_students_with_hard_examples_and_mixup_share_a_teacher_cache(model, data, tmp_path):
    """The second one reads the cache of the first and has the same weights."""
    students = [tmp_path / f"{name}.safetensors" for name in "ab"]
    for student in students:
        done = run(TRAIN, "--data", data, "--recipe", TINY, "--set", f"distill.teachers={model[0].parent}",
                   "--set", "distill.share=1", "--set", "hard_examples.count=30", "--set", "hard_examples.extra_samples=2",
                   "--set", "mixup.probability=0.5", "--teacher-cache", tmp_path / "cache", "--output", student)
        assert done.returncode == 0, done.stderr
        assert "Hard examples: 30 images with 2 additional samples each per epoch\n" in done.stdout
    card = json.loads(metadata(students[0])["training"])
    assert card["data"]["training_images"] == 300
    assert card["recipe"]["hard_examples"] == {"count": 30, "extra_samples": 2}
    assert card["recipe"]["mixup"] == {"probability": 0.5}
    cache = list((tmp_path / "cache").iterdir())
    assert len(cache) == 6 and all(file.suffix == ".logits" for file in cache)
    assert all(file.stat().st_size == 88 + (350 + 60) * 10 * 4 for file in cache)
    assert without("training", students[0], tmp_path / "c") == without("training", students[1], tmp_path / "d")


def without(key, path, out):
    """Copies a model file without one metadata value; returns the bytes after the header."""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    del header["__metadata__"][key]
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    out.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + size:])
    return content[8 + size:]


def test_quantise_adds_ranges_and_changes_nothing_else(model, data, tmp_path):
    path = tmp_path / "model.safetensors"
    tensors = without("quantisation", model[0], path)
    before = metadata(path)
    done = run(TRAIN, "--quantise", path, "--data", data)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Wrote {path}\n", "")
    after = metadata(path)
    ranges = json.loads(after.pop("quantisation"))["ranges"]
    assert len(ranges) == len(json.loads(metadata(model[0])["quantisation"])["ranges"])
    assert all(largest > 0 for largest in ranges)
    assert after == before
    assert path.read_bytes().endswith(tensors)


def test_quantise_reports_a_missing_file(data, tmp_path):
    done = run(TRAIN, "--quantise", tmp_path / "none", "--data", data)
    assert_fails(done, "digitd-train", "none")


def test_a_training_records_its_answers_to_the_golden_digits(model):
    golden = json.loads(metadata(model[0])["golden"])
    assert [len(bytes.fromhex(octets)) for octets in golden["octets"]] == [784] * 20
    assert "int8" not in golden  # the layers of this network cannot run in it
    digits, probabilities = golden["f32"]["digits"], golden["f32"]["probabilities"]
    assert [int(np.argmax(row)) for row in probabilities] == digits
    np.testing.assert_allclose(np.sum(probabilities, axis=1), np.ones(20), atol=1e-5)
    right = sum(digit == i // 2 for i, digit in enumerate(digits))
    assert f"Golden digits: {right} of 20 recognised as drawn\n" in model[1]


def test_record_golden_gives_the_answers_of_the_training_and_changes_nothing_else(model, tmp_path):
    path = tmp_path / "model.safetensors"
    tensors = without("golden", model[0], path)
    done = run(TRAIN, "--record-golden", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(rf"Golden digits: \d+ of 20 recognised as drawn\nWrote {path}\n", done.stdout)
    assert metadata(path) == metadata(model[0])
    assert path.read_bytes().endswith(tensors)


def test_record_golden_refuses_a_model_whose_answers_are_not_finite(tmp_path):
    path = tmp_path / "model.safetensors"
    content = (ROOT / "models/digits.safetensors").read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    begin, end = json.loads(content[8:8 + size])["logits.weight"]["data_offsets"]
    weights = struct.pack("<f", 3e38) * ((end - begin) // 4)
    path.write_bytes(content[:8 + size + begin] + weights + content[8 + size + end:])
    before = path.read_bytes()
    done = run(TRAIN, "--record-golden", path)
    assert_fails(done, "digitd-train", f"{path}: golden digits in f32: image 0: the logits are not finite")
    assert path.read_bytes() == before


@pytest.fixture(scope="session")
def noisy(tmp_path_factory):
    """A folder of bars of which every eighth has a wrong label, so that predictions are uncertain."""
    folder = tmp_path_factory.mktemp("noisy")
    for part, count in ("train", 400), ("t10k", 80):
        write_part(folder, part, count)
        labels = draw_bars(count)[1]
        labels[::8] = (labels[::8] + 1 + np.arange(len(labels[::8])) % 9) % 10
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(labels_file(labels))
    return folder


@pytest.fixture(scope="session")
def calibrated(noisy, tmp_path_factory):
    """A model file trained on these with 100 validation images, and the output of its training."""
    path = tmp_path_factory.mktemp("calibrated") / "model.safetensors"
    done = run(TRAIN, "--data", noisy, "--recipe", TINY, "--set=validation=100", "--output", path)
    assert done.returncode == 0, done.stderr
    return path, done.stdout


def calibration(path):
    return json.loads(metadata(path)["calibration"])


def test_a_training_ends_with_a_calibration(calibrated):
    found = calibration(calibrated[0])
    assert set(found) == {"temperature", "uncertain_above"}
    assert 0.05 < found["temperature"] < 20 and 0 < found["uncertain_above"] < 1
    assert f"Calibrated: temperature {found['temperature']:.4f}, uncertain above " in calibrated[1]


def test_calibrate_gives_the_calibration_of_the_training_and_changes_nothing_else(calibrated, noisy,
                                                                          tmp_path):
    path = tmp_path / "model.safetensors"
    without("calibration", calibrated[0], path)
    done = run(TRAIN, "--calibrate", path, "--data", noisy)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Wrote {path}\n", "")
    assert path.read_bytes() == calibrated[0].read_bytes()


def test_a_calibrated_model_can_be_quantised_again(calibrated, noisy, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(calibrated[0].read_bytes())
    assert run(TRAIN, "--quantise", path, "--data", noisy).returncode == 0
    assert path.read_bytes() == calibrated[0].read_bytes()


def test_eval_counts_uncertain_images_and_measures_the_calibration(calibrated, noisy, tmp_path):
    report = json.loads(run(EVAL, "--model", calibrated[0], "--data", noisy, "--json").stdout)
    assert report["loss"] == json.loads(metadata(calibrated[0])["training"])["test"]["loss"]
    assert report["nll"] == report["loss"] and 0 < report["ece"] < 1
    text = run(EVAL, "--model", calibrated[0], "--data", noisy).stdout
    assert f"NLL {report['nll']:.5f}, ECE {100 * report['ece']:.3f} % in 15 bins" in text
    assert f"({report['uncertain']} of 80)" in text
    plain = tmp_path / "model.safetensors"
    without("calibration", calibrated[0], plain)
    before = json.loads(run(EVAL, "--model", plain, "--data", noisy, "--json").stdout)
    assert before["wrong"] == report["wrong"] and before["loss"] != report["loss"]


def test_calibration_is_skipped_if_all_images_are_classified_correctly(data, tmp_path):
    path = tmp_path / "m"
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", path, "--set=epochs=12")
    assert done.returncode == 0, done.stderr
    assert json.loads(metadata(path)["training"])["validation"]["accuracy"] == 1
    reason = "the best temperature for the 50 validation images is below 0.05: all or almost all"
    assert f"Not calibrated: {reason}" in done.stdout
    assert "calibration" not in metadata(path)
    assert_fails(run(TRAIN, "--calibrate", path, "--data", data), "digitd-train", reason)


def test_calibrate_needs_the_images_of_the_training(calibrated, data, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(calibrated[0].read_bytes())
    done = run(TRAIN, "--calibrate", path, "--data", data)
    assert_fails(done, "digitd-train", "trained on different images: SHA-256 is ")
    assert path.read_bytes() == calibrated[0].read_bytes()


def test_the_bars_are_learnt_and_eval_gives_the_same_figures(model, data):
    test = json.loads(metadata(model[0])["training"])["test"]
    assert test["accuracy"] > 0.95
    done = run(EVAL, "--model", model[0], "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["accuracy"] == test["accuracy"]
    assert report["loss"] == test["loss"]
    assert sum(map(sum, report["confusion"])) == report["count"] == 60
    assert "corruptions" not in report


def test_eval_under_corruptions_does_not_depend_on_the_number_of_threads(model, data):
    reports = [run(EVAL, "--model", model[0], "--data", data, "--corruptions", "--json",
                   "--threads", threads) for threads in (1, 3)]
    assert reports[0].stdout == reports[1].stdout
    corruptions = json.loads(reports[0].stdout)["corruptions"]
    accuracies = {kind["name"]: kind["accuracy"] for kind in corruptions["kinds"]}
    assert len(accuracies) == 15 and corruptions["count"] == 60
    assert corruptions["mean_accuracy"] == pytest.approx(sum(accuracies.values()) / 15)
    assert accuracies[corruptions["worst"]] == min(accuracies.values())


def evaluate(model, data, *arguments):
    done = run(EVAL, "--model", model, "--data", data, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_preprocessing_changes_nothing(model, data):
    bare, preprocessed = evaluate(model, data), evaluate(model, data, "--preprocess")
    assert (bare.pop("preprocessed"), preprocessed.pop("preprocessed")) == (False, True)
    assert preprocessed == bare


def test_preprocessing_keeps_mnist_normalised_images(model, tmp_path):
    write_part(tmp_path, "t10k", 60, draw_normalised)
    assert_preprocessing_changes_nothing(model[0], tmp_path)


def test_preprocessing_changes_other_images(model, data):
    assert evaluate(model[0], data)["confusion"] != evaluate(model[0], data, "--preprocess")["confusion"]


@pytest.mark.skipif("MNIST_DIR" not in os.environ, reason="MNIST_DIR is not set")
def test_preprocessing_keeps_mnist():
    assert_preprocessing_changes_nothing(ROOT / "models/digits.safetensors", os.environ["MNIST_DIR"])


def test_eval_measures_corruptions_with_and_without_preprocessing(model, data):
    bare = evaluate(model[0], data, "--corruptions")
    both = evaluate(model[0], data, "--corruptions", "--preprocess")
    assert "corruptions_preprocessed" not in bare
    assert both["corruptions"] == bare["corruptions"]
    assert len(both["corruptions_preprocessed"]["kinds"]) == 15
    text = run(EVAL, "--model", model[0], "--data", data, "--corruptions", "--preprocess").stdout
    assert f"on {data}, preprocessed as by the server\n" in text
    mean = 100 * both["corruptions_preprocessed"]["mean_accuracy"]
    assert f"The same after the server's preprocessing, mean {mean:.2f} %" in text


def test_one_thread_and_two_write_the_same_file(noisy, tmp_path):
    files = []
    for threads in 1, 2:
        path = tmp_path / f"{threads}.safetensors"
        done = run(TRAIN, "--data", noisy, "--recipe", SHIPPED, "--output", path, "--threads", threads,
                   "--set", f"architecture={TINY_NETWORK}", "--set=validation=50",
                   "--set=epochs=2")
        assert done.returncode == 0, done.stderr
        files.append(path)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert "calibration" in metadata(files[0])


def test_patience_ends_a_training_early(data, tmp_path):
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m",
               "--set=patience=1", "--set=epochs=200", "--set=schedule=constant",
               "--set=learning_rate=0.05", "--set=ema_decay=0", "--set=batch_size=100")
    assert done.returncode == 0, done.stderr
    assert "Early stopping: no lower validation loss in 1 epochs; weights of epoch" in done.stdout


def test_the_data_folder_can_come_from_the_environment(data, tmp_path):
    done = run(TRAIN, "--recipe", TINY, "--output", tmp_path / "m", "--set=validation=0",
               "--set=epochs=1", MNIST_DIR=str(data))
    assert done.returncode == 0, done.stderr
    assert "validation" not in json.loads(metadata(tmp_path / "m")["training"])
    assert "calibration" not in metadata(tmp_path / "m")
    done = run(TRAIN, "--calibrate", tmp_path / "m", "--data", data)
    assert_fails(done, "digitd-train", "\"validation\" is 0: there are no validation images")


def test_a_dry_run_runs_all_steps_and_leaves_no_files(data, tmp_path):
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m", "--dry-run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("Epoch ") and "val_loss" in line for line in lines) == 2
    assert sum(line.startswith("Test: ") for line in lines) == 1
    assert lines[-1].startswith("Dry run succeeded at ")
    assert "; 6 epochs of 300 images would take about " in lines[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_finds_errors_of_the_complete_training(data, tmp_path):
    done = run(TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m", "--dry-run",
               "--set=validation=350")
    assert done.returncode == 1
    assert "350 validation images of 350 leave none to train on" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_summary_needs_no_data():
    done = run(TRAIN, "--recipe", SHIPPED, "--summary", "--set=dropout=0.5")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["conv1", "conv2d", "3x3", "16x28x28", "144", "112,896"] in rows
    assert ["dropout", "0.5", "128", "0", "0"] in rows
    assert ["total", "144,954", "2,565,632"] in rows


def recipe_file(folder, text):
    path = folder / "mine.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize("arguments, message", [
    ([], "--data DIR is required (or MNIST_DIR in the environment)"),
    (["--data", ".", "--summary", "--dry-run"], "--summary and --dry-run cannot be combined"),
    (["--data", ".", "--resume", "--dry-run"], "--resume and --dry-run cannot be combined"),
    (["--data", ".", "--set", "epochs=0"],
     "--set: \"epochs\" must be a whole number from 1 to 10000, not 0"),
    (["--data", ".", "--set", "batch_size=1"],
     "--set: \"batch_size\" must be a whole number from 2 to 4096, not 1"),
    (["--data", ".", "--set", "learning_rate=fast"],
     "--set: \"learning_rate\" must be a number from 1e-08 to 10, not \"fast\""),
    (["--data", ".", "--set", "augment=none"], "--set: \"augment\" is not a setting, see --help"),
    (["--data", ".", "--set", "epochs"], "--set: \"epochs\" is not of the form NAME=VALUE"),
    (["--data", ".", "--set"], "--set needs a value (NAME=VALUE)"),
    (["--speed", "1"], "unknown option \"--speed\""),
    (["--epochs", "3"], "unknown option \"--epochs\""),
    (["--threads", "257"], "--threads is \"257\", must be a whole number from 0 to 256"),
])
def test_train_reports_usage_errors(arguments, message, tmp_path):
    done = run(TRAIN, "--recipe", TINY, "--output", tmp_path / "m", *arguments)
    assert_fails(done, "digitd-train", message, USAGE)


@pytest.mark.parametrize("arguments, message", [
    (["--data", "/nowhere"], "/nowhere: neither train-images-idx3-ubyte nor"),
    (["--output", "/nowhere/m"], "--output /nowhere/m: cannot write to its folder"),
    (["--output", "/tmp"], "--output /tmp: not a regular file"),
    (["--set", "architecture=/nowhere.json"], "/nowhere.json"),
    (["--recipe", "/nowhere.json"], "/nowhere.json"),
])
def test_train_reports_errors_in_one_line(arguments, message, tmp_path):
    given = {"--data": ".", "--output": tmp_path / "m", "--recipe": TINY}
    rest = [part for name, value in given.items() if name not in arguments for part in (name, value)]
    assert_fails(run(TRAIN, *arguments, *rest), "digitd-train", message)


@pytest.mark.parametrize("text, message", [
    ("{", "mine.json: not JSON at byte"),
    ("{}", "recipe \"unnamed\": key \"architecture\" is missing"),
    ("{\"epoch\": 3}", "mine.json: unknown key \"epoch\""),
    ("{\"augment\": {\"shift\": 3}}", "mine.json: unknown key \"augment.shift\""),
    ("{\"epochs\": 0}", "mine.json: \"epochs\" must be a whole number from 1 to 10000, not 0"),
    ("{\"epochs\": 1, \"epochs\": 1}", "mine.json: key \"epochs\" is given twice"),
    ("{\"architecture\": \"absent.json\"}", "absent.json"),
    (" " * 65537, "mine.json"),
])
def test_train_reports_errors_of_the_recipe_in_one_line(text, message, data, tmp_path):
    done = run(TRAIN, "--data", data, "--recipe", recipe_file(tmp_path, text), "--output",
               tmp_path / "m")
    assert_fails(done, "digitd-train", message)
    assert not (tmp_path / "m").exists()


def write_pictures(folder):
    """Writes ten drawn digits and a table of them that also names a file that is not there."""
    table = folder / "labels.tsv"
    rows = [f"{digit}.png\t{digit}\tdrawn\n" for digit in range(10)] + ["absent.png\t1\tdrawn\n"]
    table.write_text("file\tlabel\tkind\n" + "".join(rows))
    for digit in range(10):
        (folder / f"{digit}.png").write_bytes((DIGITS / f"{digit}.png").read_bytes())
    return table


def test_eval_evaluates_the_pictures_of_a_table(model, tmp_path):
    table = write_pictures(tmp_path)
    done = run(EVAL, "--model", model[0], "--images", table, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["count"] == 11 and report["failed"] == 1
    assert report["kinds"]["groups"][0]["name"] == "drawn"
    assert [wrong["file"] for wrong in report["wrong"] if "reason" in wrong] == ["absent.png"]
    assert "absent.png: label 1, cannot be read: " in run(EVAL, "--model", model[0], "--images", table).stdout


def test_eval_compares_with_the_naive_pipeline(tmp_path):
    images = ["--model", ROOT / "models/digits.safetensors", "--images", write_pictures(tmp_path), "--json"]
    both, naive = (json.loads(run(EVAL, *images, "--pipeline", name).stdout) for name in ("both", "naive"))
    assert both["pipeline"] == "service" and naive["pipeline"] == "naive"
    second = both["naive"]
    assert second == {key: value for key, value in naive.items() if key in second}
    assert second["failed"] == both["failed"] == 1
    assert second["loss"] != both["loss"]


@pytest.mark.parametrize("arguments, message, code", [
    ([], "--data DIR or --images FILE is required", USAGE),
    (["--data", ".", "--images", "l.tsv"], "--data and --images cannot be combined", USAGE),
    (["--images", "l.tsv", "--corruptions"], "--corruptions needs --data, not --images", USAGE),
    (["--images", "l.tsv", "--preprocess"], "--preprocess needs --data, not --images", USAGE),
    (["--data", ".", "--pipeline", "both"], "--pipeline needs --images, not --data", USAGE),
    (["--data", ".", "--preprocess", "--report", "r"], "--preprocess and --report cannot be combined", USAGE),
    (["--threads", "257"], "--threads is \"257\", must be a whole number from 0 to 256", USAGE),
    (["--speed", "1"], "unknown option \"--speed\"", USAGE),
    (["--data", ".", "--model", "/nowhere"], "/nowhere", 1),
])
def test_eval_reports_errors_in_one_line(arguments, message, code):
    assert_fails(run(EVAL, *arguments), "digitd-eval", message, code)


@pytest.mark.parametrize("program, name", [(TRAIN, "digitd-train"), (EVAL, "digitd-eval")])
def test_help_and_version_are_printed(program, name):
    shown = run(program, "--help")
    assert shown.returncode == 0 and shown.stdout.startswith(f"Usage: {name} ")
    assert run(program, "-h").stdout == shown.stdout
    version = run(program, "--version")
    assert version.returncode == 0 and version.stdout.startswith(f"{name} ")


@pytest.mark.parametrize("program", [TRAIN, EVAL])
def test_help_that_cannot_be_printed_is_a_failure(program):
    with open("/dev/full", "w") as full:
        done = subprocess.run([program, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith(": cannot write to standard output\n")


def test_a_training_that_cannot_print_writes_its_model_and_fails(data, model, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([TRAIN, "--data", data, "--recipe", TINY, "--output", tmp_path / "m"],
                              stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
    assert done.returncode == 1
    assert done.stderr == "digitd-train: cannot write to standard output\n"
    assert (tmp_path / "m").read_bytes() == model[0].read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "m"]
