"""`python -m tests.faults --faults 1000 --seed 7`: hurts an archive so often, and says what it saw."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.faults.places import archive_on, server_url
from tests.faults.world import harm


def main() -> None:
    """Hurts an archive on a server of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1000))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nianbao-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server of root runs as another user
        with server_url(folder) as url, archive_on(url, folder) as (world, engine):
            sys.stdout.write(f"seed {options.seed}\n")
            done = harm(world, engine, options.faults, random.Random(options.seed))
    for (stage, fault), count in sorted(done.hit.items()):
        sys.stdout.write(f"{stage:8} {fault:18} {count:5}\n")
    sys.stdout.write(
        f"{done.hit.total()} faults; {len(done.acknowledged)} captures were acknowledged and are there, nothing is"
        f" there twice, {done.named} damaged files were named and mended, all else as if nothing had happened\n"
    )


if __name__ == "__main__":
    main()
