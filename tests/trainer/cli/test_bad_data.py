"""The errors of digitd-train and digitd-eval for invalid data files."""

import gzip
import struct

import pytest

from programs import EVAL, ROOT, TINY, TRAIN, assert_fails, draw_bars, images_file, labels_file, run

IMAGES = "images-idx3-ubyte"
LABELS = "labels-idx1-ubyte"
COUNT = 60


def header(magic, *sizes):
    return struct.pack(f">{1 + len(sizes)}I", magic, *sizes)


def invalid_files():
    """(name of the case, file to replace, its bytes, what the message says)"""
    images, labels = draw_bars(COUNT)
    pixels = images.tobytes()
    whole, named = images_file(images), labels_file(labels)
    above = labels.copy()
    above[17] = 10
    packed = gzip.compress(whole)
    return [
        ("empty", IMAGES, b"", "4 bytes shorter than its header says"),
        ("cut header", IMAGES, whole[:10], "2 bytes shorter than its header says"),
        ("truncated", IMAGES, whole[:-1], "1 bytes shorter than its header says"),
        ("oversized", IMAGES, whole + b"\0", "1 bytes longer than its header says"),
        ("labels for images", IMAGES, named, "magic number 0x00000801, expected 0x00000803"),
        ("floats", IMAGES, header(0xD03, COUNT, 28, 28) + pixels, "magic number 0x00000d03"),
        ("32 rows", IMAGES, header(0x803, COUNT, 32, 28) + pixels, "32 rows, must be 28"),
        ("27 columns", IMAGES, header(0x803, COUNT, 28, 27) + pixels, "27 columns, must be 28"),
        ("no images", IMAGES, header(0x803, 0, 28, 28), "contains no images or labels"),
        ("a million and one", IMAGES, header(0x803, 1000001, 28, 28), "1000001 items, the limit"),
        ("not gzip", f"{IMAGES}.gz", whole, "not a valid gzip file"),
        ("cut gzip", f"{IMAGES}.gz", packed[:-9], "not a valid gzip file"),
        ("gzip and more", f"{IMAGES}.gz", packed + b"\0", "1 bytes follow the gzip data"),
        ("gzip of too much", f"{IMAGES}.gz", gzip.compress(whole + b"\0"), "contents are longer than their header says"),
        ("fewer labels", LABELS, labels_file(labels[:-1]), "59 labels for 60 images"),
        ("truncated labels", LABELS, named[:-3], "3 bytes shorter than its header says"),
        ("oversized labels", LABELS, named + b"\1\2", "2 bytes longer than its header says"),
        ("images for labels", LABELS, whole, "magic number 0x00000803, expected 0x00000801"),
        ("a label of ten", LABELS, labels_file(above), "label 17 is 10, the largest is 9"),
    ]


CASES = [pytest.param(*case[1:], id=case[0]) for case in invalid_files()]


@pytest.fixture
def valid(tmp_path):
    """A folder of valid, uncompressed files."""
    folder = tmp_path / "data"
    folder.mkdir()
    images, labels = draw_bars(COUNT)
    for part in "train", "t10k":
        (folder / f"{part}-{IMAGES}").write_bytes(images_file(images))
        (folder / f"{part}-{LABELS}").write_bytes(labels_file(labels))
    return folder


def replace(folder, part, name, content):
    (folder / f"{part}-{name.removesuffix('.gz')}").unlink()
    path = folder / f"{part}-{name}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("part", ["train", "t10k"])
@pytest.mark.parametrize("name, content, message", CASES)
def test_training_refuses_invalid_files_with_one_line_and_leaves_nothing(part, name, content,
                                                                        message, valid, tmp_path):
    path = replace(valid, part, name, content)
    output = tmp_path / "output"
    output.mkdir()
    done = run(TRAIN, "--data", valid, "--recipe", TINY, "--set=validation=10", "--output",
               output / "m")
    assert_fails(done, "digitd-train", f"{path}: ")
    assert message in done.stderr
    assert list(output.iterdir()) == []


@pytest.mark.parametrize("name, content, message", CASES)
def test_evaluation_refuses_invalid_files_with_one_line(name, content, message, valid):
    path = replace(valid, "t10k", name, content)
    done = run(EVAL, "--model", ROOT / "models" / "digits.safetensors", "--data", valid)
    assert_fails(done, "digitd-eval", f"{path}: ")
    assert message in done.stderr


@pytest.mark.parametrize("missing", [f"train-{IMAGES}", f"train-{LABELS}", f"t10k-{IMAGES}",
                                     f"t10k-{LABELS}"])
def test_training_reports_the_missing_file(missing, valid, tmp_path):
    (valid / missing).unlink()
    done = run(TRAIN, "--data", valid, "--recipe", TINY, "--output", tmp_path / "m")
    assert_fails(done, "digitd-train", f"neither {missing} nor {missing}.gz exists")


def test_a_folder_in_the_place_of_a_file_is_refused(valid, tmp_path):
    (valid / f"train-{IMAGES}").unlink()
    (valid / f"train-{IMAGES}").mkdir()
    done = run(TRAIN, "--data", valid, "--recipe", TINY, "--output", tmp_path / "m")
    assert_fails(done, "digitd-train", f"train-{IMAGES}: not a regular file")


def test_valid_files_are_accepted(valid, tmp_path):
    """Without this the other tests might fail for another reason."""
    done = run(TRAIN, "--data", valid, "--recipe", TINY, "--set=validation=10", "--set=epochs=1",
               "--output", tmp_path / "m")
    assert done.returncode == 0, done.stderr
