"""Answers to the recommendation question whose true score and drivers are known.

usage: nps_simulate.py OUT_FOLDER SEED
Writes groups.csv (group, score; 2,000 groups of 25 answers) and comments.csv (score, comment; 800 answers of which
promoters and detractors use three planted words each more often). Prints {"truth", "promoters", "detractors"}.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

GROUPS, SIZE, ANSWERS = 2000, 25, 800
SHARES = {"promoters": 0.45, "passives": 0.3, "detractors": 0.25}
SCORES = {"promoters": [9, 10], "passives": [7, 8], "detractors": [0, 2, 3, 5, 6]}
PLANTED = {"promoters": ["便利", "簡単", "reliable"], "detractors": ["障害", "サポート", "expensive"]}
OTHERS = ["画面", "料金", "機能", "連携", "担当", "契約", "データ", "メール", "report", "login", "mobile", "update"]


def main() -> None:
    out, random = Path(sys.argv[1]), np.random.RandomState(int(sys.argv[2]))
    out.mkdir(parents=True, exist_ok=True)
    names, shares = list(SHARES), list(SHARES.values())
    with (out / "groups.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "score"])
        for group in range(GROUPS):
            for who in random.choice(names, size=SIZE, p=shares):
                writer.writerow([f"G{group:04}", random.choice(SCORES[who])])
    with (out / "comments.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["score", "comment"])
        for who in random.choice(names, size=ANSWERS, p=shares):
            words = [word for word in OTHERS if random.rand() < 0.15]
            for side, planted in PLANTED.items():
                words += [word for word in planted if random.rand() < (0.2 if side == who else 0.06)]
            random.shuffle(words)
            writer.writerow([random.choice(SCORES[who]), "、".join(words) or "特にありません"])
    truth = 100 * (SHARES["promoters"] - SHARES["detractors"])
    print(json.dumps({"truth": truth, **PLANTED}))


if __name__ == "__main__":
    main()
