"""The verifier: a process of its own, `python -m assets.privacy.verifying ACT_ID KIND`, that looks after the deletion.

It imports nothing that deletes. Several acts of one workspace are named by commas and cost one look.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from resources.audit import service
from resources.control_plane.privacy_facts import Certificate
from resources.errors import Problem, Refused, Stop, TryLater
from resources.settings import Settings
from resources.stores import Stores, open_stores

_ROOT: Final = Path(__file__).resolve().parents[2]
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PGPASSFILE", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
_PREFIXES: Final = ("LC_", "AWS_")
_KINDS: Final[Mapping[str, type[Problem]]] = {"Refused": Refused, "Stop": Stop, "TryLater": TryLater}
_ARGUMENTS: Final = 2
_REFUSED: Final = 3
_LONGEST: Final = 4 * 3600


@dataclass(frozen=True, kw_only=True)
class Issued(Certificate):
    """A certificate with the receipt by which the person it is about can tell; it is handed out once, here."""

    receipt: str = field(default="", repr=False)


def certify(stores: Stores, act_id: str, kind: str) -> Issued:
    """Has the verifier look for what is left of one act, and returns its certificate. Twice is once.

    Raises:
        Refused: something was found, or the search could not prove itself; the stores and counts are named only.
        Problem: it could not look.
    """
    (answer,) = certify_all(stores, [act_id], kind).values()
    if isinstance(answer, Problem):
        raise answer
    return answer


def certify_all(stores: Stores, act_ids: Sequence[str], kind: str) -> dict[str, Issued | Problem]:
    """The same for several acts of one workspace at the price of one look; what is refused does not hold up the rest.

    Raises:
        Stop: the verifier itself ended without an answer.
    """
    answer = _asked(stores, act_ids, kind)
    troubles = {act_id: _problem(trouble) for act_id, trouble in answer["troubles"].items()}
    receipts: dict[str, str] = answer["receipts"]
    return {
        act_id: troubles.get(act_id)
        or Issued(**vars(stores.plane.certificates.get(act_id)), receipt=receipts.get(act_id, ""))
        for act_id in act_ids
    }


def _problem(told: Mapping[str, str]) -> Problem:
    return _KINDS.get(told["kind"], Stop)(told["what"], to=told["to"], do_next=told["do_next"])


def _asked(stores: Stores, act_ids: Sequence[str], kind: str) -> dict[str, Any]:
    # settings go through a pipe: a password in them is nobody else's to see
    given = {"settings": _spelled(stores.settings), "caller": str(stores.scratch)}
    ended = subprocess.run(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-m", "assets.privacy.verifying", ",".join(act_ids), kind, "-"],
        input=json.dumps(given),
        env=_surroundings(os.environ),
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    try:
        answer: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        to = f"{kind} {', '.join(act_ids)}"
        raise Stop(
            f"the verifier ended with {ended.returncode} and said nothing.",
            to=to,
            do_next=f"Run `python -m assets.privacy.verifying {act_ids[0]!r} {kind}` to see why.",
        ) from None
    return answer


def _spelled(settings: Settings) -> dict[str, Any]:
    """The settings as they are here, for a process that only reads data."""
    found = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in settings.model_dump().items()
    }
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in found.items()}
    return plain | {"vault_access": "data"}


def _surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """What the verifier is given: no secret but those by which a cloud's key service knows this machine."""
    kept = {name: value for name, value in environment.items() if name in _PASSED_ON or name.startswith(_PREFIXES)}
    return kept | {"PYTHONPATH": str(_ROOT)}


def main(arguments: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Looks, issues, and says what came of it; `given` are settings, if not the environment's."""
    # imported here: whoever only asks needs none of it
    from assets.privacy.proving import prove  # noqa: PLC0415 -- as it says above

    acts, kind = [each for each in arguments[0].split(",") if each], arguments[1]
    settings = Settings(**given["settings"]) if "settings" in given else Settings()
    settings = settings.model_copy(update={"vault_access": "data"})
    caller = Path(given["caller"]) if "caller" in given else None
    try:
        with open_stores(settings, me=service("verifier")) as stores:
            proved, refused = prove(stores, kind, acts, caller)
    except Problem as problem:
        return {"troubles": {act_id: _told(problem) for act_id in acts}, "receipts": {}}
    return {
        "certificates": {each.certificate.act_id: each.certificate.id for each in proved},
        "receipts": {each.certificate.act_id: each.receipt for each in proved if each.receipt},
        "troubles": {act_id: _told(refusal) for act_id, refusal in refused.items()},
    }


def _told(problem: Problem) -> dict[str, str]:
    trouble = problem.trouble
    return {"kind": type(problem).__name__, "what": trouble.what, "to": trouble.to, "do_next": trouble.do_next}


if __name__ == "__main__":
    if len(sys.argv) <= _ARGUMENTS:
        sys.exit(__doc__)
    piped = json.load(sys.stdin) if sys.argv[-1] == "-" else {}
    outcome = main(sys.argv[1:3], piped)
    sys.stdout.write(json.dumps(outcome))
    sys.exit(_REFUSED if outcome["troubles"] else 0)
