"""What those who run the service need: logs, numbers of requests, metrics, readiness, memory.

    record.py    what is known of the request that this thread answers: id, route, code of an error
    logs.py      lines of text or JSON, without names of files and addresses of clients
    requests.py  gives each request its id, logs it, counts it

``record`` and ``logs`` need the standard library only: gunicorn's master loads them.
"""
