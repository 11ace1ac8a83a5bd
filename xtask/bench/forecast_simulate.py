"""Usage series of known kinds whose ends are held out, and when each truly reaches its limit.

usage: forecast_simulate.py OUT_FOLDER SEED
Writes readings.csv (account, metric, at, value, limit, kind; the metric is the kind of series) and truth.csv (account,
metric, last: the last known day; crossing: the day on which the readings after it pass the limit, read off the line
between the reading before and the first at or above it; empty where none of the next 731 days does).
Prints {"series": per metric}.
"""

import csv
import datetime
import json
import sys
from pathlib import Path

import numpy as np

SERIES, AHEAD = 300, 731
LAST = datetime.date(2025, 12, 28)


def monthly(random, least, most):
    """Days before and after the last known one, a month apart."""
    known = random.randint(least, most + 1)
    return np.arange(-(known - 1), 1 + AHEAD // 30) * 30.0


def noisy(random, level, scale):
    return level + random.normal(0, scale * random.uniform(0.01, 0.04), len(level))


def trend(random):
    days = monthly(random, 18, 36)
    base = random.uniform(20, 200)
    return days, noisy(random, base * (1 + random.uniform(-0.005, 0.05) * (days - days[0]) / 30), base)


def damped(random):
    days = monthly(random, 12, 30)
    base = random.uniform(20, 200)
    months = (days - days[0]) / 30
    return days, noisy(random, base * (1 + random.uniform(0.5, 2) * (1 - np.exp(-months / random.uniform(6, 24)))), base)


def seasonal(random):
    days = monthly(random, 30, 48)
    base = random.uniform(20, 200)
    season = random.uniform(0.1, 0.3) * np.sin(2 * np.pi * (days / 365.25 + random.rand()))
    return days, noisy(random, base * (1 + season + random.uniform(0, 0.03) * (days - days[0]) / 30), base)


def weekday(random):
    """Daily readings with a weekly pattern."""
    days = np.arange(-random.randint(90, 180), 1 + AHEAD, dtype=float)
    base = random.uniform(20, 200)
    pattern = 1 + random.uniform(0.1, 0.3) * (days % 7 < 5)
    return days, noisy(random, base * pattern * (1 + random.uniform(-0.001, 0.004) * (days - days[0])), base)


def count(random):
    days = monthly(random, 15, 36)
    mean = random.uniform(20, 300) * np.exp(random.uniform(-0.01, 0.05) * (days - days[0]) / 30)
    return days, random.poisson(mean).astype(float)


def gauge(random):
    """Whole seats that come and go."""
    days = monthly(random, 15, 36)
    base = random.randint(20, 200)
    comes, goes = base * random.uniform(0.01, 0.05), base * random.uniform(0.005, 0.02)
    steps = random.poisson(comes, len(days)) - random.poisson(goes, len(days))
    return days, np.maximum(base + np.cumsum(steps), 1).astype(float)


def ragged(random):
    """Four to eight readings, days to months apart."""
    known = random.randint(4, 9)
    gaps = random.uniform(5, 60, known + 80)
    days = np.round(np.cumsum(gaps))
    days = days - days[known - 1]
    days = days[days <= AHEAD]
    base = random.uniform(20, 200)
    return days, noisy(random, base * (1 + random.uniform(-0.01, 0.06) * (days - days[0]) / 30), base)


def shifted(random):
    """A trend with one or two level shifts at changes of plan, all in the known part."""
    days, values = trend(random)
    for _ in range(random.randint(1, 3)):
        at = random.choice(days[(days < -90) & (days > days[0] + 90)])
        values = np.where(days >= at, values + random.choice([-0.3, 0.4, 0.6]) * values[0], values)
    return days, np.maximum(values, 1)


KINDS = {
    "trend": trend, "damped": damped, "seasonal": seasonal, "weekday": weekday, "count": count, "gauge": gauge,
    "ragged": ragged, "shifted": shifted,
}


def crossing(days, values, limit):
    """Days after the last known reading; None where no reading ahead reaches the limit."""
    start = int(np.searchsorted(days, 0, side="right")) - 1
    for at in range(start + 1, len(days)):
        if values[at] >= limit:
            share = (limit - values[at - 1]) / (values[at] - values[at - 1])
            return days[at - 1] + share * (days[at] - days[at - 1])
    return None


def main() -> None:
    out, random = Path(sys.argv[1]), np.random.RandomState(int(sys.argv[2]))
    out.mkdir(parents=True, exist_ok=True)
    readings = csv.writer((out / "readings.csv").open("w", newline=""))
    truth = csv.writer((out / "truth.csv").open("w", newline=""))
    readings.writerow(["account", "metric", "at", "value", "limit", "kind"])
    truth.writerow(["account", "metric", "last", "crossing"])
    for metric, make in KINDS.items():
        for number in range(SERIES):
            days, values = make(random)
            values = np.round(values, 2)
            known = days <= 0
            limit = round(float(values[known].max() * random.uniform(1.02, 1.5)), 2)
            account = f"{metric}-{number:03}"
            for day, value in zip(days[known], values[known]):
                at = LAST + datetime.timedelta(days=float(day))
                readings.writerow([account, metric, at, value, limit, "count" if metric == "count" else "gauge"])
            found = crossing(days, values, limit)
            day = "" if found is None else round(found, 3)
            truth.writerow([account, metric, LAST, day])
    print(json.dumps({"series": SERIES}))


if __name__ == "__main__":
    main()
