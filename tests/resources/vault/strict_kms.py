"""A KMS that is as strict as the real one, in front of moto, which is not.

moto decrypts with disabled and deleted keys, its rotation changes nothing, and it takes {a: bc} for {ab: c}.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from resources.vault.envelope import canonical

_DAYS = range(7, 31)


class Objection(Exception):  # noqa: N818 -- reads as what it is
    """AWS's answer when it says no."""

    def __init__(self, code: str, status: int = 400) -> None:
        self.code, self.status = code, status
        super().__init__(code)


@dataclass
class Master:
    """A master key: its backing keys at moto, oldest first, its state, and the days until it is gone."""

    id: str
    backing: list[str]
    state: str = "Enabled"
    days: int = 0


@dataclass
class StrictKms:
    """The keys and what happened. A blob names the backing key that made it, as real ones do inside."""

    moto: Any
    url: str = ""
    keys: dict[str, Master] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def new_key(self) -> str:
        first = self._backing()
        self.keys[first] = Master(id=first, backing=[first])
        return first

    def disable(self, key_id: str) -> None:
        self.keys[key_id].state = "Disabled"

    def enable(self, key_id: str) -> None:
        self.keys[key_id].state = "Enabled"

    def schedule_deletion(self, key_id: str, days: int) -> None:
        if days not in _DAYS:
            raise Objection("ValidationException")
        self.keys[key_id].state, self.keys[key_id].days = "PendingDeletion", days

    def pass_days(self, days: int) -> None:
        for key_id, key in list(self.keys.items()):
            if key.state == "PendingDeletion":
                key.days -= days
                if key.days <= 0:
                    del self.keys[key_id]

    def answer(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        does: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "GenerateDataKey": self._generate,
            "Encrypt": self._encrypt,
            "Decrypt": self._decrypt,
            "ReEncrypt": self._reencrypt,
            "RotateKeyOnDemand": self._rotate,
        }
        if operation not in does:
            raise Objection("UnsupportedOperationException")
        return does[operation](asked)

    def _generate(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        key = self._usable(asked["KeyId"])
        fresh = self.moto.generate_random(NumberOfBytes=32)["Plaintext"]
        return {"Plaintext": _text(fresh), "CiphertextBlob": _text(self._sealed(key, fresh, asked)), "KeyId": key.id}

    def _encrypt(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        key = self._usable(asked["KeyId"])
        blob = self._sealed(key, base64.b64decode(asked["Plaintext"]), asked)
        return {"CiphertextBlob": _text(blob), "KeyId": key.id}

    def _decrypt(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        key, plain = self._opened(asked["CiphertextBlob"], asked.get("KeyId"), asked.get("EncryptionContext"))
        return {"Plaintext": _text(plain), "KeyId": key.id}

    def _reencrypt(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        source, context = asked.get("SourceKeyId"), asked.get("SourceEncryptionContext")
        _, plain = self._opened(asked["CiphertextBlob"], source, context)
        key = self._usable(asked["DestinationKeyId"])
        blob = self._sealed(key, plain, {"EncryptionContext": asked.get("DestinationEncryptionContext")})
        return {"CiphertextBlob": _text(blob), "KeyId": key.id}

    def _rotate(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        key = self._usable(asked["KeyId"])
        key.backing.append(self._backing())
        return {"KeyId": key.id}

    def _backing(self) -> str:
        return str(self.moto.create_key()["KeyMetadata"]["KeyId"])

    def _usable(self, key_id: str) -> Master:
        if key_id not in self.keys:
            raise Objection("NotFoundException")
        key = self.keys[key_id]
        if key.state == "Disabled":
            raise Objection("DisabledException")
        if key.state != "Enabled":
            raise Objection("KMSInvalidStateException")
        return key

    def _sealed(self, key: Master, plain: bytes, asked: Mapping[str, Any]) -> bytes:
        backing, context = key.backing[-1], _strict(asked.get("EncryptionContext"))
        sealed = self.moto.encrypt(KeyId=backing, Plaintext=plain, EncryptionContext=context)["CiphertextBlob"]
        return backing.encode() + b"|" + bytes(sealed)

    def _opened(self, blob: str, key_id: str | None, context: Mapping[str, str] | None) -> tuple[Master, bytes]:
        backing, _, sealed = base64.b64decode(blob).partition(b"|")
        owner = next((key for key in self.keys.values() if backing.decode(errors="replace") in key.backing), None)
        if owner is None:
            raise Objection("InvalidCiphertextException")
        self._usable(owner.id)
        if key_id is not None and self._usable(key_id) is not owner:
            raise Objection("IncorrectKeyException")
        try:
            opened = self.moto.decrypt(CiphertextBlob=sealed, EncryptionContext=_strict(context))
        except self.moto.exceptions.ClientError as error:
            raise Objection(error.response["Error"]["Code"]) from None
        return owner, bytes(opened["Plaintext"])


def _strict(context: Mapping[str, str] | None) -> dict[str, str]:
    return {"canonical": canonical(dict(context or {})).hex()}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


@contextmanager
def strict_kms() -> Iterator[StrictKms]:
    """Serves on loopback until the block ends; `url` is what a client is pointed at."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    strict = StrictKms(moto=boto3.client("kms", endpoint_url=f"http://{host}:{port}"))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, reply = 200, {}
            try:
                reply = strict.answer(self.headers["X-Amz-Target"].partition(".")[2], json.loads(body))
            except Objection as objection:
                status, reply = objection.status, {"__type": objection.code}
            content = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    strict.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield strict
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        moto.stop()
