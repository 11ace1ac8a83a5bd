"""How often the intervals of groups hold the true score; beside them Wald's, from the same counts.

usage: nps_score.py TRUTH OUT.csv
Prints {"cover", "wald"} in percent; the row of all groups together is left out.
"""

import csv
import json
import sys

import numpy as np


def main() -> None:
    truth = float(sys.argv[1])
    with open(sys.argv[2], newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] != "all"]
    column = lambda name: np.array([float(row[name]) for row in rows])
    cover = (column("lower") <= truth) & (truth <= column("upper"))
    n = column("responses")
    p, d = column("promoters") / n, column("detractors") / n
    error = 100 * np.sqrt((p + d - (p - d) ** 2) / n)
    wald = np.abs(100 * (p - d) - truth) <= 1.959964 * error
    print(json.dumps({"cover": 100 * cover.mean(), "wald": 100 * wald.mean()}))


if __name__ == "__main__":
    main()
