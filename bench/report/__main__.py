"""`python -m bench.report`: writes tables and plots anew from bench/results."""

from __future__ import annotations

import sys

from bench.report.page import write

if __name__ == "__main__":
    sys.stdout.write("".join(f"{path}\n" for path in write()))
