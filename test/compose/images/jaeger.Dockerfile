# Stands in for jaegertracing/jaeger: Alpine's busybox (`wget` for the health check), uid 10001, same entry point.
# https://github.com/jaegertracing/jaeger/blob/v2.20.0/cmd/jaeger/Dockerfile
ARG BASE
FROM ${BASE}
RUN apt-get update \
  && apt-get install --yes --no-install-recommends busybox-static \
  && rm -rf /var/lib/apt/lists/* \
  && ln -s /bin/busybox /usr/bin/wget
ENV JAEGER_LISTEN_HOST=0.0.0.0
COPY jaeger /cmd/jaeger/jaeger-linux
VOLUME ["/tmp"]
ENTRYPOINT ["/cmd/jaeger/jaeger-linux"]
USER 10001
