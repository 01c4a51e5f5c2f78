"""What a person does at each platform before and after connecting: facts that no declaration holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Registration:
    """`steps` register our app (none where a key is pasted), `revoked` is where the account's owner ends it.

    `scopes` says what each required scope opens.
    """

    scopes: Mapping[str, str]
    revoked: str
    steps: tuple[str, ...] = ()
    token: str = ""  # what to set as the developer token, where there is one


_GOOGLE: Final = (
    (
        "In the Google Cloud console create an OAuth client of the type *Desktop app*: Google takes any loopback port "
        "for those, so no redirect address has to be entered."
    ),
    "Publish the OAuth consent screen: while it is in *Testing*, Google ends each grant after seven days.",
)
_GOOGLE_REVOKED: Final = "myaccount.google.com/connections, by the person who consented"
_ENTER: Final = "Enter the redirect address below"

REGISTRATIONS: Final[Mapping[str, Registration]] = {
    "shopify": Registration(
        scopes={
            "read_orders": "orders, lines, discounts, payments and refunds",
            "read_customers": "customers",
            "read_products": "products and variants",
            "read_inventory": "stock and unit costs",
            "read_fulfillments": "shipments",
        },
        steps=(
            "In Shopify's Dev Dashboard create an app and give it the read scopes of this page, no others.",
            f"{_ENTER} among the app's redirect URLs.",
            (
                "Ask for access to protected customer data (name, e-mail, phone) if customers are to be known again, "
                "and for read_all_orders if orders older than 60 days are needed. Shopify decides about both."
            ),
        ),
        revoked="the shop's admin: Settings, Apps and sales channels, Uninstall",
    ),
    "google_ads": Registration(
        scopes={"https://www.googleapis.com/auth/adwords": "Google Ads, read and write: there is no narrower one"},
        steps=(
            "Enable the Google Ads API in a Cloud project and ask for at least basic access for it.",
            *_GOOGLE,
            "Have the person who consents hold the role *Read only* in the Ads account.",
        ),
        revoked=_GOOGLE_REVOKED,
    ),
    "meta_ads": Registration(
        scopes={
            "ads_read": "ads and their figures; it also lets a token send conversion events, which the door refuses",
            "business_management": "the ad accounts of a business; it could write too, which the door refuses",
            "read_insights": "figures",
        },
        steps=(
            "In Meta's developer pages create an app of the type *Business* and add Facebook Login for Business.",
            f"{_ENTER} among the valid OAuth redirect URIs.",
            "For ad accounts of others ask for advanced access to the scopes of this page (app review).",
        ),
        revoked="Facebook: Settings, Business integrations, Remove",
    ),
    "tiktok_ads": Registration(
        scopes={
            "100": "read the ad account",
            "200": "read campaigns",
            "210": "read ad groups",
            "220": "read ads",
            "44": "consolidated reports",
        },
        steps=(
            (
                "At business-api.tiktok.com create an app with the numbered permissions of this page, no others: a "
                "parent of theirs grants writing as well."
            ),
            f"{_ENTER} as the advertiser redirect URL.",
        ),
        revoked="TikTok Ads Manager, among the apps that the account authorised",
    ),
    "pinterest_ads": Registration(
        scopes={
            "ads:read": "ad accounts, campaigns, ad groups, ads and their figures",
            "pins:read": "the pins that ads show",
        },
        steps=(
            "At developers.pinterest.com create an app and ask for standard access.",
            f"{_ENTER} among its redirect links.",
        ),
        revoked="Pinterest: Settings, Security, Connected apps",
    ),
    "microsoft_ads": Registration(
        scopes={
            "https://ads.microsoft.com/msads.manage": "Microsoft Advertising, read and write: there is no narrower one",
            "offline_access": "a refresh token, so that nobody has to consent each hour",
        },
        steps=(
            "In the Microsoft Entra admin centre register an app for accounts in any directory and personal ones.",
            f"{_ENTER} as a redirect URI, and make a client secret.",
            "In Microsoft Advertising ask for a developer token.",
            "Have the person who consents hold the role *Viewer* in the account.",
        ),
        revoked="account.live.com/consent/Manage (personal) or myapps.microsoft.com (work)",
        token="the developer token of Microsoft Advertising",  # noqa: S106 -- a description
    ),
    "amazon_ads": Registration(
        scopes={"advertising::campaign_management": "campaigns, read and write: there is no narrower one"},
        steps=(
            (
                "At developer.amazon.com make a security profile for Login with Amazon and ask for access to the "
                "advertising API with it."
            ),
            f"{_ENTER} among the profile's allowed return URLs.",
            "Have the person who consents hold a viewing role on the profile.",
        ),
        revoked="Amazon: Login & Security, apps with access to the account",
    ),
    "google_analytics": Registration(
        scopes={"https://www.googleapis.com/auth/analytics.readonly": "Google Analytics, reading only"},
        steps=("Enable the Google Analytics Data API and Admin API in a Cloud project.", *_GOOGLE),
        revoked=_GOOGLE_REVOKED,
    ),
    "amazon_seller": Registration(
        scopes={
            "Inventory and Order Tracking": "orders and stock, without buyers' data",
            "Amazon Fulfillment": "stock in Amazon's warehouses",
            "Brand Analytics": "sales and traffic",
        },
        steps=(
            (
                "In the Solution Provider Portal complete the developer profile with the roles of this page and none "
                "that is marked as restricted, and register an app."
            ),
            f"{_ENTER} among the app's OAuth redirect URIs.",
            (
                "Set the client id as *application id/client id*: consent knows the app by the first, the login by the "
                "second."
            ),
        ),
        revoked="Seller Central: Apps & Services, Manage Your Apps",
    ),
    "stripe": Registration(
        scopes={"read_only": "everything that this page lists, and nothing can be changed with it"},
        steps=(
            "In the Dashboard open Connect's settings and turn on OAuth.",
            (
                f"{_ENTER} among the redirects. The client id starts with ca_, the client secret is the platform's own "
                "secret key."
            ),
        ),
        revoked="Stripe's Dashboard, among the installed apps and extensions",
    ),
    "klaviyo": Registration(
        scopes={
            "accounts:read": "the account's name, currency and time zone",
            "campaigns:read": "campaigns and their figures",
            "flows:read": "flows and their figures",
            "lists:read": "lists",
            "metrics:read": "metrics and their daily sums",
            "segments:read": "segments",
        },
        revoked="Klaviyo: Settings, API keys, delete the key",
    ),
    "recharge": Registration(
        scopes={
            "read_customers": "customers",
            "read_subscriptions": "subscriptions and addresses",
            "read_orders": "orders and charges",
            "store_info": "the store's name, currency and time zone",
        },
        revoked="Recharge: Tools & apps, API tokens, delete the token",
    ),
}
