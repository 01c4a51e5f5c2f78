"""What can go wrong with the outside, named by what to do next."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """The sentence a person reads: what happened, to what, and what to do next. Never a secret or a person's data."""

    what: str
    to: str
    do_next: str

    def __str__(self) -> str:
        return f"{self.to}: {self.what} {self.do_next}"


class Problem(Exception):  # noqa: N818 -- the subclasses read as what to do, not as what broke
    """A failure whose text may be shown to anyone; see the four kinds below."""

    def __init__(self, what: str, *, to: str, do_next: str) -> None:
        self.trouble = Trouble(what=what, to=to, do_next=do_next)
        super().__init__(str(self.trouble))


class TryLater(Problem):
    """Transient (429, 5xx, network): the same call may go through later. `after` is in seconds, None if unsaid."""

    def __init__(
        self, what: str, *, to: str, do_next: str = "It is tried again at the next sync.", after: float | None = None
    ) -> None:
        self.after = after
        super().__init__(what, to=to, do_next=do_next)


class AskAgain(Problem):
    """The grant is gone (revoked, expired, scope or role missing): a person must authorize again."""


class Stop(Problem):
    """The contract is broken (a page we cannot read, a damaged file): nothing is guessed, the last good state stays."""


class Refused(Problem):
    """A rule of ours said no. Never retried."""
