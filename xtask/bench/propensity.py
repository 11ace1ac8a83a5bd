"""Scores `nobishiro model propensity`, by the program's output files alone, beside LightGBM with default settings.

usage: propensity.py PROGRAM bank-full.csv Telco_customer_churn.xlsx FOLDER
Prints one JSON document, per data set: areas under the ROC curve of the program, of LightGBM and of a plain logistic regression, each the
mean over the same five folds (row number mod 5), and the program's expected calibration error (ten groups of equal size, all folds together).

A fold is held out: the program gets the other rows as --train and the fold, without its outcome, as --score. LightGBM gets the same columns,
words as categories. `duration` of the bank is known only after the call; of the telephone company all that is known only after a customer
has left is taken out, and what is the same or unique in every row.
"""

import csv
import json
import pathlib
import subprocess
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
FOLDS = 5
TELCO_AWAY = ["CustomerID", "Count", "Country", "State", "City", "Zip Code", "Lat Long", "Churn Value", "Churn Score", "Churn Reason",
              "CLTV"]


def area(score: np.ndarray, outcome: np.ndarray) -> float:
    ones = outcome.sum()
    return float((rankdata(score)[outcome == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(outcome) - ones)))


def calibration_error(said: np.ndarray, outcome: np.ndarray) -> float:
    groups = np.array_split(np.argsort(said, kind="stable"), 10)
    return float(sum(abs(said[rows].sum() - outcome[rows].sum()) for rows in groups) / len(said))


def ours(program: str, folder: pathlib.Path, rows: pd.DataFrame, target: str, held: np.ndarray) -> np.ndarray:
    train, score, out = folder / "train.csv", folder / "score.csv", folder / "out.csv"
    rows[~held].to_csv(train, index=False)
    rows[held].drop(columns=[target]).to_csv(score, index=False)
    words = ["model", "propensity", "--target", target, "--train", str(train), "--score", str(score), "--out", str(out)]
    subprocess.run([program, *words], check=True, stdout=subprocess.DEVNULL)
    with open(out, newline="") as file:
        said = [float(row["probability"]) for row in csv.DictReader(file)]
    assert len(said) == held.sum(), "one probability a row"
    return np.array(said)


def measured(program: str, folder: pathlib.Path, rows: pd.DataFrame, target: str, yes: str) -> dict:
    outcome = (rows[target] == yes).to_numpy(int)
    known = rows.drop(columns=[target])
    words = known.select_dtypes(exclude="number").columns
    categories = known.astype({name: "category" for name in words})
    numbers = pd.get_dummies(known).astype(float)
    numbers = ((numbers - numbers.mean()) / numbers.std()).fillna(0).to_numpy()
    fold = np.arange(len(rows)) % FOLDS
    areas = {"ours": [], "lightgbm": [], "logistic": []}
    every = np.zeros(len(rows))
    for at in range(FOLDS):
        held = fold == at
        every[held] = ours(program, folder, rows, target, held)
        areas["ours"].append(area(every[held], outcome[held]))
        peer = lightgbm.LGBMClassifier(verbose=-1, n_jobs=2).fit(categories[~held], outcome[~held])
        areas["lightgbm"].append(area(peer.predict_proba(categories[held])[:, 1], outcome[held]))
        plain = LogisticRegression(max_iter=1000).fit(numbers[~held], outcome[~held])
        areas["logistic"].append(area(plain.predict_proba(numbers[held])[:, 1], outcome[held]))
    said = {name: float(np.mean(values)) for name, values in areas.items()}
    return {**said, "spread": float(np.std(areas["ours"], ddof=1)), "ece": calibration_error(every, outcome)}


def main() -> None:
    program, bank, telco, folder = sys.argv[1], sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    bank = pd.read_csv(bank, sep=";").drop(columns=["duration"])
    telco = pd.read_excel(telco).drop(columns=TELCO_AWAY)
    telco["Total Charges"] = pd.to_numeric(telco["Total Charges"], errors="coerce")
    print(json.dumps({
        "bank_uci": measured(program, folder, bank, "y", "yes"),
        "telco_ibm": measured(program, folder, telco, "Churn Label", "Yes"),
    }))


if __name__ == "__main__":
    main()
