# The server alone: its database is another container (docker-compose.yml).
FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/source/target \
    cargo build --locked --release --package qorgan && install -D target/release/qorgan /out/qorgan

FROM debian:bookworm-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/qorgan --shell /usr/sbin/nologin qorgan
COPY --from=build /out/qorgan /usr/local/bin/qorgan
COPY --chmod=755 scripts/compose/ready.sh /usr/local/bin/qorgan-ready
USER qorgan
WORKDIR /var/lib/qorgan
ENV QORGAN_LISTEN=0.0.0.0:8080 QORGAN_LOG_FORMAT=json QORGAN_DATA=/var/lib/qorgan
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["qorgan-ready"]
ENTRYPOINT ["qorgan"]
CMD ["serve"]
