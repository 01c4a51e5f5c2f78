"""A transport of Google Ads' own client that speaks REST: it brings gRPC alone, which nothing here serves."""

from collections.abc import Iterator
from typing import Any

import requests
from google.ads.googleads.v26.services.services.google_ads_service.transports.base import (
    DEFAULT_CLIENT_INFO,
    GoogleAdsServiceTransport,
)
from google.ads.googleads.v26.services.types import google_ads_service
from google.auth.credentials import AnonymousCredentials
from google.protobuf import json_format

_ROOT = "https://googleads.googleapis.com/v26/customers"


class RestTransport(GoogleAdsServiceTransport):
    """Google's own messages, as JSON both ways. A field that the messages do not know is an error."""

    def __init__(self, token: str) -> None:
        super().__init__(credentials=AnonymousCredentials())
        self._prep_wrapped_messages(DEFAULT_CLIENT_INFO)
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        self._session.close()

    def _asked(self, verb: str, request: Any) -> requests.Response:  # noqa: ANN401 -- any message of the service
        body = json_format.MessageToDict(type(request).pb(request))
        url = f"{_ROOT}/{body.pop('customerId')}/googleAds:{verb}"
        answer = self._session.post(url, json=body, timeout=10)
        answer.raise_for_status()
        return answer

    def _search(self, request: Any, **_: object) -> google_ads_service.SearchGoogleAdsResponse:  # noqa: ANN401 -- as above
        answer = google_ads_service.SearchGoogleAdsResponse()
        json_format.Parse(self._asked("search", request).content, type(answer).pb(answer))
        return answer

    def _stream(self, request: Any, **_: object) -> Iterator[google_ads_service.SearchGoogleAdsStreamResponse]:  # noqa: ANN401 -- as above
        for part in self._asked("searchStream", request).json():
            answer = google_ads_service.SearchGoogleAdsStreamResponse()
            json_format.ParseDict(part, type(answer).pb(answer))
            yield answer

    def _refuse(self, *_: object, **__: object) -> object:
        raise NotImplementedError("nothing here writes")

    @property
    def search(self) -> Any:  # noqa: ANN401 -- the client reads it as one of many kinds of call
        return self._search

    @property
    def search_stream(self) -> Any:  # noqa: ANN401 -- the client reads it as one of many kinds of call
        return self._stream

    @property
    def mutate(self) -> Any:  # noqa: ANN401 -- the client reads it as one of many kinds of call
        return self._refuse
