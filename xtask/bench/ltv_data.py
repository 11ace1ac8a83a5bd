"""CDNOW's transactions as CSV, cut at the end of week 39, and what came in the 39 weeks after.

usage: ltv_data.py CDNOW_sample.txt OUT_FOLDER
Writes transactions.csv (customer, date, amount) and actual.csv (customer, purchases, value, before: repeat purchase
days up to the cut). Prints {"customers", "repeats"}.
"""

import collections
import datetime
import json
import pathlib
import sys

CUT = datetime.date(1997, 9, 30)


def main() -> None:
    source, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    days = collections.defaultdict(lambda: collections.defaultdict(float))
    with open(source) as lines, open(folder / "transactions.csv", "w") as out:
        out.write("customer,date,amount\n")
        for line in lines:
            _, customer, date, _, dollars = line.split()
            day = datetime.date(int(date[:4]), int(date[4:6]), int(date[6:]))
            days[customer][day] += float(dollars)
            out.write(f"{customer},{day.isoformat()},{dollars}\n")
    repeats = 0
    with open(folder / "actual.csv", "w") as out:
        out.write("customer,purchases,value,before\n")
        for customer, paid in days.items():
            after = [day for day in paid if day > CUT]
            before = len(paid) - len(after) - 1
            repeats += before
            out.write(f"{customer},{len(after)},{sum(paid[d] for d in after):.2f},{before}\n")
    print(json.dumps({"customers": len(days), "repeats": repeats}))


if __name__ == "__main__":
    main()
