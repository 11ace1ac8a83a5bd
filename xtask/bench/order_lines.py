"""Made-up order lines as Parquet: order_id, product_id; ten lines an order on average, 20,000 products.

usage: order_lines.py OUT.parquet LINES
Half of an order's products are drawn by popularity (rank to the power of -0.9), half from the theme of 50 products
that the order is about. Prints {"lines", "orders"}.
"""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PRODUCTS = 20_000
THEMES = 400
ORDERS_AT_ONCE = 100_000


def main() -> None:
    out, wanted = sys.argv[1], int(sys.argv[2])
    draw = np.random.default_rng(1)
    share = np.arange(1, PRODUCTS + 1) ** -0.9
    reach = np.cumsum(share / share.sum())
    # Themes hold popular and rare products alike.
    products = draw.permutation(PRODUCTS)
    schema = pa.schema([("order_id", pa.int64()), ("product_id", pa.string())])
    names = np.array([f"P{number:05}" for number in range(PRODUCTS)])
    lines, orders = 0, 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        while lines < wanted:
            sizes = 1 + draw.poisson(9, ORDERS_AT_ONCE)
            order = np.repeat(np.arange(orders, orders + ORDERS_AT_ONCE), sizes)
            theme = np.repeat(draw.integers(0, THEMES, ORDERS_AT_ONCE), sizes)
            popular = np.minimum(np.searchsorted(reach, draw.random(len(order))), PRODUCTS - 1)
            of_theme = products[theme * 50 + draw.integers(0, 50, len(order))]
            product = np.where(draw.random(len(order)) < 0.5, popular, of_theme)
            rows = min(len(order), wanted - lines)
            columns = [pa.array(order[:rows]), pa.array(names[product[:rows]])]
            writer.write_table(pa.table(columns, schema=schema))
            lines += rows
            orders = int(order[rows - 1]) + 1
    print(json.dumps({"lines": lines, "orders": orders}))


if __name__ == "__main__":
    main()
