"""DuckDB's share of the ingest bench: read order lines, cast them, write them sorted as Parquet.

usage: duckdb_ingest.py (transactions.parquet | transactions.csv) OUT.parquet
Prints {"seconds", "rows"}; the time is of the one statement, without Python's start.
"""

import json
import sys
import time

import duckdb

# The canonical columns of an order line; amounts as integer minor units.
STATEMENT = """
COPY (
    SELECT
        CAST(basket_id AS VARCHAR) AS order_id,
        CAST(household_id AS VARCHAR) AS account_id,
        CAST(transaction_timestamp AS TIMESTAMP) AS ordered_at,
        CAST(product_id AS VARCHAR) AS product_id,
        CAST(quantity AS BIGINT) AS quantity,
        CAST(round(CAST(sales_value AS DOUBLE) * 100) AS BIGINT) AS amount_minor,
        'USD' AS currency,
        CAST(round((CAST(retail_disc AS DOUBLE) + CAST(coupon_disc AS DOUBLE)
            + CAST(coupon_match_disc AS DOUBLE)) * 100) AS BIGINT) AS discount_minor,
        'sale' AS kind,
        CAST(store_id AS VARCHAR) AS channel
    FROM {reader}
    ORDER BY order_id, product_id
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""


def main() -> None:
    source, out = sys.argv[1], sys.argv[2]
    function = "read_csv" if source.endswith(".csv") else "read_parquet"
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    reader = f"{function}('{source}')"
    start = time.perf_counter()
    connection.execute(STATEMENT.format(reader=reader, out=out))
    seconds = time.perf_counter() - start
    (rows,) = connection.execute(f"SELECT count(*) FROM read_parquet('{out}')").fetchone()
    print(json.dumps({"seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()
