"""Scores estimates of one value: relative errors over repetitions, or how often intervals hold the truth.

usage: ope_score.py error TRUTH OUT.csv…      the same truth for all
       ope_score.py cover TRUTHS.json OUT.csv…  a list of truths, one a file
Prints {estimator: {"value", "mean", "sd"}} (value of the first file) or {estimator: {"cover", "width"}}.
"""

import csv
import json
import sys

import numpy as np


def read(path: str) -> dict[str, dict[str, str]]:
    with open(path, newline="") as file:
        return {row["estimator"]: row for row in csv.DictReader(file)}


def errors(truth: float, tables: list) -> dict:
    said = {}
    for name in tables[0]:
        values = np.array([float(table[name]["value"]) for table in tables])
        relative = np.abs(values - truth) / truth
        said[name] = {"value": values[0], "mean": relative.mean(), "sd": relative.std(ddof=1) if len(tables) > 1 else 0.0}
    return said


def coverage(truths: list[float], tables: list) -> dict:
    said = {}
    for name in tables[0]:
        lower = np.array([float(table[name]["lower"]) for table in tables])
        upper = np.array([float(table[name]["upper"]) for table in tables])
        held = (lower <= truths) & (np.array(truths) <= upper)
        said[name] = {"cover": 100.0 * held.mean(), "width": (upper - lower).mean()}
    return said


def main() -> None:
    manner, truth = sys.argv[1], sys.argv[2]
    tables = [read(path) for path in sys.argv[3:]]
    if manner == "error":
        print(json.dumps(errors(float(truth), tables)))
    else:
        with open(truth) as file:
            print(json.dumps(coverage(json.load(file), tables)))


if __name__ == "__main__":
    main()
