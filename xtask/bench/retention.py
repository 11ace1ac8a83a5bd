"""Cuts a file of survivors after some years, and scores a projection of the years after.

usage: retention.py cut SURVIVORS.csv OUT.csv YEARS
       retention.py score SURVIVORS.csv PROJECTED.csv SEGMENT YEARS
score prints {"error", "trivial"}: root mean squared errors of survival as shares over the years after; trivial is the
mean retention of the years fitted, for ever.
"""

import csv
import json
import math
import pathlib
import sys


def cut(source: str, out: str, years: int) -> None:
    pathlib.Path(out).parent.mkdir(parents=True, exist_ok=True)
    lines = pathlib.Path(source).read_text().splitlines()
    pathlib.Path(out).write_text("\n".join(lines[: years + 2]) + "\n")
    print(json.dumps({"rows": years + 1}))


def score(source: str, projected: str, segment: str, years: int) -> None:
    with open(source, newline="") as lines:
        actual = [float(row[segment]) / 100.0 for row in csv.DictReader(lines)]
    with open(projected, newline="") as lines:
        found = {int(row["period"]): float(row["survival"]) for row in csv.DictReader(lines)}
    after = range(years + 1, len(actual))
    mean = actual[years] ** (1.0 / years)
    rmse = lambda curve: math.sqrt(sum((curve(t) - actual[t]) ** 2 for t in after) / len(after))
    print(json.dumps({"error": rmse(lambda t: found[t]), "trivial": rmse(lambda t: mean**t)}))


if __name__ == "__main__":
    if sys.argv[1] == "cut":
        cut(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        score(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
