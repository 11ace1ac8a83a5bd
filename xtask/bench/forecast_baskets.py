"""Real series that are used up like a quota: baskets a week of a grocer's households, the last 13 weeks held out.

usage: forecast_baskets.py TRANSACTIONS.parquet OUT_FOLDER
Writes readings.csv (account, metric, at, value, limit, kind) of the weeks before, of households with a basket in at
least 20 of them, with a limit of a quarter above the household's busiest week; and truth.csv (account, metric, last,
crossing: days until the first held-out week that reaches the limit, empty where none does).
Prints {"series"}.
"""

import csv
import datetime
import json
import sys
from pathlib import Path

import duckdb

HELD_OUT = 13


def main() -> None:
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    rows = duckdb.sql(
        f"""SELECT household_id, date_diff('day', DATE '2017-01-02', CAST(transaction_timestamp AS DATE)) // 7 AS week,
                   count(DISTINCT basket_id) AS baskets
            FROM '{sys.argv[1]}' WHERE CAST(transaction_timestamp AS DATE) BETWEEN '2017-01-02' AND '2017-12-31'
            GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    weeks = 1 + max(week for _, week, _ in rows)
    cut = weeks - HELD_OUT
    households: dict[str, list[int]] = {}
    for household, week, baskets in rows:
        households.setdefault(str(household), [0] * weeks)[week] = baskets
    day = lambda week: datetime.date(2017, 1, 8) + datetime.timedelta(days=7 * week)
    readings = csv.writer((out / "readings.csv").open("w", newline=""))
    truth = csv.writer((out / "truth.csv").open("w", newline=""))
    readings.writerow(["account", "metric", "at", "value", "limit", "kind"])
    truth.writerow(["account", "metric", "last", "crossing"])
    series = 0
    for household, counts in households.items():
        limit = round(2 * sum(counts[:cut]) / cut, 3)
        if sum(count > 0 for count in counts[:cut]) < 20 or counts[cut - 1] >= limit:
            continue
        series += 1
        for week in range(cut):
            readings.writerow([household, "baskets", day(week), counts[week], limit, "count"])
        ahead = [7 * (week - cut + 1) for week in range(cut, weeks) if counts[week] >= limit]
        truth.writerow([household, "baskets", day(cut - 1), min(ahead, default="")])
    print(json.dumps({"series": series}))


if __name__ == "__main__":
    main()
