"""How our servers speak: TLS and nothing but TLS, without a log of what was asked."""

from typing import Any, Final

import uvicorn

from ignyte_pipelines.certificate import Certificate

_PATIENCE: Final = 3  # seconds for what is under way when asked to end


def speaking(app: Any, host: str, port: int, shown: Certificate) -> uvicorn.Config:  # noqa: ANN401 -- any ASGI app
    """A server's configuration for this app, address and certificate."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # addresses may hold what nobody should find in a log
        server_header=False,
        ssl_certfile=shown.chain,
        timeout_graceful_shutdown=_PATIENCE,
    )
    config.load()
    config.ssl = shown.context()
    return config
