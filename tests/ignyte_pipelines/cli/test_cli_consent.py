"""The loopback listener: who is heard and who is not."""

import pytest
import urllib3

from ignyte_pipelines.consent import listening
from resources.errors import Refused


def visit(address: str, **settings: object) -> int:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("GET", address, **settings).status  # type: ignore[arg-type]


def test_the_answer_to_our_question_is_heard() -> None:
    with listening("the-state") as listener:
        assert visit(f"{listener.redirect}?code=c-1&state=the-state&shop=x") == 200
        assert listener.answer(5) == {"code": "c-1", "state": "the-state", "shop": "x"}


@pytest.mark.parametrize("query", ["code=c-1&state=another", "code=c-1", ""])
def test_who_does_not_know_the_state_is_not_heard(query: str) -> None:
    with listening("the-state") as listener:
        assert visit(f"{listener.redirect}?{query}") == 404
        assert visit(f"{listener.redirect}?error=access_denied&state=the-state") == 200
        assert listener.answer(5)["error"] == "access_denied"


def test_another_host_name_that_leads_here_is_not_heard() -> None:
    with listening("the-state") as listener:
        assert visit(f"{listener.redirect}?code=c&state=the-state", headers={"Host": "evil.test:80"}) == 404


def test_only_the_first_answer_counts() -> None:
    with listening("s") as listener:
        visit(f"{listener.redirect}?code=first&state=s")
        visit(f"{listener.redirect}?code=second&state=s")
        assert listener.answer(5)["code"] == "first"


def test_nobody_answering_is_refused_after_the_time() -> None:
    with listening("s") as listener, pytest.raises(Refused, match="nobody answered"):
        listener.answer(0.01)


def test_the_address_is_free_again_afterwards() -> None:
    with listening("s") as listener:
        port = int(listener.redirect.rpartition(":")[2].partition("/")[0])
    with listening("s", port) as again:
        assert again.redirect.endswith(f":{port}/callback")
