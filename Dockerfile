# One image for the three services: compose.yaml says which one a container runs.
# tests/deploy runs these steps into a fresh folder, and the services out of it as an unprivileged user.
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
COPY deploy/install.sh deploy/
COPY libs libs
COPY services services
RUN EDITABLE=no bash deploy/install.sh python3 /opt/concord requirements.lock

FROM python:3.12-slim-bookworm
COPY --from=build /opt/concord /opt/concord
COPY data/england_2013_14 /opt/concord/reference
# Nothing is written but the database and /tmp, so the file system may be read-only.
ENV PATH=/opt/concord/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
ENTRYPOINT ["python", "-m"]
CMD ["concord_registry", "--help"]
