"""Trainings that are interrupted, and trainings that --resume continues."""

import json
import os
import random
import signal
import subprocess
import time

import pytest

from programs import (TIMEOUT_S, TINY, TRAIN, assert_complains, assert_fails, end_after_epoch,
                      environment, metadata, run, start, write_part)

EPOCHS = 40
KILLS = 8
EPOCHS_BEFORE_KILL = (0, 4)
START_S = 0.2
ALL_OF_IT = ["--set=augment.elastic_probability=0.5", "--set=augment.shift_px=2",
             "--set=dropout=0.2", f"--set=epochs={EPOCHS}", f"--set=patience={EPOCHS}"]


def command(data, output, *more):
    return [TRAIN, "--data", str(data), "--recipe", str(TINY), "--output", str(output), *more]


def checkpoint_of(output):
    return output.with_name(output.name + ".checkpoint")


def epochs_in(checkpoint):
    return len(json.loads(metadata(checkpoint)["history"]))


@pytest.fixture(scope="session")
def whole(data, tmp_path_factory):
    """The model of a training that was not interrupted."""
    path = tmp_path_factory.mktemp("whole") / "m"
    done = run(*command(data, path, *ALL_OF_IT, "--threads=1"))
    assert done.returncode == 0, done.stderr
    assert [file.name for file in path.parent.iterdir()] == ["m"]
    return path.read_bytes()


def kill_after_epochs(arguments, epochs, share):
    """Kills a training after so many epochs, and the share of the time that another one takes."""
    with start(arguments) as process:
        seconds, before = START_S, time.monotonic()
        while epochs > 0 and (line := process.stdout.readline()):
            if line.startswith("Epoch "):
                seconds, before = time.monotonic() - before, time.monotonic()
                epochs -= 1
        time.sleep(share * seconds)
        process.kill()


@pytest.mark.parametrize("threads", [[1], [2], [1, 2]], ids=["one", "two", "in turn"])
def test_a_training_killed_again_and_again_writes_the_same_model(threads, data, whole, tmp_path):
    moments = random.Random(len(threads))
    output = tmp_path / "m"
    reached = 0
    for attempt in range(KILLS):
        count = threads[attempt % len(threads)]
        kill_after_epochs(command(data, output, *ALL_OF_IT, "--resume", f"--threads={count}"),
                          moments.randint(*EPOCHS_BEFORE_KILL), moments.random())
        if output.exists():
            break
        if checkpoint_of(output).exists():
            assert epochs_in(checkpoint_of(output)) >= reached
            reached = epochs_in(checkpoint_of(output))
    assert reached > 0
    done = run(*command(data, output, *ALL_OF_IT, "--resume"))
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == whole
    assert not checkpoint_of(output).exists()


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_training_prints_how_to_continue_and_can_be_resumed(number, code, data, whole, tmp_path):
    output = tmp_path / "m"
    checkpoint = checkpoint_of(output)
    done = end_after_epoch(command(data, output, *ALL_OF_IT), 3, number)
    epochs = epochs_in(checkpoint)
    assert epochs >= 3
    assert done.returncode == code
    assert done.stderr == (f"digitd-train: interrupted after epoch {epochs} of {EPOCHS}; the state "
                           f"is saved in {checkpoint}: run the same command with --resume to "
                           "continue\n")
    assert list(tmp_path.iterdir()) == [checkpoint]

    done = run(*command(data, output, *ALL_OF_IT, "--resume"))
    assert done.returncode == 0, done.stderr
    assert f"Resuming after epoch {epochs} of {EPOCHS}" in done.stdout
    assert f"Epoch {epochs}/" not in done.stdout and f"Epoch {epochs + 1}/" in done.stdout
    assert output.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [output]


