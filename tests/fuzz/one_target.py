"""One target under atheris, in a process that libFuzzer ends: ``one_target.py NAME [libFuzzer's options]``.

After so many inputs it prints how many there were.
"""

from __future__ import annotations

import importlib
import logging
import random
import resource
import sys
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import atheris
import mutators
from limits import held_within_limits, limit_memory
from targets import TARGETS

TOLD_EVERY = 1000
# How many inputs are left to libFuzzer's own mutators, which know what reaches new code.
ITS_OWN = 0.4


def main(name: str, options: Sequence[str]) -> None:
    """Try a target until libFuzzer ends the process."""
    target = TARGETS[name]
    with atheris.instrument_imports(include=["drivers", "edge", "pipelines", "csv", "tomllib", "zipfile"]):
        family = importlib.import_module(target.family)
    take = getattr(family, name)
    seeds = [seed[: target.max_bytes] for seed in family.seeds()[name]]
    for seed in seeds:
        take(seed)  # what is imported or made at the first use
    corpus = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    numbers = count(1)

    def one_input(data: bytes) -> None:
        held_within_limits(take, data)
        if (number := next(numbers)) % TOLD_EVERY == 0:
            print(number, flush=True)

    def changed(data: bytes, room: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < ITS_OWN:
            return atheris.Mutate(data, room)
        return mutators.mutate(target.form, data, rng, seeds, room)

    logging.disable()
    limit_memory()
    limits = [f"-max_len={target.max_bytes}", "-len_control=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], one_input, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1], sys.argv[2:])
