"""Customers whose true process is known: BG/NBD purchases by day, the weeks after them, and an amount a purchase.

usage: ltv_simulate.py OUT_FOLDER CUSTOMERS SEED
Writes summary.csv (customer, frequency, recency, age in weeks: what was bought by the last day), transactions.csv
(customer, date, amount) for at most 20,000 of them, and actual.csv (customer, purchases, value) of the 26 weeks
after. Prints {"customers", "r", "alpha", "a", "b"}.
"""

import csv
import datetime
import json
import pathlib
import sys

import numpy as np

R, ALPHA, A, B = 0.6, 9.0, 0.8, 2.5
P, Q, GAMMA = 6.0, 4.0, 15.0
DAYS_MIN, DAYS_MAX, AHEAD = 182, 546, 182
WRITTEN_MAX = 20_000


def main() -> None:
    folder, customers, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    age = rng.integers(DAYS_MIN, DAYS_MAX + 1, customers)
    rate = rng.gamma(R, 1.0 / ALPHA, customers) / 7.0
    leaving = rng.beta(A, B, customers)
    price = rng.gamma(Q, 1.0 / GAMMA, customers)
    at = np.zeros(customers)
    last_day = np.zeros(customers, dtype=np.int64)
    frequency = np.zeros(customers, dtype=np.int64)
    recency = np.zeros(customers, dtype=np.int64)
    ahead = np.zeros(customers, dtype=np.int64)
    value = np.zeros(customers)
    alive = np.arange(customers)
    end = datetime.date(2025, 12, 31)
    rows = []

    def note(who: np.ndarray, day: np.ndarray, amount: np.ndarray) -> None:
        for i, d, paid in zip(who, day, amount):
            if i < WRITTEN_MAX and d <= age[i]:
                rows.append((int(i), end - datetime.timedelta(days=int(age[i] - d)), round(float(paid), 2)))

    note(alive[:WRITTEN_MAX], last_day[:WRITTEN_MAX], rng.gamma(P, 1.0 / price[:WRITTEN_MAX]))
    while alive.size:
        at[alive] += rng.exponential(1.0 / np.maximum(rate[alive], 1e-12))
        alive = alive[at[alive] < age[alive] + 1 + AHEAD]
        day = np.floor(at[alive]).astype(np.int64)
        amount = rng.gamma(P, 1.0 / price[alive])
        # A day counts once, as in any shop's data; day 0 has the first purchase.
        new = day > last_day[alive]
        who, day_new, paid = alive[new], day[new], amount[new]
        last_day[who] = day_new
        before = day_new <= age[who]
        frequency[who[before]] += 1
        recency[who[before]] = day_new[before]
        ahead[who[~before]] += 1
        value[who[~before]] += paid[~before]
        note(who[before], day_new[before], paid[before])
        alive = alive[rng.random(alive.size) >= leaving[alive]]

    with open(folder / "summary.csv", "w", newline="") as out:
        out.write("customer,frequency,recency,age\n")
        for i in range(customers):
            out.write(f"{i},{frequency[i]},{recency[i] / 7:.6f},{age[i] / 7:.6f}\n")
    with open(folder / "actual.csv", "w", newline="") as out:
        out.write("customer,purchases,value\n")
        for i in range(customers):
            out.write(f"{i},{ahead[i]},{value[i]:.2f}\n")
    rows.sort(key=lambda row: (row[1], row[0]))
    with open(folder / "transactions.csv", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["customer", "date", "amount"])
        writer.writerows(rows)
    print(json.dumps({"customers": customers, "r": R, "alpha": ALPHA, "a": A, "b": B}))


if __name__ == "__main__":
    main()
