"""What the door's tests share: one authority and one server certificate for the run."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import trustme
from door_vendor import Authority, Vendor, vendor


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    ca = trustme.CA()
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(ca_file)
    return Authority(ca=ca, ca_file=ca_file)


@pytest.fixture(scope="session")
def tls(authority: Authority) -> ssl.SSLContext:
    return authority.server()


@pytest.fixture
def serving(tls: ssl.SSLContext) -> Iterator[Callable[..., Vendor]]:
    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(vendor(tls, *answers))
