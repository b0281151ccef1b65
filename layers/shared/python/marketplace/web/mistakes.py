"""What a schedule's run did not understand, told one by one: of a group, Lambda logs its own words alone."""

import json
import sys
import traceback

from marketplace.web.telemetry import scrubbed


def tell(service: str, error: BaseException, about: tuple[str, ...] = ()) -> None:
    """Write a line for each exception in a group, with the notes that say what it is about."""
    about += tuple(getattr(error, "__notes__", ()))
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            tell(service, each, about)
        return
    line = {
        "level": "ERROR",
        "service": service,
        "message": "broken",
        "about": about,
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
        "reason": scrubbed(str(error)),
        "stack": [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)],
    }
    sys.stdout.write(json.dumps(line) + "\n")
