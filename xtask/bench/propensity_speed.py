"""The peer of the propensity bench: LightGBM with default settings, doing what the program does.

usage: propensity_speed.py bank-full.csv OUT.csv
Prints {"seconds", "fit_seconds", "rows"}: reading, five folds of cross-validation, a fit on all rows, probabilities and each row's
contributions, and writing; without Python's start and imports. `fit_seconds` is one fit on all rows alone.
"""

import json
import sys
import time
import warnings

import lightgbm
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def main() -> None:
    start = time.perf_counter()
    rows = pd.read_csv(sys.argv[1], sep=";")
    outcome = (rows["y"] == "yes").to_numpy(int)
    known = rows.drop(columns=["y", "duration"])
    known = known.astype({name: "category" for name in known.select_dtypes(exclude="number").columns})
    fold = np.arange(len(rows)) % 5
    held_out = np.zeros(len(rows))
    learner = {"verbose": -1, "n_jobs": 2}
    for at in range(5):
        held = fold == at
        model = lightgbm.LGBMClassifier(**learner).fit(known[~held], outcome[~held])
        held_out[held] = model.predict_proba(known[held])[:, 1]
    fit = time.perf_counter()
    model = lightgbm.LGBMClassifier(**learner).fit(known, outcome)
    fit_seconds = time.perf_counter() - fit
    parts = model.predict_proba(known, pred_contrib=True)
    pd.DataFrame({"p": model.predict_proba(known)[:, 1], "top": np.abs(parts[:, :-1]).argmax(axis=1)}).to_csv(sys.argv[2])
    print(json.dumps({"seconds": time.perf_counter() - start, "fit_seconds": fit_seconds, "rows": len(rows)}))


if __name__ == "__main__":
    main()
