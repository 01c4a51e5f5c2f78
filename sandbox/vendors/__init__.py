"""The pretend vendors, one file (or folder) each.

A vendor is a frozen `sandbox.vendor.Vendor` named VENDOR: its key, hosts, routes, registration, the words of its
errors. How one is written, after the pattern of `stripe`:

- A route is (method, regex of the path, handler); a handler takes a `Call` and gives an `Answer` (`said(value)` for
  JSON). `call.world` is the brand's truth, `call.arguments` the query, `call.fields` form or JSON, `call.parts` the
  path's groups.
- `oauth.Flow` does the authorization code flow: `authorize`, `redeem`, `access`, `refresh`, `refreshed`, `holder`.
  Platforms with pasted keys declare `oauth.ApiKeys` instead. Every data route asks for the holder first and answers
  with the real error body where there is none or a scope is missing.
- `call.state.page(key, render)` keeps rendered bytes, `call.state.shelf(key, make)` sorted things, until the world
  moves; `call.state.jobs` is for report jobs. `call.world.now` is the moment shown (UNIX seconds),
  `call.state.clock()` the time by which tokens expire.
- `Troubles` words throttling, faults, an error in a 200, expired and revoked tokens; `vital` names fields of a record
  that a fault may take; `endless` answers a list so that its paging never ends.
- Whatever no route matches goes to `unknown`, and is kept as a write that was seen unless it was a GET.

Then one import and one entry below.
"""

from sandbox.vendor import Vendor
from sandbox.vendors import (
    amazon_ads,
    amazon_seller,
    google_ads,
    google_analytics,
    klaviyo,
    meta_ads,
    microsoft_ads,
    pinterest_ads,
    recharge,
    shopify,
    stripe,
    tiktok_ads,
)

VENDORS: tuple[Vendor, ...] = (
    shopify.VENDOR,
    google_ads.VENDOR,
    meta_ads.VENDOR,
    tiktok_ads.VENDOR,
    pinterest_ads.VENDOR,
    microsoft_ads.VENDOR,
    amazon_ads.VENDOR,
    google_analytics.VENDOR,
    amazon_seller.VENDOR,
    stripe.VENDOR,
    klaviyo.VENDOR,
    recharge.VENDOR,
)
