from hypothesis import HealthCheck, settings

# The same examples each time, and no limits of time: a busy machine is no bug.
settings.register_profile(
    "repeatable",
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")
