"""The sixteen promises of the product's security article: what makes each true, what tries it, what shows it."""

from dataclasses import dataclass
from typing import Final

from ignyte_pipelines.desk.evidence import Claim

_EVERY: Final = "tests/every_platform"
_FLOW: Final = "tests/flow"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise, in our words, with how it is kept and the evidence for that."""

    number: int
    promise: str
    kept: Claim


PROMISES: Final = (
    Promise(
        number=1,
        promise="Every integration only reads.",
        kept=Claim(
            text="One door leads out. It lets declared read operations pass, to the platform's own hosts, and nothing "
            "else; only read scopes are asked for, and a grant that can write is refused where the platform tells.",
            code=("resources/door/rules.py", "resources/platforms"),
            tests=(
                (
                    "tests/resources/door/test_door_fuzz.py"
                    "::test_whatever_is_asked_gets_a_decision_and_only_declared_operations_leave"
                ),
                f"{_EVERY}/test_every_declaration.py::test_no_read_can_be_turned_into_a_write_by_its_query",
                f"{_EVERY}/test_syncing.py::test_the_scopes_asked_for_are_those_declared",
            ),
            checks=("the door lets no write out",),
            commands=("ignyte door check", "ignyte platforms show"),
        ),
    ),
    Promise(
        number=2,
        promise="A grant or key can be revoked at the source at any time, and syncing stops at once.",
        kept=Claim(
            text="A fence is asked before each request and each commit. A permanent refusal raises it, and a person "
            "must consent again; uninstallations and deauthorizations are heard as they happen.",
            code=("resources/revoking.py", "assets/loading.py", "ignyte_pipelines/webhooks/events.py"),
            tests=(
                (
                    f"{_EVERY}/test_revoking.py"
                    "::test_a_grant_that_dies_during_a_sync_stops_everything_until_it_is_given_again"
                ),
                f"{_FLOW}/test_disconnecting.py::test_another_process_s_sync_stops_at_its_next_request",
                (
                    "tests/ignyte_pipelines/webhooks/test_receiver.py"
                    "::test_an_uninstallation_stops_reading_at_once_and_only_the_first_time"
                ),
            ),
            commands=("ignyte datasource disconnect", "ignyte webhooks serve"),
        ),
    ),
    Promise(
        number=3,
        promise="Keys of Klaviyo and Recharge are read-only, with least access.",
        kept=Claim(
            text="Keys are probed when they are given, and one that is known to write is refused. Klaviyo lists "
            "nothing of a key, so there the person attests it and the door is the guarantee.",
            code=("resources/platforms/klaviyo/grant.py", "resources/platforms/recharge/grant.py"),
            tests=("tests/resources/platforms/test_klaviyo.py::*", "tests/resources/platforms/test_recharge.py::*"),
            commands=("ignyte datasource connect",),
        ),
    ),
    Promise(
        number=4,
        promise="Everything travels encrypted: TLS 1.2 or newer to platforms, HTTPS to browsers, and between services.",
        kept=Claim(
            text="The door verifies certificates and speaks TLS 1.2 or newer. Pages and the receiver of events speak "
            "HTTPS only; code servers listen on private Unix sockets; mail goes over TLS or not at all.",
            code=("resources/door/network.py", "ignyte_pipelines/speaking.py", "resources/mail.py"),
            tests=(
                "tests/resources/door/test_door_network.py::test_old_tls_is_not_spoken",
                "tests/security/test_local_servers.py::test_plain_http_gets_nothing",
                "tests/ignyte_pipelines/webhooks/test_receiver.py::test_plain_http_gets_nothing",
                "tests/resources/test_notices.py::test_a_server_without_tls_gets_no_mail",
            ),
            checks=("TLS 1.2 or newer, certificates verified",),
            commands=("ignyte doctor",),
        ),
    ),
    Promise(
        number=5,
        promise="Data at rest is under AES-256, with keys managed by the cloud's KMS; backups are encrypted.",
        kept=Claim(
            text="Each file has a key of its own under a master key in AWS KMS, or in a local key file for the "
            "embedded default. A backup is a file's ciphertext; what opens it lies elsewhere.",
            code=("resources/warehouse/opening.py", "resources/vault/aws.py", "resources/backups"),
            tests=(
                "tests/resources/warehouse/test_landing.py::test_the_file_is_encrypted_private_and_clean",
                "tests/resources/vault/test_rotation.py::*",
                "tests/resources/vault/test_strict_kms.py::*",
            ),
            checks=("every data file is encrypted",),
            commands=("ignyte doctor", "ignyte keys list", "ignyte backup verify"),
        ),
    ),
    Promise(
        number=6,
        promise="Credentials are stored encrypted, and read by the sync services only; access is on the record.",
        kept=Claim(
            text="Credentials have a master key of their own, which processes that only read data never look for. Each "
            "opening is in the audit log before it happens; without the entry there is no opening.",
            code=("resources/vault/credentials.py", "resources/audit/keeping.py"),
            tests=(
                (
                    f"{_FLOW}/test_who_may_read_what.py"
                    "::test_a_process_that_queries_cannot_open_credentials_and_never_looks_for_their_key"
                ),
                "tests/resources/audit/test_audit_keeping.py::*",
            ),
            checks=("the audit log is whole",),
            commands=("ignyte audit show", "ignyte audit verify"),
        ),
    ),
    Promise(
        number=7,
        promise="Source data is kept while its integration is connected and the account is active.",
        kept=Claim(
            text="Each datasource is one file with one key and one life. Disconnecting destroys both; so do the end of "
            "the account, and any shorter rule.",
            code=("resources/revoking.py", "assets/privacy/plan.py"),
            tests=(f"{_FLOW}/test_disconnecting.py::test_the_metrics_are_those_of_a_world_without_it",),
            commands=("ignyte retention plan", "ignyte datasource disconnect"),
        ),
    ),
    Promise(
        number=8,
        promise="Calculated metrics are kept beside their sources, and go when they go.",
        kept=Claim(
            text="Metrics are always built from the sources that are left, into a new file; the old one's key is "
            "destroyed. So a metric equals a world in which what went was never there.",
            code=("resources/warehouse/metrics.py", "assets/privacy/lineage.py"),
            tests=(f"{_FLOW}/test_two_worlds.py::*", f"{_FLOW}/test_retention.py::*"),
            commands=("ignyte lineage",),
        ),
    ),
    Promise(
        number=9,
        promise="Reports, Saved Views and Metric Targets are kept while the workspace is active.",
        kept=Claim(
            text="They are rows of the workspace, exported and imported as one document, and removed in the "
            "transaction that deletes it.",
            code=("resources/control_plane/saved.py", "ignyte_pipelines/configuring/moving.py"),
            tests=(
                "tests/ignyte_pipelines/configuring/test_moving.py::test_what_goes_in_comes_out",
                "tests/ignyte_pipelines/configuring/test_moving.py::test_it_goes_with_the_workspace",
            ),
            commands=("ignyte config export", "ignyte config import"),
        ),
    ),
    Promise(
        number=10,
        promise="Backups are kept for 30 days.",
        kept=Claim(
            text="Each backup has a last day, at most 30 days away; then its key is destroyed and its objects removed. "
            "A key that is destroyed earlier kills the backups of its file at once.",
            code=("resources/backups",),
            tests=("tests/flow/test_restore_drill.py::*",),
            commands=("ignyte backup list", "ignyte backup expire"),
        ),
    ),
    Promise(
        number=11,
        promise="Deleting a workspace removes its configuration and disconnects its datasources.",
        kept=Claim(
            text="Grants are given back, every key is destroyed, files, runs, exports and configuration go, step by "
            "step; a crash is taken up where it was, and a verifier that took no part looks afterwards.",
            code=("assets/privacy/purging.py", "assets/privacy/verifying.py"),
            tests=(f"{_FLOW}/test_purge_everything.py::*",),
            commands=("ignyte workspace delete", "ignyte certificate show"),
        ),
    ),
    Promise(
        number=12,
        promise="A cancelled account can come back for 30 days; then its data is deleted.",
        kept=Claim(
            text="The days of grace are part of the contract. Coming back works on every one of them and on none "
            "after; a sensor deletes what is over.",
            code=("resources/lifecycle.py", "ignyte_pipelines/sensors/deletions.py"),
            tests=("tests/resources/test_lifecycle.py::*",),
            commands=("ignyte workspace cancel", "ignyte workspace reactivate"),
        ),
    ),
    Promise(
        number=13,
        promise="On request, certain data or a whole account is deleted at once.",
        kept=Claim(
            text="A request comes before the days of grace. A person is found through all sources, erased down to the "
            "bytes, kept from coming back, and the certificate is signed by who did not do it.",
            code=("assets/privacy/erasure.py", "resources/suppression.py", "assets/privacy/verifying.py"),
            tests=tuple(f"{_FLOW}/test_{name}.py::*" for name in ("erasure_canaries", "resurrection", "two_worlds")),
            commands=("ignyte privacy erase", "ignyte certificate verify"),
        ),
    ),
    Promise(
        number=14,
        promise="A DPA on request, right of access, right to erasure, and a documented region.",
        kept=Claim(
            text="The DPA is filled from the running system. Access lists what erasure finds. A workspace's region is "
            "compared with that of every place before anything is written.",
            code=("assets/privacy/access.py", "resources/residency.py", "ignyte_pipelines/desk"),
            tests=(
                f"{_FLOW}/test_access.py::test_what_is_listed_is_what_is_found_and_what_is_gone",
                (
                    "tests/resources/test_residency.py"
                    "::test_a_home_whose_bucket_lies_elsewhere_does_not_start_and_writes_nothing"
                ),
            ),
            commands=("ignyte privacy access", "ignyte security-pack"),
        ),
    ),
    Promise(
        number=15,
        promise="A current list of sub-processors in six categories; changes are announced before they take effect.",
        kept=Claim(
            text="The register follows from its changes. One takes effect 30 days after the last contact was told, "
            "at the earliest, and not while an objection is open. Each copy names who got it.",
            code=("resources/register.py", "resources/notices.py"),
            tests=(
                "tests/resources/test_register.py::test_nothing_takes_effect_too_early",
                "tests/resources/test_notices.py::test_every_contact_is_told_thirty_days_before",
                "tests/ignyte_pipelines/desk/test_issued_list.py::test_a_copy_is_marked_and_on_the_record",
            ),
            commands=("ignyte subprocessors list", "ignyte subprocessors issue"),
        ),
    ),
    Promise(
        number=16,
        promise="Security documentation is given on request.",
        kept=Claim(
            text="One command prints it from the running system. Each statement names its evidence, and where some of "
            "it does not hold nothing is printed.",
            code=("ignyte_pipelines/desk/pack.py",),
            tests=("tests/ignyte_pipelines/desk/test_pack.py::*",),
            commands=("ignyte security-pack",),
        ),
    ),
)
