"""Prepares the open bandit data for off-policy evaluation: the target policy and resampled logs.

usage: ope_obd.py OBD_FOLDER OUT_FOLDER REPETITIONS
Writes target.csv (position, action, probability), log.csv and log-0.csv, log-1.csv, …; prints {"rows", "truth", "trivial"}.

The target is Bernoulli Thompson sampling with the production priors: its probabilities are the shares of 100,000
draws in which an item takes a position (seed 12345). Log b resamples the rows of the random log with seed b. The
truth is the click rate of the log that the target policy itself wrote; trivial is the mean relative error, over the
resampled logs, of taking the random log's click rate for the target's.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import yaml

DRAWS = 100_000
COLUMNS = ["item_id", "position", "click", "propensity_score"] + [f"user_feature_{i}" for i in range(4)]


def target(folder: Path) -> np.ndarray:
    prior = yaml.safe_load((folder / "conf/prior_bts.yaml").read_text())["all"]
    random = np.random.RandomState(12345)
    alpha, beta = np.array(prior["alpha"]), np.array(prior["beta"])
    counts = np.zeros((3, len(alpha)))
    for _ in range(DRAWS):
        best = random.beta(a=alpha, b=beta).argsort()[::-1][:3]
        counts[np.arange(3), best] += 1
    return counts / DRAWS


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return [[row[name] for name in COLUMNS] for row in csv.DictReader(file)]


def write(path: Path, header: list[str], lines) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)


def main() -> None:
    folder, out, repetitions = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    shares = target(folder)
    lines = [(p + 1, a, repr(float(shares[p, a]))) for p in range(3) for a in range(shares.shape[1])]
    write(out / "target.csv", ["position", "action", "probability"], lines)
    log = rows(folder / "random/all.csv")
    write(out / "log.csv", COLUMNS, log)
    clicks = [float(row[2]) for row in rows(folder / "bts/all.csv")]
    truth, trivial = sum(clicks) / len(clicks), []
    for b in range(repetitions):
        drawn = np.random.RandomState(b).choice(len(log), size=len(log), replace=True)
        write(out / f"log-{b}.csv", COLUMNS, (log[i] for i in drawn))
        trivial.append(abs(np.mean([float(log[i][2]) for i in drawn]) - truth) / truth)
    print(json.dumps({"rows": len(log), "truth": truth, "trivial": float(np.mean(trivial))}))


if __name__ == "__main__":
    main()
