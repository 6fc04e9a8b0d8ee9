# syntax=docker/dockerfile:1
# Roundtable in a container: built from source, run as a user without rights, all state in one volume.
#
#   docker build -t roundtable .
#   docker run -v roundtable:/var/lib/roundtable roundtable
#
# Put roundtable.toml into the volume. SQLite needs a volume on a local disk, not on a network file system.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# .dockerignore says what comes along.
COPY . .
RUN cargo build --locked --release --bin roundtable \
 && strip target/release/roundtable

FROM debian:bookworm-slim
# tzdata: time zone rules change several times a year, and a rebuilt image brings them.
# ca-certificates: chat platforms and PostgreSQL over TLS. curl: the health check below.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/roundtable --create-home --shell /usr/sbin/nologin roundtable
COPY --from=build /build/target/release/roundtable /usr/local/bin/roundtable
COPY LICENSE LICENSE-APACHE LICENSE-MIT /usr/share/doc/roundtable/
USER roundtable
WORKDIR /var/lib/roundtable
VOLUME /var/lib/roundtable
# Where the health pages listen inside the container: the same as `listen` under [operations] in roundtable.toml. They
# are off by default, and without them this image counts as unhealthy.
ENV ROUNDTABLE_HEALTH=127.0.0.1:9420
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD curl -fsS "http://${ROUNDTABLE_HEALTH}/healthz" >/dev/null || exit 1
# SIGTERM is enough: what is being sent is finished, the rest is still in the database at the next start. That may take
# 15 seconds: `docker stop --time 20`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["roundtable"]
CMD ["run"]
