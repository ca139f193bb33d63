"""Files of drawn pictures and labels.tsv with the columns file, label, kind, source and query."""

import os
import pathlib
from dataclasses import dataclass

import numpy as np

from hard_pictures import packed


@dataclass
class Drawn:
    """A picture and what it shows."""

    label: str  # a digit, or the digits of a number
    source: str  # what the picture shows, in more detail than its kind
    picture: object  # of Pillow
    jpeg: bool = False
    query: str = ""  # of /predict

    def packed(self, rng):
        """The file of the picture."""
        return packed(self.picture, self.source, rng if self.jpeg else None)


MANY = "?digits=many"


def add_options(parser, kinds, count):
    """Adds the options of every script that draws pictures of kinds."""
    parser.add_argument("folder", type=pathlib.Path, help="folder to write to; created if missing")
    parser.add_argument("--count", type=int, default=count, help=f"pictures of each kind (default {count})")
    parser.add_argument("--kind", action="append", choices=list(kinds), metavar="NAME", help=", ".join(kinds))
    parser.add_argument("--seed", type=int, default=1, help="start of the random numbers (default 1)")
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("MNIST_DIR"),
                        help="folder of the MNIST files (default: MNIST_DIR)")


def check_options(parser, options):
    """Ends the program if an option is missing or out of range."""
    if options.data is None:
        parser.error("--data or MNIST_DIR must name the MNIST files")
    if options.count < 1:
        parser.error(f"--count is {options.count}, must be 1 or more")
    if options.seed < 0:
        parser.error(f"--seed is {options.seed}, must be 0 or more")


def write_pictures(options, kinds, draw):
    """Writes the pictures that draw(kind, rng, number) returns; each depends only on seed, kind and number."""
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "labels.tsv").open("w") as out:
        out.write("file\tlabel\tkind\tsource\tquery\n")
        for kind in options.kind or kinds:
            for number in range(options.count):
                rng = np.random.default_rng([options.seed, number, list(kinds).index(kind)])
                drawn = draw(kind, rng, number)
                taken = drawn.packed(rng)
                name = f"{kind.replace(' ', '-')}-{number:04}{taken.suffix}"
                (options.folder / name).write_bytes(taken.data)
                out.write(f"{name}\t{drawn.label}\t{kind}\t{drawn.source}\t{drawn.query}\n")
