"""Simulated logs whose target's value is known: contexts, a logging policy that looks at them, clicks.

usage: ope_simulate.py OUT_FOLDER RUNS ROWS SEED
Writes log-0.csv, target-0.csv, … and truths.json: the target's true expected reward over all contexts. Prints
{"truth", "trivial"}: the mean relative error of taking a log's own click rate for the target's.

Eight actions, a segment of four and a number as context; logistic clicks in which action and context act together;
the logging policy and the target are softmax policies over different scores. Contexts are finite, so that the
truth is a sum and no simulation.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

ACTIONS = [f"A{i:02}" for i in range(8)]
SEGMENTS = ["north", "south", "east", "west"]
AGES = np.array([20.0, 35.0, 50.0, 65.0])


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def world(seed: int):
    """Click chances and the policies' probabilities: arrays of segment, age, action."""
    random = np.random.RandomState(seed)
    shape = (len(SEGMENTS), len(AGES), len(ACTIONS))
    score = -2.0 + random.normal(0, 0.6, len(ACTIONS)) + random.normal(0, 0.4, (len(SEGMENTS), 1, len(ACTIONS)))
    score = score + random.normal(0, 0.3) * (AGES[None, :, None] - 40.0) / 20.0
    chance = 1.0 / (1.0 + np.exp(-score))
    logging = softmax(random.normal(0, 0.5, shape))
    target = softmax(1.2 * score + random.normal(0, 0.5, shape))
    return np.broadcast_to(chance, shape), logging, target


def main() -> None:
    out, runs, rows, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    out.mkdir(parents=True, exist_ok=True)
    chance, logging, target = world(seed)
    truth = float((chance * target).sum(axis=2).mean())
    trivial = []
    for run in range(runs):
        random = np.random.RandomState(seed * 100_000 + run)
        segment = random.randint(len(SEGMENTS), size=rows)
        age = random.randint(len(AGES), size=rows)
        shares = logging[segment, age].cumsum(axis=1)
        action = np.minimum((random.rand(rows, 1) > shares).sum(axis=1), len(ACTIONS) - 1)
        click = random.rand(rows) < chance[segment, age, action]
        trivial.append(abs(click.mean() - truth) / truth)
        with (out / f"log-{run}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["segment", "age", "action", "click", "probability"])
            for i in range(rows):
                p = logging[segment[i], age[i], action[i]]
                writer.writerow([SEGMENTS[segment[i]], AGES[age[i]], ACTIONS[action[i]], int(click[i]), repr(float(p))])
        with (out / f"target-{run}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "action", "probability"])
            for i in range(rows):
                shares = target[segment[i], age[i]]
                writer.writerows((i + 1, name, repr(float(p))) for name, p in zip(ACTIONS, shares))
    (out / "truths.json").write_text(json.dumps([truth] * runs))
    print(json.dumps({"truth": truth, "trivial": float(np.mean(trivial))}))


if __name__ == "__main__":
    main()
