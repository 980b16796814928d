# One image for every service; the command says which: python -m services.rating
# It is built of the project's wheel, which holds no sandbox (pyproject.toml, docs/decisions/0013): in an image nobody
# signs in as somebody else, and no simulated year can be started.
FROM python:3.13-slim AS build
COPY requirements.lock pyproject.toml README.md /src/
RUN python -m venv /opt/liangdeng && /opt/liangdeng/bin/pip install --no-cache-dir uv
COPY contracts /src/contracts
COPY supervision /src/supervision
COPY exact /src/exact
COPY programmes /src/programmes
COPY web /src/web
COPY directory /src/directory
COPY embedded /src/embedded
COPY eventlog /src/eventlog
COPY services /src/services
COPY cli /src/cli
COPY liangdeng_client /src/liangdeng_client
# Only what runs: the lock without Kafka's jars, the JRE and PostgreSQL, and without the tests' tools. It is compiled
# here, since nothing is written where it runs.
RUN cd /src && /opt/liangdeng/bin/uv pip compile pyproject.toml --constraints requirements.lock --generate-hashes --no-emit-index-url -q -o run.txt \
    && /opt/liangdeng/bin/uv pip install --compile-bytecode --python /opt/liangdeng/bin/python --require-hashes -r run.txt \
    && /opt/liangdeng/bin/uv pip install --compile-bytecode --python /opt/liangdeng/bin/python --no-deps . \
    && /opt/liangdeng/bin/pip uninstall -y uv

FROM python:3.13-slim
COPY --from=build /opt/liangdeng /opt/liangdeng
COPY programmes /usr/share/liangdeng/programmes
ENV PATH=/opt/liangdeng/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["liangdeng", "--help"]
