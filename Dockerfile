# The web service: pages, live prediction, committed results. Training is not in it.
# tests/test_docker.py walks these instructions; docs/deploy.md says how to run the image.

FROM python:3.12.12-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
# the lock is complete: nothing is resolved, and nothing is compiled
RUN python -m venv --without-pip /opt/packages && python -m pip --python /opt/packages/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --only-binary=:all: --requirement /tmp/requirements.txt

FROM python:3.12.12-slim-bookworm
RUN groupadd --gid 10001 genrelens && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin genrelens
# copies of results that lie in a database; a volume where the root is read-only
RUN install --directory --owner genrelens --group genrelens /var/cache/genrelens
WORKDIR /srv/genrelens
COPY --from=packages /opt/packages /opt/packages
COPY assets assets
COPY pipeline pipeline
COPY dashboard dashboard
COPY results results
ENV PATH=/opt/packages/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 GENRELENS_CACHE=/var/cache/genrelens GENRELENS_LOG=json
RUN python -m compileall -q dashboard pipeline
USER 10001:10001
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "dashboard.operation.probe"]
CMD ["gunicorn", "--config", "python:dashboard.serving", "--bind", "0.0.0.0:8050"]
