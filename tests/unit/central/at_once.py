"""Several requests at the same moment, each on its own connection. For tests with `transactional_db`."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection

from central.agencies.errors import RegisterError
from central.people.memberships import ForbiddenError, PeopleError


def succeeded(*attempts: Callable[[], object]) -> int:
    """Run the attempts at the same moment and count those that had an effect, and were not refused. SQLite in memory
    refuses a statement while another connection writes; such an attempt is made again, as an officer would."""

    def attempt(step: Callable[[], object]) -> bool:
        try:
            for _ in range(200):
                try:
                    return bool(step())
                except OperationalError:
                    time.sleep(random.uniform(0.001, 0.02))
        except (PeopleError, ForbiddenError, RegisterError, ObjectDoesNotExist):
            return False
        finally:
            connection.close()
        raise AssertionError("the database was locked all the time")

    with ThreadPoolExecutor(len(attempts)) as people:
        return sum(people.map(attempt, attempts))
