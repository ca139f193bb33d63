"""The memory that requests need: no allocation by digitd itself, and a small resident set."""

import re
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from digitd import FORMS, ROOT, Digitd, encoded

WARM_UP = 50
REQUESTS = 300
FORMS_WITHOUT_ALLOCATIONS = ["png", "octets", "flat", "unit"]
MAX_RESIDENT_BYTES = 24 << 20
PHOTO_WIDTH_PX, PHOTO_HEIGHT_PX = 4032, 3024


@pytest.fixture(scope="module")
def preload(tmp_path_factory):
    """The shared library that counts allocations."""
    library = tmp_path_factory.mktemp("preload") / "count_allocations.so"
    source = ROOT / "tests/support/count_allocations.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


class Counts:
    def __init__(self, path):
        self.path = path

    def read(self):
        """The number of allocations so far: (by libmicrohttpd, by all other code)."""
        return struct.unpack("QQ", self.path.read_bytes())


@pytest.fixture()
def counts(tmp_path):
    return Counts(tmp_path / "counts")


@pytest.fixture()
def counted(preload, counts):
    """A server whose allocations are counted."""
    environment = {"LD_PRELOAD": str(preload), "COUNT_ALLOCATIONS": str(counts.path)}
    with Digitd("--workers", 1, env=environment) as server:
        yield server


def post_all(server, session, body, content_type, times):
    for _ in range(times):
        answer = session.post(server.url + "/predict", data=body,
                              headers={"Content-Type": content_type}, timeout=30)
        assert answer.status_code == 200


# Does not run with sanitizers, which replace the allocator.
@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS_WITHOUT_ALLOCATIONS)
def test_a_warm_server_allocates_nothing_for_a_digit(counted, counts, seven, form):
    body, content_type = FORMS[form](seven)
    with requests.Session() as session:
        post_all(counted, session, body, content_type, WARM_UP)
        library_before, own_before = counts.read()
        post_all(counted, session, body, content_type, REQUESTS)
        library, own = counts.read()
    print(f"{form}: libmicrohttpd makes {(library - library_before) / REQUESTS:.1f} allocations per request")
    assert own - own_before == 0
    assert library > library_before


@pytest.mark.slow
def test_the_allocations_of_a_jpeg_are_counted(counted, counts, seven):
    """libjpeg-turbo and stb_image allocate from the heap, so the counter must increase."""
    body = encoded(seven, "JPEG")
    with requests.Session() as session:
        post_all(counted, session, body, "image/jpeg", WARM_UP)
        before = counts.read()[1]
        post_all(counted, session, body, "image/jpeg", REQUESTS)
    assert counts.read()[1] >= before + REQUESTS


def peak_resident_bytes(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10


def phone_photo(seven, **options):
    """A JPEG of a 7 on paper: 12 megapixels with sensor noise, about four million bytes."""
    noise = np.random.default_rng(1).normal(0, 12, (PHOTO_HEIGHT_PX, PHOTO_WIDTH_PX))
    ink = Image.fromarray(seven).resize((1400, 1400), Image.Resampling.BICUBIC)
    paper = Image.new("L", (PHOTO_WIDTH_PX, PHOTO_HEIGHT_PX), 190)
    paper.paste(40, (1300, 800), ink)
    pixels = np.clip(np.asarray(paper) + noise, 0, 255).astype(np.uint8)
    return encoded(Image.fromarray(pixels).convert("RGB"), "JPEG", quality=90, **options)


@pytest.mark.slow
@pytest.mark.parametrize("progressive, bytes_a_pixel", [(False, 0.5), (True, 3.5)])
def test_a_photo_of_twelve_megapixels_is_decoded_in_little_memory(seven, progressive, bytes_a_pixel):
    photo = phone_photo(seven, progressive=progressive)
    with Digitd("--workers", 1) as server:
        before = peak_resident_bytes(server)
        answer = server.post(photo, "image/jpeg")
        assert answer.status_code == 200, answer.text
        decoding = peak_resident_bytes(server) - before - len(photo)
    assert decoding <= bytes_a_pixel * PHOTO_WIDTH_PX * PHOTO_HEIGHT_PX


def resident_bytes(server):
    for line in server.get("/metrics").text.splitlines():
        if line.startswith("process_resident_memory_bytes "):
            return float(line.split()[1])
    raise AssertionError("no process_resident_memory_bytes")


@pytest.mark.slow
def test_the_resident_set_stays_small_after_many_requests(seven):
    with Digitd("--workers", 2) as server:
        for form in FORMS_WITHOUT_ALLOCATIONS:
            body, content_type = FORMS[form](seven)
            with requests.Session() as session:
                post_all(server, session, body, content_type, REQUESTS)
        assert resident_bytes(server) <= MAX_RESIDENT_BYTES
