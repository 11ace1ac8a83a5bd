"""How the dates of limits met the truth.

usage: forecast_score.py FOLDER OUT.csv
FOLDER has readings.csv and truth.csv. Prints, under "all" and each metric:
  named            series with all three dates; what follows up to `median` is of these, chosen by the forecast alone, so
                   that a crossing that never came counts as after every date
  within           % of true days from p10 to p90
  below            % of true days at or before p50
and of all series:
  within_90        calibration of p_within_90d: "said" and "came" in %, "error": the mean distance of the two over ten
                   groups of equal size by what was said, in percentage points; "windows": the same error of saying the
                   share of the series' own stretches of 90 days so far in which it reached the limit
  error            median days between p50 and the true day where there is one; a date beyond 731 days counts as 731
  line, never      the same of a straight line through the last six readings, and of saying never
"""

import csv
import datetime
import json
import sys
from pathlib import Path

import numpy as np

AHEAD = 731


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def days(text, last):
    return float("inf") if text == "" else (datetime.date.fromisoformat(text) - last).days


def line(readings, limit):
    """Days until the least-squares line through the last six readings reaches the limit."""
    x = np.array([day for day, _ in readings[-6:]], dtype=float)
    y = np.array([value for _, value in readings[-6:]])
    if len(x) < 2:
        return float("inf")
    slope, level = np.polyfit(x - x[-1], y, 1)
    return max((limit - level) / slope, 0.0) if slope > 0 else float("inf")


def windows(readings, limit):
    """Share of the stretches of 90 days after a reading, as far as they are known, with a reading at the limit."""
    x = np.array([day for day, _ in readings])
    high = x[np.array([value for _, value in readings]) >= limit]
    starts = x[x + 90 <= x[-1]]
    return float(np.mean([((high > start) & (high <= start + 90)).any() for start in starts])) if len(starts) else 0.0


def calibration(said, came):
    """Mean distance of what was said and what came, over ten groups of equal size, in percentage points."""
    groups = np.array_split(np.argsort(said, kind="stable"), 10)
    return 100 * float(np.mean([abs(said[group].mean() - came[group].mean()) for group in groups if len(group)]))


def scored(series):
    column = lambda key: np.array([it[key] for it in series], dtype=float)
    truth, p10, p50, p90 = (column(key) for key in ["truth", "p10", "p50", "p90"])
    named = np.isfinite(p90) & (p10 > 0)
    percent = lambda hits: float(100 * hits.mean()) if len(hits) else float("nan")
    # Dates are whole days, rounded up.
    within = (np.ceil(truth) >= p10) & (np.ceil(truth) <= p90)
    below = np.ceil(truth) <= p50
    said, came = column("soon"), truth <= 90
    crosses = np.isfinite(truth)
    capped = lambda forecast: float(np.median(np.abs(np.minimum(forecast, AHEAD) - truth)[crosses]))
    return {
        "series": len(series), "crosses": int(crosses.sum()), "named": int(named.sum()),
        "within": percent(within[named]), "below": percent(below[named]),
        "within_90": {
            "said": percent(said), "came": percent(came),
            "error": calibration(said, came), "windows": calibration(column("windows"), came),
        },
        "error": capped(p50), "line": capped(column("line")), "never": capped(np.full(len(series), np.inf)),
    }


def main() -> None:
    folder = Path(sys.argv[1])
    readings: dict[tuple[str, str], list] = {}
    limits = {}
    for row in rows(folder / "readings.csv"):
        key = (row["account"], row["metric"])
        day = datetime.date.fromisoformat(row["at"]).toordinal()
        readings.setdefault(key, []).append((day, float(row["value"])))
        limits[key] = float(row["limit"])
    told = {(row["account"], row["metric"]): row for row in rows(sys.argv[2])}
    series = []
    for row in rows(folder / "truth.csv"):
        key = (row["account"], row["metric"])
        last, out = datetime.date.fromisoformat(row["last"]), told[key]
        series.append({
            "metric": row["metric"],
            "truth": float(row["crossing"] or "inf"),
            "p10": days(out["crossing_p10"], last),
            "p50": days(out["crossing_p50"], last),
            "p90": days(out["crossing_p90"], last),
            "soon": float(out["p_within_90d"]),
            "line": line(readings[key], limits[key]),
            "windows": windows(readings[key], limits[key]),
        })
    metrics = sorted({it["metric"] for it in series})
    by = {metric: scored([it for it in series if it["metric"] == metric]) for metric in metrics}
    print(json.dumps({"all": scored(series), "by": by}))


if __name__ == "__main__":
    main()
