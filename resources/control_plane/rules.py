"""Workspaces' own limits of age: shorter than what is declared, never longer."""

from sqlalchemy import delete, select

from resources.control_plane.database import Database
from resources.control_plane.privacy_facts import Rule
from resources.control_plane.privacy_rows import RuleRow
from resources.errors import Refused


class Rules:
    """The retention rules that workspaces set for themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, rule: Rule) -> Rule:
        """Sets or replaces the rule of one platform and stream (empty: every one).

        Raises:
            Refused: it is no whole day, or has no reason.
        """
        if rule.days < 1 or not rule.reason.strip():
            raise Refused("a rule has at least one day, and a reason.", to="retention rule", do_next="Correct it.")
        with self._database.writing() as session:
            session.merge(RuleRow(**vars(rule)))
        return rule

    def drop(self, workspace_id: str, platform: str, stream: str) -> bool:
        """Removes a rule; False if there was none."""
        mine = (RuleRow.workspace_id == workspace_id, RuleRow.platform == platform, RuleRow.stream == stream)
        with self._database.writing() as session:
            found = session.scalar(select(RuleRow).where(*mine))
            session.execute(delete(RuleRow).where(*mine))
        return found is not None

    def of(self, workspace_id: str) -> list[Rule]:
        """The workspace's rules by platform and stream."""
        query = select(RuleRow).where(RuleRow.workspace_id == workspace_id).order_by(RuleRow.platform, RuleRow.stream)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]


def _fact(row: RuleRow) -> Rule:
    return Rule(
        workspace_id=row.workspace_id,
        platform=row.platform,
        stream=row.stream,
        days=row.days,
        reason=row.reason,
        set_at=row.set_at,
    )
