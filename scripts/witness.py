"""The independent witness: runs models in the official TFLM interpreter and tells what they answer.

Usage: witness.py JOBS ANSWERS

JOBS    JSON: [{"model": BASE64, "arenaBytes": N, "inputs": BASE64, "samples": N}, ...]; the inputs are those of the
        model's only input, sample after sample.
ANSWERS JSON, in the order of the jobs: {"outputs": BASE64}, output 0 of every sample, or {"error": TEXT}.
"""

import base64
import json
import sys

import numpy
from tflite_micro import runtime


def run(job):
    """Returns output 0 of every sample of a job, as bytes laid end to end."""
    model = base64.b64decode(job["model"])
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=job["arenaBytes"])
    details = interpreter.get_input_details(0)
    shape = (job["samples"], *details["shape"])
    inputs = numpy.frombuffer(base64.b64decode(job["inputs"]), details["dtype"]).reshape(shape)
    outputs = []
    for sample in inputs:
        interpreter.set_input(sample, 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).tobytes())
    return b"".join(outputs)


def answer(job):
    """Answers one job; a model that the interpreter refuses must not take the others' answers with it."""
    try:
        return {"outputs": base64.b64encode(run(job)).decode("ascii")}
    except (RuntimeError, ValueError) as error:
        return {"error": str(error)}


def main(jobs_path, answers_path):
    with open(jobs_path, encoding="utf-8") as file:
        jobs = json.load(file)
    with open(answers_path, "w", encoding="utf-8") as file:
        json.dump([answer(job) for job in jobs], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
