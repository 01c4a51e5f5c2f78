"""How the GraphQL fields of the app's installation, API versions and bulk operations are read."""

from typing import Final

from sandbox.vendors.shopify.fields_order import Fields
from sandbox.vendors.shopify.views import time

SHOP_FIELDS: Final[dict[str, Fields]] = {
    "AppInstallation": {
        "id": lambda _c, _: "gid://shopify/AppInstallation/1",
        "accessScopes": lambda c, _: sorted(c.scopes),
    },
    "AccessScope": {"handle": lambda scope, _: scope, "description": lambda scope, _: scope.replace("_", " ")},
    "ApiVersion": {
        "handle": lambda version, _: version,
        "displayName": lambda version, _: version,
        "supported": lambda _v, _: True,
    },
    "BulkOperation": {
        "id": lambda job, _: job.gid,
        "status": lambda job, _: job.status,
        "errorCode": lambda job, _: job.error,
        "createdAt": lambda job, _: time(job.created),
        "completedAt": lambda job, _: time(job.completed),
        "objectCount": lambda job, _: str(job.objects),
        "rootObjectCount": lambda job, _: str(job.roots),
        "fileSize": lambda job, _: str(len(job.body)) if job.body else None,
        "url": lambda job, _: job.url,
        "partialDataUrl": lambda _job, _: None,
        "query": lambda job, _: job.query,
        "type": lambda _job, _: "QUERY",
    },
}
