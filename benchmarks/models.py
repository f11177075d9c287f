"""What an adapter adds to the bare library call with the same tiny random weights, and what a batch of takes saves.

Goals: an adapter costs at most 2 % more than the bare call; 4 takes in one batch cost at most 0.6 x 4 single calls. CPU time on
one thread, adapter and bare call by turns. On an accelerator the same in bfloat16, in elapsed time.
Run where the extra `models` is installed: python benchmarks/models.py [rounds] [words of the calls' names ...]. The workers are
measured where their environments are built, under LOOPCOPILOT_HOME; with a pipe between, and without.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is downloaded; read when the hub's package is imported
os.environ["OMP_NUM_THREADS"] = "1"  # also for the workers
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "models"))

import models_calls
import models_workers
from models_timing import GOAL, GOAL_BATCH, Worst, heading, line

from ensemble.models.device import available

ROUNDS = 15


def main() -> None:
    if find_spec("torch") is None:
        print("not measured: the models' packages are not here; pip install '.[models]'")
        return
    import torch

    torch.set_num_threads(1)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    worst = Worst()
    print(f"{available()[0]}, {rounds} rounds")
    print(heading())
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        for case in (*models_calls.cases, *models_workers.cases):
            if not sys.argv[2:] or any(word in case.__name__ for word in sys.argv[2:]):
                for one in case(Path(folder) / case.__name__):
                    print(one if isinstance(one, str) else line(one, rounds, worst), flush=True)
    print(f"dearest adapter {worst.ratio:.3f} of the bare call     goal at most {GOAL:g}")
    print(f"dearest batch of 4 takes {worst.share:.2f} of 4 calls     goal at most {GOAL_BATCH:g}")


if __name__ == "__main__":
    main()