def test_an_interrupt_in_the_first_epoch_leaves_no_files(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    write_part(data, "train", 20000)
    write_part(data, "t10k", 60)
    with start(command(data, tmp_path / "m", *ALL_OF_IT)) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert errors == "digitd-train: interrupted in the first epoch; nothing was saved\n"
    assert list(tmp_path.iterdir()) == [data]


@pytest.fixture
def stopped(data, tmp_path):
    """The output path of an interrupted training, which has left a checkpoint beside it."""
    output = tmp_path / "m"
    end_after_epoch(command(data, output, *ALL_OF_IT), 1, signal.SIGINT)
    return output


def assert_kept(arguments, checkpoint, message):
    """The command is refused; the checkpoint does not change and is the only file in its folder."""
    before = checkpoint.read_bytes()
    assert_fails(run(*arguments), "digitd-train", message)
    assert checkpoint.read_bytes() == before
    assert [file for file in checkpoint.parent.iterdir() if file.is_file()] == [checkpoint]


def test_without_resume_a_checkpoint_is_not_overwritten(data, stopped):
    assert_kept(command(data, stopped, *ALL_OF_IT), checkpoint_of(stopped),
                "m.checkpoint: the checkpoint of an unfinished training exists: continue with --resume, or "
                "delete the file")


def test_a_checkpoint_of_a_different_recipe_is_refused(data, stopped):
    assert_kept(command(data, stopped, *ALL_OF_IT, "--resume", "--set=learning_rate=0.02"),
                checkpoint_of(stopped),
                "m.checkpoint: different recipe: learning_rate is 0.01, expected 0.02")


def test_a_checkpoint_of_a_different_architecture_is_refused(data, stopped, tmp_path):
    folder = tmp_path / "config"
    (folder / "recipes").mkdir(parents=True)
    (folder / "architectures").mkdir()
    text = (TINY.parent.parent / "architectures" / "tiny.json").read_text()
    (folder / "architectures" / "tiny.json").write_text(text.replace('"out_features": 12',
                                                                     '"out_features": 13'))
    (folder / "recipes" / "tiny.json").write_text(TINY.read_text())
    assert_kept([TRAIN, "--data", data, "--recipe", folder / "recipes" / "tiny.json", "--output",
                 stopped, *ALL_OF_IT, "--resume"], checkpoint_of(stopped),
                "m.checkpoint: different architecture: layers[8].out_features is 12, expected 13")


def test_a_checkpoint_of_different_data_is_refused(stopped, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    write_part(folder, "train", 351)
    write_part(folder, "t10k", 60)
    assert_kept(command(folder, stopped, *ALL_OF_IT, "--resume"), checkpoint_of(stopped),
                "m.checkpoint: different training data: SHA-256 is ")


@pytest.mark.parametrize("damage, message", [
    (lambda content: content[:-1], "truncated?"),
    (lambda content: content[:100], "truncated"),
    (lambda content: b"", "too short for a safetensors file"),
    (lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:], "damaged"),
    (lambda content: content.replace(b'"patience\\":%d' % EPOCHS, b'"patience\\":%d' % (EPOCHS + 1)), "damaged"),
], ids=["truncated", "header truncated", "empty", "a bit", "a setting"])
def test_a_damaged_checkpoint_is_refused(damage, message, data, stopped):
    checkpoint = checkpoint_of(stopped)
    content = checkpoint.read_bytes()
    assert damage(content) != content
    checkpoint.write_bytes(damage(content))
    assert_kept(command(data, stopped, *ALL_OF_IT, "--resume"), checkpoint, message)


def test_a_model_file_is_not_a_checkpoint(data, whole, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(whole)
    assert_kept(command(data, tmp_path / "m", *ALL_OF_IT, "--resume", f"--checkpoint={other}"),
                other, "other: not a training checkpoint")


def test_resume_without_a_checkpoint_starts_from_scratch(data, whole, tmp_path):
    done = run(*command(data, tmp_path / "m", *ALL_OF_IT, "--resume"))
    assert done.returncode == 0, done.stderr
    assert f"No checkpoint {tmp_path / 'm.checkpoint'}: training starts from scratch" in done.stdout
    assert (tmp_path / "m").read_bytes() == whole


def test_the_checkpoint_option_sets_its_path(data, whole, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    more = [*ALL_OF_IT, f"--checkpoint={elsewhere}"]
    end_after_epoch(command(data, tmp_path / "m", *more), 2, signal.SIGINT)
    assert list(tmp_path.iterdir()) == [elsewhere]
    done = run(*command(data, tmp_path / "m", *more, "--resume"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m").read_bytes() == whole
    assert not elsewhere.exists()


def test_the_checkpoint_cannot_be_the_output(data, tmp_path):
    done = run(*command(data, tmp_path / "m", f"--checkpoint={tmp_path / 'm'}"))
    assert_fails(done, "digitd-train", "/m: must differ from --output")


def test_a_loss_that_is_not_finite_keeps_the_last_checkpoint(data, tmp_path):
    arguments = command(data, tmp_path / "m", "--set=learning_rate=10", "--set=schedule=constant",
                        "--set=epochs=10000", "--set=weight_decay=1")
    done = run(*arguments)
    assert_complains(done, "digitd-train", "finite at learning rate 10")
    assert not (tmp_path / "m").exists()


def test_progress_is_one_line_redrawn_on_a_terminal(data, tmp_path):
    leader, follower = os.openpty()
    with subprocess.Popen(command(data, tmp_path / "m", "--set=epochs=2"), stdout=follower,
                          env=environment()) as process:
        os.close(follower)
        text = b""
        while piece := read_terminal(leader):
            text += piece
    os.close(leader)
    assert process.returncode == 0
    epochs = [line for line in text.decode().split("\r\n") if "Epoch " in line]
    assert len(epochs) == 2
    assert all(line.split("\r")[-1].startswith("Epoch ") for line in epochs)


def read_terminal(leader):
    try:
        return os.read(leader, 4096)
    except OSError:  # on Linux, the other side was closed
        return b""
