"""lifetimes' share of the ltv bench: read a summary, fit BG/NBD, write P(alive) and expected purchases.

usage: lifetimes_fit.py SUMMARY.csv OUT.csv HORIZON_WEEKS
Prints {"seconds", "fit_seconds", "r", "alpha", "a", "b"}; the time is from reading to the written
file, without Python's start and imports.
"""

import json
import sys
import time

import pandas
from lifetimes import BetaGeoFitter


def main() -> None:
    source, out, horizon = sys.argv[1], sys.argv[2], float(sys.argv[3])
    start = time.perf_counter()
    table = pandas.read_csv(source)
    x, recency, age = table["frequency"], table["recency"], table["age"]
    begun = time.perf_counter()
    model = BetaGeoFitter()
    model.fit(x, recency, age)
    fitted = time.perf_counter()
    table["p_alive"] = model.conditional_probability_alive(x, recency, age)
    table["expected_purchases"] = model.conditional_expected_number_of_purchases_up_to_time(
        horizon, x, recency, age
    )
    table.to_csv(out, index=False)
    seconds = time.perf_counter() - start
    said = {"seconds": seconds, "fit_seconds": fitted - begun, **dict(model.params_)}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
