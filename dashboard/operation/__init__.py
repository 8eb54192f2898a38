"""What those who run the service need: logs, numbers of requests, metrics, readiness, memory.

    record.py    what is known of the request that this thread answers: id, route, code of an error
    logs.py      lines of text or JSON, without names of files and addresses of clients
    requests.py  gives each request its id, logs it, counts it
    metrics.py   what is counted; shared_numbers.py adds up workers, exposition.py shows it all
    readiness.py whether a clip would be taken now
    probe.py     asks a server how it is, for health checks
    publish.py   puts the results of this folder into a database

``record``, ``logs``, ``shared_numbers`` and ``probe`` need the standard library only: gunicorn's
master loads them, or they must start fast.
"""
