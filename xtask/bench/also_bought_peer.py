"""The neighbours of every item by implicit's CosineRecommender, from a Parquet file of order lines.

usage: also_bought_peer.py FILE BASKET_COLUMN ITEM_COLUMN K OUT.csv
Prints {"seconds", "items"}; the time is of reading the file and writing K neighbours of each item, without Python's
start and its imports.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from implicit.nearest_neighbours import CosineRecommender
from scipy.sparse import coo_matrix


def main() -> None:
    path, basket, item, k, out = *sys.argv[1:4], int(sys.argv[4]), sys.argv[5]
    start = time.perf_counter()
    lines = pd.read_parquet(path, columns=[basket, item])
    baskets, _ = pd.factorize(lines[basket])
    items, names = pd.factorize(lines[item])
    matrix = coo_matrix((np.ones(len(lines)), (baskets, items))).tocsr()
    matrix.data[:] = 1.0
    # Each item is its own nearest neighbour: one more.
    model = CosineRecommender(K=k + 1, num_threads=2)
    model.fit(matrix, show_progress=False)
    also, scores = model.similar_items(np.arange(len(names)), N=k + 1)
    columns = {
        "item": np.repeat(np.asarray(names), k + 1),
        "also": np.asarray(names)[also.ravel()],
        "score": scores.ravel(),
    }
    pd.DataFrame(columns).to_csv(out, index=False)
    print(json.dumps({"seconds": time.perf_counter() - start, "items": len(names)}))


if __name__ == "__main__":
    main()
