"""What an answer means where the platform's own judgement leaves it open."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from resources.reading import Judgement, Reply, Verdict


def weigh(judge: Callable[[Reply], Judgement], reply: Reply, *, now: datetime) -> Judgement:
    """The platform's judgement first, then the plain meaning of the status."""
    judgement = judge(reply)
    if judgement.verdict is Verdict.FINE and reply.status >= HTTPStatus.BAD_REQUEST:
        judgement = _by_status(reply.status)
    if judgement.verdict is Verdict.RETRY and judgement.after is None:
        after = retry_after(reply.headers, now=now)
        return Judgement(verdict=Verdict.RETRY, reason=judgement.reason, after=after)
    return judgement


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds by the Retry-After header, given there as seconds or as a date; None where it says nothing usable."""
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _until(text, now)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)


def _by_status(status: int) -> Judgement:
    if status == HTTPStatus.UNAUTHORIZED:
        return Judgement(verdict=Verdict.REFRESH, reason="the access was not accepted (401)")
    if status == HTTPStatus.FORBIDDEN:
        return Judgement(verdict=Verdict.STOP, reason="the access does not reach this (403); ask for access")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Judgement(verdict=Verdict.RETRY, reason=f"the platform is busy or faulty ({status})")
    return Judgement(verdict=Verdict.STOP, reason=f"the platform refused the request ({status})")
