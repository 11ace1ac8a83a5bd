"""Scores `nobishiro model uplift` on hillstrom_womens, by the program's output files alone.

usage: uplift.py PROGRAM hillstrom_womens.csv FOLDER SEEDS
Prints one JSON document. For each seed 1..SEEDS the rows are dealt into fifths, treatment by outcome; the program gets four as --train
and the last as --score, and what it writes is scored here on the last.

Q(f) = f * (mean outcome of the treated - mean outcome of the others, among the share f with the highest scores); Qini = the integral of Q
by trapezoids - Q(1) / 2. Rows of equal score count with their group's means. The public report's figures would fit a count
per head of everybody, which halves the curve where half of the rows are treated: `as_published` is Qini times the treated share.

Beside it stands the ranking by the expected outcome of the untreated and treated alike: a logistic regression of the outcome on all
columns, fitted here on the same four fifths. The difference between the two is resampled (paired, 1,000 times a seed); the pooled
difference of a replicate is the mean over seeds, each of which has its own test rows drawn again.
"""

import csv
import json
import pathlib
import subprocess
import sys

import numpy as np

REPLICATES = 1000
OUTCOME, TREATMENT, TREATED = "visit", "segment", "Womens E-Mail"
LATER = ["conversion", "spend"]


def qini(score: np.ndarray, treated: np.ndarray, outcome: np.ndarray) -> float:
    order = np.argsort(-score, kind="stable")
    score, treated, outcome = score[order], treated[order].astype(float), outcome[order]
    group = np.concatenate([[0], np.cumsum(np.diff(score) != 0)])
    size = np.bincount(group)

    def smooth(values: np.ndarray) -> np.ndarray:
        return (np.bincount(group, values) / size)[group]

    arms = []
    for arm in (treated, 1 - treated):
        count, total = np.cumsum(smooth(arm)), np.cumsum(smooth(arm * outcome))
        arms.append((count, np.divide(total, count, out=np.zeros_like(total), where=count > 1e-9)))
    both = (arms[0][0] > 1e-9) & (arms[1][0] > 1e-9)
    share = np.arange(1, len(score) + 1) / len(score)
    curve = np.where(both, share * (arms[0][1] - arms[1][1]), 0.0)
    share, curve = np.concatenate([[0], share]), np.concatenate([[0], curve])
    area = np.sum((share[1:] - share[:-1]) * (curve[1:] + curve[:-1]) / 2)
    return float(area - curve[-1] / 2)


def top(score: np.ndarray, treated: np.ndarray, outcome: np.ndarray, share: float) -> float:
    """Mean outcome of the treated less that of the others in the top share."""
    rows = np.argsort(-score, kind="stable")[: int(round(share * len(score)))]
    return float(outcome[rows][treated[rows]].mean() - outcome[rows][~treated[rows]].mean())


def matrix(rows: list[dict], train: list[dict]) -> np.ndarray:
    columns = []
    for name in rows[0]:
        if name in (OUTCOME, TREATMENT, *LATER):
            continue
        try:
            known = np.array([float(row[name]) for row in train])
            values = np.array([float(row[name]) for row in rows])
            columns.append((values - known.mean()) / max(known.std(), 1e-12))
        except ValueError:
            for level in sorted({row[name] for row in train}):
                columns.append(np.array([float(row[name] == level) for row in rows]))
    return np.column_stack([np.ones(len(rows)), *columns])


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    beta, ridge = np.zeros(x.shape[1]), np.eye(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        beta += np.linalg.solve(hessian, x.T @ (y - p) - ridge @ beta)
    return beta


def deal(rows: list[dict], seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    stratum = np.array([(row[TREATMENT] == TREATED) * 2 + int(row[OUTCOME]) for row in rows])
    part = np.zeros(len(rows), int)
    for it in np.unique(stratum):
        where = random.permutation(np.flatnonzero(stratum == it))
        part[where] = np.arange(len(where)) * 5 // len(where)
    return part


def write(path: pathlib.Path, rows: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def run(program: str, folder: pathlib.Path, seed: int) -> tuple[np.ndarray, dict]:
    out = folder / f"out-{seed}.csv"
    said = subprocess.run(
        [program, "model", "uplift", "--train", folder / "train.csv", "--score", folder / "test.csv", "--treatment", TREATMENT,
         "--treated", TREATED, "--outcome", OUTCOME, "--ignore", ",".join(LATER), "--out", out, "--format", "json"],
        check=True, stdout=subprocess.PIPE,
    )
    with out.open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["id"] for row in written] == [str(at + 1) for at in range(len(written))]
    return np.array([float(row["uplift"]) for row in written]), json.loads(said.stdout)


def main() -> None:
    program, source, folder, seeds = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    per_seed, pooled = [], []
    for seed in range(1, seeds + 1):
        part = deal(rows, seed)
        train = [row for row, at in zip(rows, part) if at < 4]
        test = [row for row, at in zip(rows, part) if at == 4]
        write(folder / "train.csv", train)
        # The test rows go in without what was done and what came of it.
        write(folder / "test.csv", [{k: v for k, v in row.items() if k not in (TREATMENT, OUTCOME, *LATER)} for row in test])
        score, said = run(program, folder, seed)
        beta = logistic(matrix(train, train), np.array([float(row[OUTCOME]) for row in train]))
        response = matrix(test, train) @ beta
        treated = np.array([row[TREATMENT] == TREATED for row in test])
        outcome = np.array([float(row[OUTCOME]) for row in test])
        random = np.random.default_rng(1000 + seed)
        drawn = [random.integers(0, len(test), len(test)) for _ in range(REPLICATES)]
        pairs = np.array([[qini(s[at], treated[at], outcome[at]) for s in (score, response)] for at in drawn])
        found = qini(score, treated, outcome)
        pooled.append((pairs[:, 0], pairs[:, 0] - pairs[:, 1]))
        per_seed.append({
            "seed": seed,
            "qini": found,
            "lower": float(np.quantile(pairs[:, 0], 0.025)),
            "upper": float(np.quantile(pairs[:, 0], 0.975)),
            "as_published": found * float(treated.mean()),
            "response": qini(response, treated, outcome),
            "top": [top(score, treated, outcome, share) for share in (0.1, 0.2, 0.3)],
            "verdict": said["verdict"],
            "method": said["method"],
        })
    mean, difference = (np.mean([it[at] for it in pooled], axis=0) for at in (0, 1))
    average = lambda key: float(np.mean([it[key] for it in per_seed]))
    print(json.dumps({
        "qini": average("qini"),
        "spread": float(np.std([it["qini"] for it in per_seed], ddof=1)),
        "lower": float(np.quantile(mean, 0.025)),
        "upper": float(np.quantile(mean, 0.975)),
        "as_published": average("as_published"),
        "response": average("response"),
        "response_as_published": average("response") * average("as_published") / average("qini"),
        "over_response_lower": float(np.quantile(difference, 0.025)),
        "over_response_upper": float(np.quantile(difference, 0.975)),
        "top": [float(np.mean([it["top"][at] for it in per_seed])) for at in range(3)],
        "seeds": per_seed,
    }))


if __name__ == "__main__":
    main()
