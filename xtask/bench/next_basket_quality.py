"""Holds out last baskets, and scores lists of items against them, beside two trivial ways of listing.

usage: next_basket_quality.py split (tafeng | completejourney) SOURCE HISTORY.csv TARGET.json
       next_basket_quality.py score (all | new) HISTORY.csv TARGET.json LISTS.csv
The history has the columns customer, order, item; the target is {customer: [item, …]}. `score` prints
{"ours" | "popularity" | "personal": {"recall", "ndcg", "phr"}, "customers"} at ten. With `new` only items that
the customer never bought count, on either side.
"""

import collections
import csv
import datetime
import json
import math
import sys

DEPTH = 10


def tafeng(source: str):
    """Training users are known whole, test users but for their last set; sets are numbered from 1."""
    with open(source) as file:
        parts = json.load(file)
    lines, target = [], {}
    for part in ("train", "test"):
        for user, sets in parts[part].items():
            known = sets[:-1] if part == "test" else sets
            lines += [(user, number, item) for number, items in enumerate(known, 1) for item in items]
            if part == "test":
                target[user] = [str(item) for item in sets[-1]]
    return lines, target


def completejourney(source: str):
    """A household's baskets of one day are one order; of those with two or more the last is held out."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(source, columns=["household_id", "transaction_timestamp", "product_id"])
    days = [moment.date() for moment in table["transaction_timestamp"].to_pylist()]
    bought = set(zip(table["household_id"].to_pylist(), days, table["product_id"].to_pylist()))
    orders = collections.defaultdict(set)
    for household, day, _ in bought:
        orders[household].add(day)
    last = {household: max(of) if len(of) > 1 else datetime.date.max for household, of in orders.items()}
    lines, target = [], collections.defaultdict(list)
    for household, day, product in sorted(bought):
        if day == last[household]:
            target[str(household)].append(str(product))
        else:
            lines.append((household, day.isoformat(), product))
    return lines, target


def split(layout: str, source: str, history: str, target: str) -> dict:
    lines, held = {"tafeng": tafeng, "completejourney": completejourney}[layout](source)
    with open(history, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("customer", "order", "item"))
        writer.writerows(lines)
    with open(target, "w") as file:
        json.dump(held, file)
    return {"lines": len(lines), "targets": len(held)}


def measures(listed: dict, held: dict) -> dict:
    """Means over customers; NDCG with the ideal capped at the depth; PHR is any hit."""
    gains = [1 / math.log2(place + 2) for place in range(DEPTH)]
    recall = ndcg = phr = 0.0
    for customer, came in held.items():
        hits = [item in came for item in listed.get(customer, [])[:DEPTH]]
        recall += sum(hits) / len(came)
        ndcg += sum(gain for gain, hit in zip(gains, hits) if hit) / sum(gains[: len(came)])
        phr += any(hits)
    return {"recall": recall / len(held), "ndcg": ndcg / len(held), "phr": phr / len(held)}


def score(kind: str, history: str, target: str, lists: str) -> dict:
    counts = collections.defaultdict(collections.Counter)
    baskets = set()
    with open(history, newline="") as file:
        for row in csv.DictReader(file):
            line = (row["customer"], row["order"], row["item"])
            if line not in baskets:
                baskets.add(line)
                counts[row["customer"]][row["item"]] += 1
    popular = collections.Counter()
    for own in counts.values():
        popular.update(own)
    ranked = sorted(popular, key=lambda item: (-popular[item], item))
    with open(target) as file:
        held = {customer: set(items) for customer, items in json.load(file).items()}
    if kind == "new":
        held = {customer: items - counts[customer].keys() for customer, items in held.items()}
        held = {customer: items for customer, items in held.items() if items}
    ours = collections.defaultdict(list)
    with open(lists, newline="") as file:
        for row in csv.DictReader(file):
            if len(ours[row["customer"]]) + 1 != int(row["rank"]):
                raise SystemExit(f"ranks of customer {row['customer']} are not 1, 2, …")
            if (row["item"] in counts[row["customer"]]) != (row["kind"] == "repeat"):
                raise SystemExit(f"the kind of {row['item']} for {row['customer']} is not {row['kind']}")
            ours[row["customer"]].append(row["item"])
    by_popularity, by_count = {}, {}
    for customer in held:
        own = counts[customer]
        unbought = [item for item in ranked[: len(own) + DEPTH] if item not in own][:DEPTH]
        by_popularity[customer] = unbought if kind == "new" else ranked[:DEPTH]
        habits = sorted(own, key=lambda item: (-own[item], -popular[item], item))[:DEPTH]
        by_count[customer] = unbought if kind == "new" else habits + unbought
    return {
        "ours": measures(ours, held),
        "popularity": measures(by_popularity, held),
        "personal": measures(by_count, held),
        "customers": len(held),
    }


def main() -> None:
    task = {"split": split, "score": score}[sys.argv[1]]
    json.dump(task(*sys.argv[2:]), sys.stdout)


main()
