# The node as a container, by default on the real Akka.NET packages: docker build --build-arg ActorEngine=Embedded . for the other engine.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG ActorEngine=Packages
WORKDIR /src
COPY . .
RUN dotnet publish src/ActorNode.Server -c Release -p:ActorEngine=$ActorEngine -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown app /data
USER app
VOLUME /data
EXPOSE 6688
# Bound to all addresses the node wants a token: mount one and name it in ACTORNODE__HTTP__TOKEN_FILE.
ENTRYPOINT ["./actornode"]
CMD ["run", "--data", "/data", "--urls", "http://0.0.0.0:6688"]
