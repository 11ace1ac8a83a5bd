"""Rules with one item on the right by a Python package, from a file with a basket a line.

usage: rules_peer.py (pyfim | mlxtend) FILE SEPARATOR MIN_COUNT MIN_CONFIDENCE OUT.csv
SEPARATOR is a character, or "blank". Prints {"seconds", "rules"}; the time is of reading the file, finding the rules
and writing them, without Python's start and its imports.
"""

import csv
import json
import sys
import time


def read(path: str, separator: str) -> list[list[str]]:
    split = None if separator == "blank" else separator
    with open(path, encoding="utf-8") as lines:
        return [[item.strip() for item in line.rstrip("\n").split(split)] for line in lines if line.strip()]


def main() -> None:
    peer, path, separator = sys.argv[1:4]
    count, confidence, out = int(sys.argv[4]), float(sys.argv[5]), sys.argv[6]
    if peer == "pyfim":
        import fim
    else:
        import pandas as pd
        from mlxtend.frequent_patterns import association_rules, fpgrowth
        from mlxtend.preprocessing import TransactionEncoder
    start = time.perf_counter()
    baskets = read(path, separator)
    if peer == "pyfim":
        # Support as a count is negative here, confidence in percent; "o" counts both sides, as arules does.
        rules = fim.arules(baskets, supp=-count, conf=100 * confidence, zmin=2, mode="o", report="aCl")
        with open(out, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["antecedent", "consequent", "count", "confidence", "lift"])
            writer.writerows((", ".join(body), head, *measures) for head, body, *measures in rules)
    else:
        encoder = TransactionEncoder()
        sparse = encoder.fit(baskets).transform(baskets, sparse=True)
        frame = pd.DataFrame.sparse.from_spmatrix(sparse, columns=encoder.columns_)
        sets = fpgrowth(frame, min_support=count / len(baskets) - 1e-12, use_colnames=True)
        rules = association_rules(sets, metric="confidence", min_threshold=confidence)
        rules = rules[rules.consequents.map(len) == 1]
        columns = ["support", "confidence", "lift", "leverage"]
        sides = {side: rules[side].map(", ".join) for side in ("antecedents", "consequents")}
        rules[columns].assign(**sides).to_csv(out, index=False)
    print(json.dumps({"seconds": time.perf_counter() - start, "rules": len(rules)}))


if __name__ == "__main__":
    main()
