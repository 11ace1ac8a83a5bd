"""The peer of the uplift bench: causalml's X-learner over LightGBM, with intervals by refits.

usage: uplift_speed.py TRAIN.csv SCORE.csv OUT.csv REFITS
Prints {"seconds", "rows"}; the time is of reading, fitting, predicting, the refits and writing, without Python's start and imports.
The trees are those of the program's boosted base: at most 8 leaves and 4 levels, rate .06, 100 of them.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from causalml.inference.meta import BaseXClassifier
from lightgbm import LGBMClassifier, LGBMRegressor

warnings.filterwarnings("ignore")
LATER = ["segment", "visit", "conversion", "spend"]
TREES = {"n_estimators": 100, "num_leaves": 8, "max_depth": 4, "learning_rate": 0.06, "min_child_samples": 200, "reg_lambda": 10,
         "n_jobs": 2, "random_state": 1, "verbose": -1}


def main() -> None:
    train, score, out, refits = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    start = time.perf_counter()
    rows, others = pd.read_csv(train), pd.read_csv(score)
    both = pd.get_dummies(pd.concat([rows, others]).drop(columns=LATER, errors="ignore")).to_numpy(float)
    x, new = both[: len(rows)], both[len(rows):]
    treatment = (rows["segment"] == "Womens E-Mail").to_numpy(int)
    outcome = rows["visit"].to_numpy(int)
    share = np.full(len(x), treatment.mean())
    learner = BaseXClassifier(outcome_learner=LGBMClassifier(**TREES), effect_learner=LGBMRegressor(**TREES), control_name=0)
    learner.fit(x, treatment, outcome, p=share)
    effect = learner.predict(new, p=share[: len(new)])[:, 0]
    random = np.random.default_rng(1)
    squares = np.zeros(len(new))
    for _ in range(refits):
        half = random.permutation(len(x))[: len(x) // 2]
        again = BaseXClassifier(outcome_learner=LGBMClassifier(**TREES), effect_learner=LGBMRegressor(**TREES), control_name=0)
        again.fit(x[half], treatment[half], outcome[half], p=share[half])
        squares += (again.predict(new, p=share[: len(new)])[:, 0] - effect) ** 2
    pd.DataFrame({"uplift": effect, "error": np.sqrt(squares / refits)}).to_csv(out)
    print(json.dumps({"seconds": time.perf_counter() - start, "rows": len(rows)}))


if __name__ == "__main__":
    main()
