"""Plots the throughput of digitd over connections, digits per request and bytes, for bench/serve."""

import statistics

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 (the backend must be chosen first)
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

CONNECTIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
BATCHES = (1, 2, 4, 8, 16, 32, 64)
SIDES_PX = (28, 64, 128, 256, 512, 1000)
WORKERS = (1, 2)

# Legible on light and dark backgrounds.
COLOURS = ("#2f7ed8", "#d9822b")
GREY = "#888888"
STYLE = {"text.color": GREY, "axes.labelcolor": GREY, "axes.edgecolor": GREY, "xtick.color": GREY,
         "ytick.color": GREY, "grid.color": GREY, "grid.alpha": 0.3, "svg.hashsalt": "digitd",
         "svg.fonttype": "none", "font.size": 9}


def rate(bench, port, body, content_type, connections=None):
    return statistics.median(bench.drive(port, body, content_type, connections)[0]
                             for _ in range(3))


def noisy_seven(bench, seven, side_px):
    """A PNG of the drawn seven, resized, with noise that PNG cannot compress."""
    grey = np.asarray(Image.open(seven).convert("L").resize((side_px, side_px)), int)
    noise = np.random.default_rng(1).integers(0, 40, grey.shape)
    path = bench.folder / f"{side_px}.png"
    Image.fromarray(np.clip(grey - noise, 0, 255).astype("uint8")).save(path)
    return path


def measure_connections(bench, octets):
    """{workers: [requests/s for each of CONNECTIONS]}; two workers share both CPUs with wrk."""
    rates = {}
    for workers in WORKERS:
        cpus = f"{bench.server_cpu},{bench.client_cpu}" if workers > 1 else None
        port = bench.start_digitd(workers, cpus)
        rates[workers] = [rate(bench, port, octets, "application/octet-stream", connections)
                          for connections in CONNECTIONS]
        bench.stop()
    return rates


def measure_batches(bench, seven):
    """{format: [digits/s for each of BATCHES]}."""
    port = bench.start_digitd()
    rates = {"IDX": [], "JSON": []}
    for count in BATCHES:
        body = bench.body(f"{count}.idx", bench.idx_of(seven, count))
        rates["IDX"].append(count * rate(bench, port, body, "application/octet-stream"))
        body = bench.body(f"{count}.json", {"instances": [{"pixels": seven}] * count})
        rates["JSON"].append(count * rate(bench, port, body, "application/json"))
    bench.stop()
    return rates


def measure_pictures(bench, seven):
    """([bytes], [requests/s]) of PNG files of increasing size."""
    port = bench.start_digitd()
    files = [noisy_seven(bench, seven, side_px) for side_px in SIDES_PX]
    rates = [rate(bench, port, file, "image/png") for file in files]
    bench.stop()
    return [file.stat().st_size for file in files], rates


def draw(axes, title, x_label, x, lines, y_label, y_scale="linear"):
    for (name, y), colour in zip(lines.items(), COLOURS):
        axes.plot(x, y, "o-", color=colour, label=name, markersize=3)
    axes.set(title=title, xlabel=x_label, ylabel=y_label, xscale="log", yscale=y_scale)
    if y_scale == "linear":
        axes.set_ylim(0, None)
    axes.grid(True)
    if len(lines) > 1:
        axes.legend(frameon=False)


def plot(bench, out, octets, seven):
    by_connections = measure_connections(bench, octets)
    by_batch = measure_batches(bench, list(octets.read_bytes()))
    sizes, by_size = measure_pictures(bench, seven)
    with plt.rc_context(STYLE):
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
        draw(left, "784 octets", "connections", CONNECTIONS,
             {f"{workers} worker{'s' if workers > 1 else ''}": rates
              for workers, rates in by_connections.items()}, "requests/s")
        draw(middle, "many digits in a request", "digits in a request", BATCHES, by_batch, "digits/s")
        draw(right, "PNG, 28x28 to 1000x1000 pixels", "bytes", sizes, {"1 worker": by_size},
             "requests/s", y_scale="log")
        figure.savefig(out, transparent=True, metadata={"Date": None})
    for name, x, y in (("connections", CONNECTIONS, by_connections[1]),
                       ("connections, 2 workers", CONNECTIONS, by_connections[2]),
                       ("digits in a request, IDX", BATCHES, by_batch["IDX"]),
                       ("digits in a request, JSON", BATCHES, by_batch["JSON"]), ("PNG bytes", sizes, by_size)):
        print(f"\n{name}: " + ", ".join(f"{at} {value:.0f}/s" for at, value in zip(x, y)))
