#!/usr/bin/python3
"""Compares config/recipes/shipped.json with the recipe in the metadata of the model that ships.

    tests/config/test_shipped_recipe.py
"""

import json
import struct
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Names of files depend on where a training ran; the name of the recipe decides nothing.
NOT_COMPARED = {"name", "architecture", "distill.teachers"}


def metadata(path):
    """The metadata of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length))["__metadata__"]


def settings(recipe, prefix=""):
    """(dotted name, value) of each setting of a recipe."""
    for name, value in recipe.items():
        if isinstance(value, dict):
            yield from settings(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


class ShippedRecipe(unittest.TestCase):
    """The recipe that the index calls the model's own made the model."""

    def setUp(self):
        self.metadata = metadata(ROOT / "models/digits.safetensors")
        self.recipe = json.loads((ROOT / "config/recipes/shipped.json").read_text())

    def test_every_setting_of_the_recipe_is_that_of_the_model(self):
        trained = dict(settings(json.loads(self.metadata["training"])["recipe"]))
        for name, value in settings(self.recipe):
            if name not in NOT_COMPARED:
                self.assertEqual(trained.get(name), value, name)

    def test_the_model_has_the_layers_of_the_recipe(self):
        path = ROOT / "config/recipes" / self.recipe["architecture"]
        trained = json.loads(self.metadata["architecture"])["layers"]
        for own, layer in zip(trained, json.loads(path.read_text())["layers"], strict=True):
            self.assertEqual({name: own[name] for name in layer}, layer)


if __name__ == "__main__":
    unittest.main()
