"""Flags, environment variables and configuration file: their precedence, and errors of one line."""

import json
import subprocess

import pytest

from digitd import BINARY, ROOT, Digitd, run

DEFAULTS = json.loads((ROOT / "config/digitd.json").read_text())


def printed(*flags, env=None):
    result = run("--print-config", *flags, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    return json.loads(result.stdout)


def assert_refused(result, *words):
    """Exit code 1, nothing on standard output, and one line that contains every word."""
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    for word in words:
        assert str(word) in result.stderr


@pytest.fixture()
def file(tmp_path):
    """Writes a configuration file and returns its path."""
    def write(contents):
        path = tmp_path / "digitd.json"
        path.write_text(contents if isinstance(contents, str) else json.dumps(contents))
        return path
    return write


def test_the_file_in_the_repository_has_every_key_with_its_default():
    assert printed() == DEFAULTS


def test_the_output_of_print_config_is_a_configuration_file(file):
    text = run("--print-config", "--max-instances", 3).stdout
    assert run("--print-config", "--config", file(text)).stdout == text


def test_a_flag_overrides_the_environment_that_overrides_the_file_that_overrides_the_default(file):
    path = file({"max_instances": 2})
    env = {"DIGITD_MAX_INSTANCES": "3"}
    assert printed()["max_instances"] == DEFAULTS["max_instances"]
    assert printed("--config", path)["max_instances"] == 2
    assert printed(env={"DIGITD_CONFIG": str(path)})["max_instances"] == 2
    assert printed("--config", path, env=env)["max_instances"] == 3
    assert printed("--config", path, "--max-instances", 4, env=env)["max_instances"] == 4


@pytest.mark.parametrize("key", DEFAULTS)
def test_every_key_is_a_flag_an_environment_variable_and_a_json_member(file, key):
    other = {"listen": "[::1]:9", "admin_listen": "unix:/run/admin", "max_header_bytes": 2048, "max_headers": 50,
             "model": "m", "log_level": "debug", "access_log": False, "access_log_probes": True,
             "precision": "int8", "kernels": "portable", "max_hypotheses": 1}
    value = other.get(key, DEFAULTS[key] + 1 if isinstance(DEFAULTS[key], int) else None)
    text = json.dumps(value) if not isinstance(value, str) else value
    flag = "--" + key.replace("_", "-")
    assert printed(flag, text)[key] == value
    assert printed(f"{flag}={text}")[key] == value
    assert printed(env={"DIGITD_" + key.upper(): text})[key] == value
    assert printed("--config", file({key: value}))[key] == value
    assert flag in run("--help").stdout


@pytest.mark.parametrize("value", ["-1", "0", "4097", "1.5", "1e2", "many", "", "18446744073709551616"])
def test_a_number_out_of_range_is_refused_from_flag_and_environment(file, value):
    assert_refused(run("--check-config", f"--max-instances={value}"), "--max-instances", value, 4096)
    assert_refused(run("--check-config", env={"DIGITD_MAX_INSTANCES": value}),
                   "DIGITD_MAX_INSTANCES", value, 4096)


@pytest.mark.parametrize("contents, words", [
    ({"max_instances": 4097}, ["max_instances", 4097, 4096]),
    ({"max_instances": 0}, ["max_instances", 0]),
    ({"max_instances": 1.5}, ["max_instances"]),
    ({"max_instances": "3"}, ["max_instances"]),
    ({"max_instances": None}, ["max_instances"]),
    ({"access_log": 1}, ["access_log"]),
    ({"log_level": "loud"}, ["log_level", "loud", "warning"]),
    ({"listen": "localhost:80"}, ["listen", "localhost:80"]),
    ({"listen": "127.0.0.1:65536"}, ["listen", "65536"]),
    ({"speed": 1}, ["speed"]),
    ('{"max_instances": 1, "max_instances": 2}', ["max_instances"]),
    ("[]", ["object"]),
    ("{", []),
    ("", []),
    ('{"max_instances": 1} x', []),
])
def test_an_error_in_a_file_names_the_file(file, contents, words):
    path = file(contents)
    assert_refused(run("--check-config", "--config", path), path, *words)


def test_a_missing_file_is_refused():
    assert_refused(run("--check-config", "--config", "/nonexistent.json"), "/nonexistent.json")


@pytest.mark.parametrize("flags, words", [
    (["--speed", "1"], ["--speed"]),
    (["--max-instance", "1"], ["--max-instance"]),
    (["serve"], ["serve"]),
    (["--max-instances"], ["--max-instances"]),
    (["--max-instances", "1", "--max-instances", "2"], ["--max-instances"]),
])
def test_an_invalid_flag_is_refused(flags, words):
    assert_refused(run("--check-config", *flags), *words)


def test_an_unknown_environment_variable_is_refused():
    assert_refused(run("--check-config", env={"DIGITD_MAX_INSTANCE": "1"}), "DIGITD_MAX_INSTANCE")


def test_the_variables_of_a_kubernetes_service_are_left_alone():
    service = {"SERVICE_HOST": "10.0.0.1", "SERVICE_PORT": "80", "SERVICE_PORT_HTTP": "80",
               "PORT": "tcp://10.0.0.1:80", "PORT_80_TCP": "tcp://10.0.0.1:80", "PORT_80_TCP_ADDR": "10.0.0.1",
               "PORT_80_TCP_PORT": "80", "PORT_80_TCP_PROTO": "tcp"}
    env = {prefix + name: value for prefix in ("DIGITD_", "DIGITD_CANARY_") for name, value in service.items()}
    assert printed(env=env) == DEFAULTS
    assert_refused(run("--check-config", env={**env, "DIGITD_LISTN": "127.0.0.1:80"}), "DIGITD_LISTN")
    assert_refused(run("--check-config", env={"DIGITD_PORT": "80"}), "DIGITD_PORT")


def test_check_config_succeeds_for_a_valid_file(file):
    result = run("--check-config", "--config", file(DEFAULTS))
    assert (result.returncode, result.stderr) == (0, "")


def test_version_names_the_release_and_its_libraries():
    result = run("--version")
    assert result.returncode == 0
    for word in ("digitd", "0.1.0", "libmicrohttpd"):
        assert word in result.stdout


def test_help_goes_to_standard_output():
    result = run("--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert run("-h").stdout == result.stdout
    for word in ("--config", "--print-config", "--check-config", "--version", "--healthcheck"):
        assert word in result.stdout


@pytest.mark.parametrize("flag", ["--print-config", "--help"])
def test_a_full_disk_is_an_error(flag):
    with open("/dev/full", "w", encoding="ascii") as full:
        result = subprocess.run([BINARY, flag], stdout=full, stderr=subprocess.PIPE, timeout=30, check=False)
    assert result.returncode == 1


def test_a_limit_that_is_configured_holds(seven):
    with Digitd("--max-instances", 2) as server:
        instance = {"pixels": seven.tolist()}
        assert server.post_json({"instances": [instance] * 2}).status_code == 200
        assert server.post_json({"instances": [instance] * 3}).json()["limit"] == 2
