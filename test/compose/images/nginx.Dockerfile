# Stands in for nginx: Debian's 1.22 behind what the official image promises (uid and gid 101, /docker-entrypoint.d,
# curl and envsubst inside, SIGQUIT to stop).
# https://github.com/nginx/docker-nginx/blob/master/mainline/debian/Dockerfile
ARG BASE
FROM ${BASE}
RUN groupadd --system --gid 101 nginx \
  && useradd --system --gid nginx --no-create-home --home /nonexistent --shell /bin/false --uid 101 nginx \
  && apt-get update \
  && apt-get install --yes --no-install-recommends nginx-light gettext-base curl \
  && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled /etc/nginx/modules-enabled /etc/nginx/conf.d \
  && mkdir -p /etc/nginx/conf.d /var/cache/nginx /docker-entrypoint.d \
  && chown root:root /var/log/nginx && chmod 755 /var/log/nginx && rm -f /var/log/nginx/* \
  && ln -s /dev/stdout /var/log/nginx/access.log \
  && ln -s /dev/stderr /var/log/nginx/error.log
COPY docker-entrypoint.sh /
ENTRYPOINT ["/docker-entrypoint.sh"]
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
