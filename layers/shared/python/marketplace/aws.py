"""The process's one botocore session, from which every AWS client is made.

A session of its own for each client would load the endpoint tables and the configuration again, which is most of what
a second client costs at a cold start.
"""

from functools import cache

import botocore.session


@cache
def session() -> botocore.session.Session:
    """Make the session on first use."""
    return botocore.session.get_session()
