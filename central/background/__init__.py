"""Background work: tasks in a queue of the database, recurring jobs, and the worker processes that run both."""
