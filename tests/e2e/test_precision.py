"""The options --precision and --kernels: they are applied, shown, and do not change the digits."""

import pytest

from digitd import FORMS, Digitd, run

KERNELS = ["portable", "neon", "avx2", "avxvnni", "avx512", "avx512vnni", "amx"]


def health(server):
    model = server.get("/health").json()["model"]
    return model["precision"], model["kernels"]


def info(server, metric):
    """The line of a metric that has one sample."""
    return next(line for line in server.get("/metrics").text.splitlines()
                if line.startswith(metric + "{"))


@pytest.mark.parametrize("asked, used", [("auto", "int8"), ("int8", "int8"), ("f32", "f32")])
def test_the_precision_is_shown(asked, used):
    with Digitd("--precision", asked, "--kernels", "portable") as server:
        assert health(server) == (used, "portable")
        assert f'precision="{used}"' in info(server, "digitd_model_info")
        assert 'kernels="portable"' in info(server, "digitd_model_info")
        assert 'kernels="portable"' in info(server, "digitd_build_info")
        started = next(line for line in server.lines if line.get("kernels"))
        assert (started["precision"], started["kernels"]) == (used, "portable")


def answers(digits, *flags):
    with Digitd(*flags) as server:
        return [server.post(*FORMS["octets"](digit)).json()["probabilities"] for digit in digits]


def test_int8_gives_the_same_bits_with_all_kernels(drawn_digits):
    expected = answers(drawn_digits, "--precision", "int8", "--kernels", "portable")
    tried = 0
    for kernels in KERNELS[1:]:
        checked = run("--check-config", "--kernels", kernels)
        assert checked.returncode == 0
        try:
            assert answers(drawn_digits, "--precision", "int8", "--kernels", kernels) == expected
            tried += 1
        except RuntimeError as refusal:
            assert "do not run on this processor" in str(refusal)
    assert tried > 0


def test_float32_and_int8_recognise_the_same_digits(drawn_digits):
    for precision in ("f32", "int8"):
        read = [max(range(10), key=answer.__getitem__)
                for answer in answers(drawn_digits, "--precision", precision)]
        assert read == list(range(10))
