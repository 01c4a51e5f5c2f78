"""ignyte certificate: proofs of deletion, to list, to read, and to verify anywhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.failures import FAILED, tell
from resources.errors import Refused

if TYPE_CHECKING:
    from rich.console import RenderableType

    from assets.privacy.certificate import Verified

app = Group(help="Certificates of deletion: signed by a verifier that had no part in the deleting.")
Reference = Annotated[str, typer.Argument(metavar="ID", help="A certificate's id, or that of the request or act.")]


@app.command("list")
def list_(
    *,
    workspace: Annotated[str, typer.Option(metavar="WORKSPACE", help="Only this workspace's.")] = "",
    as_json: Json = False,
) -> None:
    """List the certificates there are. They outlive what they certify, and hold nobody's data."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, fields, show, table

    with stores() as opened:
        place = opened.plane.workspaces.get(workspace).id if workspace else None
        found = opened.plane.certificates.all(place)
    made = table("certificate", "issued (UTC)", "kind", "of", wraps=["of"])
    for each in found:
        add(made, each.id, f"{each.issued_at:%Y-%m-%d %H:%M}", each.kind, each.act_id)
    named = [fields(each, "id", "issued_at", "kind", "act_id", "workspace_id") for each in found]
    show({"certificates": named}, made if found else "None yet.", as_json=as_json)


@app.command("show")
def show_(
    ref: Reference,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the signed document there.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read and to print there.")] = None,
    as_json: Json = False,
) -> None:
    """Show a certificate. With --json it is the signed document itself, as `verify` takes it.

    --out gives it to whoever asked for the deletion, with the receipt that was shown when it was issued.
    """
    import sys

    from assets.privacy.certificate import verified
    from assets.privacy.certificate_page import page
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import say, show

    with stores() as opened:
        found = opened.plane.certificates.get(ref)
    for file, content in ((out, f"{found.document}\n"), (html, page(found.document) if html else "")):
        if file is not None:
            file.write_text(content, encoding="utf-8")
            say(f"Written to {file}.")
    if as_json:
        sys.stdout.write(f"{found.document}\n")
        return
    show({}, *_told(verified(found.document.encode())), as_json=False)


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The signed document.")],
    *,
    key: Annotated[Path | None, typer.Option(help="The issuer's public key in PEM, which you trust.")] = None,
    email: Annotated[list[str] | None, typer.Option(help="Is it about this address? Needs --receipt.")] = None,
    phone: Annotated[list[str] | None, typer.Option(help="Is it about this number? Needs --receipt.")] = None,
    person: Annotated[
        list[str] | None, typer.Option("--id", metavar="PLATFORM:ID", help="Is it about this customer?")
    ] = None,
    receipt: Annotated[str, typer.Option(help="The receipt that came with the certificate.")] = "",
    as_json: Json = False,
) -> None:
    """Verify a certificate, offline and without the data it is about. Exit code 1 if it does not hold.

    Without --key the key of this home is the one to trust, if there is one; compare the fingerprint otherwise.
    """
    from assets.privacy.certificate import verified
    from ignyte_pipelines.cli.output import show
    from resources.identity import subject

    named = (tuple(email or ()), tuple(phone or ()), tuple(person or ()))
    if any(named) and not receipt:
        raise typer.BadParameter("--receipt is needed to say whom it is about.")
    tokens = subject(emails=named[0], phones=named[1], ids=named[2]).tokens if any(named) else frozenset[str]()
    try:
        found = verified(_read(file), key=_read(key) if key else _own_key(), tokens=tokens, receipt=receipt)
        problem = _problem(found.trusted, found.about)
    except Refused as refusal:
        # not our rule, but what was found out about the file
        tell(refusal, as_json=as_json)
        raise typer.Exit(FAILED) from None
    if problem is not None:
        tell(problem, as_json=as_json)
        raise typer.Exit(FAILED)
    told = {"valid": True, "fingerprint": found.fingerprint, "trusted": found.trusted, "about": found.about}
    show(told | {"certificate": found.said}, *_told(found), as_json=as_json)


def _problem(trusted: bool | None, about: bool | None) -> Refused | None:  # noqa: FBT001 -- what was found
    if trusted is False:
        return Refused(
            "it is signed by another key than the one you trust.",
            to="certificate",
            do_next="Ask the issuer for the key, or compare its fingerprint.",
        )
    if about is False:
        return Refused(
            "it is about somebody else, or the receipt is another's.",
            to="certificate",
            do_next="See that both are spelled right.",
        )
    return None


def _told(found: "Verified") -> list["RenderableType"]:
    from ignyte_pipelines.cli.output import facts

    said = found.said
    deadline = said["deadline"]
    swept = [each for each in said["stores"] if each["control_found"] == each["control_planted"]]
    pairs = [
        ("certificate", said["id"]),
        ("asked", said["asked"]["what"]),
        ("of", said["act"]),
        ("received", said["asked"].get("received_at", "-")),
        ("issued", said["issued_at"]),
        ("deadline", f"{deadline['due_at']}, {'kept' if deadline['kept'] else 'missed'}" if deadline else "-"),
        ("checks", f"{sum(check['holds'] for check in said['checks'])} of {len(said['checks'])} hold"),
        ("stores", f"{len(swept)} of {len(said['stores'])} searched, each with its positive control"),
        ("found", str(sum(each["found"] for each in said["stores"]))),
        ("keys destroyed", str(len(said["keys_destroyed"]))),
        ("not reached", "; ".join(each["what"] for each in said["not_reached"]) or "nothing"),
        ("software", f"{said['software']['name']} {said['software']['version']}"),
        ("key", found.fingerprint),
    ]
    trust = {True: "by the key you trust", None: "compare the key's fingerprint with the issuer's"}[found.trusted]
    about = " It is about the person you named." if found.about else ""
    return [facts(pairs), f"[green]The signature is valid[/]: {trust}.{about}"]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            f"it can't be read ({error.strerror}).", to=str(file), do_next="Name a file that is there."
        ) from None


def _own_key() -> bytes | None:
    """The public key of this home, if it has ever issued a certificate; nothing is made."""
    from assets.privacy.certificate import KEY_NAME, signer_of
    from ignyte_pipelines.cli.opening import settings

    chosen = settings()
    return signer_of(chosen).public_pem if (chosen.keys_dir / KEY_NAME).is_dir() else None
