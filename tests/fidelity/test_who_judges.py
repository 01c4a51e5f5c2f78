"""Who judges each platform's sandbox, and which parts of an official client cannot be asked to, with the reason."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from resources.platforms import KEYS


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A client that others wrote. `not_run` says what of it cannot read here, and why; "" if all of it can."""

    platform: str
    package: str
    by_the_platform: bool = True
    not_run: str = ""


JUDGES = (
    Judge(platform="shopify", package="ShopifyAPI", not_run="its REST half: we and the sandbox speak GraphQL"),
    Judge(
        platform="google_ads",
        package="google-ads",
        not_run="its gRPC transport, the only one it brings: the sandbox speaks REST as we do, so its messages and "
        "paging run over a REST transport of the tests",
    ),
    Judge(platform="meta_ads", package="facebook-business"),
    Judge(platform="tiktok_ads", package="tiktok-business-api-sdk-official"),
    Judge(
        platform="pinterest_ads",
        package="pinterest-generated-client",
        not_run="pinterest-api-sdk, the wrapper around it: it wants six 1.16.0 and urllib3 1.26, ours are newer",
    ),
    Judge(
        platform="microsoft_ads",
        package="bingads",
        not_run="its service calls, which are SOAP: we and the sandbox speak REST, for which no Python package is "
        "published; its sign-in, its reader of reports and its descriptions of entities run",
    ),
    Judge(platform="amazon_ads", package="python-amazon-ad-api", by_the_platform=False),
    Judge(
        platform="google_analytics", package="google-analytics-data", not_run="its gRPC transport: it brings REST too"
    ),
    Judge(platform="amazon_seller", package="python-amazon-sp-api", by_the_platform=False),
    Judge(platform="stripe", package="stripe"),
    Judge(
        platform="klaviyo",
        package="klaviyo-api",
        not_run="its release 25, which reads campaigns in the shape of a later revision than the one we name",
    ),
    Judge(platform="recharge", package="recharge-api", by_the_platform=False),
)


def test_every_platform_has_its_judge() -> None:
    assert tuple(judge.platform for judge in JUDGES) == KEYS


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.platform)
def test_the_judge_is_installed_and_asked(judge: Judge) -> None:
    assert version(judge.package)
    asked = Path(__file__).with_name(f"test_{judge.platform.removesuffix('_ads')}_client.py")
    named = Path(__file__).with_name(f"test_{judge.platform}_client.py")
    assert f'ours("{judge.platform}")' in (named if named.exists() else asked).read_text()
