"""Trainings on a full or read-only disk, for which the tests mount a small file system."""

import signal
import subprocess

import pytest

from programs import TINY, TRAIN, assert_complains, assert_fails, end_after_epoch, run

EPOCHS = 40
FULL = "cannot write: No space left on device"


def mount(*arguments):
    """Mounts, or skips the test where that is not permitted."""
    try:
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode != 0:
        pytest.skip(f"mounting is not permitted: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=1m", "digitd-test", folder)
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk):
    """Fills the disk; returns the file that has to be deleted to make room."""
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return filler


def command(data, output, *more):
    return [TRAIN, "--data", data, "--recipe", TINY, f"--set=epochs={EPOCHS}", "--output", output,
            *more]


@pytest.fixture(scope="session")
def whole(data, tmp_path_factory):
    """The model of a training with enough room."""
    path = tmp_path_factory.mktemp("whole") / "m"
    done = run(*command(data, path))
    assert done.returncode == 0, done.stderr
    return path.read_bytes()


def test_a_full_disk_ends_the_training_after_its_first_epoch(data, disk):
    filler = fill(disk)
    done = run(*command(data, disk / "m"))
    assert_complains(done, "digitd-train", f"{disk / 'm.checkpoint'}: {FULL}")
    assert list(disk.iterdir()) == [filler]


def test_a_disk_that_fills_up_keeps_the_last_checkpoint(data, whole, disk):
    output, checkpoint = disk / "m", disk / "m.checkpoint"
    end_after_epoch(command(data, output), 1, signal.SIGINT)
    before = checkpoint.read_bytes()
    filler = fill(disk)
    done = run(*command(data, output, "--resume"))
    assert_complains(done, "digitd-train", f"{checkpoint}: {FULL}")
    assert checkpoint.read_bytes() == before
    assert sorted(disk.iterdir()) == [filler, checkpoint]

    filler.unlink()
    done = run(*command(data, output, "--resume"))
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == whole
    assert list(disk.iterdir()) == [output]


def test_a_model_that_does_not_fit_can_be_written_later_without_training(data, whole, disk, tmp_path):
    output, checkpoint = disk / "m", tmp_path / "checkpoint"
    filler = fill(disk)
    done = run(*command(data, output, "--checkpoint", checkpoint))
    assert_complains(done, "digitd-train", f"{output}: {FULL}")
    assert list(disk.iterdir()) == [filler]

    filler.unlink()
    done = run(*command(data, output, "--checkpoint", checkpoint, "--resume"))
    assert done.returncode == 0, done.stderr
    assert "Epoch " not in done.stdout
    assert output.read_bytes() == whole
    assert not checkpoint.exists()


@pytest.mark.parametrize("option", ["--output", "--checkpoint"])
def test_a_read_only_disk_is_reported_before_the_training(option, data, disk, tmp_path):
    mount("-o", "remount,ro", disk)
    path = disk / "file"
    done = run(*command(data, tmp_path / "m", f"--checkpoint={path}") if option == "--checkpoint"
               else command(data, path))
    assert_fails(done, "digitd-train",
                 f"{option} {path}: cannot write to its folder: Read-only file system")


@pytest.mark.parametrize("option", ["--output", "--checkpoint"])
def test_a_file_in_place_of_the_folder_is_reported_before_the_training(option, data, tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "m"
    done = run(*command(data, tmp_path / "m", f"--checkpoint={path}") if option == "--checkpoint"
               else command(data, path))
    assert_fails(done, "digitd-train", f"{option} {path}: cannot write to its folder: Not a dir")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
