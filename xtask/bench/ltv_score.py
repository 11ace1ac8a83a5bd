"""Scores a table of `nobishiro model ltv` against what came.

usage: ltv_score.py SCORES.csv ACTUAL.csv
Prints {"customers", "actual", "correlation", "total", "covered", "squared_error", "trivial_squared_error", "trivial_correlation",
"value_total", "value_covered"}: total is expected over actual; covered the share of customers whose purchases (or
value, where it was scored) lie in the interval; trivial is as many purchases as before, where actual.csv has `before`.
"""

import csv
import json
import math
import sys


def read(path: str) -> dict:
    with open(path, newline="") as lines:
        return {row["customer"]: row for row in csv.DictReader(lines)}


def correlation(a: list, b: list) -> float:
    n, ma, mb = len(a), sum(a) / len(a), sum(b) / len(b)
    ab = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    aa, bb = sum((x - ma) ** 2 for x in a), sum((y - mb) ** 2 for y in b)
    return ab / math.sqrt(aa * bb) if n and aa and bb else float("nan")


def main() -> None:
    scores, actual = read(sys.argv[1]), read(sys.argv[2])
    keys = [key for key in actual if key in scores]
    expected = [float(scores[key]["expected_purchases"]) for key in keys]
    came = [float(actual[key]["purchases"]) for key in keys]
    priced = scores[keys[0]]["expected_value"] != ""
    names = ("purchases_lower", "purchases_upper") if priced else ("lower", "upper")
    inside = lambda low, high, what: sum(
        float(scores[key][low]) <= float(actual[key][what]) <= float(scores[key][high]) for key in keys
    ) / len(keys)
    said = {
        "customers": len(keys),
        "actual": sum(came),
        "correlation": correlation(expected, came),
        "total": sum(expected) / sum(came),
        "covered": inside(*names, "purchases"),
        "squared_error": sum((e - a) ** 2 for e, a in zip(expected, came)) / len(keys),
    }
    if "before" in actual[keys[0]]:
        before = [float(actual[key]["before"]) for key in keys]
        said["trivial_correlation"] = correlation(before, came)
        said["trivial_squared_error"] = sum((b - a) ** 2 for b, a in zip(before, came)) / len(keys)
    if priced:
        values = [float(scores[key]["expected_value"]) for key in keys]
        said["value_total"] = sum(values) / sum(float(actual[key]["value"]) for key in keys)
        said["value_covered"] = inside("lower", "upper", "value")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
