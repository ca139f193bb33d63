"""What digitd-train and digitd-eval say of data files that are not what they should be."""

import gzip
import struct

import pytest

from programs import EVAL, ROOT, TINY, TRAIN, assert_fails, draw_bars, images_file, labels_file, run

IMAGES = "images-idx3-ubyte"
LABELS = "labels-idx1-ubyte"
COUNT = 60


def header(magic, *sizes):
    return struct.pack(f">{1 + len(sizes)}I", magic, *sizes)


def spoilt_files():
    """(name of the case, file to replace, its bytes, what the message says)"""
    images, labels = draw_bars(COUNT)
    pixels = images.tobytes()
    whole, named = images_file(images), labels_file(labels)
    above = labels.copy()
    above[17] = 10
    packed = gzip.compress(whole)
    return [
        ("empty", IMAGES, b"", "ends 4 bytes before what its header promises"),
        ("cut header", IMAGES, whole[:10], "ends 2 bytes before what its header promises"),
        ("truncated", IMAGES, whole[:-1], "ends 1 bytes before what its header promises"),
        ("oversized", IMAGES, whole + b"\0", "1 bytes follow what its header promises"),
        ("labels for images", IMAGES, named, "magic number 0x00000801, expected 0x00000803"),
        ("floats", IMAGES, header(0xD03, COUNT, 28, 28) + pixels, "magic number 0x00000d03"),
        ("32 rows", IMAGES, header(0x803, COUNT, 32, 28) + pixels, "32 rows, only 28 are taken"),
        ("27 columns", IMAGES, header(0x803, COUNT, 28, 27) + pixels, "27 columns, only 28"),
        ("no images", IMAGES, header(0x803, 0, 28, 28), "holds nothing"),
        ("a million and one", IMAGES, header(0x803, 1000001, 28, 28), "1000001 items, the limit"),
        ("not gzip", f"{IMAGES}.gz", whole, "not a sound gzip file"),
        ("cut gzip", f"{IMAGES}.gz", packed[:-9], "not a sound gzip file"),
        ("gzip and more", f"{IMAGES}.gz", packed + b"\0", "1 bytes follow the gzip data"),
        ("gzip of too much", f"{IMAGES}.gz", gzip.compress(whole + b"\0"), "inflates beyond"),
        ("fewer labels", LABELS, labels_file(labels[:-1]), "59 labels for 60 images"),
        ("truncated labels", LABELS, named[:-3], "ends 3 bytes before what its header promises"),
        ("oversized labels", LABELS, named + b"\1\2", "2 bytes follow what its header promises"),
        ("images for labels", LABELS, whole, "magic number 0x00000803, expected 0x00000801"),
        ("a label of ten", LABELS, labels_file(above), "label 17 is 10, the largest is 9"),
    ]


CASES = [pytest.param(*case[1:], id=case[0]) for case in spoilt_files()]


@pytest.fixture
def sound(tmp_path):
    """A folder of sound files, nothing compressed."""
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
def test_training_refuses_spoilt_files_with_one_line_and_leaves_nothing(part, name, content,
                                                                        message, sound, tmp_path):
    path = replace(sound, part, name, content)
    output = tmp_path / "output"
    output.mkdir()
    done = run(TRAIN, "--data", sound, "--recipe", TINY, "--set=validation=10", "--output",
               output / "m")
    assert_fails(done, "digitd-train", f"{path}: ")
    assert message in done.stderr
    assert list(output.iterdir()) == []


@pytest.mark.parametrize("name, content, message", CASES)
def test_evaluation_refuses_spoilt_files_with_one_line(name, content, message, sound):
    path = replace(sound, "t10k", name, content)
    done = run(EVAL, "--model", ROOT / "models" / "digits.safetensors", "--data", sound)
    assert_fails(done, "digitd-eval", f"{path}: ")
    assert message in done.stderr


@pytest.mark.parametrize("missing", [f"train-{IMAGES}", f"train-{LABELS}", f"t10k-{IMAGES}",
                                     f"t10k-{LABELS}"])
def test_training_names_the_file_that_is_missing(missing, sound, tmp_path):
    (sound / missing).unlink()
    done = run(TRAIN, "--data", sound, "--recipe", TINY, "--output", tmp_path / "m")
    assert_fails(done, "digitd-train", f"neither {missing} nor {missing}.gz is there")


def test_a_folder_in_the_place_of_a_file_is_refused(sound, tmp_path):
    (sound / f"train-{IMAGES}").unlink()
    (sound / f"train-{IMAGES}").mkdir()
    done = run(TRAIN, "--data", sound, "--recipe", TINY, "--output", tmp_path / "m")
    assert_fails(done, "digitd-train", f"train-{IMAGES}: not a regular file")


def test_sound_files_are_taken(sound, tmp_path):
    """So that what the other tests see is what they spoilt."""
    done = run(TRAIN, "--data", sound, "--recipe", TINY, "--set=validation=10", "--set=epochs=1",
               "--output", tmp_path / "m")
    assert done.returncode == 0, done.stderr
