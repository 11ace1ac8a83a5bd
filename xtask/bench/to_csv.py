"""Writes a Parquet file's rows as CSV, in the same order and with the same columns.

usage: to_csv.py IN.parquet OUT.csv
Prints {"rows"}.
"""

import json
import sys

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet


def main() -> None:
    source, out = sys.argv[1], sys.argv[2]
    table = parquet.read_table(source)
    for ix, field in enumerate(table.schema):
        # Seconds are what the data have; nine zeros of a nanosecond are not in a shop's CSV.
        if pa.types.is_timestamp(field.type):
            seconds = table.column(ix).cast(pa.timestamp("s"), safe=False)
            table = table.set_column(ix, field.name, seconds)
    csv.write_csv(table, out)
    print(json.dumps({"rows": table.num_rows}))


if __name__ == "__main__":
    main()
