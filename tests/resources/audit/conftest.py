"""A log of the test's own."""

from pathlib import Path

import pytest
from audit_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(root=tmp_path)
