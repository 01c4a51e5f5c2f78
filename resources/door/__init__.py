"""The one way out to the network: declared requests only, to the platform's own hosts, while reading is allowed."""

from resources.door.files import Expired
from resources.door.issued import Issued
from resources.door.limits import Clock, Counts, Limits
from resources.door.network import Internet, Network, Sandbox
from resources.door.redaction import Redacting, guard_logs, redact
from resources.door.rules import Decision, decide
from resources.door.sender import Closed
from resources.door.session import READING, Door

__all__ = [
    "READING",
    "Clock",
    "Closed",
    "Counts",
    "Decision",
    "Door",
    "Expired",
    "Internet",
    "Issued",
    "Limits",
    "Network",
    "Redacting",
    "Sandbox",
    "decide",
    "guard_logs",
    "redact",
]
