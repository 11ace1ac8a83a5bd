"""The linear relaxation of an arbitration, by HiGHS: the very same rows and columns.

`arbitration.py FOLDER SECONDS METHOD`: reads what the example `arbitration` of the crate `decide` wrote, and prints the
time of one of HiGHS's methods (simplex, ipm, ipm-no-crossover, pdlp), whether it ended by itself within that many
seconds, and the optimum where it proved one. Reading and handing over the columns do not count. PDLP stops at a
relative tolerance of 1e-4, which is what first-order methods are used for.
"""

import json
import sys
import time
from pathlib import Path

import highspy
import numpy as np


def numbers(name, kind):
    return np.fromfile(Path(sys.argv[1]) / name, dtype=kind)


value, amount = numbers("value", "<f8"), numbers("amount", "<f8")
starts, index = numbers("starts", "<u4").astype(np.int32), numbers("index", "<u4").astype(np.int32)
lower, upper = numbers("lower", "<f8"), numbers("upper", "<f8")

lp = highspy.HighsLp()
lp.num_col_, lp.num_row_ = len(value), len(lower)
lp.sense_ = highspy.ObjSense.kMaximize
lp.col_cost_ = value
lp.col_lower_ = np.zeros(len(value))
lp.col_upper_ = np.full(len(value), np.inf)
lp.row_lower_, lp.row_upper_ = lower, upper
lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, amount

highs = highspy.Highs()
highs.setOptionValue("output_flag", False)
highs.setOptionValue("time_limit", float(sys.argv[2]))
highs.setOptionValue("solver", sys.argv[3].removesuffix("-no-crossover"))
highs.setOptionValue("run_crossover", "off" if sys.argv[3].endswith("-no-crossover") else "on")
if sys.argv[3] == "pdlp":
    highs.setOptionValue("kkt_tolerance", 1e-4)
highs.passModel(lp)
begin = time.perf_counter()
highs.run()
seconds = time.perf_counter() - begin
status = highs.getModelStatus()
solved = status == highspy.HighsModelStatus.kOptimal
# Without crossover, and to a coarse tolerance, it ends with an unknown status.
ended = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
print(json.dumps({
    "seconds": seconds,
    "ended": ended,
    "value": highs.getInfo().objective_function_value,
    "optimum": highs.getInfo().objective_function_value if solved else None,
    "columns": len(value),
    "rows": len(lower),
}))
