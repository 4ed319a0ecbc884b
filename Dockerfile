# docker build -t etrap . && docker run etrap --help
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npx -y pnpm@12 install --frozen-lockfile \
 && npx -y pnpm@12 build \
 && npx -y pnpm@12 --filter @etrap/agent deploy --prod --legacy /app \
 && rm -rf /app/src /app/node_modules/.cache \
 && find /app -name '*.map' -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    ETRAP_HTTP_ADDRESS=0.0.0.0
COPY --from=build /app /opt/etrap
RUN ln -s /opt/etrap/bin/etrap.js /usr/local/bin/etrap \
 && mkdir /data && chown 10001:10001 /data
# A folder for the ledger where no bucket is named, and for etrap.yaml.
WORKDIR /data
USER 10001:10001
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
# Whether the process answers. /health tells what keeps it from its work, and a restart mends none of that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.ETRAP_HEALTH_PORT||8080)+'/live').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "/opt/etrap/bin/etrap.js"]
CMD ["run"]
