"""The project's scripts, as far as a test may run them."""

import filecmp
import gzip
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digitd import ROOT, environment

FILES = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
         "train-images-idx3-ubyte", "train-labels-idx1-ubyte"]


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Prints nothing."""


@pytest.fixture()
def mirror():
    """Serves folders over HTTP: mirror(folder) is its address."""
    servers = []

    def serve(folder):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture()
def wrong_mirror(tmp_path, mirror):
    """A mirror whose files have the right names and other contents."""
    folder = tmp_path / "wrong"
    folder.mkdir()
    for name in FILES:
        (folder / f"{name}.gz").write_bytes(gzip.compress(b"not MNIST"))
    return mirror(folder)


def fetch(folder, *mirrors):
    return subprocess.run(
        [ROOT / "script/fetch-mnist", folder], env=environment(MNIST_MIRRORS=" ".join(mirrors)),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )


def test_fetch_mnist_keeps_nothing_of_other_contents(tmp_path, wrong_mirror):
    result = fetch(tmp_path / "mnist", wrong_mirror)
    assert result.returncode == 1
    assert "no mirror has t10k-images-idx3-ubyte" in result.stderr
    assert not list((tmp_path / "mnist").iterdir())


def test_fetch_mnist_tries_the_next_mirror_and_keeps_what_is_right(
        tmp_path, wrong_mirror, mirror, mnist_dir):
    result = fetch(tmp_path / "mnist", wrong_mirror, mirror(mnist_dir))
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "mnist").iterdir()) == [f"{f}.gz" for f in FILES]
    again = fetch(tmp_path / "mnist", wrong_mirror)
    assert (again.returncode, again.stderr) == (0, "")


# lib.sh is no script; the flags of script/server are digitd's.
SCRIPTS = sorted({path.name for path in (ROOT / "script").iterdir()} - {"lib.sh", "server"})


def run_script(path, *arguments, cwd=None):
    return subprocess.run([ROOT / path, *arguments], cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_help_prints_what_a_script_does_and_nothing_else_happens(tmp_path, name, option):
    result = run_script(f"script/{name}", option, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    comment = (ROOT / "script" / name).read_text().splitlines()[1]
    assert result.stdout.splitlines()[0] == comment.removeprefix("# ")
    assert "set -euo" not in result.stdout and "lib.sh" not in result.stdout
    assert not list(tmp_path.iterdir())


# script/coverage passes options on to ctest.
@pytest.mark.parametrize("arguments", [["--everything"], ["-x"], ["--run", "--everything"], ["--quick", "--everything"],
                                       ["a", "--everything"]])
@pytest.mark.parametrize("name", sorted(set(SCRIPTS) - {"coverage"}))
def test_a_script_refuses_an_unknown_option_with_exit_code_2(tmp_path, name, arguments):
    result = run_script(f"script/{name}", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith(f"{name}: unknown ") and len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments, words", [
    (["fuzz", "0"], ["SECONDS", '"0"']),
    (["fuzz", "1m"], ["SECONDS", '"1m"']),
    (["fuzz", "1", "png"], ["png"]),
    (["train-accurate", "few"], ["SEEDS", '"few"']),
    (["train-robust", "few"], ["SEEDS", '"few"']),
    (["train-teachers", "one"], ["one"]),
    (["fetch-mnist", "one", "two"], ["two"]),
    (["train-model", "one", "two"], ["two"]),
    (["lint", "core"], ["core"]),
])
def test_a_script_refuses_a_wrong_argument(tmp_path, arguments, words):
    result = run_script(f"script/{arguments[0]}", *arguments[1:], cwd=tmp_path)
    assert result.returncode == 2
    assert all(word in result.stderr for word in words)


@pytest.mark.parametrize("path", ["tests/fuzz/make_inputs.py", "bench/train", "bench/serve"])
def test_help_of_a_python_script_makes_nothing(tmp_path, path):
    assert run_script(path, "--help", cwd=tmp_path).returncode == 0
    assert run_script(path, "--everything", cwd=tmp_path).returncode == 2
    assert not list(tmp_path.iterdir())


def python(script, *arguments):
    return subprocess.run([sys.executable, "-B", ROOT / script, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=True).stdout


def compile_c(source, text, *options):
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text)
    subprocess.run(["gcc", *options, source, "-o", source.with_suffix("")], cwd=source.parent, check=True)
    return source.with_suffix("")


@pytest.mark.slow
def test_the_inputs_of_the_fuzzers_are_those_that_make_inputs_writes(tmp_path):
    python("tests/fuzz/make_inputs.py", tmp_path)
    for folder in sorted(path.relative_to(tmp_path) for path in tmp_path.glob("*/*")):
        made, committed = tmp_path / folder, ROOT / "tests/fuzz" / folder
        names = sorted(path.name for path in made.iterdir())
        assert names == sorted(path.name for path in committed.iterdir())
        assert filecmp.cmpfiles(made, committed, names, shallow=False) == (names, [], [])


@pytest.mark.slow
def test_coverage_is_summed_up_by_folder(tmp_path):
    program = compile_c(tmp_path / "core/image/half.c",
                        "int main(int argc, char **argv)\n{\n    (void)argv;\n    if (argc > 1)\n"
                        "        return 1;\n    return 0;\n}\n", "--coverage")
    subprocess.run([program], check=True)
    table = python("tests/coverage_by_room.py", tmp_path, tmp_path, tmp_path / "files.txt")
    # Of four lines one return does not run, and of the branch one of two ways is not taken.
    assert [line.split() for line in table.splitlines()[1:]] == [
        ["core/image", "3", "4", "75.0", "%", "1", "2", "50.0", "%"],
        ["all", "3", "4", "75.0", "%", "1", "2", "50.0", "%"],
    ]
    assert "core/image/half.c" in (tmp_path / "files.txt").read_text()


@pytest.mark.slow
def test_the_thread_sanitizer_repeats_what_can_start_a_thread(tmp_path):
    plain = compile_c(tmp_path / "plain.c", "int main(void)\n{\n    return 0;\n}\n")
    threaded = compile_c(tmp_path / "threaded.c",
                         "#include <pthread.h>\nint main(void)\n{\n    pthread_t thread;\n"
                         "    return pthread_create(&thread, 0, 0, 0);\n}\n", "-pthread")
    (tmp_path / "CTestTestfile.cmake").write_text(
        f'add_test(plain "{plain}")\nadd_test(threaded "{threaded}")\n'
        f'add_test(script "{sys.executable}" "check.py")\nadd_test(driver "{sys.executable}" "{threaded}")\n'
        f'add_test(variable "{sys.executable}")\n'
        f'set_tests_properties(variable PROPERTIES ENVIRONMENT "PROGRAM={plain}")\n')
    assert python("tests/tests_to_repeat.py", tmp_path).splitlines() == [
        "plain plain", "threaded threaded", "driver threaded", "variable plain"]
    assert python("tests/tests_to_repeat.py", tmp_path, "--threads").splitlines() == [
        "threaded threaded", "driver threaded"]
