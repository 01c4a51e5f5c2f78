"""Sends the notices that wait in the outbox, so that contacts hear of a change while their 30 days run."""

import dagster as dg

from assets.failures import Guarded
from assets.outside import outside_of
from resources.mail import mailer
from resources.notices import send_due


@dg.sensor(
    name="waiting_notices",
    target=None,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Sends mail to contacts of workspaces about changes to the sub-processors.",
)
def waiting_notices(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    stores = outside_of(context).stores
    with Guarded():
        if not stores.plane.subprocessors.outbox(stores.clock()):
            return dg.SkipReason("Nobody waits for a notice.")
        if stores.settings.smtp_url is None:
            return dg.SkipReason("Notices wait, but no mail server is named: set IGNYTE_SMTP_URL.")
        posted = send_due(stores, mailer(stores.settings))
    return dg.SkipReason(f"{posted.sent} notices sent, {posted.waiting} waiting.")
