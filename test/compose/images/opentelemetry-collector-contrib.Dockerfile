# Stands in for otel/opentelemetry-collector-contrib: FROM scratch, one binary, uid 10001, no shell.
# https://github.com/open-telemetry/opentelemetry-collector-releases/blob/v0.158.0/distributions/otelcol-contrib/Dockerfile
FROM scratch
USER 10001:10001
COPY otelcol /otelcol-contrib
ENTRYPOINT ["/otelcol-contrib"]
CMD ["--config", "/etc/otelcol-contrib/config.yaml"]
