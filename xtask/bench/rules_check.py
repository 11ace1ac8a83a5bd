"""Counts anew, from the baskets, every rule that was written.

usage: rules_check.py FILE SEPARATOR RULES.csv
SEPARATOR is a character, or "blank". Prints {"rules", "top_lift", "wrong"}: how many rules there are, the highest
lift, and how many have a count, a confidence or a lift that the baskets do not bear out.
"""

import csv
import json
import sys
from collections import defaultdict


def main() -> None:
    path, separator, rules = sys.argv[1:4]
    split = None if separator == "blank" else separator
    holders = defaultdict(set)
    baskets = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            items = {item.strip() for item in line.rstrip("\n").split(split)} - {""}
            for item in items:
                holders[item].add(baskets)
            baskets += bool(items)
    count, wrong, top = 0, 0, 0.0
    with open(rules, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            left = next(csv.reader([row["antecedent"]], skipinitialspace=True))
            with_left = set.intersection(*(holders[item] for item in left))
            right = holders[row["consequent"]]
            both = len(with_left & right)
            confidence = both / len(with_left)
            lift = confidence * baskets / len(right)
            good = int(row["count"]) == both and abs(float(row["confidence"]) - confidence) < 1e-9
            wrong += not (good and abs(float(row["lift"]) - lift) < 1e-6)
            count, top = count + 1, max(top, lift)
    print(json.dumps({"rules": count, "top_lift": top, "wrong": wrong}))


if __name__ == "__main__":
    main()
