"""Writes `docs/scale.md` and its plots: the model, its check by simulation, and what it says of larger evenings.

python -m benchmarks.scale                     half a minute; with costs from the results of `make bench`, if any
python -m benchmarks.scale --into artefacts    somewhere else
"""

import argparse
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.results import Results
from benchmarks.scale import report


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=ROOT / "docs", help="a folder; docs/ if left out")
    for path in report.write(Results(), parser.parse_args().into):
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
