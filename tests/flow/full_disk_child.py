"""Syncs as any process does, on a disk on which no file can grow beyond the given bytes."""

import resource
import sys
from pathlib import Path

from assets.loading import sync
from resources.errors import Stop
from resources.settings import Settings
from resources.stores import open_stores


def main() -> None:
    home, most = Path(sys.argv[1]), int(sys.argv[2])
    with open_stores(Settings(home=home)) as stores:
        (workspace,) = stores.plane.workspaces.all()
        (datasource,) = stores.plane.datasources.of(workspace.id)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            sync(stores, datasource, full=True)
        except Stop as problem:
            sys.stdout.write(str(problem))


if __name__ == "__main__":
    main()
