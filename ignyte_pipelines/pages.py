"""Dagster's pages over TLS and nothing but TLS, as a process of its own: `python -m ignyte_pipelines.pages PORT`."""

import logging
import sys
from datetime import UTC, datetime
from typing import Final

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ignyte_pipelines.certificate import Certificate, certificate
from ignyte_pipelines.speaking import speaking
from resources.settings import Settings
from resources.shielding import shield

_DEFINITIONS: Final = "ignyte_pipelines.definitions"
_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")


def serve(port: int, shown: Certificate) -> None:
    """Serves this home's Dagster at 127.0.0.1:`port` until told to end."""
    target = ModuleTarget(_DEFINITIONS, attribute=None, working_directory=None, location_name=None)
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance, version=__version__, workspace_load_target=target, code_server_log_level="WARNING"
        ) as context,
    ):
        app = create_app_from_workspace_process_context(context)
        # a name of somebody else's that leads to this machine would let their page read ours
        guarded = TrustedHostMiddleware(app, allowed_hosts=list(_NAMES), www_redirect=False)
        uvicorn.Server(speaking(guarded, "127.0.0.1", port, shown)).run()


def main() -> None:
    shield()
    logging.getLogger("dagster").setLevel(logging.WARNING)
    try:
        serve(int(sys.argv[1]), certificate(Settings().home, datetime.now(UTC)))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
