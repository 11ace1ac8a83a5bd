"""What listed neighbours are worth on baskets that they were not made from.

usage: also_bought_quality.py split FILE SEED TRAIN.csv TEST.json
       also_bought_quality.py score TRAIN.csv TEST.json LISTED.csv
`split` holds out a fifth of the baskets of two items or more and hides the lesser half of each. `score` adds up the
scores that the rest of a basket gives to other items, and prints recall@10 and NDCG@10 of the ten best beside those
of the ten most popular items, and the mean paired difference with its standard error.
"""

import csv
import json
import math
import random
import sys
from collections import Counter, defaultdict

AT = 10


def split(source: str, seed: str, train: str, test: str) -> None:
    with open(source, encoding="utf-8") as lines:
        baskets = [sorted({item.strip() for item in line.split(",")} - {""}) for line in lines]
    baskets = [basket for basket in baskets if basket]
    draw = random.Random(int(seed))
    draw.shuffle(baskets)
    usable = sum(len(basket) > 1 for basket in baskets)
    queries, kept = [], []
    for basket in baskets:
        if len(basket) > 1 and len(queries) < usable // 5:
            draw.shuffle(basket)
            half = (len(basket) + 1) // 2
            queries.append({"known": basket[:half], "hidden": basket[half:]})
        else:
            kept.append(basket)
    with open(train, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["basket", "item"])
        writer.writerows((number, item) for number, basket in enumerate(kept) for item in basket)
    with open(test, "w", encoding="utf-8") as out:
        json.dump(queries, out)
    print(json.dumps({"train": len(kept), "test": len(queries)}))


def ndcg(listed: list[str], hidden: set[str]) -> float:
    gains = [1 / math.log2(place + 2) for place in range(AT)]
    found = sum(gain for gain, item in zip(gains, listed) if item in hidden)
    return found / sum(gains[: len(hidden)])


def score(train: str, test: str, listed: str) -> None:
    with open(train, encoding="utf-8") as rows:
        popular = Counter(row["item"] for row in csv.DictReader(rows))
    by_popularity = sorted(popular, key=lambda item: (-popular[item], item))
    weights = defaultdict(list)
    with open(listed, encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            weights[row["item"]].append((row["also"], float(row["score"])))
    with open(test, encoding="utf-8") as queries:
        queries = json.load(queries)
    values = {name: [] for name in ("recall", "ndcg", "popular_recall", "popular_ndcg")}
    for query in queries:
        known, hidden = set(query["known"]), set(query["hidden"])
        scores: Counter = Counter()
        for item in query["known"]:
            for also, weight in weights[item]:
                scores[also] += weight
        best = sorted((item for item in scores if item not in known), key=lambda item: (-scores[item], item))
        best += [item for item in by_popularity if item not in scores and item not in known]
        plain = [item for item in by_popularity if item not in known][:AT]
        for prefix, ranked in (("", best[:AT]), ("popular_", plain)):
            values[prefix + "recall"].append(len(hidden.intersection(ranked)) / len(hidden))
            values[prefix + "ndcg"].append(ndcg(ranked, hidden))
    count = len(queries)
    means = {name: sum(each) / count for name, each in values.items()}
    gains = [ours - theirs for ours, theirs in zip(values["ndcg"], values["popular_ndcg"])]
    gain = sum(gains) / count
    error = math.sqrt(sum((each - gain) ** 2 for each in gains) / (count - 1) / count)
    print(json.dumps({**means, "gain": gain, "gain_error": error, "queries": count}))


if __name__ == "__main__":
    {"split": split, "score": score}[sys.argv[1]](*sys.argv[2:])
