"""The ledger's own day, unit and promise."""

from tests.promises.conftest import promise as promise
from tests.promises.conftest import travel as travel
from tests.promises.conftest import unit as unit
